"""Transactions and batches."""

import pytest

from cases.fhir.entries import MOST
from cases.models import Case, FhirDocument, LabResult, Patient
from tests.factories.clients import Machine, make_client
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import Server, issues, server_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
ADA = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"
TUMOR = "urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059"
FIRST = "urn:uuid:8c333641-f262-47a4-8c27-d03ddf2bc5aa"
SECOND = "urn:uuid:0b1a3b2e-5c61-43c1-9d52-17f4e4f2f1e3"


def bundle(*entries, type_="transaction"):
    """A bundle of entries."""
    return {"resourceType": "Bundle", "type": type_, "entry": list(entries)}


def entry(method, url, resource=None, full_url="", **request):
    """One entry."""
    found = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        found["resource"] = resource
    return {**found, "fullUrl": full_url} if full_url else found


def story():
    """Who, what and a value, in the wrong order, referring to one another."""
    return [
        entry("POST", "Observation", samples.chromogranin(ADA), FIRST),
        entry("POST", "Condition", samples.tumor(ADA), TUMOR),
        entry(
            "POST",
            "Patient",
            samples.patient(),
            ADA,
            ifNoneExist=f"identifier={samples.NUMBERS}|H-100",
        ),
    ]


def counts(institution):
    """How many patients, cases and values there are."""
    with institution_scope(institution):
        return tuple(model.objects.count() for model in (Patient, Case, LabResult))


def test_a_transaction_is_done_as_a_whole(server, institution):
    answer = server.post("", bundle(*story()))
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert said["type"] == "transaction-response"
    assert [each["response"]["status"] for each in said["entry"]] == ["201 Created"] * 3
    assert [each["response"]["location"].split("/")[-4] for each in said["entry"]] == [
        "Observation",
        "Condition",
        "Patient",
    ]
    assert counts(institution) == (1, 1, 1)
    value = server.get("/" + "/".join(said["entry"][0]["fullUrl"].split("/")[-2:])).json()
    assert value["subject"]["reference"] == "/".join(said["entry"][2]["fullUrl"].split("/")[-2:])


def test_of_a_transaction_with_one_fault_nothing_is_written(server, institution):
    bad = samples.pain("Patient/none")
    answer = server.post("", bundle(*story(), entry("POST", "Observation", bad, SECOND)))
    assert answer.status_code == 422
    assert issues(answer) == [("not-found", "Bundle.entry[3].resource.subject.reference")]
    assert counts(institution) == (0, 0, 0)
    with institution_scope(institution):
        assert not FhirDocument.objects.exists()


def test_a_transaction_that_is_sent_again_makes_no_second_patient(server, institution):
    assert server.post("", bundle(story()[2])).status_code == 200
    again = server.post("", bundle(story()[2]))
    assert again.json()["entry"][0]["response"]["status"] == "200 OK"
    assert counts(institution) == (1, 0, 0)


def test_a_replayed_story_is_refused_and_doubles_nothing(server, institution):
    assert server.post("", bundle(*story())).status_code == 200
    before = counts(institution)
    again = server.post("", bundle(story()[0], story()[2]))
    assert again.status_code == 422, again.content
    assert counts(institution) == before


def test_entries_that_refer_to_one_another_in_a_circle_are_linked(server, ada):
    first = samples.pain(ada, hasMember=[{"reference": SECOND}])
    second = samples.pain(ada, derivedFrom=[{"reference": FIRST}])
    answer = server.post(
        "",
        bundle(
            entry("POST", "Observation", first, FIRST), entry("POST", "Observation", second, SECOND)
        ),
        prefer="return=representation",
    )
    assert answer.status_code == 200, answer.content
    one, two = (each["resource"] for each in answer.json()["entry"])
    assert one["hasMember"] == [{"reference": f"Observation/{two['id']}"}]
    assert two["derivedFrom"] == [{"reference": f"Observation/{one['id']}"}]


