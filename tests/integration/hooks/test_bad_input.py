"""What cannot be: a precise answer that names the field, nothing written, never 500."""

import pytest

from cases.models import HookCard
from tests.factories.hooks import SELECT, SIGN, VIEW, Ehr, bundle, call, diagnosis, order, patient
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def without(body, *path):
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return body


def changed(body, value, *path):
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return body


def auth(**other):
    given = {
        "access_token": "x",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "user/*.rs",
        "subject": "cds",
        **other,
    }
    server = "https://fhir.north.example"
    body = call(fhirServer=server)
    return changed(body, {n: v for n, v in given.items() if v is not None}, "fhirAuthorization")


OTHER = {"reference": "Patient/other"}
BAD = {
    "hook": lambda: changed(call(), "patient-view", "hook"),
    "hookInstance": lambda: changed(call(), "7", "hookInstance"),
    "context": lambda: without(call(), "context"),
    "context.userId": lambda: changed(call(), "Patient/1", "context", "userId"),
    "context.patientId": lambda: changed(call(), "a/b", "context", "patientId"),
    "context.encounterId": lambda: changed(call(), None, "context", "encounterId"),
    "context.draftOrders": lambda: changed(call(), [], "context", "draftOrders"),
    "context.selections": lambda: without(call(), "context", "selections"),
    "context.selections[0]": lambda: changed(call(), ["ServiceRequest/9"], "context", "selections"),
    "prefetch": lambda: changed(call(), [], "prefetch"),
    "prefetch.patient": lambda: changed(call(), patient(id="other"), "prefetch", "patient"),
    "prefetch.conditions": lambda: call(prefetch={"conditions": bundle(diagnosis(subject=OTHER))}),
    "prefetch.observations": lambda: call(prefetch={"observations": "text"}),
    "prefetch.devices": lambda: call(
        prefetch={"devices": {"resourceType": "Bundle", "entry": [None]}}
    ),
    "fhirServer": lambda: without(auth(), "fhirServer"),
    "fhirAuthorization": lambda: changed(auth(), "x", "fhirAuthorization"),
    "fhirAuthorization.access_token": lambda: auth(access_token="a\r\nb"),
    "fhirAuthorization.token_type": lambda: auth(token_type="mac"),
    "fhirAuthorization.expires_in": lambda: auth(expires_in="300"),
    "fhirAuthorization.scope": lambda: auth(scope=None),
    "fhirAuthorization.patient": lambda: auth(patient="other"),
}


@pytest.mark.parametrize("field", BAD)
def test_the_field_is_named(ehr: Ehr, field):
    """ASVS v5.0.0-2.2.1: what comes in is judged against what is expected."""
    answer = ehr.post(SELECT, BAD[field]())
    assert answer.status_code == 422, answer.content
    assert field in [one["field"] for one in answer.json()["errors"]]


def test_more_resources_than_are_read_are_refused(ehr: Ehr):
    """ASVS v5.0.0-2.4.1: no call keeps the server busy by how much it brings."""
    many = bundle(*[{"resourceType": "Observation"}] * 2_001)
    answer = ehr.post(SELECT, call(prefetch={"observations": many}))
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "prefetch.observations"
    assert "at most 2,000" in error["reason"]


@pytest.mark.parametrize("server", ["ftp://fhir.north.example", "", 7])
def test_what_is_no_address_of_a_server_is_refused(ehr: Ehr, server):
    answer = ehr.post(SELECT, call(fhirServer=server))
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["fhirServer"]


def test_an_order_for_another_patient_is_refused(ehr: Ehr):
    answer = ehr.post(SELECT, call(orders=[order(subject=OTHER)]))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "context.draftOrders"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (" ", 400),
        ("{", 400),
        ("[]", 422),
        ('{"hook": NaN}', 400),
        ('{"hook": "a", "hook": "b"}', 400),
        ('{"a":' * 60 + "1" + "}" * 60, 400),
        ("[" * 100_000, 400),
        (b"\xff\xfe", 400),
        ('"\\ud800"', 400),
        (" " * 2_500_001, 413),
    ],
)
def test_what_is_no_call_is_refused(ehr: Ehr, body, status):
    answer = ehr.post(SELECT, body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_only_json_is_taken(ehr: Ehr):
    token = ehr.jwt(ehr.claims())
    answer = ehr.browser.post(
        f"/cds-services/north/{SELECT}",
        "{}",
        content_type="text/plain",
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 415


def test_without_the_patient_nothing_can_be_said(ehr: Ehr):
    answer = ehr.post(SELECT, without(call(), "prefetch"))
    assert answer.status_code == 412


def test_a_get_is_no_call(ehr: Ehr):
    token = ehr.jwt(ehr.claims())
    headers = {"authorization": f"Bearer {token}"}
    assert ehr.browser.get(f"/cds-services/north/{SELECT}", headers=headers).status_code == 405


@pytest.mark.parametrize(
    "strange",
    [
        {"resourceType": "Observation", "code": 7, "valueQuantity": "x"},
        {"resourceType": "Condition", "code": {"coding": [None, 7, {"system": 1}]}},
        {"resourceType": "Procedure", "performedDateTime": "0000-99-99", "code": []},
        {"resourceType": "Patient"},
        {"resourceType": "ServiceRequest", "category": {"coding": 1}, "code": "x"},
        {"resourceType": ""},
    ],
)
def test_strange_resources_are_passed_over(ehr: Ehr, surveilled, institution, strange):
    number = surveilled.patient.record_number
    for service in (SELECT, SIGN, VIEW):
        body = call(service, record_number=number, prefetch={"observations": bundle(strange)})
        if service != VIEW:
            body["context"]["draftOrders"]["entry"].append({"resource": strange})
        assert ehr.post(service, body).status_code in (200, 422)
    with institution_scope(institution):
        assert HookCard.objects.filter(hook="order-select").count() <= 1
