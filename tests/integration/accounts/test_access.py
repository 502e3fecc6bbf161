"""The door of every page."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve

from tests.factories.people import PASSWORD
from tumorboard.accounts.access import Denied, permissions_in_scope, public_institution_view
from tumorboard.accounts.context import institution as template_context
from tumorboard.accounts.models import Membership, User
from tumorboard.accounts.permissions import Permission
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.urls")]


def without_token(response) -> str:
    """The page but for the CSRF token of 64 characters, which is masked anew every time."""
    return re.sub('"[A-Za-z0-9]{64}"', "", response.content.decode())


def test_a_member_comes_in(client, coordinator):
    client.force_login(coordinator)
    assert client.get("/i/north/").content == b"cases of North Hospital"


def test_signing_in_leads_to_the_page(client, coordinator):
    response = client.get("/i/north/")
    assert response.url == "/accounts/login/?next=/i/north/"
    response = client.post(
        "/accounts/login/?next=/i/north/", {"login": coordinator.email, "password": PASSWORD}
    )
    assert response.url == "/i/north/"


def test_guessing_a_password_is_stopped(client, coordinator):
    for _ in range(6):
        typed = {"login": coordinator.email, "password": "a guess"}
        response = client.post("/accounts/login/", typed)
    assert "There were too many tries" in response.content.decode()
    response = client.post("/accounts/login/", {**typed, "password": PASSWORD})
    assert response.status_code == 200


def test_nobody_signs_up_by_themselves(client, db):
    """ASVS v5.0.0-6.3.4: people come by invitation, and no other way is left open."""
    typed = {"email": "new@n.example", "password1": PASSWORD}
    client.post("/accounts/signup/", typed)
    assert not User.objects.exists()


def test_a_stranger_and_nobody_elses_institution_look_alike(client, coordinator, other_institution):
    """ASVS v5.0.0-8.2.2: a stranger does not learn which institutions there are."""
    client.force_login(coordinator)
    hidden, missing = client.get("/i/south/"), client.get("/i/nowhere/")
    assert hidden.status_code == missing.status_code == 404
    assert without_token(hidden) == without_token(missing)
    assert b"South" not in hidden.content


def test_a_member_without_the_permission_is_told_so(client, administrator):
    client.force_login(administrator)
    response = client.get("/i/north/")
    assert response.status_code == 403
    assert b"You may not do this" in response.content


def test_a_change_of_roles_holds_from_the_next_request(client, administrator, institution):
    client.force_login(administrator)
    assert client.get("/i/north/").status_code == 403
    with institution_scope(institution):
        Membership.objects.create(user=administrator, role="CLINICIAN")
    assert client.get("/i/north/").status_code == 200
    with institution_scope(institution):
        Membership.objects.filter(user=administrator).delete()
    assert client.get("/i/north/").status_code == 404


def test_who_is_deactivated_is_out_at_once(client, coordinator, institution):
    """ASVS v5.0.0-7.4.2: the sessions of a disabled account end."""
    client.force_login(coordinator)
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert client.get("/i/north/").status_code == 302
    with institution_scope(institution):
        assert permissions_in_scope(coordinator) == frozenset()


@pytest.mark.parametrize("address", ["/i/north/method-above/", "/i/north/method-below/"])
def test_methods_can_be_named_above_and_below(client, coordinator, address):
    client.force_login(coordinator)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405
    assert resolve(address).func.permission is Permission.CASE_READ


def test_the_door_of_a_stream_is_the_same(client, coordinator, administrator, other_institution):
    assert client.get("/i/north/stream/").url == "/accounts/login/?next=/i/north/stream/"
    client.force_login(coordinator)
    opened = client.get("/i/north/stream/")
    assert opened.content == b"a stream of North Hospital for Cora Coordinator"
    hidden, missing = client.get("/i/south/stream/"), client.get("/i/nowhere/stream/")
    assert hidden.status_code == missing.status_code == 404
    assert without_token(hidden) == without_token(missing)
    client.force_login(administrator)
    assert client.get("/i/north/stream/").status_code == 403
    assert resolve("/i/north/stream/").func.permission is Permission.CASE_READ


def test_an_answer_is_rendered_inside_the_scope(client, coordinator, stranger):
    client.force_login(coordinator)
    assert client.get("/i/north/lazy/").content == b"Cora Coordinator"
    assert client.get("/i/south/public-lazy/").content == b"Sam South"


def test_what_a_public_page_does_not_find_has_no_institution(institution):
    @public_institution_view("a test")
    def missing(request):
        assert request.institution == institution
        raise Http404

    request = RequestFactory().get("/")
    with pytest.raises(Http404):
        missing(request, "north")
    assert not hasattr(request, "institution")
    assert missing.public_because == "a test"


def test_a_refusal_inside_a_public_page_stays_a_refusal(institution):
    @public_institution_view("a test")
    def refusing(request):
        raise PermissionDenied

    with pytest.raises(PermissionDenied):
        refusing(RequestFactory().get("/"), "north")


def test_a_view_of_the_api_is_denied_unless_it_says_otherwise():
    """ASVS v5.0.0-8.3.1: the server decides, and denies what nobody allowed."""
    assert not Denied().has_permission(None, None)


def test_templates_know_who_is_looking():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    context = template_context(request)
    assert context["institution"] is None
    assert context["institution_switch_url"] == ""
    assert not any(context["may"].values())
    request.permissions = frozenset({Permission.CASE_READ})
    assert [name for name, may in template_context(request)["may"].items() if may] == ["CASE_READ"]
