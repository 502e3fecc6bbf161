"""What other systems send lands in the inbox, and in the record once it is taken over."""

import json

import pytest

from cases.models import (
    Erasure,
    InboxMessage,
    InboxProposal,
    IntakeSource,
    LabResult,
    Patient,
    Specimen,
    Study,
    UnmappedCode,
)
from cases.services import erasures
from cases.services.intake import deciding
from cases.services.intake.sources import change as change_source
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(institution):
    """The institution's scope, entered anew after each request."""
    return lambda: institution_scope(institution)


def only():
    return InboxMessage.objects.get()


def kinds(message):
    rows = InboxProposal.objects.filter(message=message).order_by("number")
    return [(row.kind, row.state) for row in rows]


def test_laboratory_values_wait_and_come_into_the_record_when_taken_over(
    inside, known, case, send, coordinator
):
    answer = send(of.laboratory())

    assert answer.status_code == 200, answer.content
    assert b"MSA|AA|L1" in answer.content
    with inside():
        message = only()
        assert (message.patient_id, message.case_id) == (case.patient_id, case.pk)
        assert message.state == "matched"
        assert message.loose in ({}, None)
        assert "MRN-4711" in message.content["raw"]
        assert ("lab_result", "open") in kinds(message)
        assert not LabResult.objects.exists()
        # What nobody knows is told, and counted for those who map codes.
        assert UnmappedCode.objects.filter(system="LAB", code="XYZ").exists()

        assert deciding.accept_all(message=message, by=coordinator) == {}

        value = LabResult.objects.get()
        assert (value.analyte, str(value.value.normalize()), value.case_id) == (
            "chromogranin_a",
            "2.1E+2",
            case.pk,
        )
        message.refresh_from_db()
        assert (message.state, message.handled_by) == ("done", coordinator)
        assert {"inbox.received", "inbox.accepted"} <= set(
            AuditEntry.objects.values_list("action", flat=True)
        )


def test_the_same_message_again_is_answered_as_the_first_time(inside, known, case, send):
    first = send(of.laboratory())
    second = send(of.laboratory())

    assert (second.status_code, second.content) == (200, first.content)
    with inside():
        assert InboxMessage.objects.count() == 1
        assert InboxProposal.objects.filter(kind="lab_result").count() == 1


def test_the_same_id_with_another_content_is_refused(inside, known, case, send):
    send(of.laboratory())

    answer = send(of.laboratory(value="9"))

    assert answer.status_code == 400
    assert b"MSA|AE|L1" in answer.content
    assert b"205^Duplicate key identifier" in answer.content
    with inside():
        assert InboxMessage.objects.count() == 1


def test_an_older_message_that_comes_later_is_kept_and_not_applied(
    inside, known, case, send, coordinator
):
    send(of.laboratory("NEW", value="210", at="20261120110000"))
    send(of.laboratory("OLD", value="9", at="20261120090000"))

    with inside():
        older, newer = InboxMessage.objects.order_by("said_at")
        assert ("lab_result", "superseded") in kinds(older)
        assert ("lab_result", "open") in kinds(newer)
        # It waits, so that somebody learns of it.
        assert older.state == "matched"
        late = InboxProposal.objects.get(message=older, kind="lab_result")
        with pytest.raises(deciding.Refused, match="newer message"):
            deciding.accept(proposal=late, by=coordinator)


def test_a_newer_message_supersedes_what_nobody_decided_on(inside, known, case, send):
    send(of.laboratory("OLD", value="9", at="20261120090000"))
    send(of.laboratory("NEW", value="210", at="20261120110000"))

    with inside():
        older, newer = InboxMessage.objects.order_by("said_at")
        assert ("lab_result", "superseded") in kinds(older)
        assert ("lab_result", "open") in kinds(newer)


