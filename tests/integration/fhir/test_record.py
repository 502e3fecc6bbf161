"""What several sources know of one patient: asked for once, in the same order as ever."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.fhir import record
from cases.fhir.paging import link
from cases.fhir.registry import OF_ROWS, sources
from cases.fhir.search import scan
from tests.factories.cases import make_case
from tests.factories.labs import make_lab_result
from tests.factories.tasks import PET, REFERRAL, amended, decided
from tests.integration.fhir.conftest import ids_of, issues_of, link_of
from tests.integration.fhir.resources.test_clinical import STAGED, fill
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(institution, coordinator):
    """Somebody of whom there is something of every clinical kind, beside somebody else."""
    with institution_scope(institution):
        fill(make_case(by=coordinator, **STAGED), by=coordinator)
        case = make_case(by=coordinator, **STAGED)
        fill(case, by=coordinator)
        return case.patient


def paths_of(patient) -> list[str]:
    """Questions about one patient, each of many sources."""
    return [
        f"Patient/{patient.pk}/$everything?_count=200",
        f"Observation?patient={patient.pk}&_count=200",
        f"Observation?patient={patient.pk}&_sort=-date&_count=200",
        f"?_type=Condition,Observation,ImagingStudy&patient={patient.pk}&_count=200",
        f"Patient?_has:Observation:patient:patient={patient.pk}",
        f"Patient?_id={patient.pk}&_revinclude=Observation:subject",
    ]


def asked_for(program, path: str) -> int:
    """How many queries an answer takes."""
    assert program.get(path).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        program.get(path)
    return len(queries)


def found(program, path: str | None) -> list[str]:
    """The matches of all pages."""
    ids = []
    while path:
        answer = program.get(path)
        ids += ids_of(answer)
        path = link_of(answer)
    return ids


def test_what_nothing_is_known_of_is_not_asked_for(program, institution, coordinator):
    with institution_scope(institution):
        case = make_case(by=coordinator)
        make_lab_result(case, "chromogranin_a", "95", "ug/L", "2025-01-01", by=coordinator)
    everything, search, _, three, has, _ = paths_of(case.patient)
    assert asked_for(program, everything) <= 35
    assert asked_for(program, search) <= 23
    assert asked_for(program, three) <= 27
    assert asked_for(program, has) <= 27


def test_more_rows_take_no_more_queries(program, institution, coordinator, patient):
    before = [asked_for(program, path) for path in paths_of(patient)]
    with institution_scope(institution):
        case = patient.cases.get()
        for value in range(5):
            make_lab_result(
                case, "chromogranin_a", str(90 + value), "ug/L", "2025-02-01", by=coordinator
            )
    assert [asked_for(program, path) for path in paths_of(patient)] == before


def test_a_source_takes_of_shared_rows_those_that_are_its_own(institution, chair, patient):
    with institution_scope(institution):
        amended(decided(PET, REFERRAL, by=chair), [PET], by=chair)
        shared = [each for each in OF_ROWS if each.shared is not None]
        for source in shared:
            mine = {row.pk for row in source.shared() if source.is_among(row)}
            assert mine == {row.pk for row in source.rows()}, source.name
        assert sum(bool(source.rows().count()) for source in shared) > len(shared) / 2


@pytest.mark.parametrize("batch", [1, 2, 200])
def test_much_of_a_patient_is_found_as_little_is(program, patient, monkeypatch, batch):
    wanted = [found(program, path) for path in paths_of(patient)]
    assert len(wanted[1]) > 10
    monkeypatch.setattr(record, "BATCH", batch)
    for path, ids in zip(paths_of(patient), wanted, strict=True):
        assert found(program, path) == ids
        if "_sort" not in path:
            assert found(program, path.replace("_count=200", "_count=3")) == ids


def test_a_link_holds_when_other_sources_come_and_go(program, patient, monkeypatch):
    path = f"Observation?patient={patient.pk}&_count=3"
    wanted, first = found(program, path), program.get(path)
    of = sources("Observation")
    with monkeypatch.context() as deployed:
        deployed.setattr(scan, "sources", lambda name: sources("Condition") + sources(name))
        assert ids_of(first) + found(program, link_of(first)) == wanted
    monkeypatch.setattr(scan, "sources", lambda name: of[-1:] if name == "Observation" else ())
    gone = program.get(link_of(first))
    assert gone.status_code == 400
    assert issues_of(gone)[0]["code"] == "expired"


def test_a_link_that_numbers_sources_is_expired(program, patient, institution, coordinator):
    base = f"http://localhost:8000/fhir/{institution.slug}"
    everything = f"$everything {patient.pk}"
    states = [
        (f"{base}/Observation", {"kind": "Observation", "given": [], "place": [3, "", 0]}),
        (base, {"kind": "*", "given": [], "place": [2, [3, "", 0]]}),
        (f"{base}/Observation/_history", {"kind": "Observation", "place": {"3": 7}, "since": None}),
        (f"{base}/Patient/{patient.pk}/$everything", {"kind": everything, "source": 3}),
    ]
    for address, state in states:
        with institution_scope(institution):
            old = link(address, {"count": 5, **state}, by=coordinator)
        answer = program.get(old)
        assert answer.status_code == 400, address
        assert issues_of(answer)[0]["code"] == "expired"


def test_a_page_of_several_types_goes_on_at_a_type_by_its_name(program, patient, institution):
    path = f"?_type=Condition,Observation&patient={patient.pk}&_count=3"
    assert found(program, path) == found(program, path.replace("=3", "=200"))
    first = program.get(path)
    assert len(ids_of(first)) == 3
