"""Another institution's row is the same 404 as one that is not there, on every route."""

import re
import uuid
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter
from django.utils import timezone

from cases.models import ImportFile, ProtocolAudit, StudyFile, StudySeries
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
    data_set_items,
    devices,
    facts,
    gaps,
    lab_results,
    lesions,
    meetings,
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
from cases.services.decision_drafts import Recommended
from guidance.editions import local_notes, local_studies
from tests.factories.people import add_member
from tests.factories.tasks import decided, tasks_of
from tests.integration.isolation.routes import Route, all_routes
from tumorboard.accounts.invitations import invite
from tumorboard.accounts.roles import Role
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

SECRET = re.compile(rb"(?<=[\"'])[A-Za-z0-9]{64}(?=[\"'])")
WITH_IDS = [r for r in all_routes() if r.ids]
PAGES = [r for r in WITH_IDS if r.pattern.startswith("/i/")]
ENDPOINTS = [r for r in WITH_IDS if r.pattern.startswith("/api/")]


def test_there_are_routes_to_try():
    assert len(PAGES) > 10
    assert len(ENDPOINTS) > 3


@pytest.fixture
def foreign(other_institution):
    """One row of everything in the other institution."""
    by = add_member(
        other_institution, "COORDINATOR", email="someone@south.example", name="Someone South"
    )
    with institution_scope(other_institution):
        patient = patients.add(record_number="CANARY-1", family_name="Canarysouth", by=by)
        case = cases.open_case(patient=patient, title="Canary diagnosis", by=by)
        today = timezone.localdate()
        study = studies.add(case=case, modality="CT", performed_on=today, by=by)
        result = results.enter(study=study, outcome="negative", by=by)
        rereading = rereadings.add(
            study=study,
            outcome="negative",
            agreement="agree",
            read_on=today,
            read_by="Canary reader",
            by=by,
        )
        study_file = StudyFile.objects.create(
            study=study,
            case=case,
            kind="dicom",
            name="canary.dcm",
            size=3,
            sha256="1" * 64,
            state="stored",
            uploaded_by=by,
        )
        series = StudySeries.objects.create(
            file=study_file, study=study, series_uid="1.2", preview=b"canary"
        )
        treatment = treatments.add(case=case, type="SSA", by=by)
        gap_request = gaps.ask(
            case=case, item="ki67", asked_of="Canary person", asked_on=today, by=by
        )
        gap_acceptance = gaps.accept(case=case, item="ki67", reason="Canary reason", by=by)
        choice = data_set_items.add(item="images", is_required=True, reason="Canary reason", by=by)
        lesion = lesions.add(case=case, label="Canary lesion", site="liver", role="target", by=by)
        specimen = specimens.add(case=case, kind="biopsy", site="liver", taken_on=today, by=by)
        procedure = procedures.add(case=case, kind="whipple", note="Canary note", by=by)
        device = devices.add(patient=patient, kind="pacemaker", note="Canary note", by=by)
        allergy = allergies.add(patient=patient, substance="other", agent="Canary agent", by=by)
        lab_result = lab_results.add(
            case=case, analyte="alp", value=77, unit="U/L", taken_on=today, by=by
        )
        board = boards.add(name="Canary board", by=by)
        board_member = board_members.add(board=board, person=by, by=by)
        calendar_feed, _ = calendar_feeds.make(by=by)
        meeting = meetings.plan(
            board=board, starts_at=timezone.now() + timezone.timedelta(days=1), by=by
        )
        attendance = attendances.note_present(meeting=meeting, name="Canary person", by=by)
        item = agendas.put_on(meeting=meeting, case=case, by=by)
        publication = publications.publish(
            meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF canary", by=by
        )
        standard = standards.add(
            board=board,
            name="Canary standard",
            source="Canary source",
            scenario="SC-03",
            branch="",
            audit_percent=1,
            by=by,
        )
        referral = Recommended("referral", text="Canary referral")
        decision = decided(referral, by=by)
        (task,) = tasks_of(decision)
        audit = ProtocolAudit.objects.create(decision=decision, board=board)
        file = ImportFile.objects.create(
            name="canary.csv", sha256="0" * 64, columns=["a"], uploaded_by=by
        )
        token, _ = issue(user=by, label="canary", days=1, by=by)
        later = today + timezone.timedelta(days=9)
        local_study = local_studies.mark_unavailable(
            procedure="EUS", reason="Canary reason", review_on=later, by=by
        )
        note = local_notes.add(
            subject="scenario:SC-01:",
            text="Canary note",
            low_months=None,
            high_months=None,
            reason="Canary reason",
            review_on=later,
            by=by,
        )
        view = saved_views.save(name="Canary view", query=ListQuery(), is_shared=True, by=by)
        facts.answer(case=case, answers={"differentiation": "poor"}, by=by)
        case.refresh_from_db()
        acknowledgment = acknowledgments.acknowledge(
            case=case, code="W-NEC", assessment_id=case.assessment_id, reason="accepted", by=by
        )
        invitation, _ = invite(email="c@south.example", name="Canary", role="CLINICIAN", by=by)
    return SimpleNamespace(
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
        file_id=file.id,
        user_id=by.id,
        token_id=token.id,
        invitation_id=invitation.id,
        local_study_id=local_study.id,
        note_id=note.id,
        view_id=view.id,
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
            "api_result": result.id,
            "api_assessment": case.assessment_id,
        },
    )


