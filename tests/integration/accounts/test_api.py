"""The door of every API."""

import datetime

import pytest
from django.db import connection
from django.urls import path
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from tests.factories.people import add_member
from tests.integration.accounts.urls import ProbeSet
from tumorboard.accounts import tokens
from tumorboard.accounts.models import ApiToken, Membership, MembershipEvent, User
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.urls")]


def token_of(user: User, institution) -> dict[str, str]:
    with institution_scope(institution):
        _, secret = tokens.issue(user=user, label="script", days=30, by=user)
    return {"authorization": f"Bearer {secret}"}


@pytest.fixture
def headers(coordinator, institution) -> dict[str, str]:
    """What a coordinator's script sends."""
    return token_of(coordinator, institution)


def roles_of(user: User, institution) -> set[str]:
    with institution_scope(institution):
        return set(Membership.objects.filter(user=user).values_list("role", flat=True))


def test_a_token_opens_its_institution(client, headers, coordinator, stranger):
    answer = client.get("/api/north/x/", headers=headers)
    assert answer.status_code == 200
    assert answer.json() == {
        "institution": "north",
        "person": coordinator.email,
        "may": sorted(answer.json()["may"]),
        "arguments": {"thing": "x"},
        "members": 1,
    }
    assert "case.read" in answer.json()["may"]


def test_the_scheme_is_read_in_any_case(client, headers):
    value = headers["authorization"].replace("Bearer", "bearer")
    assert client.get("/api/north/x/", headers={"authorization": value}).status_code == 200


def test_an_unknown_institution_answers_as_one_whose_token_one_lacks(
    client, headers, other_institution
):
    for given in (headers, {}):
        nowhere = client.get("/api/nowhere/set/", headers=given)
        theirs = client.get("/api/south/set/", headers=given)
        assert nowhere.status_code == theirs.status_code == 401
        assert nowhere.content == theirs.content
        assert nowhere["WWW-Authenticate"] == theirs["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Bearer tb_guessed", "Bearer tb_ü", "Basic Y29yYTpw"]
)
def test_without_a_valid_token_nobody_comes_in(client, institution, value):
    answer = client.get("/api/north/x/", headers={"authorization": value})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_signed_in_browser_is_nobody_here(client, coordinator):
    client.force_login(coordinator)
    assert client.get("/api/north/x/").status_code == 401


def test_a_token_of_another_institution_is_refused(client, headers, other_institution, coordinator):
    add_member(other_institution, "CLINICIAN", email=coordinator.email, name="Cora")
    answer = client.get("/api/south/x/", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def end_expired(user: User) -> None:
    long_ago = timezone.now() - datetime.timedelta(days=40)
    ApiToken.objects.update(created_at=long_ago, expires_at=long_ago + datetime.timedelta(days=30))


def end_revoked(user: User) -> None:
    tokens.revoke_all(user=user, by=user)


def end_inactive(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def end_without_roles(user: User) -> None:
    Membership.objects.filter(user=user).delete()


@pytest.mark.parametrize("end", [end_expired, end_revoked, end_inactive, end_without_roles])
def test_a_token_ends(client, headers, institution, coordinator, end):
    with institution_scope(institution):
        end(coordinator)
    answer = client.get("/api/north/x/", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["detail"] == "This token is not valid here."


def test_a_role_without_the_permission_is_refused(client, institution):
    radiologist = add_member(institution, "RADIOLOGIST", email="r@n.example", name="Rita")
    headers = token_of(radiologist, institution)
    assert client.get("/api/north/x/", headers=headers).status_code == 200
    assert client.post("/api/north/x/", headers=headers).status_code == 403


def test_a_permission_is_not_enough_without_the_use_of_tokens(client, institution, administrator):
    headers = token_of(administrator, institution)
    assert client.get("/api/north/people/", headers=headers).status_code == 403
    with institution_scope(institution):
        Membership.objects.create(user=administrator, role="CLINICIAN")
    assert client.get("/api/north/people/", headers=headers).status_code == 200


def test_what_names_no_permission_is_denied(client, headers):
    assert client.delete("/api/north/x/", headers=headers).status_code == 403
    assert client.post("/api/north/set/", headers=headers).status_code == 403
    assert client.options("/api/north/x/", headers=headers).status_code == 403
    assert client.options("/api/north/set/", headers=headers).status_code == 403


def test_what_is_not_there_is_not_allowed(client, headers):
    assert client.put("/api/north/x/", headers=headers).status_code == 405
    assert client.put("/api/north/set/", headers=headers).status_code == 405
    assert client.put("/api/north/x/").status_code == 401


def test_head_is_a_get(client, headers):
    assert client.head("/api/north/x/", headers=headers).status_code == 200
    assert client.head("/api/north/set/", headers=headers).status_code == 200


def test_a_viewset_names_its_actions(client, headers):
    assert client.get("/api/north/set/", headers=headers).json() == {"institution": "north"}


def test_an_answer_need_not_be_rendered(client, headers):
    assert client.get("/api/north/plain/", headers=headers).content == b"plain"


def test_a_write_is_kept_with_who_made_it(client, headers, coordinator, institution, actions):
    assert client.post("/api/north/good/", headers=headers).status_code == 201
    assert roles_of(coordinator, institution) == {"COORDINATOR", "PATHOLOGIST"}
    assert actions()[-1] == ("probe.posted", coordinator)
    with institution_scope(institution):
        change = MembershipEvent.objects.get(role="PATHOLOGIST")
        assert change.pgh_context == {"person": str(coordinator.pk)}


def test_an_error_answer_undoes_what_was_written(
    client, headers, coordinator, institution, actions
):
    answer = client.post("/api/north/refused/", headers=headers)
    assert (answer.status_code, answer.json()["thing"]) == (400, "refused")
    assert roles_of(coordinator, institution) == {"COORDINATOR"}
    assert actions()[-1][0] == "token.issued"


def test_a_broken_handler_undoes_what_was_written(client, headers, coordinator, institution):
    with pytest.raises(ZeroDivisionError):
        client.post("/api/north/broken/", headers=headers)
    assert roles_of(coordinator, institution) == {"COORDINATOR"}


def test_the_scope_ends_with_the_answer(client, headers):
    client.get("/api/north/x/", headers=headers)
    client.post("/api/north/refused/", headers=headers)
    with connection.cursor() as cursor:
        cursor.execute("SELECT NULLIF(current_setting('tumorboard.institution', true), '')")
        assert cursor.fetchone() == (None,)


def test_the_description_names_the_tokens(db):
    patterns = [path("api/<slug:slug>/set/", ProbeSet.as_view({"get": "list"}))]
    schema = SchemaGenerator(patterns=patterns).get_schema(public=True)
    schemes = schema["components"]["securitySchemes"]
    assert schemes["token"]["scheme"] == "bearer"
    assert "system/Patient.rs" in schemes["client"]["flows"]["clientCredentials"]["scopes"]
