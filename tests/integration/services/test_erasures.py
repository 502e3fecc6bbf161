"""Erasing who a patient is."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from cases.models import (
    AgendaPublication,
    Case,
    Decision,
    Erasure,
    FormDraft,
    ImportRow,
    Meeting,
    Patient,
    PatientToken,
    Retention,
    StudyFile,
    StudyFilePart,
)
from cases.models.patient import ERASED
from cases.selectors import erasures as selectors
from cases.selectors.agendas import agenda
from cases.selectors.case_history import history_of
from cases.selectors.cases import patient_by_record_number, search
from cases.selectors.publications import frozen, lines_of, pdf_of
from cases.services import (
    agendas,
    erasures,
    form_drafts,
    patients,
    publications,
    retentions,
    study_files,
)
from cases.services.cases import open_case
from cases.services.decision_drafts import Recommended
from cases.services.errors import Invalid, Refused
from cases.services.imports import uploads
from tests.factories import dicom
from tests.factories.boards import make_item, make_meeting
from tests.factories.cases import make_case, make_study
from tests.factories.tasks import decided
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

WHY = "The patient asked for it."


def erase(case, by, **given):
    patient = case.patient
    said = {"record_number": patient.record_number, "reason": WHY, **given}
    return erasures.erase(patient=patient, by=by, **said)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator, family_name="Rivera")


def read(case) -> Case:
    return Case.objects.select_related("patient").get(pk=case.pk)


def test_nobody_reads_who_it_was_not_even_in_the_history(case, coordinator):
    """ASVS v5.0.0-14.2.7: what is not needed any more is deleted as the policy says."""
    patients.change(patient=case.patient, family_name="Okafor", by=coordinator)
    number = Patient.objects.get().record_number
    erase(case, coordinator, record_number=number.lower())
    case = read(case)
    assert (case.patient.name, case.patient.record_number) == (ERASED, "")
    assert patient_by_record_number(number) is None
    assert list(search(text="okafor")) == list(search(text="rivera")) == []
    said = str(history_of(case))
    assert "Rivera" not in said
    assert "Okafor" not in said
    assert not PatientToken.objects.exists()


def test_files_drafts_and_rows_go(case, coordinator):
    number = case.patient.record_number
    study = make_study(case=case, by=coordinator)
    file = StudyFile.objects.create(
        study=study, case=case, kind="pdf", name="a.pdf", size=1, sha256="3" * 64,
        state="stored", uploaded_by=coordinator,
    )  # fmt: skip
    StudyFilePart.of(file=file, number=0, content=b"%PDF").save()
    about = form_drafts.DraftKey(coordinator.pk, "study", str(study.pk))
    new = form_drafts.DraftKey(coordinator.pk, "case_new")
    other = form_drafts.DraftKey(coordinator.pk, "case")
    for key, typed in ((about, "x"), (new, number), (other, "else")):
        form_drafts.keep(key=key, fields={"record_number": [typed]})
    uploads.upload(name="a.csv", content=f"MRN,A\n{number},1\nB-2,2\n".encode(), by=coordinator)
    erasure = erase(case, coordinator)
    assert not StudyFile.objects.exists()
    assert not StudyFilePart.objects.exists()
    assert [draft.form for draft in FormDraft.objects.all()] == ["case"]
    assert [row.cells for row in ImportRow.objects.all()] == [["B-2", "2"]]
    counts = ("files", "file_parts", "drafts", "import_rows", "keys_destroyed")
    assert [erasure.counts[name] for name in counts] == [1, 1, 2, 1, 1]
    assert erasure.hashes["files"] == ["3" * 64]


def test_signed_decisions_and_their_chain_stay(coordinator):
    decision = decided(Recommended("referral", text="See a surgeon"), by=coordinator)
    before = (decision.content_hash, decision.chain_hash)
    erase(decision.case, coordinator)
    after = Decision.objects.get(pk=decision.pk)
    assert (after.content_hash, after.chain_hash) == before
    call_command("verify", stdout=io.StringIO())


def test_a_published_agenda_keeps_its_other_lines(case, coordinator):
    other = make_case(by=coordinator, family_name="Okafor")
    meeting = make_meeting(by=coordinator)
    item = make_item(by=coordinator, meeting=meeting, case=case)
    make_item(by=coordinator, meeting=meeting, case=other)
    publications.publish(
        meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF", by=coordinator
    )
    publication = AgendaPublication.objects.get()
    assert pdf_of(publication) == b"%PDF"
    assert [line.name for line in lines_of(publication)] == ["Rivera, Ana", "Okafor, Ana"]
    agendas.take_off(item=item, by=coordinator)
    erase(case, coordinator)
    assert [line.name for line in lines_of(publication)] == [ERASED, "Okafor, Ana"]
    assert pdf_of(publication) is None


def test_it_is_refused_while_a_case_stands_on_an_open_list(case, coordinator):
    make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=case)
    with pytest.raises(Refused, match="stands on the list"):
        erase(case, coordinator)
    assert not Erasure.objects.exists()


def test_the_record_number_and_a_reason_are_asked_for(case, coordinator):
    with pytest.raises(Invalid) as caught:
        erase(case, coordinator, record_number="other", reason=" ")
    assert set(caught.value.errors) == {"record_number", "reason"}
    assert not read(case).patient.is_erased


def test_nobody_is_erased_twice_or_changed_afterwards(case, coordinator):
    patient = case.patient
    erase(case, coordinator)
    with pytest.raises(Refused):
        erase(case, coordinator)
    with pytest.raises(Refused):
        patients.change(patient=patient, family_name="Back", by=coordinator)
    assert [entry.patient_id for entry in AuditEntry.objects.filter(action="patient.erased")] == [
        patient.pk
    ]


def test_the_record_number_may_come_again(case, coordinator):
    number = case.patient.record_number
    erase(case, coordinator)
    again = patients.add(record_number=number, family_name="New", by=coordinator)
    assert patient_by_record_number(number) == again


def test_what_comes_back_is_told(case, coordinator):
    before = Patient.objects.values("wrapped_key", "record_blind").get()
    erase(case, coordinator)
    out = io.StringIO()
    call_command("verify_erasures", stdout=out)
    assert "1 erasures hold" in out.getvalue()
    # As a restored backup would.
    Patient.objects.update(**before)
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_erasures", stdout=out)
    assert "the patient has a key" in out.getvalue()
    assert "Rivera" not in out.getvalue()


def test_who_is_due_is_listed_and_nobody_is_erased_by_it(case, coordinator):
    assert selectors.due() == []
    retentions.choose(years=10, by=coordinator)
    today = timezone.localdate()
    assert selectors.due(on=today + datetime.timedelta(days=3600)) == []
    (found,) = selectors.due(on=today + datetime.timedelta(days=3700))
    assert found == case.patient
    erase(case, coordinator)
    assert selectors.due(on=today + datetime.timedelta(days=3700)) == []
    retentions.choose(years=None, by=coordinator)
    assert Retention.objects.get().years is None
    with pytest.raises(Invalid):
        retentions.choose(years=0, by=coordinator)


@pytest.mark.parametrize(
    "said", ["Asked by Ana RIVERA.", "No. {number} asked.", "Rivera, born {born}"]
)
def test_the_reason_is_kept_so_it_names_nobody(case, coordinator, said):
    patient = patients.change(
        patient=case.patient, birth_date=datetime.date(1950, 3, 4), by=coordinator
    )
    reason = said.format(number=patient.record_number, born="04.03.1950")
    with pytest.raises(Invalid) as caught:
        erase(case, coordinator, record_number=patient.record_number, reason=reason)
    assert caught.value.errors == {"reason": [erasures.NAMES_PATIENT]}


def test_former_numbers_and_whole_names_go_too(case, coordinator):
    former = case.patient.record_number
    patients.change(patient=case.patient, record_number="NEW-77", by=coordinator)
    table = f"MRN,Name\n{former},x\nB-2,Ana Rivera\nB-3,Rivera\n"
    uploads.upload(name="a.csv", content=table.encode(), by=coordinator)
    new = form_drafts.DraftKey(coordinator.pk, "case")
    form_drafts.keep(key=new, fields={"family_name": ["Rivera"], "given_name": ["ANA"]})
    erase(case, coordinator, record_number="NEW-77")
    assert [row.cells for row in ImportRow.objects.all()] == [["B-3", "Rivera"]]
    assert not FormDraft.objects.exists()


def test_a_draft_about_what_was_taken_off_goes_too(case, coordinator):
    item = make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=case)
    key = form_drafts.DraftKey(coordinator.pk, "opinion", str(item.pk))
    form_drafts.keep(key=key, fields={"text": ["Rivera should"]})
    agendas.take_off(item=item, by=coordinator)
    erase(case, coordinator)
    assert not FormDraft.objects.exists()


def test_nothing_new_is_written_of_who_was_erased(case, coordinator):
    study = make_study(case=case, by=coordinator)
    erase(case, coordinator)
    with pytest.raises(Refused, match="was erased"):
        open_case(patient=case.patient, title="Again", by=coordinator)
    with pytest.raises(Invalid, match="was erased"):
        study_files.upload(
            study=study, name="a.png", content=io.BytesIO(dicom.png()), by=coordinator
        )
    make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=read(case))
    meeting = Meeting.objects.get()
    with pytest.raises(Refused, match="was erased"):
        publications.publish(
            meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF", by=coordinator
        )


def verified(*args, **options) -> str:
    out = io.StringIO()
    call_command("verify_erasures", *args, stdout=out, **options)
    return out.getvalue()


def test_a_backup_from_before_does_not_know_of_the_erasure(case, coordinator, tmp_path):
    """ASVS v5.0.0-14.2.7: what was deleted does not come back unnoticed with a backup."""
    kept = tmp_path / "kept"
    backup = transaction.savepoint()
    erase(case, coordinator)
    kept.write_text(verified(), encoding="utf-8")
    assert "Rivera" not in kept.read_text()
    assert "1 erasures hold" in verified(expect=kept, again=True)
    transaction.savepoint_rollback(backup)
    # From within nothing shows: the proof went the way of the erasure.
    assert "0 erasures hold" in verified()
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 fault"):
        call_command("verify_erasures", expect=kept, stdout=out)
    assert f"patient {case.patient_id}: the erasure is gone" in out.getvalue()
    assert "1 erasures hold" in verified(expect=kept, again=True)
    assert read(case).patient.is_erased
    (erasure,) = Erasure.objects.all()
    assert "a restored backup" in erasure.reason
    assert erasure.by == coordinator


def test_who_came_back_beside_the_proof_is_erased_again(case, coordinator):
    before = Patient.objects.values("wrapped_key", "record_blind").get()
    erase(case, coordinator)
    Patient.objects.update(**before)
    assert "1 erasures hold" in verified(again=True)
    assert AuditEntry.objects.filter(action="patient.erased_again").count() == 1


def test_an_erasure_that_cannot_be_repeated_is_told(case, coordinator, tmp_path):
    item = make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=case)
    kept = tmp_path / "kept"
    gone = "00000000-0000-7000-8000-000000000001"
    at = timezone.now().isoformat()
    slug, patient = "north", case.patient_id
    lines = [
        f"erased {slug} {patient} {coordinator.pk} {at}",
        f"erased {slug} {patient} {gone} {at}",
        f"erased {slug} {gone} {gone} {at}",
        f"erased south {gone} {gone} {at}",
        "1 erasures hold",
    ]
    kept.write_text("\n".join(lines), encoding="utf-8")
    out = io.StringIO()
    with pytest.raises(CommandError, match="faults"):
        call_command("verify_erasures", expect=kept, again=True, stdout=out)
    said = out.getvalue()
    assert "stands on the list" in said
    assert "has no account here" in said
    assert "institution south: it is not here" in said
    agendas.take_off(item=item, by=coordinator)
    kept.write_text(lines[0], encoding="utf-8")
    assert "1 erasures hold" in verified(expect=kept, again=True)
    for text in ("erased north", "erased north x y z"):
        kept.write_text(text, encoding="utf-8")
        with pytest.raises(CommandError, match="tells of no erasure"):
            verified(expect=kept)
    with pytest.raises(CommandError, match="cannot be read"):
        verified(expect=tmp_path / "none")
