"""Who may do what, and how somebody is refused."""

import pytest

from tests.integration import once
from tests.integration.api.conftest import make_rows, problem

pytestmark = pytest.mark.django_db
institution, coordinator = once.institution, once.coordinator

MISSING = "00000000-0000-0000-0000-000000000007"
READS = ["patients/", "cases/", "studies/", "results/", "assessments/"]
#: What each endpoint answers to an empty body of somebody who may write there.
WRITES = {
    "patients/": {"COORDINATOR", "CLINICIAN", "PATHOLOGIST", "BOARD_CHAIR"},
    "cases/": {"COORDINATOR", "CLINICIAN", "PATHOLOGIST", "BOARD_CHAIR"},
    "cases/{case}/facts/": {"COORDINATOR", "CLINICIAN", "PATHOLOGIST", "BOARD_CHAIR"},
    "studies/": {"COORDINATOR", "CLINICIAN", "RADIOLOGIST", "BOARD_CHAIR"},
    "results/": {"COORDINATOR", "CLINICIAN", "RADIOLOGIST", "BOARD_CHAIR"},
    "patients/search/": {"COORDINATOR", "CLINICIAN", "RADIOLOGIST", "PATHOLOGIST", "BOARD_CHAIR"},
}
ROLES = ["COORDINATOR", "CLINICIAN", "RADIOLOGIST", "PATHOLOGIST", "BOARD_CHAIR", "ADMINISTRATOR"]


@pytest.fixture(scope="module", autouse=True)
def rows(institution, coordinator):
    """One row of everything, as every test finds it."""
    return make_rows(institution, coordinator)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_and_writes_what_is_its_own(script_as, rows, audited, role):
    script = script_as(role)
    audited()
    refused = []
    for path in READS:
        answer = script.get(path)
        assert answer.status_code == (403 if role == "ADMINISTRATOR" else 200)
        refused.append(answer)
    for path, allowed in WRITES.items():
        answer = script.post(path.format(case=rows.case), {})
        assert answer.status_code == (422 if role in allowed else 403)
        refused.append(answer)
    for answer in refused:
        if answer.status_code == 403:
            assert problem(answer)["title"] == "Forbidden"
    # What was refused is no reading.
    assert len(audited()) == (0 if role == "ADMINISTRATOR" else len(READS))


@pytest.mark.parametrize("value", ["", "Bearer tb_guessed", "Basic Y29yYTpw", "Bearer"])
@pytest.mark.parametrize("path", [*READS, f"patients/{MISSING}/"])
def test_without_a_token_nobody_comes_in(client, rows, path, value):
    answer = client.get(f"/api/v1/i/north/{path}", headers={"authorization": value})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert problem(answer)["title"] == "Unauthorized"


def test_a_signed_in_browser_is_nobody_here(client, rows, coordinator):
    """ASVS v5.0.0-3.5.2: no other site can borrow a session for the API."""
    client.force_login(coordinator)
    assert client.get("/api/v1/i/north/patients/").status_code == 401


def test_a_token_in_the_address_is_no_token(script, client, rows):
    """ASVS v5.0.0-14.2.1: a token stands in a header or nowhere."""
    for name in ("token", "access_token", "authorization"):
        answer = client.get(f"/api/v1/i/north/patients/?{name}={script.token}")
        assert answer.status_code == 401


def test_who_may_not_read_learns_nothing_by_a_wrong_query(script_as, rows):
    assert script_as("ADMINISTRATOR").get("patients/?cursor=x").status_code == 403
