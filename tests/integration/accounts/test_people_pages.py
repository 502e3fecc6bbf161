"""The administrator's pages."""

import html
import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.people import add_member
from tumorboard.accounts.invitations import invite
from tumorboard.accounts.models import Invitation, Membership, MembershipEvent, User
from tumorboard.accounts.selectors import open_invitations
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.urls")]

NEW = {"email": "nina@north.example", "name": "Nina New", "role": "RADIOLOGIST"}


@pytest.fixture
def page(client, administrator):
    """The browser of the administrator."""
    client.force_login(administrator)
    return client


@pytest.fixture
def invited(institution, administrator) -> Invitation:
    with institution_scope(institution):
        return invite(**NEW, by=administrator)[0]


def text(response) -> str:
    return html.unescape(response.content.decode())


def roles_of(user: User, institution) -> set[str]:
    with institution_scope(institution):
        return set(Membership.objects.filter(user=user).values_list("role", flat=True))


ADDRESSES = [
    "people/",
    "people/invite/",
    "people/{user}/roles/",
    "people/{user}/remove/",
    "people/invitations/{invitation}/withdraw/",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("coordinator", 403), ("stranger", 404)]
)
def test_only_administrators_come_in(client, coordinator, stranger, invited, address, who, status):
    if who != "nobody":
        client.force_login({"coordinator": coordinator, "stranger": stranger}[who])
    path = "/i/north/" + address.format(user=coordinator.pk, invitation=invited.pk)
    for ask in (client.get, client.post):
        assert ask(path).status_code == status
        elsewhere = ask(path.replace("north", "nowhere")).status_code
        assert elsewhere == (302 if who == "nobody" else 404)


