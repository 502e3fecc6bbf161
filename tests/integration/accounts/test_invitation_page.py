"""Joining by a link."""

import html
import re

import pytest
from django.utils import timezone

from tests.factories.people import PASSWORD
from tests.integration.accounts.test_access import without_token
from tumorboard.accounts.invitations import invite
from tumorboard.accounts.models import Invitation, Membership, User
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.urls")]


@pytest.fixture
def address(institution, administrator) -> str:
    """The path of a link for somebody new."""
    with institution_scope(institution):
        _, link = invite(
            email="nina@north.example", name="Nina New", role="RADIOLOGIST", by=administrator
        )
    return link.removeprefix("http://localhost:8000")


@pytest.fixture
def address_of_stranger(institution, administrator, stranger) -> str:
    """The path of a link for a person of another institution."""
    with institution_scope(institution):
        _, link = invite(email=stranger.email, name="Sam", role="CLINICIAN", by=administrator)
    return link.removeprefix("http://localhost:8000")


def text(response) -> str:
    return html.unescape(response.content.decode())


def roles_of(email: str, institution) -> set[str]:
    with institution_scope(institution):
        return set(Membership.objects.filter(user__email=email).values_list("role", flat=True))


def test_somebody_new_chooses_a_password_and_is_in(client, address, institution):
    shown = text(client.get(address))
    assert "Join North Hospital" in shown
    assert "radiologist" in shown
    response = client.post(address, {"password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/i/north/")
    assert roles_of("nina@north.example", institution) == {"RADIOLOGIST"}
    page = client.get("/i/north/tokens/", follow=True)
    assert "Welcome to North Hospital, Nina New." in text(page)
    assert "Set up a second factor" in text(page)


def test_the_new_person_can_sign_in_again(client, address):
    client.post(address, {"password": PASSWORD})
    client.logout()
    response = client.post(
        "/accounts/login/", {"login": "Nina@north.example", "password": PASSWORD}
    )
    assert response.url == "/"


def test_a_new_administrator_lands_on_the_people(client, institution):
    with institution_scope(institution):
        _, link = invite(email="a@n.example", name="First", role="ADMINISTRATOR", by=None)
    response = client.post(link.removeprefix("http://localhost:8000"), {"password": PASSWORD})
    assert response.url == "/i/north/people/"
    assert client.get(response.url).url == "/accounts/security/set-up/?next=/i/north/people/"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "This field is required."),
        ("short", "This password is too short."),
        ("nina@north.example", "The password is too similar to the email."),
    ],
)
def test_a_weak_password_is_explained_beside_its_field(client, address, password, reason):
    response = client.post(address, {"password": password})
    shown = text(response)
    assert response.status_code == 422
    assert reason in shown.split('id="id_password_error"')[1]
    assert "value=" not in re.search("<input[^>]*id_password[^>]*>", shown).group()
    assert not User.objects.filter(email="nina@north.example").exists()


def test_a_link_works_once(client, address):
    client.post(address, {"password": PASSWORD})
    for response in (client.get(address), client.post(address, {"password": PASSWORD})):
        assert response.status_code == 410
        assert "was used already" in text(response)


def test_an_expired_link_says_so(client, address, institution):
    with institution_scope(institution):
        Invitation.objects.update(expires_at=timezone.now())
    response = client.post(address, {"password": PASSWORD})
    assert response.status_code == 410
    assert "has run out" in text(response)
    assert not User.objects.filter(email="nina@north.example").exists()


def test_an_unknown_link_looks_like_an_unknown_institution(client, institution):
    unknown = client.get("/i/north/invitation/guessed/")
    nowhere = client.get("/i/nowhere/invitation/guessed/")
    assert unknown.status_code == nowhere.status_code == 404
    assert without_token(unknown) == without_token(nowhere)


def test_a_link_means_nothing_in_another_institution(client, address, other_institution):
    elsewhere = address.replace("/i/north/", "/i/south/")
    assert client.post(elsewhere, {"password": PASSWORD}).status_code == 404


def test_a_known_person_signs_in_first(client, address_of_stranger, institution, stranger):
    response = client.get(address_of_stranger)
    assert response.status_code == 403
    assert f'href="/accounts/login/?next={address_of_stranger}"' in text(response)
    attempt = client.post(address_of_stranger, {"password": "a password of their own"})
    assert attempt.status_code == 403
    assert roles_of(stranger.email, institution) == set()


def test_a_known_person_joins_with_one_button(client, address_of_stranger, institution, stranger):
    client.force_login(stranger)
    shown = text(client.get(address_of_stranger))
    assert "You join with your account sam@south.example" in shown
    assert "id_password" not in shown
    response = client.post(address_of_stranger)
    assert response.url == "/i/north/"
    assert roles_of(stranger.email, institution) == {"CLINICIAN"}
    stranger.refresh_from_db()
    assert stranger.check_password(PASSWORD)


@pytest.mark.parametrize("invited", ["new", "known"])
def test_who_is_signed_in_as_somebody_else_signs_out_first(
    client, address, address_of_stranger, institution, coordinator, invited
):
    path = address if invited == "new" else address_of_stranger
    client.force_login(coordinator)
    response = client.get(path)
    assert response.status_code == 403
    assert "you are signed in as cora@north.example" in text(response)
    assert client.post(path, {"password": PASSWORD}).status_code == 403
    assert roles_of("nina@north.example", institution) == set()
    assert roles_of("cora@north.example", institution) == {"COORDINATOR"}
    response = client.post("/accounts/logout/", {"next": path})
    assert response.url == path
