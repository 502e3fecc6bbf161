"""What signed decisions ask for, as CarePlans."""

from uuid import uuid4

from cases.fhir.resources.care_plan import DecisionCarePlan
from tests.unit.fhir.resources.board_rows import AT, LATER, decision, fetched, task
from tests.unit.fhir.resources.valid import assert_valid

SOURCE = DecisionCarePlan()


def test_each_recommendation_is_an_activity():
    row = decision()
    asked = [task(of_decision=row), task(of_decision=row)]
    plan = assert_valid(SOURCE.project(fetched(row, tasks=asked, participants=[])))

    assert plan["status"] == "active"
    assert plan["period"] == {"start": AT.isoformat()}
    assert plan["activity"] == [
        {"reference": {"reference": f"ServiceRequest/{each.pk}"}} for each in asked
    ]
    assert plan["supportingInfo"][0] == {"reference": f"ClinicalImpression/{row.pk}"}
    assert plan["careTeam"] == [{"reference": f"CareTeam/{row.board_id}"}]


def test_who_was_there_contributed():
    plan = assert_valid(SOURCE.project(decision()))

    assert plan["contributor"] == [{"display": "Nina Nuclear"}]


def test_an_amended_plan_is_revoked_and_was_active_before():
    row = decision(amended_at=LATER)
    stand = SOURCE.stand(row)
    (before,) = SOURCE.former(row)

    assert (stand.number, stand.since) == (2, LATER)
    now = assert_valid(SOURCE.project(stand.row))
    assert now["status"] == "revoked"
    assert now["period"] == {"start": AT.isoformat(), "end": LATER.isoformat()}
    assert (before.number, before.since) == (1, AT)
    assert assert_valid(SOURCE.project(before.row))["status"] == "active"


def test_a_plan_in_force_has_one_version():
    row = decision()

    assert SOURCE.stand(row).number == 1
    assert list(SOURCE.former(row)) == []


def test_an_amendment_replaces_the_plan_before():
    before = uuid4()

    plan = assert_valid(SOURCE.project(decision(previous=before)))
    assert plan["replaces"] == [{"reference": f"CarePlan/{before}"}]
