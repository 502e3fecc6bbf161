"""Messages for somebody else, tests, and what a header says of versions and letters."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, InboxMessage, IntakeSource, LabResult, Patient
from cases.services.intake import choosing, deciding, sources
from tests.integration.intake import messages as of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(institution):
    return lambda: institution_scope(institution)


@pytest.fixture
def setting(inside, known, coordinator):
    """Changes what the source may send."""

    def change(**more):
        with inside():
            sources.change(
                source=IntakeSource.objects.get(),
                authorities=[of.AUTHORITY],
                rules=["lab_result"],
                by=coordinator,
                **more,
            )

    return change


def with_header(field, value, text=None):
    """A message with another value in a field of MSH."""
    header, _, rest = (text or of.laboratory()).partition("\r")
    fields = [*header.split("|"), *[""] * 10]
    fields[field - 1] = value
    return "|".join(fields).rstrip("|") + "\r" + rest


@pytest.mark.parametrize("receiver", ["TB", "tb|north", "|NORTH", "TB|1.2.3", "OTHER\nTB"])
def test_a_message_to_a_receiver_that_is_named_is_taken(inside, case, send, setting, receiver):
    setting(receivers=receiver.splitlines())

    text = with_header(6, "NORTH^1.2.3^ISO")
    assert send(text).status_code == 200


@pytest.mark.parametrize("receiver", ["RIS", "TB|SOUTH", "|SOUTH"])
def test_a_message_to_somebody_else_is_rejected(inside, case, send, setting, receiver):
    setting(receivers=[receiver])

    answer = send(of.laboratory())

    assert answer.status_code == 400
    assert b"MSA|AR|L1" in answer.content
    assert b"MSH^1^5" in answer.content
    assert b"addressed to somebody else" in answer.content
    with inside():
        assert not InboxMessage.objects.exists()


def test_a_message_to_nobody_is_rejected_where_receivers_are_named(case, send, setting):
    setting(receivers=["TB"])

    assert b"MSA|AR|L1" in send(with_header(5, "")).content


@pytest.mark.parametrize("code", ["T", "D", "N", "V"])
def test_a_test_does_not_come_in_where_things_are_meant_in_earnest(inside, known, case, send, code):
    answer = send(with_header(11, code))

    assert answer.status_code == 400
    assert b"MSA|AR|L1" in answer.content
    assert b"202^Unsupported processing id" in answer.content
    with inside():
        assert not InboxMessage.objects.exists()


@pytest.mark.parametrize(("code", "answer"), [("", b"MSA|AE"), ("X", b"MSA|AR")])
def test_a_message_that_does_not_say_what_it_is_meant_as_is_refused(known, send, code, answer):
    refused = send(with_header(11, code))

    assert refused.status_code == 400
    assert answer in refused.content
    assert b"MSH^1^11" in refused.content


def test_a_source_of_tests_is_shown_and_writes_nothing(inside, case, send, setting, coordinator):
    setting(is_test=True)
    assert send(with_header(11, "T")).status_code == 200

    browser = Client()
    browser.force_login(coordinator)
    with inside():
        message = InboxMessage.objects.get()
        assert message.is_test
        # Neither a rule nor a person takes it over.
        assert not LabResult.objects.exists()
        with pytest.raises(deciding.Refused, match="test"):
            deciding.accept_all(message=message, by=coordinator)
        with pytest.raises(deciding.Refused, match="test"):
            deciding.accept(proposal=message.proposals.last(), by=coordinator)
        with pytest.raises(deciding.Refused, match="test"):
            choosing.choose(message=message, patient=case.patient, case=case, by=coordinator)
    page = browser.get(reverse("inbox_message", args=["north", message.pk])).content.decode()
    assert "This is a test." in page
    assert reverse("inbox_accept_all", args=["north", message.pk]) not in page
    assert "a test" in browser.get(reverse("inbox", args=["north"])).content.decode()
    assert "only tries" in browser.get(reverse("inbox_sources", args=["north"])).content.decode()
    # It stays a test when the source is meant in earnest, and goes before nothing that is.
    setting(is_test=False)
    assert send(of.laboratory("REAL", at="20261120080000")).status_code == 200
    with inside():
        assert LabResult.objects.count() == 1
        message.refresh_from_db()
        with pytest.raises(deciding.Refused, match="test"):
            deciding.accept_all(message=message, by=coordinator)
    browser.post(reverse("inbox_refuse", args=["north", message.pk]))
    with inside():
        message.refresh_from_db()
        assert message.state == "refused"


def test_no_patient_is_made_of_a_test(inside, send, setting, coordinator):
    setting(is_test=True)
    send(of.laboratory())
    browser = Client()
    browser.force_login(coordinator)
    with inside():
        message = InboxMessage.objects.get()

    address = reverse("inbox_new_patient", args=["north", message.pk])
    refused = browser.post(address, {"record_number": "1", "title": "pNET"})

    assert refused.status_code == 422
    with inside():
        assert not Patient.objects.exists()
        assert not Case.objects.exists()


@pytest.mark.parametrize("place", ["security", "tag"])
def test_a_bundle_that_is_marked_as_test_data(inside, known, case, send, setting, place):
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
    said = json.loads(of.bundle())
    said["entry"][0]["resource"]["meta"] = {place: [label]}

    refused = send(json.dumps(said), door="fhir")
    assert refused.status_code == 422
    issue = refused.json()["issue"][0]
    assert issue["expression"] == ["Bundle.entry[0].resource.meta"]
    with inside():
        assert not InboxMessage.objects.exists()
    setting(is_test=True)
    assert send(json.dumps(said), door="fhir").status_code == 202


def test_what_a_source_may_send_is_set_on_its_page(inside, known, coordinator):
    browser = Client()
    browser.force_login(coordinator)
    with inside():
        source = IntakeSource.objects.get()
    address = reverse("inbox_source", args=["north", source.pk])

    refused = browser.post(address, {"authorities": "NORTH", "receivers": "x" * 201})
    assert refused.status_code == 422
    many = "\n".join(str(n) for n in range(11))
    assert "at most 10" in browser.post(address, {"receivers": many}).content.decode()
    browser.post(address, {"authorities": "NORTH", "receivers": "TB|NORTH\n\n", "is_test": "on"})

    with inside():
        row = IntakeSource.objects.get()
        assert (row.receivers, row.is_test) == (["TB|NORTH"], True)
    page = browser.get(address).content.decode()
    assert "TB|NORTH" in page
    assert "checked" in page


def test_a_rule_of_a_judgment_is_refused_and_a_rule_without_numbers_too(inside, known, coordinator):
    with inside():
        source = IntakeSource.objects.get()
        with pytest.raises(sources.Invalid, match="judgment"):
            sources.change(source=source, authorities=["N"], rules=["diagnosis"], by=coordinator)
        with pytest.raises(sources.Invalid, match="Say first"):
            sources.change(source=source, authorities=[" "], rules=["study"], by=coordinator)


@pytest.mark.parametrize("version", ["2.9", "2.2.1", "2.10", "3", "2.5.1.1", "2.5.2"])
def test_a_version_that_is_none_is_rejected(known, send, version):
    answer = send(with_header(12, version))

    assert b"MSA|AR|" in answer.content
    assert b"203^Unsupported version id" in answer.content


@pytest.mark.parametrize("version", ["2.1", "2.3.1", "2.5.1^USA", "2.8.2"])
def test_versions_that_there_are_are_taken(known, send, version):
    assert send(with_header(12, version)).status_code == 200


@pytest.mark.parametrize(
    ("named", "raw", "is_taken"),
    [
        ("8859/1", "Müller".encode("latin-1"), True),
        ("8859/15", "Müller €".encode("iso8859-15"), True),
        ("UNICODE UTF-8", "Müller".encode(), True),
        ("UNICODE UTF-8~UNICODE UTF-8", "Müller".encode(), True),
        ("", "Müller".encode(), True),
        ("", "Müller".encode("latin-1"), False),
        ("ASCII", "Müller".encode("latin-1"), False),
        ("8859/1", "M\xfcller \u2013 x".encode("cp1252"), False),
        ("ASCII~ISO IR87", b"Mueller", False),
        ("~8859/1", b"Mueller", False),
        ("ISO IR87", b"Mueller", False),
        ("UNICODE UTF-16", b"Mueller", False),
    ],
)
def test_letters_are_read_by_the_set_that_is_named_or_not_at_all(
    inside, known, send, named, raw, is_taken
):
    text = with_header(18, named).encode()
    answer = send(text.replace(b"Berg", raw))

    assert (answer.status_code == 200) is is_taken, answer.content
    with inside():
        if is_taken:
            content = InboxMessage.objects.get().content
            assert ("Müller" in content["raw"]) is (b"M\xfcller" in raw or "ü".encode() in raw)
        else:
            assert b"MSA|AE|L1" in answer.content or b"MSH^1^18" in answer.content
            assert not InboxMessage.objects.exists()
