"""Erasing who a patient is."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.models import (
    AgendaPublication,
    Case,
    Decision,
    Erasure,
    FormDraft,
    ImportRow,
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
from cases.services import agendas, erasures, form_drafts, patients, publications, retentions
from cases.services.decision_drafts import Recommended
from cases.services.errors import Invalid, Refused
from cases.services.imports import uploads
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