def test_a_reference_may_be_a_search(server, ada):
    searched = samples.pain(f"Patient?identifier={samples.NUMBERS}|H-100")
    answer = server.post(
        "", bundle(entry("POST", "Observation", searched)), prefer="return=representation"
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["entry"][0]["resource"]["subject"] == {"reference": ada}
    nobody = samples.pain("Patient?identifier=none")
    refused = server.post("", bundle(entry("POST", "Observation", nobody)))
    assert refused.status_code == 412


def test_a_resource_of_another_server_refers_to_that_server(server):
    base = "https://ehr.example/fhir"
    said = samples.pain("Patient/7")
    answer = server.post(
        "",
        bundle(entry("POST", "Observation", said, f"{base}/Observation/1")),
        prefer="return=representation",
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["entry"][0]["resource"]["subject"] == {"reference": f"{base}/Patient/7"}


def test_methods_are_done_in_the_standards_order(server, institution, ada):
    gone, changed = server.made(samples.pain(ada)), server.made(samples.pain(ada))
    answer = server.post(
        "",
        bundle(
            entry("GET", f"Observation/{changed['id']}"),
            entry("PUT", f"Observation/{changed['id']}", {**changed, "valueInteger": 8}),
            entry("DELETE", f"Observation/{gone['id']}"),
        ),
    )
    assert answer.status_code == 200, answer.content
    read, put, deleted = answer.json()["entry"]
    assert read["resource"]["valueInteger"] == 8
    assert put["response"]["status"] == "200 OK"
    assert deleted["response"]["status"] == "204 No Content"
    assert server.get(f"/Observation/{gone['id']}").status_code == 410


def test_one_resource_is_written_once(server, ada):
    made = server.made(samples.pain(ada))
    path = f"Observation/{made['id']}"
    for entries in (
        [entry("PUT", path, made), entry("DELETE", path)],
        [entry("PUT", path, made), entry("PUT", "Observation?code=72514-3", made)],
    ):
        answer = server.post("", bundle(*entries))
        assert answer.status_code == 400, answer.content
        assert issues(answer)[0][0] == "duplicate"


def test_in_a_batch_each_entry_is_by_itself(server, institution):
    entries = [
        entry("POST", "Patient", samples.patient()),
        entry("POST", "Observation", samples.pain("Patient/none")),
        entry("GET", "Patient/none"),
        entry("GET", "metadata"),
    ]
    answer = server.post("", bundle(*entries, type_="batch"))
    assert answer.status_code == 200, answer.content
    first, second, third, fourth = (each["response"] for each in answer.json()["entry"])
    assert first["status"] == "201 Created"
    assert second["status"].startswith("422")
    assert second["outcome"]["issue"][0]["expression"] == [
        "Bundle.entry[1].resource.subject.reference"
    ]
    assert third["status"].startswith("404")
    assert fourth["status"] == "200 OK"
    assert counts(institution) == (1, 0, 0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"resourceType": "Bundle", "type": "collection"}, "invalid"),
        ({"resourceType": "Patient"}, "invalid"),
        ({"resourceType": "Bundle"}, "required"),
        (bundle({"resource": samples.patient()}), "required"),
        (bundle(entry("POST", "Patient")), "required"),
        (bundle(entry("GET", "Patient/1", samples.patient())), "structure"),
        (bundle(entry("POST", "Observation", samples.patient())), "invalid"),
        (bundle(entry("POST", "..", samples.patient())), "value"),
        (bundle(entry("PATCH", "Patient/1")), "not-supported"),
        (bundle(entry("POST", "CarePlan", {"resourceType": "CarePlan"})), "required"),
        (bundle(*[entry("GET", "metadata")] * (MOST + 1)), "too-costly"),
        ([], "structure"),
    ],
)
def test_what_is_no_bundle_of_work_is_refused(server, institution, body, code):
    answer = server.post("", body)
    assert 400 <= answer.status_code < 500, answer.content
    assert counts(institution) == (0, 0, 0)
    if code != "structure":
        assert issues(answer)[0][0] == code


def test_every_entry_needs_its_own_right(institution, administrator):
    answer = server_of(institution, administrator).post("", bundle(*story()))
    assert answer.status_code == 403
    assert issues(answer)[0][0] == "forbidden"
    assert counts(institution) == (0, 0, 0)


def test_a_clients_scopes_hold_for_each_entry(institution, server, administrator, ada):
    """ASVS v5.0.0-8.2.1: a bundle is no way around what each type and letter needs."""
    granted = ["system/Patient.r", "system/Observation.c"]
    registered = make_client(institution, administrator, granted=granted)
    machine = Machine(str(registered.pk), slug=institution.slug)
    client = Server(institution, machine.token(scope=" ".join(granted)), server.client)
    entries = [
        entry("GET", ada),
        entry("POST", "Observation", samples.pain(ada)),
        entry("POST", "Condition", samples.tumor(ada)),
        entry("GET", "Observation"),
    ]
    answer = client.post("", bundle(*entries, type_="batch"))
    statuses = [each["response"]["status"][:3] for each in answer.json()["entry"]]
    assert statuses == ["200", "201", "403", "403"]


def test_an_empty_bundle_is_answered_by_one(server):
    answer = server.post("", {"resourceType": "Bundle", "type": "batch"})
    assert answer.json() == {"resourceType": "Bundle", "type": "batch-response"}