@pytest.mark.parametrize("who", ["stranger", "nobody at all"])
@pytest.mark.parametrize("what", ["roles", "remove"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_institutions_person_is_not_found(
    page, stranger, other_institution, who, what, method
):
    user_id = stranger.pk if who == "stranger" else uuid.uuid4()
    ask = getattr(page, method)
    response = ask(f"/i/north/people/{user_id}/{what}/", {"roles": ["CLINICIAN"]})
    assert response.status_code == 404
    assert "Sam" not in text(response)
    assert roles_of(stranger, other_institution) == {"COORDINATOR"}


def test_the_list_shows_people_and_invitations_of_this_institution(
    page, coordinator, stranger, invited, institution, other_institution
):
    add_member(institution, "CLINICIAN", email=coordinator.email, name="Cora")
    with institution_scope(other_institution):
        invite(email="x@south.example", name="Xavier South", role="CLINICIAN", by=None)
    shown = text(page.get("/i/north/people/"))
    assert "Coordinator, Clinician" in shown
    assert "Ada Admin (you)" in shown
    assert "Nina New" in shown
    assert "nina@north.example" in shown
    assert "South" not in shown


def test_the_list_takes_no_more_queries_for_more_people(
    page, institution, django_assert_num_queries
):
    page.get("/i/north/people/")
    with CaptureQueriesContext(connection) as few:
        page.get("/i/north/people/")
    for number in range(20):
        add_member(institution, "CLINICIAN", email=f"{number}@n.example", name=f"N {number}")
    with django_assert_num_queries(len(few)):
        page.get("/i/north/people/")


def test_somebody_who_cannot_sign_in_is_marked(page, coordinator):
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert "Cora Coordinator (cannot sign in)" in text(page.get("/i/north/people/"))


def test_inviting_shows_the_link_once_and_mails_it(
    page, institution, django_capture_on_commit_callbacks
):
    assert "Invite a person" in text(page.get("/i/north/people/invite/"))
    with django_capture_on_commit_callbacks(execute=True):
        shown = text(page.post("/i/north/people/invite/", NEW))
    link = next(word for word in mail.outbox[0].body.split() if "/invitation/" in word)
    assert f"<code>{link}</code>" in shown
    assert link not in text(page.get("/i/north/people/"))
    with institution_scope(institution):
        assert [invitation.name for invitation in open_invitations()] == ["Nina New"]


def test_an_invitation_that_cannot_be_keeps_what_was_typed(page, institution):
    response = page.post("/i/north/people/invite/", {**NEW, "email": "nina", "role": ""})
    shown = text(response)
    assert response.status_code == 422
    assert 'value="Nina New"' in shown
    assert 'value="nina"' in shown
    assert "Enter a valid email address." in shown
    assert "Choose a role." in shown
    assert "<title>Error: " in shown
    assert page.post("/i/north/people/invite/").status_code == 422
    with institution_scope(institution):
        assert open_invitations() == []


def test_a_member_is_not_invited_again(page, coordinator):
    response = page.post("/i/north/people/invite/", {**NEW, "email": coordinator.email})
    assert response.status_code == 422
    assert "belongs to the institution already" in text(response)


def test_a_name_that_the_model_refuses_is_told(page):
    response = page.post("/i/north/people/invite/", {**NEW, "email": "a" * 250 + "@n.example"})
    assert response.status_code == 422


def test_withdrawing(page, invited, institution):
    address = f"/i/north/people/invitations/{invited.pk}/withdraw/"
    shown = text(page.post(address, follow=True))
    assert "The invitation of Nina New is withdrawn." in shown
    assert "was not open any more" in text(page.post(address, follow=True))
    assert page.get(address).status_code == 405
    with institution_scope(institution):
        assert open_invitations() == []


def test_another_institutions_invitation_is_not_found(page, other_institution):
    with institution_scope(other_institution):
        invitation, _ = invite(**NEW, by=None)
    assert page.post(f"/i/north/people/invitations/{invitation.pk}/withdraw/").status_code == 404
    with institution_scope(other_institution):
        assert open_invitations() == [invitation]


def test_roles_are_changed_and_hold_from_the_next_request(
    page, coordinator, institution, administrator
):
    theirs = Client()
    theirs.force_login(coordinator)
    address = f"/i/north/people/{coordinator.pk}/roles/"
    assert 'value="COORDINATOR" id="id_roles_0" checked' in text(page.get(address)).replace(
        ' aria-describedby="id_roles_helptext"', ""
    )
    assert theirs.get("/i/north/people/").status_code == 403
    response = page.post(address, {"roles": ["ADMINISTRATOR", "CLINICIAN"]}, follow=True)
    assert "The roles of Cora Coordinator are saved." in text(response)
    # What they were signed in with has ended; they sign in again and have the roles.
    assert theirs.get("/i/north/people/").status_code == 302
    theirs.force_login(coordinator)
    assert theirs.get("/i/north/people/").status_code == 200
    assert roles_of(coordinator, institution) == {"ADMINISTRATOR", "CLINICIAN"}
    with institution_scope(institution):
        change = MembershipEvent.objects.filter(role="CLINICIAN").get()
        assert change.pgh_context == {"person": str(administrator.pk)}


def test_the_last_administrator_stays(page, administrator, institution):
    roles = page.post(f"/i/north/people/{administrator.pk}/roles/", {"roles": ["CLINICIAN"]})
    removal = page.post(f"/i/north/people/{administrator.pk}/remove/")
    for response in (roles, removal):
        assert response.status_code == 422
        assert "the institution's only administrator" in text(response)
    assert roles_of(administrator, institution) == {"ADMINISTRATOR"}


def test_no_role_at_all_is_refused(page, coordinator, institution):
    response = page.post(f"/i/north/people/{coordinator.pk}/roles/", {})
    assert response.status_code == 422
    assert "Choose at least one role, or remove the person." in text(response)
    assert roles_of(coordinator, institution) == {"COORDINATOR"}


def test_who_gives_up_the_administration_is_led_on(page, administrator, institution):
    add_member(institution, "ADMINISTRATOR", email="bea@north.example", name="Bea")
    add_member(institution, "CLINICIAN", email=administrator.email, name="Ada Admin")
    response = page.post(
        f"/i/north/people/{administrator.pk}/roles/", {"roles": ["CLINICIAN"]}, follow=True
    )
    assert response.redirect_chain == [("/", 302), ("/i/north/", 302)]


def test_removing_asks_first(page, coordinator, institution):
    theirs = Client()
    theirs.force_login(coordinator)
    address = f"/i/north/people/{coordinator.pk}/remove/"
    assert "Remove Cora Coordinator?" in text(page.get(address))
    assert roles_of(coordinator, institution) == {"COORDINATOR"}
    assert "Cora Coordinator is removed." in text(page.post(address, follow=True))
    assert theirs.get("/i/north/").status_code == 302
    theirs.force_login(coordinator)
    assert theirs.get("/i/north/").status_code == 404
    assert page.get(address).status_code == 404


def test_forms_need_their_own_page(administrator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    assert client.post("/i/north/people/invite/", NEW).status_code == 403