def test_without_saying_whose_numbers_they_are_nothing_is_matched(inside, sender, case, send):
    assert send(of.laboratory()).status_code == 200

    with inside():
        message = only()
        assert (message.patient, message.state) == (None, "needs_person")
        assert message.kept in ({}, None)
        assert "MRN-4711" in message.content["raw"]


def test_another_date_of_birth_finds_nobody(inside, known, case, send):
    send(of.message("ADT^A08", of.pid(born="19710402")))

    with inside():
        assert only().patient is None


def test_an_update_changes_the_patient_and_never_the_number(inside, known, case, send, coordinator):
    send(of.message("ADT^A08", of.pid(family="Lund")))

    with inside():
        message = only()
        assert kinds(message) == [("patient", "open")]
        deciding.accept_all(message=message, by=coordinator)
        patient = Patient.objects.get()
        assert (patient.family_name, patient.record_number) == ("Lund", of.NUMBER)


def test_what_the_record_says_already_asks_nobody(inside, known, case, send):
    send(of.message("ADT^A01", of.pid()))

    with inside():
        assert kinds(only()) == [("patient", "accepted")]
        assert only().state == "done"


def test_a_merge_gives_the_record_that_is_here_the_number_that_stays(
    inside, known, case, send, coordinator
):
    send(of.message("ADT^A40", of.pid("MRN-9"), f"MRG|{of.NUMBER}^^^NORTH^MR"))

    with inside():
        proposal = InboxProposal.objects.get(kind="merge")
        deciding.accept(proposal=proposal, by=coordinator)
        assert Patient.objects.get().record_number == "MRN-9"


def test_two_records_that_are_both_here_are_shown_and_not_joined(
    inside, known, case, send, coordinator
):
    with inside():
        open_for("MRN-9", by=coordinator)
    send(of.message("ADT^A40", of.pid("MRN-9"), f"MRG|{of.NUMBER}^^^NORTH^MR"))

    with inside():
        proposal = InboxProposal.objects.get(kind="merge")
        with pytest.raises(deciding.Refused, match=r"MRN-4711 and MRN-9"):
            deciding.accept(proposal=proposal, by=coordinator)
        assert Patient.objects.count() == 2


def test_the_report_of_a_study_comes_with_its_study(inside, known, case, send, coordinator):
    assert send(of.radiology()).status_code == 200

    with inside():
        message = only()
        assert deciding.accept_all(message=message, by=coordinator) == {}
        study = Study.objects.get()
        assert (study.modality, study.accession_number) == ("CT", "ACC-9")
        assert "Metastases of the liver" in study.report


def test_pathology_becomes_a_specimen(inside, known, case, send, coordinator):
    assert send(of.pathology()).status_code == 200

    with inside():
        left = deciding.accept_all(message=only(), by=coordinator)
        assert Specimen.objects.count() + len(left) >= 1, left


@pytest.mark.parametrize("kind", ["OMI^O23", "ORM^O01"])
def test_an_order_becomes_an_ordered_study(inside, known, case, send, coordinator, kind):
    assert send(of.order(kind)).status_code == 200

    with inside():
        assert deciding.accept_all(message=only(), by=coordinator) == {}
        study = Study.objects.get()
        assert (str(study.ordered_on), study.performed_on) == ("2026-11-20", None)


def test_a_bundle_is_taken_and_leads_to_its_page(inside, known, case, send, coordinator):
    answer = send(of.bundle(), door="fhir")

    assert answer.status_code == 202, answer.content
    assert answer.json()["resourceType"] == "OperationOutcome"
    with inside():
        message = only()
        assert answer["Location"] == f"/i/north/inbox/{message.pk}/"
        assert message.case_id == case.pk
        assert deciding.accept_all(message=message, by=coordinator) == {}
        assert LabResult.objects.get().analyte == "chromogranin_a"
    again = send(of.bundle(), door="fhir")
    assert (again.status_code, again["Location"]) == (202, answer["Location"])
    other = send(of.bundle(timestamp="2026-11-20T10:16:00+01:00"), door="fhir")
    assert other.status_code == 409


