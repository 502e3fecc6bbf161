"""Nothing of another institution comes out, by no address, parameter, header, body or cursor."""

import uuid
from base64 import b64encode

import pytest

from cases.models import Case, Patient, Result, Study
from tests.factories.people import add_member
from tests.integration import once
from tests.integration.api.conftest import Script, faults, make_rows, make_theirs, problem
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
institution, coordinator = once.institution, once.coordinator
other_institution = once.other_institution

NOUNS = {
    "patients": "patient",
    "cases": "case",
    "studies": "study",
    "results": "result",
    "assessments": "assessment",
}
MISSING = uuid.UUID(int=7)


@pytest.fixture(scope="module")
def rows(institution, coordinator):
    """One row of everything, as every test finds it."""
    return make_rows(institution, coordinator)


@pytest.fixture(scope="module")
def theirs(other_institution):
    """One row of everything of the others, as every test finds it."""
    return make_theirs(other_institution)


def same(first, second) -> bool:
    """Whether two answers cannot be told apart, but by the request's own id and number."""
    return (first.status_code, first.content, _headers(first)) == (
        second.status_code,
        second.content,
        _headers(second),
    )


def _headers(answer) -> dict[str, str]:
    counted = answer.headers["RateLimit"]
    return {**answer.headers, "RateLimit": counted.split(";")[0], "X-Request-ID": ""}


@pytest.mark.parametrize("noun", NOUNS)
def test_their_row_is_as_good_as_missing(script, theirs, noun):
    found = script.get(f"{noun}/{getattr(theirs, NOUNS[noun])}/")
    assert found.status_code == 404
    assert problem(found)["title"] == "Not Found"
    assert same(found, script.get(f"{noun}/{MISSING}/"))


@pytest.mark.parametrize("noun", NOUNS)
def test_no_list_shows_theirs(script, theirs, rows, noun):
    shown = script.get(f"{noun}/?page_size=200")
    assert b"anary" not in shown.content
    assert str(getattr(theirs, NOUNS[noun])) not in shown.content.decode()
    assert len(shown.json()["results"]) >= 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("cases/?patient={}", "patient"),
        ("studies/?case={}", "case"),
        ("results/?case={}", "case"),
        ("results/?study={}", "study"),
        ("assessments/?case={}", "case"),
    ],
)
def test_a_filter_by_theirs_finds_what_a_filter_by_nothing_finds(script, theirs, path, kind):
    found = script.get(path.format(getattr(theirs, kind)))
    assert found.json() == {"next": None, "previous": None, "results": []}
    assert same(found, script.get(path.format(MISSING)))


def test_their_record_number_finds_nobody(script, theirs):
    body = {"record_number": theirs.record_number}
    assert script.post("patients/search/", body).json() == {"results": []}


@pytest.mark.parametrize(
    ("path", "field", "kind", "rest"),
    [
        ("cases/", "patient", "patient", {"title": "Mine"}),
        ("studies/", "case", "case", {"modality": "CT", "performed_on": "2026-01-12"}),
        ("results/", "study", "open_study", {"outcome": "positive"}),
        ("results/", "study", "study", {"outcome": "positive"}),
    ],
)
def test_a_body_refers_to_theirs_as_to_nothing(
    script, theirs, other_institution, path, field, kind, rest
):
    with institution_scope(other_institution):
        before = [model.objects.count() for model in (Case, Study, Result)]
    found = script.post(path, {**rest, field: str(getattr(theirs, kind))})
    assert faults(found) == {field: ["There is no such row."]}
    assert same(found, script.post(path, {**rest, field: str(MISSING)}))
    with institution_scope(other_institution):
        assert [model.objects.count() for model in (Case, Study, Result)] == before


def test_their_facts_are_not_answered(script, theirs, other_institution):
    body = {"facts": {"ki67_percent": 99}, "if_match": theirs.version}
    found = script.post(f"cases/{theirs.case}/facts/", body)
    assert found.status_code == 404
    assert same(found, script.post(f"cases/{MISSING}/facts/", body))
    # Not even a wrong body tells them apart.
    assert script.post(f"cases/{theirs.case}/facts/", {"nonsense": 1}).status_code == 404
    with institution_scope(other_institution):
        assert Case.objects.get().version == theirs.version


def test_their_ids_cannot_be_taken(script, theirs):
    wrong = {"id": str(theirs.patient), "record_number": "N-1"}
    assert list(faults(script.post("patients/", wrong))) == ["id"]


def test_the_same_record_number_is_free_here(script, theirs, other_institution):
    answer = script.post("patients/", {"record_number": theirs.record_number})
    assert answer.status_code == 201
    with institution_scope(other_institution):
        assert Patient.objects.get().family_name == "Canary"


@pytest.mark.parametrize("place", ["p={}", "p={}&r=1", "o=0&p={}"])
def test_a_cursor_that_was_made_up_shows_only_ours(script, theirs, rows, place):
    for key in (theirs.patient, uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)):
        cursor = b64encode(place.format(key).encode()).decode()
        answer = script.get(f"patients/?cursor={cursor}&page_size=200")
        assert answer.status_code == 200
        assert {row["id"] for row in answer.json()["results"]} <= {str(rows.patient)}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-http-method-override": "DELETE"},
        {"x-method-override": "POST"},
        {"x-institution": "south"},
        {"x-original-url": "/api/v1/i/south/patients/"},
        {"x-rewrite-url": "/api/v1/i/south/patients/"},
        {"x-forwarded-prefix": "/api/v1/i/south"},
        {"x-forwarded-host": "south.example"},
        {"cookie": "sessionid=x; institution=south"},
    ],
)
def test_no_header_leads_elsewhere(script, theirs, rows, headers):
    answer = script.get("patients/", headers=headers)
    assert answer.status_code == 200
    assert [row["id"] for row in answer.json()["results"]] == [str(rows.patient)]
    body = {"_method": "DELETE", "record_number": "N-1"}
    assert list(faults(script.post("patients/", body, headers=headers))) == ["_method"]


@pytest.mark.parametrize("slug", ["south", "nowhere", "NORTH", "north%00", "north%2F..%2Fsouth"])
def test_a_token_opens_no_other_institution(script, theirs, slug, client):
    answer = client.get(
        f"/api/v1/i/{slug}/patients/", headers={"authorization": f"Bearer {script.token}"}
    )
    assert answer.status_code == (404 if "%" in slug else 401)
    assert b"anary" not in answer.content
    assert problem(answer)


def test_somebody_of_both_sees_with_each_token_one(script, theirs, rows, other_institution):
    add_member(other_institution, "COORDINATOR", email="cora@north.example", name="Cora")
    answer = Script(other_institution, script.token, script.client).get("patients/")
    assert answer.status_code == 401


def test_two_institutions_in_turn_on_one_connection(script, theirs, rows, other_institution):
    """A connection that served one institution serves the next one with nothing left over."""
    assert script.get(f"cases/{rows.case}/").status_code == 200
    with institution_scope(other_institution):
        assert set(Case.objects.values_list("id", flat=True)) == {theirs.case}
    assert script.get(f"cases/{theirs.case}/").status_code == 404
