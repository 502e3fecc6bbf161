"""The search reads an index of tokens, ahead of row-level security, as the application role."""

import json

import pytest
from django.db import connection, connections

from cases.models import Case, Patient, PatientToken
from cases.models.patient_token import record_token, tokens_of
from cases.selectors import cases
from tests.factories.people import make_institution
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

MANY = 1_500


def fill(institution: Institution) -> None:
    with institution_scope(institution):
        people = [
            Patient(
                record_number=f"R-{n:06}",
                family_name=f"Name{n:06}",
            )
            for n in range(MANY)
        ]
        Patient.objects.bulk_create(people)
        PatientToken.objects.bulk_create(
            [
                PatientToken(patient=person, token=token)
                for person in people
                for token in tokens_of(person)
            ]
        )
        Case.objects.bulk_create(Case(patient=person, title="pNET") for person in people)


@pytest.fixture
def north():
    """Two institutions with many cases each, and the planner's statistics of them."""
    north = make_institution(slug="north", name="North Hospital")
    fill(north)
    fill(make_institution(slug="south", name="South Hospital"))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE cases_patient")
        cursor.execute("ANALYZE cases_patienttoken")
        cursor.execute("ANALYZE cases_case")
    return north


def nodes(plan: dict) -> list[dict]:
    return [plan, *(node for inner in plan.get("Plans", []) for node in nodes(inner))]


def scans(query: str) -> list[dict]:
    """The nodes of the plan that read tables or indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolbypassrls FROM pg_roles WHERE rolname=current_user")
        user, bypasses = cursor.fetchone()
        assert (user, bypasses) == (connection.settings_dict["USER"], False)
    plan = json.loads(query.explain(format="json", analyze=True))[0]["Plan"]
    return [node for node in nodes(plan) if "Scan" in node["Node Type"]]


def test_every_search_reads_an_index(north):
    # One test: the rows cost more than the questions.
    for text in ("name000123", "r-000123"):
        a_search_reads_the_index_of_tokens(north, text)
    a_record_number_is_read_from_its_index(north)
    the_newest_page_is_read_from_its_index(north)


def a_search_reads_the_index_of_tokens(north, text):
    with institution_scope(north):
        (found,) = cases.search(text=text)
        assert found.patient.record_number == "R-000123"
        read = scans(cases.search(text=text)[:51])
    ranges = {node["Index Name"]: node["Index Cond"] for node in read if "Index Cond" in node}
    # The institution and the token bound what is read of the index; nothing of the other
    # institution, and no other name, is looked at and then filtered out.
    assert "token = " in ranges["patient_token_once"]
    assert "institution_id = " in ranges["patient_token_once"]
    assert all(node["Actual Rows"] <= 1 for node in read)
    # The assessments, empty here, may be read either way.
    large = [node for node in read if node.get("Relation Name") != "cases_assessment"]
    assert not any(node["Node Type"] == "Seq Scan" for node in large)


def a_record_number_is_read_from_its_index(north):
    with institution_scope(north):
        read = scans(Patient.objects.filter(record_blind=record_token("r-000123")))
    (node,) = read
    assert node["Index Name"] == "patient_record_blind_once"
    assert "record_blind" in node["Index Cond"]


def the_newest_page_is_read_from_its_index(north):
    with institution_scope(north):
        read = scans(cases.search()[:51])
    (of_cases,) = [node for node in read if node.get("Relation Name") == "cases_case"]
    assert of_cases["Index Name"] == "case_by_change"
    assert of_cases["Actual Rows"] <= 51
