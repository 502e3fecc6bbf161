"""Laboratory values over the wire."""

import pytest

from cases.models import LabResult
from tests.integration.api.conftest import problem
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(rows):
    return {
        "case": str(rows.case),
        "analyte": "chromogranin_a",
        "value": "345",
        "unit": "ug/l",
        "upper_limit": "100",
        "taken_on": "2026-01-02",
    }


def test_a_value_is_added_and_read(script, body):
    added = script.post("lab-results/", body)
    assert added.status_code == 201
    said = added.json()
    assert (said["value"], said["unit"], said["comparator"]) == ("345.0000", "µg/L", "")
    assert "as_reported" not in said
    assert script.get(f"lab-results/{said['id']}/").json() == said
    assert said in script.get(f"lab-results/?case={body['case']}").json()["results"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"value": -1}, "value"),
        ({"value": "many"}, "value"),
        ({"value": "0.01"}, "value"),
        ({"unit": "stones"}, "unit"),
        ({"analyte": "phlogiston"}, "analyte"),
        ({"comparator": "~"}, "comparator"),
        ({"upper_limit": 0}, "upper_limit"),
        ({"taken_on": "2999-01-01"}, "taken_on"),
        ({"as_reported": "yes"}, "as_reported"),
        ({"flag": "H"}, "flag"),
    ],
)
def test_what_cannot_be_is_refused_by_field(script, body, fields, field):
    errors = problem(script.post("lab-results/", {**body, **fields}))["errors"]
    assert [error["field"] for error in errors] == [field]
    with institution_scope(script.institution):
        assert not LabResult.objects.exists()


def test_an_unlikely_value_is_confirmed(script, body):
    odd = {**body, "value": "0.01", "as_reported": True}
    assert script.post("lab-results/", odd).status_code == 201
