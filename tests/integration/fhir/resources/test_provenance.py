"""Who wrote which row, from its history."""

import pghistory
import pytest

from cases.fhir.registry import OF_ROWS
from cases.fhir.resources.patient import PatientRow
from cases.fhir.resources.provenance import written_by
from cases.fhir.resources.service_request import RecommendationRequest
from cases.fhir.resources.task import FollowUpTask
from cases.fhir.versions import versions_of
from cases.services import patients, tasks
from tests.factories.clients import make_client
from tests.factories.everything import one_of_everything
from tests.factories.restrictions import restricted
from tests.factories.tasks import PET, ago, decided, tasks_of
from tests.integration.fhir.resources.leaving import leaving
from tumorboard.tenancy.scope import member_scope

TASKS = (RecommendationRequest(), FollowUpTask())


@pytest.fixture
def task(scope, coordinator):
    (made,) = tasks_of(decided(PET, by=coordinator))
    return made


def test_every_version_of_a_row_has_who_wrote_it_when(task, coordinator):
    with pghistory.context(person=str(coordinator.pk)):
        tasks.order(task=task, on=ago(1), by=coordinator)
    (source,) = written_by(TASKS)
    found = leaving(source, pgh_obj_id=task.pk)
    versions = versions_of(FollowUpTask(), str(task.pk))

    assert len(found) == len(versions)
    assert [each["recorded"] for each in found] == [each.at.isoformat() for each in versions]
    assert found[-1]["activity"]["coding"][0]["code"] == "UPDATE"
    assert found[-1]["agent"][0]["who"] == {
        "reference": f"Practitioner/{coordinator.pk}",
        "display": "Cora Coordinator",
    }
    assert [each["reference"] for each in found[-1]["target"]] == [
        f"ServiceRequest/{task.pk}",
        f"Task/{task.pk}",
    ]


def test_it_is_found_by_its_id_and_by_its_target(task, coordinator):
    (source,) = written_by(TASKS)
    first = leaving(source, pgh_obj_id=task.pk)[0]

    assert [row.pgh_obj_id for row in source.named([first["id"]])] == [task.pk]
    narrowed = source.narrowings["target"](source.rows(), [f"Task/{task.pk}"])
    assert {row.pgh_obj_id for row in narrowed} == {task.pk}


def test_a_clients_writing_names_the_client(institution, task, coordinator):
    client = make_client(institution, coordinator, label="Laboratory")
    with pghistory.context(person=str(client.user_id)):
        tasks.order(task=task, on=ago(1), by=client.user)
    (source,) = written_by(TASKS)

    last = leaving(source, pgh_obj_id=task.pk)[-1]
    assert last["agent"][0]["who"] == {"display": "Laboratory (API)"}


def test_what_was_written_to_a_restricted_record_is_hidden(institution, task, coordinator, chair):
    """HIPAA 164.312(a)(1): the history of a restricted record tells nothing either."""
    restricted(task.case, coordinator, by=coordinator)
    sources = list(written_by([*TASKS, PatientRow()]))

    with member_scope(institution, chair.pk):
        assert [leaving(source) for source in sources] == [[], []]
    with member_scope(institution, coordinator.pk):
        assert all(leaving(source) for source in sources)


def test_the_history_of_every_kind_of_row_is_valid(scope, coordinator):
    one_of_everything(by=coordinator)

    told = {source.written.__name__: len(leaving(source)) for source in written_by(OF_ROWS)}
    # Of lesion sheets there is none among everything.
    assert {name for name, number in told.items() if not number} == {"LesionSheet"}


def test_a_patient_that_was_changed_has_two(scope, coordinator):
    (source,) = written_by([PatientRow()])
    patient = patients.add(record_number="77", by=coordinator)
    patients.change(patient=patient, family_name="Muster", by=coordinator)

    found = leaving(source, pgh_obj_id=patient.pk)
    assert [each["activity"]["coding"][0]["code"] for each in found] == ["CREATE", "UPDATE"]
    assert "Muster" not in str(found)
