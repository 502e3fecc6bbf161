"""What is taken over of a message, and what keeps it from being taken over."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.exceptions import PermissionDenied, Throttled

from cases.intake.doors import FhirDoor
from cases.models import (
    Case,
    FactAnswer,
    InboxMessage,
    InboxProposal,
    Procedure,
    Result,
    Specimen,
    Study,
    Treatment,
)
from cases.readings.reading import Kind
from cases.selectors import inbox as selectors
from cases.services import cases, erasures
from cases.services.errors import Invalid, Refused
from cases.services.intake import choosing, deciding
from cases.services.intake.writing import WRITERS
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for
from tests.unit.readings.fhir.resources import SCT, concept
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(institution):
    return lambda: institution_scope(institution)


@pytest.fixture
def browser(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


@pytest.fixture
def received(inside, send):
    """Sends resources of the patient in a bundle, or a message; returns its row."""
    sent = []

    def take(*given, **more):
        if isinstance(given[0], str):
            answer = send(given[0])
        else:
            person = json.loads(of.bundle())["entry"][0]
            about = {"reference": "Patient/p1"}
            entries = [{"resource": {**one, "subject": about}} for one in given]
            sent.append(given)
            name = {"system": "urn:x", "value": f"T{len(sent)}"}
            answer = send(of.bundle(entry=[person, *entries], identifier=name, **more), door="fhir")
        assert answer.status_code in (200, 202), answer.content
        with inside():
            return InboxMessage.objects.order_by("-received_at").first()

    return take


def url(name, *args):
    return reverse(name, args=["north", *args])


def page_of(browser, message):
    return browser.get(url("inbox_message", message.pk)).content.decode()


def accepted(message, by):
    left = deciding.accept_all(message=message, by=by)
    assert left == {}, left


TUMOR = {
    "resourceType": "Condition",
    "id": "c1",
    "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
    "verificationStatus": concept(
        "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"
    ),
    "code": concept("http://hl7.org/fhir/sid/icd-10-cm", "C25.4", text="Tumor of the islet cells"),
}
OPERATION = {
    "resourceType": "Procedure",
    "id": "pr1",
    "status": "completed",
    "code": concept(of.OPERATIONS, "cholecystectomy"),
    "performedDateTime": "2026-10-01",
}


def test_a_diagnosis_stands_beside_the_record_and_is_taken_over(
    inside, known, case, received, browser, coordinator
):
    message = received(TUMOR)

    page = page_of(browser, message)
    assert "Tumor of the islet cells" in page
    with inside():
        row = InboxProposal.objects.get(kind="diagnosis")
        accepted(InboxMessage.objects.get(), coordinator)
        row.refresh_from_db()
        assert row.state == "accepted"
        assert Case.objects.get().title == "Tumor of the islet cells"


def test_a_procedure_is_shown_by_its_name(inside, known, case, received, browser, coordinator):
    message = received(OPERATION)

    shown = page_of(browser, message).partition("The original")[0]
    assert "Cholecystectomy" in shown
    assert ">cholecystectomy" not in shown
    with inside():
        accepted(message, coordinator)
        assert Procedure.objects.get().kind == "cholecystectomy"


def test_an_order_is_shown_by_the_name_of_its_study(inside, known, case, received, browser):
    message = received(of.order())

    shown = page_of(browser, message).partition("The original")[0]
    with inside():
        code = InboxProposal.objects.get(kind="study").message.content["readings"]
    codes = [one["values"].get("procedure") for one in code if one["kind"] == "study"]
    assert codes[0]
    assert codes[0] not in shown
    assert "CT abdomen and pelvis" in shown


def test_facts_are_shown_in_words_and_lists_are_added_to(
    inside, known, case, received, browser, coordinator
):
    def metastasis(code, number):
        return {**TUMOR, "id": f"m{number}", "code": concept(SCT, code)}

    first = received(metastasis("94381002", 1))
    with inside():
        kinds = set(InboxProposal.objects.values_list("kind", flat=True))
    assert "fact" in kinds
    assert "added to the list" in page_of(browser, first)
    with inside():
        accepted(first, coordinator)
        assert FactAnswer.objects.get(fact="metastatic_sites").value == ["liver"]
    second = received(metastasis("94222008", 2), timestamp="2026-11-20T11:15:00+01:00")
    with inside():
        accepted(second, coordinator)
        assert FactAnswer.objects.get(fact="metastatic_sites").value == ["liver", "bone"]


def test_a_treatment_is_taken_over(inside, known, case, received, browser, coordinator):
    message = received(
        {
            **OPERATION,
            "id": "pr2",
            "code": concept(SCT, "18027006"),
        }
    )
    with inside():
        kinds = {row.kind for row in InboxProposal.objects.filter(message=message)}
        assert "treatment" in kinds
        accepted(message, coordinator)
        assert Treatment.objects.get().type == "transplant"


def test_a_report_of_no_study_that_is_known_waits(inside, known, case, received, coordinator):
    message = received(
        {
            "resourceType": "DiagnosticReport",
            "id": "d1",
            "status": "final",
            "category": [concept("http://terminology.hl7.org/CodeSystem/v2-0074", "RAD")],
            "code": concept("http://loinc.org", "36813-4"),
            "imagingStudy": [{"reference": "ImagingStudy/none"}],
            "conclusion": "Nothing new.",
        }
    )
    with inside():
        left = deciding.accept_all(message=message, by=coordinator)
        assert [row.kind for row in left] == ["result"]
        assert "not in the record" in next(iter(left.values()))


def test_a_corrected_report_changes_the_study_and_its_result(
    inside, known, case, received, browser, coordinator
):
    first = received(of.radiology())
    with inside():
        for row in InboxProposal.objects.filter(message=first, kind__in=["study", "result"]):
            more = {"outcome": "positive"} if row.kind == "result" else {}
            deciding.accept(proposal=row, by=coordinator, more=more)
    text = of.radiology("R2").replace("20261120101500", "20261121101500")
    second = received(text.replace("Metastases of the liver.", "No metastases."))
    page = page_of(browser, second)
    assert "Metastases of the liver." in page
    with inside():
        accepted(second, coordinator)
        assert Study.objects.count() == 1
        assert Result.objects.get().summary == "No metastases."
        assert Result.objects.get().outcome == "positive"


def test_a_specimen_that_is_known_by_its_number_is_changed(
    inside, known, case, received, coordinator
):
    first = received(of.pathology())
    with inside():
        message = InboxMessage.objects.get(pk=first.pk)
        left = deciding.accept_all(message=message, by=coordinator)
        added = Specimen.objects.count()
    text = of.pathology("P2").replace("20261120101500", "20261121101500")
    second = received(text.replace("||4|%", "||9|%"))
    with inside():
        again = deciding.accept_all(message=InboxMessage.objects.get(pk=second.pk), by=coordinator)
        assert (Specimen.objects.count(), len(again)) == (added, len(left))


def test_nothing_is_written_before_somebody_says_whom_it_is_about(
    inside, sender, case, received, coordinator
):
    message = received(of.laboratory())
    with inside():
        rows = {row.kind: row for row in InboxProposal.objects.filter(message=message)}
        with pytest.raises(Refused, match="whom the message is about"):
            deciding.accept(proposal=rows["patient"], by=coordinator)
        with pytest.raises(Refused, match="to which case"):
            deciding.accept(proposal=rows["lab_result"], by=coordinator)
        with pytest.raises(Refused, match="dealt with"):
            choosing.make_case(message=message, title="x", by=coordinator)


def test_a_message_is_given_to_a_case_of_its_patient_alone(
    inside, sender, case, received, coordinator
):
    message = received(of.laboratory())
    with inside():
        other = open_for("MRN-2", by=coordinator)
        with pytest.raises(Invalid, match="another patient"):
            choosing.choose(message=message, patient=case.patient, case=other, by=coordinator)


def test_what_was_written_stays_with_whom_it_was_written_to(
    inside, known, case, received, coordinator
):
    message = received(of.laboratory())
    with inside():
        other = open_for("MRN-2", by=coordinator)
        row = InboxProposal.objects.get(message=message, kind="lab_result")
        # One is accepted, one is open: the message waits still.
        InboxProposal.objects.filter(message=message, kind="patient").update(state="open")
        deciding.accept(proposal=row, by=coordinator)
        message.refresh_from_db()
        with pytest.raises(Refused, match="written into a record already"):
            choosing.choose(message=message, patient=other.patient, case=other, by=coordinator)
        second = cases.open_case(patient=case.patient, title="Second", by=coordinator)
        with pytest.raises(Refused, match="written into a record already"):
            choosing.choose(message=message, patient=case.patient, case=second, by=coordinator)
        # Saying again what is so is no harm.
        choosing.choose(message=message, patient=case.patient, case=case, by=coordinator)
        deciding.refuse(message=message, by=coordinator)
        message.refresh_from_db()
        with pytest.raises(Refused, match="dealt with"):
            choosing.choose(message=message, patient=case.patient, case=case, by=coordinator)
        for refused in (deciding.refuse, choosing.read_again):
            with pytest.raises(Refused, match="dealt with"):
                refused(message=message, by=coordinator)


def test_somebody_who_was_erased_is_not_chosen(inside, sender, case, received, coordinator):
    message = received(of.laboratory())
    with inside():
        other = open_for("MRN-2", by=coordinator)
        erasures.erase(
            patient=other.patient, record_number="MRN-2", reason="Asked for.", by=coordinator
        )
        with pytest.raises(Refused, match="erased"):
            choosing.choose(message=message, patient=other.patient, by=coordinator)


def test_who_decides_a_moment_too_late_is_told(inside, sender, case, received, coordinator):
    message = received(of.laboratory())
    with inside():
        seen = InboxMessage.objects.get(pk=message.pk)
        other = open_for("MRN-2", by=coordinator)
        choosing.choose(message=message, patient=other.patient, case=other, by=coordinator)
        with pytest.raises(Refused, match="decided already"):
            deciding.accept_all(message=seen, by=coordinator)
        with pytest.raises(Refused, match="dealt with"):
            choosing.choose(message=seen, patient=case.patient, case=case, by=coordinator)


def test_a_value_that_the_record_cannot_take_stays_open_with_the_reason(
    inside, known, case, received, browser, coordinator, monkeypatch
):
    message = received(of.laboratory())

    def fail(_self):
        raise Invalid({"value": ["This is too much."], "": ["As a whole too."]})

    monkeypatch.setitem(WRITERS, Kind.LAB_RESULT, fail)
    page = browser.post(url("inbox_accept_all", message.pk), follow=True).content.decode()
    assert "Value: This is too much. As a whole too." in page
    with inside():
        row = InboxProposal.objects.get(kind="lab_result")
        assert row.state == "open"
    assert "too much" in browser.post(url("inbox_accept", row.pk), follow=True).content.decode()

    def misnamed(_self):
        message = "unexpected keyword"
        raise TypeError(message)

    monkeypatch.setitem(WRITERS, Kind.LAB_RESULT, misnamed)
    page = browser.post(url("inbox_accept", row.pk), follow=True).content.decode()
    assert "cannot take this as it is written" in page


def test_decided_is_decided(inside, known, case, received, browser, coordinator):
    message = received(of.laboratory())
    browser.post(url("inbox_refuse", message.pk))
    for action in ("inbox_refuse", "inbox_read_again"):
        page = browser.post(url(action, message.pk), follow=True).content.decode()
        assert "dealt with already" in page
    with inside():
        key = InboxProposal.objects.get(kind="lab_result").pk
    page = browser.post(url("inbox_reject", key), follow=True).content.decode()
    assert "decided already" in page


def test_messages_are_found_by_their_state(known, case, received, browser):
    message = received(of.laboratory())
    address = url("inbox_message", message.pk)

    def shown(**asked):
        return address in browser.post(url("inbox"), asked).content.decode()

    assert shown(state="matched")
    assert not shown(state="done")
    browser.post(url("inbox_refuse", message.pk))
    assert shown(state="refused")
    assert not shown(state="")
    assert not shown(record_number="\ud800x".encode("utf-8", "replace").decode() + "\x00")


def test_a_message_that_is_read_again_and_says_the_same_proposes_nothing_new(
    inside, known, case, received, coordinator
):
    message = received(of.laboratory())
    with inside():
        before = list(InboxProposal.objects.values_list("pk", "state"))
        choosing.read_again(message=message, by=coordinator)
        assert list(InboxProposal.objects.values_list("pk", "state")) == before


def test_a_kept_message_that_can_be_read_no_more_says_why(
    inside, known, case, received, coordinator
):
    message = received(of.laboratory())
    with inside():
        content = message.content
        content["raw"] = "hello"
        message.content = content
        message.save()
        with pytest.raises(Refused, match="begins with MSH"):
            choosing.read_again(message=message, by=coordinator)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("20261120101500.123+0100", "2026-11-20 09:15"),
        ("20261120101500-0500", "2026-11-20 15:15"),
        ("202611201015+0000", "2026-11-20 10:15"),
        ("2026112010+0000", "2026-11-20 10:00"),
        ("20261120", "2026-11-20 "),
    ],
)
def test_the_time_of_a_message_is_read_with_its_zone(inside, known, case, received, made, said):
    message = received(of.laboratory(at=made))

    assert str(message.said_at).startswith(said)


@pytest.mark.parametrize(
    "made",
    [
        "",
        "yesterday",
        "99999999",
        "20261332",
        "20991231",
        "202611",
        "202611201",
        "00010101000000+1400",
    ],
)
def test_a_time_that_is_none_or_lies_ahead_is_when_it_came(inside, known, case, received, made):
    message = received(of.laboratory(at=made))

    assert message.said_at == message.received_at


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (of.laboratory("x" * 201), b"more than 200 letters"),
        (of.laboratory().replace("Panel", "Pan\x00el"), b"cannot be stored"),
        (
            of.message(
                "ORU^R01",
                of.pid(),
                "OBR|1|P1|F1|CGA^Panel^L|||20261119",
                *[
                    f"OBX|{n}|NM|9811-1^Chromogranin A^LN||{n}|ng/mL^^UCUM|||||F|||20261119"
                    for n in range(1, 2_003)
                ],
            ),
            b"more than 2,000 things",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused(inside, known, case, send, text, told):
    answer = send(text)

    assert answer.status_code == 400
    assert told in answer.content
    with inside():
        assert not InboxMessage.objects.exists()


def test_administrative_elements_are_folded_away_and_counted(known, case, received, browser):
    person = of.pid() + "|||Street 1^^Nowhere||555-0100"
    message = received(
        of.laboratory().replace(of.pid(), person + "\rPV1|1|I\rDG1|1||C25.4\rAL1|1|DA|X")
    )

    page = page_of(browser, message)
    shown, _, rest = page.partition('id="administrative"')
    folded = rest.partition('id="original"')[0]
    assert "Not shown: " in folded
    assert "administrative elements" in folded
    for place in ("PID[1]-11", "PID[1]-13", "PV1[1]"):
        assert place in folded
        assert place not in shown
    # What may be of a disease is shown.
    for place in ("DG1[1]", "AL1[1]"):
        assert place in shown
        assert place not in folded


def test_the_menu_says_how_many_messages_wait(known, case, received, browser, monkeypatch):
    def menu():
        page = browser.get(url("case_list")).content.decode()
        return page.partition("</nav>")[0]

    assert "nav-count" not in menu()
    received(of.laboratory())
    received(of.order())
    assert '<span class="nav-count">2<' in menu()
    monkeypatch.setattr(selectors, "MOST_COUNTED", 1)
    assert '<span class="nav-count">1+<' in menu()


def test_only_who_works_on_the_inbox_is_told_how_many_wait(known, case, received, chair):
    received(of.laboratory())
    client = Client()
    client.force_login(chair)

    assert "nav-count" not in client.get(url("case_list")).content.decode()
    # A page on an error is made outside of the institution.
    client.force_login(chair)
    assert client.get("/i/north/nowhere/").status_code == 404


def test_an_error_page_counts_nothing(known, case, received, browser):
    received(of.laboratory())

    assert browser.get("/i/north/inbox/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_a_person_does_not_send_messages(institution, known, coordinator):
    """The doors are for systems: a person's token opens none."""
    door = FhirDoor()
    door.request = type("Request", (), {"auth": object()})()
    with pytest.raises(PermissionDenied, match="not by people"):
        _ = door.client


def test_who_sends_too_much_is_told_when_to_go_on():
    answer = FhirDoor().refused(Throttled(wait=12.3), {})

    assert (answer.status_code, answer["Retry-After"]) == (429, "14")
    assert json.loads(answer.data)["issue"][0]["code"] == "throttled"
    assert FhirDoor().refused(ValueError("x"), {}) is None
