"""Bundles are held to R4: what is wrong is told with its place, and nothing is kept."""

import copy
import json

import pytest

from cases.models import InboxMessage, InboxProposal, UnmappedCode
from cases.services.intake import choosing
from tests.integration.intake import messages as of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

PERSON, VALUE = ("entry", 0, "resource"), ("entry", 1, "resource")


@pytest.fixture
def inside(institution):
    return lambda: institution_scope(institution)


def changed(*changes):
    """The bundle with other values at some places; None takes one out."""
    said = json.loads(of.bundle())
    for path, value in changes:
        part = said
        for name in path[:-1]:
            part = part[name]
        if value is None:
            del part[path[-1]]
        else:
            part[path[-1]] = value
    return said


def nested(depth):
    """Extensions in extensions."""
    found = {"url": "urn:x", "valueString": "x"}
    for _ in range(depth):
        found = {"url": "urn:x", "extension": [found]}
    return [found]


WRONG = [
    ([((*VALUE, "status"), None)], "required", "Bundle.entry[1].resource.status"),
    ([((*VALUE, "status"), "done")], "code-invalid", "Bundle.entry[1].resource.status"),
    ([((*PERSON, "gender"), "F")], "code-invalid", "Bundle.entry[0].resource.gender"),
    ([((*PERSON, "birthDate"), "2.4.1961")], "value", "Bundle.entry[0].resource.birthDate"),
    ([((*PERSON, "name"), {"family": "x"})], "structure", "Bundle.entry[0].resource.name"),
    ([((*VALUE, "code"), None)], "required", "Bundle.entry[1].resource.code"),
    ([((*VALUE, "colour"), "red")], "structure", "Bundle.entry[1].resource.colour"),
    (
        [((*VALUE, "valueQuantity", "value"), "210")],
        "value",
        "Bundle.entry[1].resource.value.value",
    ),
    ([((*VALUE, "valueString"), "x")], "structure", "Bundle.entry[1].resource.value"),
    (
        [((*VALUE, "subject"), {"reference": "no such thing"})],
        "value",
        "Bundle.entry[1].resource.subject.reference",
    ),
    ([(VALUE, {"resourceType": "Nonsense"})], "structure", "Bundle.entry[1].resource.resourceType"),
    ([(("timestamp",), "2026-11-20")], "value", "Bundle.timestamp"),
    ([(("timestamp",), "0001-01-01T00:00:00+14:00")], "value", "Bundle.timestamp"),
    ([(("type",), "searchset")], "value", "Bundle.type"),
    ([(("entry", 0, "extra"), 1)], "structure", "Bundle.entry[0].extra"),
    ([((*PERSON, "identifier"), None), ((*PERSON, "contact"), [{}])], "structure", "contact"),
]


@pytest.mark.parametrize(("changes", "code", "place"), WRONG, ids=range(len(WRONG)))
def test_what_is_not_of_r4_is_told_with_its_place(inside, known, case, send, changes, code, place):
    answer = send(json.dumps(changed(*changes)), door="fhir")

    assert answer.status_code == 422, answer.content
    issues = answer.json()["issue"]
    assert any(issue["code"] == code and place in issue["expression"][0] for issue in issues), (
        issues
    )
    assert {issue["severity"] for issue in issues} == {"error"}
    # What was sent is quoted nowhere: answers are logged on the other side.
    assert "Berg" not in answer.content.decode()
    with inside():
        assert not InboxMessage.objects.exists()
        assert not UnmappedCode.objects.exists()


def test_everything_that_is_wrong_is_told_at_once(known, send):
    answer = send(
        json.dumps(changed(((*VALUE, "status"), "done"), ((*PERSON, "gender"), "F"))), door="fhir"
    )

    assert len(answer.json()["issue"]) == 2


def test_a_refused_bundle_that_was_mended_is_taken_once(inside, known, case, send):
    wrong = send(json.dumps(changed(((*VALUE, "status"), "done"))), door="fhir")
    right = send(of.bundle(), door="fhir")
    again = send(of.bundle(), door="fhir")

    assert [each.status_code for each in (wrong, right, again)] == [422, 202, 202]
    with inside():
        assert InboxMessage.objects.count() == 1


