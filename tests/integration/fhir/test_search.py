"""Search: narrowed by rows, tested on resources, page by page."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.services import lab_results, patients, studies
from tests.factories.cases import make_case
from tests.integration import once
from tests.integration.fhir.conftest import ids_of, issues_of, link_of, program_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
institution, coordinator = once.institution, once.coordinator

PEOPLE = [
    ("N-1", "Muñoz", "Ana", "1960-01-01", "female"),
    ("N-2", "Miller", "Bob", "1970-02-02", "male"),
    ("N-3", "Milner", "Cleo", "1980-03-03", ""),
]


@pytest.fixture(scope="module", autouse=True)
def people(institution, coordinator) -> list[str]:
    """The ids of three patients."""
    with institution_scope(institution):
        return [
            str(
                patients.add(
                    record_number=number,
                    family_name=family,
                    given_name=given,
                    birth_date=timezone.datetime.fromisoformat(born).date(),
                    sex=sex,
                    by=coordinator,
                ).pk
            )
            for number, family, given, born, sex in PEOPLE
        ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", [0, 1, 2]),
        ("family=mil", [1, 2]),
        ("family=mi", [1, 2]),
        ("name=munoz,cleo", [0, 2]),
        ("family:exact=Miller", [1]),
        ("family:contains=ille", [1]),
        ("given=bob&family=mil", [1]),
        ("birthdate=1970-02-02", [1]),
        ("birthdate=ge1970", [1, 2]),
        ("birthdate=1970", [1]),
        ("identifier=N-2", [1]),
        ("identifier=http://localhost:8000/fhir/north/record-number|n-2", [1]),
        ("identifier=http://other.example|N-2", []),
        ("identifier=http://localhost:8000/fhir/north/record-number|", [0, 1, 2]),
        ("gender=female,male", [0, 1]),
        ("gender:not=male", [0, 2]),
        ("gender=unknown", [2]),
        ("name=nobody", []),
        ("active=true&_lastUpdated=ge2020", [0, 1, 2]),
        ("_lastUpdated=lt2020", []),
        (
            "_profile=http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-cancer-patient",
            [0, 1, 2],
        ),
        ("_sort=-birthdate", [2, 1, 0]),
        ("_sort=family&gender:missing=false", [1, 2, 0]),
        ("_sort=-_id", [2, 1, 0]),
        ("_sort=-_lastUpdated,-_id", [2, 1, 0]),
    ],
)
def test_patients_are_found(program, people, body, found):
    answer = program.search("Patient", body)
    assert ids_of(answer) == [people[place] for place in found]
    assert answer.json()["total"] == len(found)


def test_an_id_is_found_in_an_address(program, people):
    answer = program.get(f"Patient?_id={people[1]},x")
    assert ids_of(answer) == [people[1]]
    assert answer.json()["entry"][0]["fullUrl"].endswith(f"/fhir/north/Patient/{people[1]}")


def test_names_are_refused_in_an_address(program, people, audited):
    """ASVS v5.0.0-14.2.1: what says who a patient is stands in no address."""
    for query in ("family=Miller", "identifier=N-2", "birthdate=1970", "name:missing=true"):
        answer = program.get(f"Patient?{query}")
        assert answer.status_code == 400
        assert "POST" in issues_of(answer)[0]["diagnostics"]
        assert (
            program.ask("POST", f"Patient/_search?{query}", "", content_type=FORM).status_code
            == 400
        )
    assert audited() == []


FORM = "application/x-www-form-urlencoded"


def test_a_page_leads_to_the_next_without_saying_who(program, people, institution, chair):
    """ASVS v5.0.0-14.2.1: a link holds the search sealed, for whoever searched."""
    first = program.search("Patient", "family=mil&_count=1")
    assert ids_of(first) == [people[1]]
    address = link_of(first)
    assert "mil" not in address.lower().partition("_page=")[0]
    second = program.get(address)
    assert ids_of(second) == [people[2]]
    assert link_of(second) is None
    assert ids_of(program.get(link_of(second, "self"))) == [people[2]]
    other = program_of(institution, chair)
    assert other.get(address).status_code == 400
    assert program.get(f"{address}&gender=male").status_code == 400
    assert program.get(address[:-5]).status_code == 400
    assert program.get(address.replace("Patient?", "Observation?")).status_code == 400


def test_sorted_pages_follow_each_other(program, people):
    seen, path = [], "Patient?_sort=-birthdate&_count=2"
    while path:
        answer = program.get(path)
        seen += ids_of(answer)
        path = link_of(answer)
    assert seen == people[::-1]


def test_only_the_number_is_told_where_only_that_is_asked(program, people):
    for query in ("_summary=count", "_count=0", "gender=male,female&_summary=count"):
        body = program.get(f"Patient?{query}").json()
        assert body["total"] == (2 if "gender" in query else 3)
        assert "entry" not in body
    page = program.get("Patient?_count=1&_total=accurate").json()
    assert (page["total"], len(page["entry"])) == (3, 1)
    assert "total" not in program.get("Patient?_total=none").json()


def test_what_is_not_known_is_told_or_refused(program, people):
    answer = program.get("Patient?shoe-size=44&gender=male")
    assert ids_of(answer) == [people[1]]
    (told,) = [e["resource"] for e in answer.json()["entry"] if e["search"]["mode"] == "outcome"]
    assert told["issue"][0]["expression"] == ["http.shoe-size"]
    assert "shoe-size" not in link_of(answer, "self")
    strict = program.get("Patient?shoe-size=44", prefer="handling=strict")
    assert strict.status_code == 400
    issues_of(strict)


def test_a_search_is_audited_by_what_was_asked_and_about_whom(program, people, audited):
    """HIPAA 164.312(b): who was shown is noted, never what was typed."""
    program.search("Patient", "family=mil")
    (entry,) = audited()
    assert (entry.action, entry.criteria, entry.found) == ("fhir.searched", "Patient family", 2)
    assert sorted(map(str, entry.shown)) == people[1:]


@pytest.fixture
def case(institution, coordinator):
    """A case with two laboratory results and a study."""
    with institution_scope(institution):
        case = make_case(by=coordinator)
        for value in (77, 99):
            lab_results.add(
                case=case, analyte="alp", value=value, unit="U/L",
                taken_on=timezone.localdate(), by=coordinator,
            )  # fmt: skip
        studies.add(case=case, modality="CT", performed_on=timezone.localdate(), by=coordinator)
        return case


def test_results_of_a_patient_are_found(program, case, people):
    for query in (
        f"patient={case.patient_id}",
        f"subject=Patient/{case.patient_id}",
        f"subject:Patient={case.patient_id}",
        f"patient=http://localhost:8000/fhir/north/Patient/{case.patient_id}",
    ):
        found = program.get(f"Observation?{query}&value-quantity=gt80&code=alp")
        assert len(ids_of(found)) == 1, query
    assert ids_of(program.get(f"Observation?patient={people[0]}")) == []
    assert ids_of(program.get("Observation?patient=x")) == []


def test_what_belongs_to_matches_comes_with_them(program, case):
    answer = program.get(
        f"Observation?patient={case.patient_id}&code=alp&_include=Observation:subject"
    )
    assert ids_of(answer, "include") == [str(case.patient_id)]
    answer = program.get(
        f"Patient?_id={case.patient_id}&_revinclude=Observation:subject"
        "&_revinclude=ImagingStudy:subject&_revinclude=Condition:subject"
    )
    types = [
        each["resource"]["resourceType"]
        for each in answer.json()["entry"]
        if each["search"]["mode"] == "include"
    ]
    assert {"Observation", "ImagingStudy", "Condition"} <= set(types)


def test_what_is_included_leads_on_where_that_is_asked(program, case):
    query = f"Observation?patient={case.patient_id}&code=alp&_include=Observation:subject"
    further = program.get(f"{query}&_include:iterate=Patient:organization")
    assert len(ids_of(further, "include")) == 2
    plain = program.get(f"{query}&_include=Patient:organization")
    assert len(ids_of(plain, "include")) == 1


def test_a_chain_is_followed_by_post(program, case, institution):
    with institution_scope(institution):
        number = case.patient.record_number
    for name in ("patient.identifier", "subject:Patient.identifier"):
        found = program.search("Observation", f"{name}={number}&code=alp")
        assert len(ids_of(found)) == 2
    assert ids_of(program.search("Observation", "patient.identifier=nobody")) == []
    assert program.get(f"Observation?patient.identifier={number}").status_code == 400


def test_everything_of_a_patient_is_sent(program, case, people):
    seen, path = [], f"Patient/{case.patient_id}/$everything?_count=3"
    while path:
        answer = program.get(path)
        assert answer.status_code == 200, answer.content
        entries = answer.json()["entry"]
        seen += [e["resource"]["resourceType"] for e in entries if e["search"]["mode"] == "match"]
        path = link_of(answer)
    assert seen[0] == "Patient"
    assert seen.count("Patient") == 1
    assert {"Condition", "Observation", "ImagingStudy", "Provenance"} <= set(seen)
    only = program.get(f"Patient/{case.patient_id}/$everything?_type=ImagingStudy,Condition")
    types = {e["resource"]["resourceType"] for e in only.json()["entry"]}
    assert types == {"ImagingStudy", "Condition"}
    later = program.get(f"Patient/{case.patient_id}/$everything?_since=2100")
    assert ids_of(later) == []
    for query in ("_type=Shoe", "_since=x", "_count=x", "_page=x"):
        assert program.get(f"Patient/{case.patient_id}/$everything?{query}").status_code == 400


def test_what_the_caller_may_not_read_is_said_to_be_withheld(program, case):
    answer = program.get(f"Patient/{case.patient_id}/$everything")
    (told,) = [e["resource"] for e in answer.json()["entry"] if e["search"]["mode"] == "outcome"]
    assert "AuditEvent" in told["issue"][0]["diagnostics"]


@pytest.mark.parametrize("resource_type", ["Patient", "Observation", "ImagingStudy", "Condition"])
def test_a_page_asks_as_often_for_fifty_as_for_five(
    program, institution, coordinator, resource_type
):
    def cases(count: int) -> None:
        with institution_scope(institution):
            for _ in range(count):
                case = make_case(by=coordinator)
                day = timezone.localdate()
                studies.add(case=case, modality="CT", performed_on=day, by=coordinator)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = program.get(f"{resource_type}?_count=200")
        assert answer.status_code == 200
        return len(captured)

    cases(3)
    queries()
    few = queries()
    cases(9)
    assert queries() == few


def test_odd_requests_are_refused_in_fhirs_words(program, people):
    odd = [
        "Patient?_page=%00", "Patient?_page=x", "Patient?gender=%00", "Patient?=x", "Patient?&&",
        "Patient?gender:=x", "Patient?_sort=,", "Patient?_include=Patient:*:Shoe",
        "Patient?_revinclude=*", "Patient?_id=%F0%9F%92%A9", "Patient?_lastUpdated=ap0001",
        "Patient?_has:Observation:patient:code=1", "Patient?_filter=x", "Patient?_count=9999999999",
        "Observation?value-quantity=1e99", "Observation?value-quantity=gt",
        "Observation?date=sa9999",
        "Observation?patient=' OR 1=1", "Patient?" + "gender=male&" * 70, "Patient?_elements=,",
        "Provenance?_id=patient-x", "Observation?_id=" + ",".join("x" * 40 for _ in range(90)),
        "Patient?_summary=", "Patient?_format=xml", "Patient?_format=", "Patient?link.name=x",
        "AuditEvent?date=x", "CodeSystem?url=http://x", "PlanDefinition?_sort=-date&_count=1",
    ]  # fmt: skip
    for path in odd:
        answer = program.get(path)
        assert answer.status_code in (200, 400, 403, 406), (path, answer.status_code)
        assert answer["Content-Type"] == "application/fhir+json"
        assert json.loads(answer.content)["resourceType"] in ("Bundle", "OperationOutcome")
    for body, kind in (
        ("a" * 100, FORM),
        ("{}", "application/json"),
        ("\xff", FORM),
        ("&" * 5000, FORM),
    ):
        answer = program.ask("POST", "Patient/_search", body, content_type=kind)
        assert answer.status_code in (200, 400, 415), body[:9]
        assert json.loads(answer.content)["resourceType"] in ("Bundle", "OperationOutcome")
    for accept in ("application/fhir+xml", "text/turtle", "a" * 9000):
        answer = program.get("Patient", accept=accept)
        assert answer.status_code == 406
        issues_of(answer)
