"""A restricted record does not shine through, whoever asks and however."""

import uuid

import pytest
from django.utils import timezone

from cases.fhir.registry import types
from cases.models import Case
from cases.services import lab_results
from tests.factories.clients import Machine, make_client
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.integration import once
from tests.integration.fhir.conftest import Program, link_of, program_of
from tumorboard.accounts import scopes
from tumorboard.accounts.roles import Role
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
institution, coordinator = once.institution, once.coordinator
EVERY = tuple(role.name for role in Role)


@pytest.fixture(scope="module")
def hidden(institution, coordinator):
    """One of everything, restricted to the coordinator; one result of it was taken back."""
    add = add_member(institution, *EVERY, email="all@north.example", name="All Roles")
    with institution_scope(institution):
        rows = one_of_everything(by=add, word="Canary")
        case = Case.objects.get(pk=rows.case_id)
        gone = lab_results.add(
            case=case, analyte="alp", value=5, unit="U/L", taken_on=timezone.localdate(), by=add
        )
        rows.gone_id = gone.pk
        lab_results.remove(lab_result=gone, by=add)
        restricted(case, add, by=add)
    rows.insider = add
    return rows


def programs(institution, hidden) -> list[Program]:
    stranger = add_member(institution, *EVERY, email="str@north.example", name="Stranger")
    every = [scope for scope, _ in scopes.choices()]
    client = make_client(institution, stranger, granted=every)
    machine = Machine(str(client.pk)).token(scope=" ".join(every))
    return [program_of(institution, stranger), Program("north", machine)]


def pages(program: Program, path: str | None):
    while path:
        answer = program.get(path)
        assert answer.status_code == 200, (path, answer.content)
        yield answer
        path = link_of(answer)


def test_nobody_else_finds_it(institution, hidden):
    """ASVS v5.0.0-8.2.2; HIPAA 164.312(a)(1): not in searches, histories, counts."""
    theirs = [str(hidden.patient_id), str(hidden.case_id), str(hidden.gone_id), "CANARY-1"]
    for program in programs(institution, hidden):
        faults = []
        for each in types():
            for path in (f"{each}?_count=200", f"{each}/_history?_count=200"):
                for answer in pages(program, path):
                    text = answer.content.decode()
                    # The names of boards, standards and people are no patient's.
                    faults += [(path, word) for word in theirs if word in text]
        assert faults == []
        # The patient of the decision, who is another one.
        assert program.get("Patient?_summary=count").json()["total"] == 1
        for query in ("_include=*", "_revinclude=Observation:subject"):
            assert program.get(f"Patient?{query}").json()["total"] == 1
        found = program.search("Patient", "identifier=CANARY-1")
        assert found.json()["total"] == 0


def test_nobody_else_reads_it_or_learns_that_it_was_there(institution, hidden):
    """ASVS v5.0.0-8.2.2: what was deleted is missing too, and not gone."""
    of_case = [hidden.patient_id, hidden.case_id, hidden.gone_id]
    (program, _) = programs(institution, hidden)
    for each in types():
        for ending in ("", "/_history/1"):
            missing = program.get(f"{each}/{uuid.uuid4()}{ending}")
            assert missing.status_code == 404
            for key in of_case:
                answer = program.get(f"{each}/{key}{ending}")
                assert (answer.status_code, answer.content) == (404, missing.content), (each, key)
    for ending in ("_history", "$everything"):
        assert program.get(f"Patient/{hidden.patient_id}/{ending}").status_code == 404
    assert program.get(f"Observation/{hidden.gone_id}/_history").status_code == 404


def test_who_is_on_the_list_sees_it(institution, hidden):
    program = program_of(institution, hidden.insider)
    assert program.get(f"Patient/{hidden.patient_id}").status_code == 200
    assert program.get(f"Observation/{hidden.gone_id}").status_code == 410