@pytest.mark.parametrize(("depth", "code"), [(8, 202), (60, 422), (5_000, 422)])
def test_what_is_nested_too_deep_is_refused(inside, known, case, send, depth, code):
    said = json.loads(of.bundle())
    text = json.dumps(said).replace(
        '"resourceType": "Observation"',
        '"resourceType": "Observation", "extension": '
        + '[{"url": "urn:x", "extension": ' * depth
        + '[{"url": "urn:x", "valueString": "x"}]'
        + "}]" * depth,
    )

    answer = send(text, door="fhir")

    assert answer.status_code == code, answer.content
    with inside():
        assert InboxMessage.objects.exists() is (code == 202)


def test_references_that_repeat_themselves_are_read_once_each(inside, known, case, send):
    """As a billion laughs would: each contained resource refers to others ten times."""
    said = json.loads(of.bundle())
    contained = [
        {
            "resourceType": "Observation",
            "id": f"c{n}",
            "status": "final",
            "code": {"text": "x"},
            "hasMember": [{"reference": f"#c{(n + 1) % 30}"}] * 10,
        }
        for n in range(30)
    ]
    said["entry"][1]["resource"]["contained"] = contained
    said["entry"][1]["resource"]["hasMember"] = [{"reference": "#c0"}] * 10

    assert send(json.dumps(said), door="fhir").status_code == 202


def test_more_than_can_be_looked_through_is_refused(inside, known, case, send):
    entries = json.loads(of.bundle())["entry"]
    many = [
        entries[0],
        *[{"resource": {**entries[1]["resource"], "id": f"o{n}"}} for n in range(1_000)],
    ]
    answer = send(of.bundle(entry=many), door="fhir")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "too-long")

    components = [
        {"code": {"coding": [{"code": str(n)}]}, "valueString": "x"} for n in range(5_000)
    ]
    huge = {**entries[1]["resource"], "component": components}
    answer = send(of.bundle(entry=[entries[0], {"resource": huge}]), door="fhir")
    assert answer.status_code in (202, 422)


def test_a_profile_that_nobody_knows_is_taken_and_kept(inside, known, case, send):
    profile = "https://example.org/StructureDefinition/ours"
    answer = send(json.dumps(changed(((*VALUE, "meta"), {"profile": [profile]}))), door="fhir")

    assert answer.status_code == 202, answer.content
    with inside():
        assert profile in InboxMessage.objects.get().content["raw"]
        assert InboxProposal.objects.filter(kind="lab_result").exists()


def test_a_number_is_kept_as_it_was_written(inside, known, case, send):
    text = of.bundle().replace('"value": 210', '"value": 210.50')
    assert send(text, door="fhir").status_code == 202

    with inside():
        readings = InboxMessage.objects.get().content["readings"]
        assert any(each["values"].get("value") == {"$decimal": "210.50"} for each in readings)


def test_two_bundles_without_an_id_are_told_apart_by_what_they_say(inside, known, case, send):
    said = changed((("identifier",), None))
    other = copy.deepcopy(said)
    other["entry"][1]["resource"]["valueQuantity"]["value"] = 9
    for each in (said, other, said):
        assert send(json.dumps(each), door="fhir").status_code == 202

    with inside():
        assert InboxMessage.objects.count() == 2


def test_what_a_bundle_does_not_say_is_left_open(inside, known, case, send):
    """No time, no names and no numbers of the patient."""
    said = changed(
        (("timestamp",), None),
        (("identifier",), {"value": "B9"}),
        (("entry", 0, "fullUrl"), None),
        ((*PERSON, "id"), None),
        ((*PERSON, "identifier"), None),
        ((*VALUE, "subject"), {"reference": "Patient/other"}),
    )

    answer = send(json.dumps(said), door="fhir")

    # Another patient is meant by the value than the one who is named.
    assert answer.status_code == 422
    assert "more than one person" in answer.content.decode()
    said["entry"][1]["resource"]["subject"] = {"display": "Anna Berg"}
    assert send(json.dumps(said), door="fhir").status_code == 202
    with inside():
        message = InboxMessage.objects.get()
        assert message.patient_id is None
        assert message.said_at == message.received_at


def test_a_bundle_is_read_again_by_the_codes_of_today(inside, known, case, send, coordinator):
    """Also one that was kept before bundles were held to R4."""
    send(of.bundle(), door="fhir")
    with inside():
        message = InboxMessage.objects.get()
        content = message.content
        content["raw"] = content["raw"].replace('"final"', '"finished"')
        message.content = content
        message.save()
        choosing.read_again(message=message, by=coordinator)
        assert InboxProposal.objects.filter(message=message).count() >= 1
        content["raw"] = "{"
        message.content = content
        message.save()
        with pytest.raises(choosing.Refused, match="not JSON"):
            choosing.read_again(message=message, by=coordinator)
