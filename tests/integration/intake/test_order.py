"""Messages that come out of order: what is newer stays, and people are told."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import InboxMessage, InboxProposal, IntakeSource, LabResult, Patient, Procedure
from cases.readings.reading import Kind, Reading
from cases.services import patients
from cases.services.intake import choosing, deciding, sources
from cases.services.intake.order import _replaces
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

EARLY, LATE, LATEST = "20261120090000", "20261120110000", "20261120120000"


@pytest.fixture
def inside(institution):
    return lambda: institution_scope(institution)


@pytest.fixture
def trusted(inside, known, coordinator):
    """The source may write everything that a rule may."""

    def trust(*kinds):
        with inside():
            sources.change(
                source=IntakeSource.objects.get(),
                authorities=[of.AUTHORITY],
                rules=kinds,
                by=coordinator,
            )

    return trust


def proposal(control_id, kind):
    """What a message, known by its id, proposes of a kind."""
    found = [
        row
        for row in InboxProposal.objects.filter(kind=kind).select_related("message__patient")
        if row.message.content["control_id"] == control_id
    ]
    assert len(found) == 1, (control_id, kind, found)
    return found[0]


def report(control_id, at, *lines):
    """The report of a CT, with the lines of its text by code."""
    return of.message(
        "ORU^R01",
        of.pid(),
        "OBR|1|P2|F2|36813-4^CT Abdomen and Pelvis W contrast IV^LN|||20261118|||||||||||ACC-9"
        "||||20261119||RAD|F",
        *(f"OBX|{n}|TX|{code}^?^LN||{text}||||||F" for n, (code, text) in enumerate(lines, 1)),
        control_id=control_id,
        at=at,
    )


def test_an_older_report_does_not_undo_a_correction_that_says_more(
    inside, known, case, send, coordinator
):
    send(report("NEW", LATE, ("18782-3", "Corrected."), ("19005-8", "No metastases.")))
    with inside():
        assert deciding.accept_all(message=InboxMessage.objects.get(), by=coordinator) == {}
    send(report("OLD", EARLY, ("18782-3", "Metastases.")))

    with inside():
        late = proposal("OLD", "study")
        assert late.state == "superseded"
        with pytest.raises(deciding.Refused, match="newer message"):
            deciding.accept(proposal=late, by=coordinator)


def test_an_older_order_still_says_what_the_report_left_open(inside, known, case, send):
    """It says otherwise of nothing that the newer message says."""
    send(report("NEW", LATE, ("18782-3", "Nothing new.")))
    send(
        of.message(
            "OMI^O23",
            of.pid(),
            "ORC|NW|P2||||||^^^|20261110",
            "OBR|1|P2||36813-4^CT Abdomen and Pelvis W contrast IV^LN",
            "IPC|ACC-9",
            control_id="ORDER",
            at=EARLY,
        )
    )

    with inside():
        assert proposal("ORDER", "study").state == "open"


def test_an_update_that_is_older_than_what_a_newer_one_said(inside, known, case, send, coordinator):
    send(of.message("ADT^A08", of.pid(family="Lund"), control_id="NEW", at=LATE))
    with inside():
        deciding.accept(proposal=proposal("NEW", "patient"), by=coordinator)
    send(of.message("ADT^A08", of.pid(family="Old"), control_id="OLD", at=EARLY))

    with inside():
        assert proposal("OLD", "patient").state == "superseded"
        assert Patient.objects.get().family_name == "Lund"
        # It waits, so that somebody learns of it.
        assert proposal("OLD", "patient").message.state == "matched"


def test_no_rule_goes_over_what_a_person_changed_after_the_message_was_made(
    inside, known, case, send, coordinator, trusted
):
    trusted("patient")
    with inside():
        patients.change(patient=Patient.objects.get(), by=coordinator, family_name="Married")
    send(of.message("ADT^A08", of.pid(family="Maiden"), at=EARLY))

    with inside():
        message = InboxMessage.objects.get()
        assert Patient.objects.get().family_name == "Married"
        assert InboxProposal.objects.get().state == "open"
    browser = Client()
    browser.force_login(coordinator)
    page = browser.get(reverse("inbox_message", args=["north", message.pk])).content.decode()
    assert "The record is newer." in page


def test_a_rule_follows_what_the_same_source_said_before(inside, known, case, send, trusted):
    trusted("patient")
    send(of.message("ADT^A08", of.pid(family="First"), control_id="1", at=EARLY))
    send(of.message("ADT^A08", of.pid(family="Second"), control_id="2", at=LATE))

    with inside():
        assert Patient.objects.get().family_name == "Second"


def test_an_unmatched_message_is_judged_again_when_somebody_says_whom_it_is_about(
    inside, known, case, send, coordinator
):
    send(of.message("ADT^A08", of.pid(family="Old", born="19710402"), control_id="OLD", at=EARLY))
    send(of.message("ADT^A08", of.pid(family="Lund"), control_id="NEW", at=LATE))
    with inside():
        deciding.accept(proposal=proposal("NEW", "patient"), by=coordinator)
        late = proposal("OLD", "patient")
        assert late.message.patient_id is None
        choosing.choose(message=late.message, patient=case.patient, case=case, by=coordinator)
        late.refresh_from_db()
        assert late.state == "superseded"


def test_what_somebody_matches_goes_before_what_is_open_and_older(
    inside, known, case, send, coordinator
):
    send(of.message("ADT^A08", of.pid(family="Old"), control_id="OLD", at=EARLY))
    send(of.message("ADT^A08", of.pid(family="Lund", born="19710402"), control_id="NEW", at=LATE))
    with inside():
        newer = proposal("NEW", "patient").message
        choosing.choose(message=newer, patient=case.patient, case=case, by=coordinator)
        assert proposal("OLD", "patient").state == "superseded"
        assert proposal("OLD", "patient").message.state == "done"
        assert proposal("NEW", "patient").state == "open"


def merge(prior, surviving, control_id, at):
    return of.message(
        "ADT^A40",
        of.pid(surviving),
        f"MRG|{prior}^^^{of.AUTHORITY}^MR",
        control_id=control_id,
        at=at,
    )


def number(inside):
    with inside():
        return Patient.objects.get().record_number


def test_a_merge_that_comes_again_under_another_id_changes_nothing(
    inside, known, case, send, coordinator
):
    send(merge(of.NUMBER, "B", "1", LATE))
    with inside():
        deciding.accept(proposal=proposal("1", "merge"), by=coordinator)
    send(merge(of.NUMBER, "B", "2", LATEST))
    with inside():
        deciding.accept(proposal=proposal("2", "merge"), by=coordinator)

    assert number(inside) == "B"


def test_an_older_merge_the_other_way_round_is_not_applied(inside, known, case, send, coordinator):
    send(merge(of.NUMBER, "B", "NEW", LATE))
    with inside():
        deciding.accept(proposal=proposal("NEW", "merge"), by=coordinator)
    send(merge("B", of.NUMBER, "OLD", EARLY))

    with inside():
        late = proposal("OLD", "merge")
        assert late.state == "superseded"
        with pytest.raises(deciding.Refused, match="newer message"):
            deciding.accept(proposal=late, by=coordinator)
    assert number(inside) == "B"


def test_a_circle_of_merges_ends_with_the_newest(inside, known, case, send, coordinator):
    send(merge(of.NUMBER, "B", "1", LATE))
    send(merge("B", "C", "2", LATEST))
    with inside():
        for each in ("1", "2"):
            deciding.accept(proposal=proposal(each, "merge"), by=coordinator)
    send(merge("C", of.NUMBER, "0", EARLY))

    with inside():
        with pytest.raises(deciding.Refused, match="newer message gave this record the number"):
            deciding.accept(proposal=proposal("0", "merge"), by=coordinator)
    assert number(inside) == "C"


def test_a_newer_merge_back_is_applied(inside, known, case, send, coordinator):
    send(merge(of.NUMBER, "B", "1", EARLY))
    with inside():
        deciding.accept(proposal=proposal("1", "merge"), by=coordinator)
    send(merge("B", of.NUMBER, "2", LATE))
    with inside():
        deciding.accept(proposal=proposal("2", "merge"), by=coordinator)

    assert number(inside) == of.NUMBER


@pytest.mark.parametrize(
    ("here", "prior", "surviving", "told", "offered"),
    [
        (("A",), "A", "B", "the record A the number B", True),
        (("B",), "A", "B", "The record that stays is here", True),
        ((), "A", "B", "Neither record is here", True),
        (("A", "B"), "A", "B", "are not joined by this system", False),
        (("A",), "A", "B^^^ELSEWHERE^MR~", "does not say which record stays", False),
    ],
)
def test_the_page_says_what_a_merge_would_do(
    inside, known, send, coordinator, here, prior, surviving, told, offered
):
    with inside():
        for each in here:
            open_for(each, by=coordinator)
    text = merge(prior, "B", "1", LATE)
    if "~" in surviving:
        text = text.replace("PID|1||B^^^NORTH^MR", f"PID|1||{surviving[:-1]}")
    assert send(text).status_code == 200

    with inside():
        message = InboxMessage.objects.get()
        key = InboxProposal.objects.get(kind="merge").pk
    browser = Client()
    browser.force_login(coordinator)
    page = browser.get(reverse("inbox_message", args=["north", message.pk])).content.decode()
    assert told in page
    assert (reverse("inbox_accept", args=["north", key]) in page) is offered
    assert reverse("inbox_reject", args=["north", key]) in page
    if offered:
        browser.post(reverse("inbox_accept", args=["north", key]))
        with inside():
            assert InboxProposal.objects.get(pk=key).state == "accepted"
            numbers = sorted(each.record_number for each in Patient.objects.all())
            assert numbers == sorted({"A": "B"}.get(each, each) for each in here)


def procedure(control, made):
    """A bundle with a procedure, as a hospital sends it again and again."""
    said = json.loads(of.bundle(identifier={"system": "urn:x", "value": control}, timestamp=made))
    said["entry"][1]["resource"] = {
        "resourceType": "Procedure",
        "id": "pr1",
        "status": "completed",
        "subject": said["entry"][1]["resource"]["subject"],
        "code": {"coding": [{"system": of.OPERATIONS, "code": "cholecystectomy"}]},
        "performedDateTime": "2026-10-01",
    }
    return json.dumps(said)


def test_what_is_sent_again_under_another_id_is_written_once(
    inside, known, case, send, coordinator, trusted
):
    trusted("procedure", "treatment", "lab_result", "patient")
    first = send(procedure("1", "2026-11-20T09:00:00Z"), door="fhir")
    again = send(procedure("2", "2026-11-20T10:00:00Z"), door="fhir")
    send(of.laboratory("L1"))
    send(of.laboratory("L2", at=LATE))

    assert (first.status_code, again.status_code) == (202, 202), first.content
    with inside():
        assert Procedure.objects.count() == 1
        assert LabResult.objects.count() == 1
        assert set(
            InboxProposal.objects.filter(kind__in=["procedure", "lab_result"]).values_list(
                "state", flat=True
            )
        ) == {"accepted"}


def test_a_corrected_value_waits_for_a_person(inside, known, case, send, coordinator, trusted):
    """Nobody but a person can say whether it corrects the first or is another draw."""
    trusted("lab_result")
    send(of.laboratory("L1", value="210"))
    send(of.laboratory("L2", value="21", at=LATE))

    with inside():
        assert [str(each.value.normalize()) for each in LabResult.objects.all()] == ["2.1E+2"]
        newer = proposal("L2", "lab_result")
        assert newer.state == "open"
    browser = Client()
    browser.force_login(coordinator)
    page = browser.get(reverse("inbox_message", args=["north", newer.message_id])).content.decode()
    assert "Another value of this day was taken over" in page
    with inside():
        deciding.accept(proposal=newer, by=coordinator)
        assert LabResult.objects.count() == 2


def test_a_list_that_is_added_to_loses_nothing_by_an_older_message(inside):
    """Metastases of the lung are no contradiction of those of the liver."""

    def said(*sites, adds=True):
        values = {"fact": "metastatic_sites", "value": list(sites)}
        return Reading(Kind.FACT, values, "C", adds=adds)

    assert not _replaces(said("liver"), said("lung"))
    assert _replaces(said("liver", "lung"), said("lung"))
    assert _replaces(said("liver", adds=False), said("lung"))
