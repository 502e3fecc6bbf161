"""Search at the server's own address: several types on one page."""

import pytest

from cases.fhir.search import scan
from cases.models import Case
from tests.factories.clients import Machine, make_client
from tests.factories.people import add_member, make_institution
from tests.factories.restrictions import restricted
from tests.integration import once
from tests.integration.fhir.conftest import Program, ids_of, issues_of, link_of, program_of
from tests.integration.fhir.writing import samples
from tests.integration.fhir.writing.server import server_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
institution, coordinator = once.institution, once.coordinator


@pytest.fixture(scope="module", autouse=True)
def record(institution, coordinator):
    """A patient with a tumor and two values, and a second patient: types to ids."""
    server = server_of(institution, coordinator)
    ada = server.made(samples.patient())
    subject = f"Patient/{ada['id']}"
    tumor = server.made(samples.tumor(subject))
    values = [server.made(samples.chromogranin(subject, value)) for value in (120, 95)]
    other = server.made(
        samples.patient("H-200", name=[{"family": "Noether"}], birthDate="1982-03-23")
    )
    # What the tumor's codes answer of the case is an Observation too.
    program = program_of(institution, coordinator)
    observations = ids_of(program.get("Observation"))
    assert {each["id"] for each in values} < set(observations)
    return {
        "Patient": [ada["id"], other["id"]],
        "Condition": [tumor["id"]],
        "Observation": observations,
    }


def test_types_come_one_after_the_other(program, record):
    answer = program.get("?_type=Observation,Patient")
    assert ids_of(answer) == [*record["Observation"], *record["Patient"]]
    assert answer.json()["total"] == len(record["Observation"]) + 2
    ada = record["Patient"][0]
    found = program.get(f"?_type=Condition,Observation&patient={ada}")
    assert ids_of(found) == [*record["Condition"], *record["Observation"]]
    one = program.get(f"?_id={record['Condition'][0]}")
    assert ids_of(one) == record["Condition"]


def test_pages_go_on_through_all_types(program, record):
    wanted = [*record["Patient"], *record["Condition"], *record["Observation"]]
    path, found = "?_type=Patient,Condition,Observation&_count=2", []
    while path:
        answer = program.get(path)
        page = ids_of(answer)
        assert len(page) <= 2
        found += page
        path = link_of(answer)
    assert found == wanted


def test_by_post_what_says_who_it_is_may_be_asked(program, record):
    form = {"content_type": "application/x-www-form-urlencoded"}
    body = "_type=Condition,Observation&patient.identifier=H-100&_summary=count"
    assert program.ask("POST", "_search", body, **form).json()["total"] == 4
    refused = program.get("?_type=Condition,Observation&patient.identifier=H-100")
    assert refused.status_code == 400
    assert issues_of(refused)[0]["code"] == "suppressed"


def test_what_comes_beside_stands_once(program, record):
    ada = record["Patient"][0]
    answer = program.get(
        f"?_type=Condition,Observation&patient={ada}&_include=Condition:subject"
        "&_include=Observation:subject"
    )
    assert ids_of(answer, "include") == [ada]
    answer = program.get(f"?_type=Condition,Patient&_include=Condition:subject&_id={ada}")
    assert (ids_of(answer), ids_of(answer, "include")) == ([ada], [])


@pytest.mark.parametrize(
    "path",
    [
        "?_type=Shoe",
        "?_type=Patient,Condition&_sort=_id",
        "?_page=x",
        "?_page=x&_page=y",
        "?_type=Patient&_count=x",
    ],
)
def test_what_is_none_is_refused(program, record, path):
    answer = program.get(path)
    assert answer.status_code == 400
    issues_of(answer)


def test_what_not_all_types_know_is_passed_over_or_refused(program, record):
    answer = program.get("?_type=Patient,Condition&code=C25.4")
    assert len(ids_of(answer)) == 3
    (told,) = (e for e in answer.json()["entry"] if e["search"]["mode"] == "outcome")
    assert "code" in told["resource"]["issue"][0]["diagnostics"]
    strict = program.get("?_type=Patient,Condition&code=C25.4", prefer="handling=strict")
    assert strict.status_code == 400


def test_one_type_may_be_sorted_and_counted(program, record):
    assert ids_of(program.get("?_type=Patient&_sort=-_id")) == record["Patient"][::-1]
    counted = program.get("?_type=Patient,Condition&_total=accurate&_count=1").json()
    assert counted["total"] == 3
    assert "total" not in program.get("?_type=Patient,Condition&_total=none").json()


def test_a_link_belongs_to_its_own_address(program, record):
    path = link_of(program.get("?_type=Patient,Condition&_count=1"))
    sealed = path.partition("?")[2]
    assert program.get(f"Patient?{sealed}").status_code == 400
    mine = link_of(program.get("Patient?_count=1")).partition("?")[2]
    assert program.get(f"?{mine}").status_code == 400
    assert program.get(f"?{sealed}&_type=Patient").status_code == 400


def test_no_request_reads_more_rows_than_one_may(program, record, monkeypatch):
    for module in ("cases.fhir.search.scan", "cases.fhir.system_search"):
        monkeypatch.setattr(f"{module}.MOST", 2)
    assert scan.MOST == 2
    answer = program.get("?_type=Patient,Condition,Observation")
    assert len(ids_of(answer)) < 5
    assert link_of(answer)
    refused = program.get("?_type=Patient,Condition&_lastUpdated=ge2020&_summary=count")
    assert (refused.status_code, issues_of(refused)[0]["code"]) == (403, "too-costly")


def test_only_types_that_one_may_search(institution, coordinator, record):
    scope = "system/Organization.rs"
    client = make_client(institution, coordinator, granted=[scope])
    machine = Program("north", Machine(str(client.pk)).token(scope=scope))
    assert machine.get("?_type=Organization,Patient").status_code == 403
    assert ids_of(machine.get("")) == [str(institution.pk)]


def test_neither_restricted_nor_another_institutions(program, record, institution, coordinator):
    """ASVS v5.0.0-8.2.2, 8.4.1."""
    other = make_institution(slug="south", name="South")
    stranger = add_member(other, "COORDINATOR", email="s@south.example", name="S")
    types = "?_type=Patient,Condition,Observation"
    assert ids_of(program_of(other, stranger).get(types)) == []
    with institution_scope(institution):
        restricted(Case.objects.get(), coordinator, by=coordinator)
    colleague = add_member(institution, "COORDINATOR", email="c2@north.example", name="C2")
    assert ids_of(program_of(institution, colleague).get(types)) == record["Patient"][1:]


def test_a_batch_searches_all_types_too(program, record):
    body = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": "?_type=Condition"}}],
    }
    answer = program.ask("POST", "", body)
    (entry,) = answer.json()["entry"]
    assert entry["resource"]["total"] == 1, answer.content