@pytest.fixture
def everything(institution):
    """Somebody in the first institution who may do everything there."""
    return add_member(
        institution, *(role.name for role in Role), email="all@north.example", name="All Roles"
    )


@pytest.fixture
def signed_in(everything):
    client = Client()
    client.force_login(everything)
    return client


def arguments(route: Route, ids: dict[str, object]) -> dict[str, object]:
    given = {"slug": "north", **ids}
    for name, converter in route.converters.items():
        given.setdefault(name, 1 if isinstance(converter, IntConverter) else "B")
    return {name: given[name] for name in route.converters}


def faults(routes: list[Route], fault_of: Callable[[Route], str]) -> dict[str, str]:
    """What is wrong, by route: all of them in one test, since the foreign rows are dear to make."""
    return {route.pattern: fault for route in routes if (fault := fault_of(route))}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_answers_a_foreign_row_as_a_missing_one(method, signed_in, foreign):
    def fault_of(route: Route) -> str:
        theirs = {name: getattr(foreign, name) for name in route.ids}
        missing = {name: uuid.uuid4() for name in route.ids}
        answers = []
        for ids in (theirs, missing):
            url = reverse(route.name, kwargs=arguments(route, ids))
            response = getattr(signed_in, method)(url)
            if b"anary" in response.content:
                return "shows the foreign row"
            # The page's own address and its form's fresh secret differ from answer to answer.
            content = SECRET.sub(b"", response.content.replace(url.encode(), b""))
            answers.append((response.status_code, content))
        status = answers[0][0]
        # A method that the page does not have is refused before anything is looked up.
        if status not in (404, 405):
            return f"answers {status}"
        is_same = answers[0] == answers[1] if status == 404 else status == answers[1][0]
        return "" if is_same else "tells a foreign row from a missing one"

    assert faults(PAGES, fault_of) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_endpoint_answers_a_foreign_row_as_a_missing_one(
    method, institution, everything, foreign
):
    with institution_scope(institution):
        _, secret = issue(user=everything, label="test", days=1, by=everything)

    def fault_of(route: Route) -> str:
        answers = []
        for pk in (foreign.api[route.name], uuid.uuid4()):
            response = getattr(Client(), method)(
                reverse(route.name, kwargs={"slug": "north", "pk": pk}),
                data="{}" if method == "post" else None,
                content_type="application/json",
                headers={"authorization": f"Bearer {secret}"},
            )
            answers.append((response.status_code, response.content))
        if answers[0][0] not in (404, 405):
            return f"answers {answers[0][0]}"
        return "" if answers[0] == answers[1] else "tells a foreign row from a missing one"

    assert faults(ENDPOINTS, fault_of) == {}


def test_a_stranger_gets_the_404_of_an_institution_that_is_not_there(
    institution, other_institution, foreign
):
    stranger = add_member(
        institution, "COORDINATOR", email="stranger@north.example", name="Stranger"
    )
    client = Client()
    client.force_login(stranger)

    def fault_of(route: Route) -> str:
        ids = {name: getattr(foreign, name) for name in route.ids}
        there, nowhere = (
            client.get(reverse(route.name, kwargs={**arguments(route, ids), "slug": slug}))
            for slug in ("south", "nowhere")
        )
        if b"anary" in there.content:
            return "shows the foreign row"
        if there.status_code not in (404, 405):
            return f"answers {there.status_code}"
        return "" if there.status_code == nowhere.status_code else "tells that it is there"

    assert faults(PAGES, fault_of) == {}


def test_somebody_signed_out_is_sent_to_sign_in(institution):
    def fault_of(route: Route) -> str:
        ids = {name: uuid.uuid4() for name in route.ids}
        response = Client().get(reverse(route.name, kwargs=arguments(route, ids)))
        is_sent = response.status_code == 302
        is_sent = is_sent and response["Location"].startswith(reverse("account_login"))
        return "" if is_sent else f"answers {response.status_code}"

    guarded = [route for route in PAGES if not getattr(route.view, "public_because", "")]
    assert faults(guarded, fault_of) == {}