def test_a_trusted_source_needs_no_person_for_what_is_no_judgment(
    inside, known, case, send, coordinator
):
    with inside():
        change_source(
            source=IntakeSource.objects.get(),
            authorities=["NORTH"],
            rules=["lab_result", "study"],
            by=coordinator,
        )
    send(of.laboratory())
    send(of.radiology())

    with inside():
        assert LabResult.objects.count() == 1
        assert Study.objects.count() == 1
        assert InboxProposal.objects.get(kind="lab_result").by_rule
        assert InboxProposal.objects.get(kind="result").state == "open"


def test_what_is_erased_takes_its_messages_along(inside, known, case, send, coordinator):
    send(of.laboratory())
    send(of.message("ADT^A01", of.pid(born="19710402"), control_id="M2"))
    with inside():
        assert InboxMessage.objects.count() == 2
        case.patient.refresh_from_db()
        erasures.erase(
            patient=case.patient, record_number=of.NUMBER, reason="Asked for.", by=coordinator
        )
        assert InboxMessage.objects.count() == 0
        assert erasures.faults_of(Erasure.objects.get()) == []


BAD = [
    ("", "hl7v2", 400, b"MSA|AE"),
    ("hello", "hl7v2", 400, b"MSA|AE"),
    (of.message("ADT^A99", of.pid()), "hl7v2", 400, b"MSA|AR|M1"),
    (of.message("MFN^M02", of.pid()), "hl7v2", 400, b"MSA|AR|M1"),
    (of.message("ADT^A01"), "hl7v2", 400, b"PID"),
    (of.message("ADT^A01", of.pid(), of.pid("MRN-2")), "hl7v2", 400, b"more than one person"),
    (of.laboratory() + "x" * 2_000_001, "hl7v2", 400, b"2,000,000 bytes"),
    ("", "fhir", 422, b"not JSON"),
    ("{", "fhir", 422, b"not JSON"),
    ('{"a": NaN}', "fhir", 422, b"not a number"),
    ("[" * 100_000, "fhir", 422, b"deep"),
    (json.dumps({"resourceType": "Patient"}), "fhir", 422, b"Send a Bundle"),
    (of.bundle(type="searchset"), "fhir", 422, b"Bundle.type"),
    (of.bundle(entry="x"), "fhir", 422, b"Bundle.entry"),
    (of.bundle(entry=[]), "fhir", 422, b"Bundle.entry"),
    (of.bundle(entry=[1]), "fhir", 422, b"Bundle.entry[0]"),
    (of.bundle(entry=[{"resource": {}}]), "fhir", 422, b"Bundle.entry[0].resource.resourceType"),
    (of.bundle(timestamp="yesterday"), "fhir", 422, b"Bundle.timestamp"),
    (of.bundle(id="\0"), "fhir", 422, b"cannot be stored"),
    (of.bundle(id="x" * 2_000_001), "fhir", 413, b"2,000,000 bytes"),
]


@pytest.mark.parametrize(
    ("body", "door", "code", "told"), BAD, ids=[str(n) for n in range(len(BAD))]
)
def test_bad_input_is_told_and_nothing_is_kept(inside, known, case, send, body, door, code, told):
    answer = send(body, door=door)

    assert answer.status_code == code, answer.content
    assert told in answer.content
    with inside():
        assert not InboxMessage.objects.exists()
        assert not UnmappedCode.objects.exists()


def test_another_institutions_client_stays_outside(other_institution, sender, send):
    """ASVS v5.0.0-8.4.1: a token of one institution opens no door of another."""
    for door, body in (("hl7v2", of.laboratory()), ("fhir", of.bundle())):
        assert send(body, door=door, slug="south").status_code == 401
        assert send(body, door=door, slug="nowhere").status_code == 401
        assert send(body, door=door, content_type="text/html").status_code == 415
