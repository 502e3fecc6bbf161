"""One row of everything that an address can name, each with a word of its own in it."""

from types import SimpleNamespace

from django.utils import timezone

from cases.models import (
    BreakGlass,
    BulkExport,
    BulkExportPart,
    Event,
    ExportFile,
    FactAnswer,
    HookCard,
    ImportFile,
    InboxMessage,
    InboxProposal,
    Measurement,
    Postponement,
    ProtocolAudit,
    StudyFile,
    StudySeries,
    UnmappedCode,
    WebhookDelivery,
)
from cases.models.conclusion import Recommended
from cases.models.event import EventKind
from cases.models.subscription import Content
from cases.selectors.agendas import agenda
from cases.selectors.case_list import ListQuery
from cases.selectors.publications import frozen
from cases.services import (
    acknowledgments,
    agendas,
    allergies,
    attendances,
    board_members,
    boards,
    calendar_feeds,
    cases,
    code_map_files,
    code_maps,
    data_set_items,
    devices,
    facts,
    gaps,
    hook_clients,
    lab_results,
    lesions,
    meetings,
    opinions,
    patients,
    procedures,
    publications,
    rereadings,
    results,
    saved_views,
    specimens,
    standards,
    studies,
    treatments,
)
from cases.services.assessments import assessed_once
from cases.services.hook_clients import Ways
from cases.services.intake import hl7v2, receiving, sources
from cases.services.subscriptions import writing as subscriptions
from cases.services.subscriptions.writing import Wish
from cases.services.webhooks import endpoints
from guidance.editions import local_notes, local_studies
from tests.factories.clients import make_client
from tests.factories.tasks import decided, tasks_of
from tumorboard.accounts import own_roles
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.ehr_models import Ehr
from tumorboard.accounts.invitations import invite
from tumorboard.accounts.models import User
from tumorboard.accounts.sso_models import IdentityProvider
from tumorboard.accounts.tokens import issue
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import current_institution


