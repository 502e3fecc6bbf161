"""The chooser."""

import pytest

from tests.factories.people import PASSWORD, add_member
from tumorboard.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.urls")]


def test_signed_out_people_sign_in(client):
    response = client.get("/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/")


def test_one_institution_is_not_asked_for(client, coordinator, other_institution):
    client.force_login(coordinator)
    response = client.get("/")
    assert (response.status_code, response.url) == (302, "/i/north/")
    assert b"Switch" not in client.get("/i/north/tokens/").content


def test_who_sees_no_case_goes_to_the_people(client, administrator):
    client.force_login(administrator)
    assert client.get("/").url == "/i/north/people/"


def test_several_are_offered_with_the_roles_there(client, coordinator, other_institution):
    add_member(other_institution, "ADMINISTRATOR", email=coordinator.email, name="Cora")
    client.force_login(coordinator)
    page = client.get("/").content.decode()
    assert '<a href="/i/north/">North Hospital</a>' in page
    assert '<a href="/i/south/people/">South Hospital</a>' in page
    assert "Institution administrator" in page
    assert "Switch" in client.get("/i/north/tokens/").content.decode()


def test_an_institution_of_others_is_not_offered(client, coordinator, institution, stranger):
    add_member(institution, "CLINICIAN", email=stranger.email, name="Sam")
    client.force_login(coordinator)
    assert client.get("/").url == "/i/north/"


def test_without_any_institution_there_is_a_plain_word(client):
    client.force_login(User.objects.create_user(email="n@n.example", name="Nobody"))
    response = client.get("/")
    assert response.status_code == 200
    assert "You belong to no institution yet" in response.content.decode()


def test_who_is_removed_lands_on_that_word_after_signing_in(client):
    User.objects.create_user(email="n@n.example", name="Nobody", password=PASSWORD)
    response = client.post(
        "/accounts/login/", {"login": "n@n.example", "password": PASSWORD}, follow=True
    )
    assert "You belong to no institution yet" in response.content.decode()


def test_it_is_only_read(client, coordinator):
    client.force_login(coordinator)
    assert client.post("/").status_code == 405