def one_of_everything(*, by: User, word: str = "Canary") -> SimpleNamespace:
    """The rows' ids by the names of the addresses' parameters; to be called inside a scope.

    Args:
        word: stands in every name and text, to be looked for where it must not be.
    """
    patient = patients.add(record_number=f"{word.upper()}-1", family_name=f"{word}south", by=by)
    case = cases.open_case(patient=patient, title=f"{word} diagnosis", by=by)
    today = timezone.localdate()
    study = studies.add(case=case, modality="CT", performed_on=today, by=by)
    result = results.enter(study=study, outcome="negative", by=by)
    rereading = rereadings.add(
        study=study,
        outcome="negative",
        agreement="agree",
        read_on=today,
        read_by=f"{word} reader",
        by=by,
    )
    study_file = StudyFile.objects.create(
        study=study,
        case=case,
        kind="dicom",
        name=f"{word.lower()}.dcm",
        size=3,
        sha256="1" * 64,
        state="stored",
        uploaded_by=by,
    )
    series = StudySeries.objects.create(
        file=study_file, study=study, series_uid="1.2", preview=word.encode()
    )
    treatment = treatments.add(case=case, type="SSA", by=by)
    gap_request = gaps.ask(case=case, item="ki67", asked_of=f"{word} person", asked_on=today, by=by)
    gap_acceptance = gaps.accept(case=case, item="ki67", reason=f"{word} reason", by=by)
    choice = data_set_items.add(item="images", is_required=True, reason=f"{word} reason", by=by)
    with assessed_once():
        lesion = lesions.add(case=case, label=f"{word} lesion", site="liver", role="target", by=by)
        measurement = Measurement.objects.create(
            case=case, study=study, lesion=lesion, longest_mm=12, entered_by=by
        )
        specimen = specimens.add(case=case, kind="biopsy", site="liver", taken_on=today, by=by)
        procedure = procedures.add(case=case, kind="whipple", note=f"{word} note", by=by)
        device = devices.add(patient=patient, kind="pacemaker", note=f"{word} note", by=by)
        allergy = allergies.add(patient=patient, substance="other", agent=f"{word} agent", by=by)
        lab_result = lab_results.add(
            case=case, analyte="alp", value=77, unit="U/L", taken_on=today, by=by
        )
    board = boards.add(name=f"{word} board", by=by)
    board_member = board_members.add(board=board, person=by, by=by)
    calendar_feed, _ = calendar_feeds.make(by=by)
    meeting = meetings.plan(
        board=board, starts_at=timezone.now() + timezone.timedelta(days=1), by=by
    )
    attendance = attendances.note_present(meeting=meeting, name=f"{word} person", by=by)
    item = agendas.put_on(meeting=meeting, case=case, by=by)
    publication = publications.publish(
        meeting=meeting, lines=frozen(agenda(meeting)), pdf=f"%PDF {word}".encode(), by=by
    )
    opinion = opinions.give(item=item, text=f"{word} opinion", by=by)
    postponement = Postponement.objects.create(
        case=case, meeting=meeting, cause="time", text=f"{word} words", by=by
    )
    standard = standards.add(
        board=board,
        name=f"{word} standard",
        source=f"{word} source",
        scenario="SC-03",
        branch="",
        audit_percent=1,
        by=by,
    )
    referral = Recommended("referral", text=f"{word} referral")
    decision = decided(referral, by=by)
    (task,) = tasks_of(decision)
    audit = ProtocolAudit.objects.create(decision=decision, board=board)
    file = ImportFile.objects.create(
        name=f"{word.lower()}.csv", sha256="0" * 64, columns=["a"], uploaded_by=by
    )
    export = ExportFile.objects.create(
        cases=[case.pk],
        table=[["Record number"], [patient.record_number]],
        done_count=1,
        state="done",
        requested_by=by,
    )
    bulk_export = BulkExport.objects.create(
        request="/fhir/$export",
        transaction_time=timezone.now(),
        permissions=["case.export"],
        state="done",
        done_count=1,
        requested_by=by,
        expires_at=timezone.now() + timezone.timedelta(hours=1),
    )
    bulk_export_part = BulkExportPart(
        export=bulk_export,
        number=1,
        resource_type="Patient",
        types=["Patient"],
        count=1,
        subjects=[patient.pk, case.pk],
    )
    bulk_export_part.write(f'{{"resourceType": "Patient", "name": "{word}"}}\n')
    bulk_export_part.save()
    token, _ = issue(user=by, label=word, days=1, by=by)
    later = today + timezone.timedelta(days=9)
    local_study = local_studies.mark_unavailable(
        procedure="EUS", reason=f"{word} reason", review_on=later, by=by
    )
    note = local_notes.add(
        subject="scenario:SC-01:",
        text=f"{word} note",
        low_months=None,
        high_months=None,
        reason=f"{word} reason",
        review_on=later,
        by=by,
    )
    own_role = own_roles.make(
        name=f"{word} role", description=word, permissions=["case.read"], by=by
    )
    glass = BreakGlass.objects.create(
        patient=patient,
        person=by,
        cause="emergency",
        words=f"{word} reason",
        ends_at=timezone.now() + timezone.timedelta(hours=1),
    )
    view = saved_views.save(name=f"{word} view", query=ListQuery(), is_shared=True, by=by)
    facts.answer(case=case, answers={"differentiation": "poor"}, by=by)
    case.refresh_from_db()
    acknowledgment = acknowledgments.acknowledge(
        case=case, code="W-NEC", assessment_id=case.assessment_id, reason="accepted", by=by
    )
    invitation, _ = invite(
        email=f"{word.lower()}@elsewhere.example", name=word, role="CLINICIAN", by=by
    )
    api_client = make_client(current_institution(), by, label=f"{word} client")
    provider = IdentityProvider.objects.create(
        kind="oidc",
        label=f"{word} provider",
        issuer=f"https://{word.lower()}.example",
        client_id=word,
    )
    ehr = Ehr.objects.create(
        label=f"{word} EHR",
        fhir_base=f"https://{word.lower()}.example/fhir",
        issuer=f"https://{word.lower()}.example",
        client_id=word,
    )
    endpoint, _ = endpoints.add(
        label=f"{word} webhook",
        address=f"https://{word.lower()}.example/events",
        kinds=["case.listed"],
        by=by,
    )
    subscription = subscriptions.add(
        wish=Wish(
            kind=EventKind.CASE_LISTED,
            address=f"https://{word.lower()}.example/fhir",
            content=Content.ID_ONLY,
            reason=f"{word} subscription",
            filters={},
        ),
        by=by,
    )
    event = Event.objects.filter(case=case).earliest("sequence")
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint,
        event=event,
        case=case,
        kind=event.kind,
        stream=event.stream,
        sequence=event.sequence,
        state="dead",
        due_at=timezone.now(),
        ended_at=timezone.now(),
    )
    message = OutboxMessage.objects.create(
        topic="mail", payload={"to": word}, state="failed", done_at=timezone.now()
    )
    mapping = code_maps.add(by=by, system=f"{word} system", code="C1", concept="analyte/gastrin")
    code_maps.saw_unmapped(system=f"{word} system", code="C2", display=word, where="ORU OBX-3")
    code_file = code_map_files.upload(
        name=f"{word}.csv",
        content=f"system,code,concept\n{word} system,C3,analyte/nse\n".encode(),
        by=by,
    )
    hook_client = hook_clients.register(
        client=api_client, ways=Ways(f"https://{word.lower()}.example/"), by=by
    )
    HookCard.objects.create(
        client=api_client, hook="order-select", kind="order", indicator="info", scenario="SC-03"
    )
    inbox_message = _received(api_client, word, by=by)
    return SimpleNamespace(
        hook_client_id=hook_client.id,
        inbox_id=inbox_message.id,
        proposal_id=InboxProposal.objects.get(message=inbox_message).id,
        source_id=inbox_message.source_id,
        message_id=message.id,
        endpoint_id=endpoint.id,
        delivery_id=delivery.id,
        subscription_id=subscription.id,
        mapping_id=mapping.id,
        unmapped_id=UnmappedCode.objects.get().id,
        code_file_id=code_file.id,
        patient_id=patient.id,
        case_id=case.id,
        study_id=study.id,
        result_id=result.id,
        rereading_id=rereading.id,
        gap_request_id=gap_request.id,
        gap_acceptance_id=gap_acceptance.id,
        choice_id=choice.id,
        study_file_id=study_file.id,
        series_id=series.id,
        treatment_id=treatment.id,
        lesion_id=lesion.id,
        specimen_id=specimen.id,
        procedure_id=procedure.id,
        device_id=device.id,
        allergy_id=allergy.id,
        lab_result_id=lab_result.id,
        board_id=board.id,
        member_id=board_member.id,
        feed_id=calendar_feed.id,
        meeting_id=meeting.id,
        attendance_id=attendance.id,
        item_id=item.id,
        publication_id=publication.id,
        standard_id=standard.id,
        audit_id=audit.id,
        task_id=task.id,
        decided_item_id=decision.agenda_item_id,
        decision_id=decision.id,
        file_id=file.id,
        bulk_export_id=bulk_export.id,
        bulk_export_part_id=bulk_export_part.id,
        user_id=by.id,
        token_id=token.id,
        invitation_id=invitation.id,
        client_id=api_client.id,
        provider_id=provider.id,
        ehr_id=ehr.id,
        local_study_id=local_study.id,
        note_id=note.id,
        view_id=view.id,
        glass_id=glass.id,
        role_id=own_role.id,
        acknowledgment_id=acknowledgment.id,
        assessment_id=case.assessment_id,
        api={
            "api_patient": patient.id,
            "api_case": case.id,
            "api_case_facts": case.id,
            "api_case_acknowledgments": case.id,
            "api_study": study.id,
            "api_treatment": treatment.id,
            "api_lab_result": lab_result.id,
            "api_code_mapping": mapping.id,
            "api_hook_client": hook_client.id,
            "api_result": result.id,
            "api_allergy": allergy.id,
            "api_device": device.id,
            "api_fact_answer": FactAnswer.objects.get(case=case, fact="differentiation").id,
            "api_gap_request": gap_request.id,
            "api_gap_acceptance": gap_acceptance.id,
            "api_rereading": rereading.id,
            "api_assessment": case.assessment_id,
            "api_study_measurements": study.id,
            "api_study_file": study_file.id,
            "api_study_file_content": study_file.id,
            "api_study_files_of": study.id,
            "api_code_mapping_versions": mapping.id,
            "api_code_mapping_effects": mapping.id,
            "api_code_map_file": code_file.id,
            "api_board_dates": board.id,
            "api_meeting_cases": meeting.id,
            "api_publication_file": publication.id,
            "api_decision_file": decision.id,
            "api_decision_letter": decision.id,
            "api_decision_patient_letter": decision.id,
            "api_lesion": lesion.id,
            "api_measurement": measurement.id,
            "api_specimen": specimen.id,
            "api_procedure": procedure.id,
            "api_board": board.id,
            "api_board_member": board_member.id,
            "api_standard": standard.id,
            "api_meeting": meeting.id,
            "api_meeting_order": meeting.id,
            "api_meeting_forecast": meeting.id,
            "api_meeting_carry_over": meeting.id,
            "api_attendance": attendance.id,
            "api_publication": publication.id,
            "api_postponement": postponement.id,
            "api_opinion": opinion.id,
            "api_import": file.id,
            "api_import_rows": file.id,
            "api_export": export.id,
            "api_export_file": export.id,
            "api_agenda_item": item.id,
            "api_decision": decision.id,
            "api_recommendation": task.recommendation_id,
            "api_task": task.id,
        },
    )


def _received(client: ApiClient, word: str, *, by: User) -> InboxMessage:
    """A message about the patient, of which something waits."""
    sources.change(source=sources.source_of(client), authorities=[word], rules=[], by=by)
    raw = (
        "MSH|^~\\&|LIS|LAB|TB|HERE|20260101||ADT^A08|1|P|2.5.1\r"
        f"PID|1||{word.upper()}-1^^^{word}^MR||{word}south^{word}\r"
    ).encode()
    incoming = hl7v2.incoming(raw, hl7v2.parsed(raw))
    return receiving.receive(client=client, incoming=incoming).message
