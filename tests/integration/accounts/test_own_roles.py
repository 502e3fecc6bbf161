"""An institution's own roles: what they allow, who gives them, and that a change holds at once."""

from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tests.factories.people import add_member
from tumorboard.accounts import own_roles, selectors
from tumorboard.accounts.access import permissions_in_scope
from tumorboard.accounts.errors import OwnRights, RoleHeld
from tumorboard.accounts.invitations import accept, invite, label_of
from tumorboard.accounts.memberships import set_roles
from tumorboard.accounts.models import Invitation, Membership
from tumorboard.accounts.own_role import OwnRole
from tumorboard.accounts.permission_words import GROUPS, WORDS
from tumorboard.accounts.permissions import Permission
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(institution):
    with institution_scope(institution):
        yield


@pytest.fixture
def role(inside, administrator) -> OwnRole:
    """A role that reads cases."""
    return own_roles.make(
        name="Study nurse",
        description="Follows studies.",
        permissions=["case.read", "board.read"],
        by=administrator,
    )


@pytest.fixture
def nurse(role, institution):
    """Somebody who has that role alone."""
    return add_member(institution, role.key, email="nina@north.example", name="Nina Nurse")


def test_every_permission_has_its_words_in_one_group():
    assert set(WORDS) == set(Permission)
    assert sum(len(group) for group in GROUPS.values()) == len(Permission)


def test_an_own_role_allows_what_it_says_and_nothing_else(role, nurse):
    """ASVS v5.0.0-8.2.1: function-level access needs an explicit permission."""
    assert permissions_in_scope(nurse) == {Permission.CASE_READ, Permission.BOARD_READ}
    assert nurse in selectors.everybody_with(Permission.CASE_READ)
    assert nurse not in selectors.everybody_with(Permission.CASE_WRITE)
    assert selectors.holders(Permission.BOARD_READ, among=[nurse.pk]) == {nurse.pk}
    member = selectors.member(nurse.pk)
    assert member is not None
    assert [r.value.label for r in member.roles] == ["Study nurse"]


def test_an_own_role_counts_where_one_chooses_an_institution(institution, other_institution):
    with institution_scope(institution):
        role = own_roles.make(
            name="Study nurse", description="Reads.", permissions=["case.read"], by=None
        )
    nurse = add_member(institution, role.key, email="nina@north.example", name="Nina Nurse")
    add_member(other_institution, "CLINICIAN", email=nurse.email, name="")
    with institution_scope(other_institution):
        # Nobody gives another institution's role.
        assert own_roles.unknown([role.key, "CLINICIAN"]) == [role.key]
    north, south = selectors.workplaces_of(nurse)
    assert [r.value.label for r in north.roles] == ["Study nurse"]
    assert north.permissions == {Permission.CASE_READ}
    assert [r.value.label for r in south.roles] == ["Clinician"]


def test_a_permission_that_is_taken_out_is_gone_with_the_next_request(
    role, nurse, administrator, institution
):
    """ASVS v5.0.0-8.3.2: changes of rights are applied immediately."""
    browser = Client()
    browser.force_login(nurse)
    page = reverse("case_list", args=[institution.slug])
    assert browser.get(page).status_code == 200
    own_roles.change(
        role=role,
        name=role.name,
        description=role.description,
        permissions=["board.read"],
        by=administrator,
    )
    assert browser.get(page).status_code == 403


def test_nobody_gives_themselves_a_role(role, administrator, coordinator, institution):
    """ASVS v5.0.0-8.3.1; an administrator would read patients without anybody's notice."""
    for wanted in (role.key, "CLINICIAN"):
        with pytest.raises(OwnRights, match="ask another administrator"):
            set_roles(user=administrator, roles=["ADMINISTRATOR", wanted], by=administrator)
    second = add_member(institution, "ADMINISTRATOR", email="bea@north.example", name="Bea")
    set_roles(user=administrator, roles=["ADMINISTRATOR", role.key], by=second)
    assert Permission.CASE_READ in permissions_in_scope(administrator)


def test_nobody_widens_a_role_that_they_have(role, administrator, institution):
    second = add_member(institution, "ADMINISTRATOR", email="bea@north.example", name="Bea")
    set_roles(user=administrator, roles=["ADMINISTRATOR", role.key], by=second)
    given = {"role": role, "name": "Nurse", "description": "Follows."}
    wider = ["case.read", "board.read", "case.export"]
    with pytest.raises(OwnRights):
        own_roles.change(**given, permissions=wider, by=administrator)
    # To narrow it is no danger, and another one may widen it.
    own_roles.change(**given, permissions=["board.read"], by=administrator)
    own_roles.change(**given, permissions=wider, by=second)
    assert Permission.CASE_EXPORT in permissions_in_scope(administrator)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Coordinator"}, "name"),
        ({"name": "study  NURSE"}, "name"),
        # What looks like another name is that name, or none.
        ({"name": "\uff23oordinator"}, "name"),
        ({"name": "C\u043eordinator"}, "name"),
        ({"name": "Coor\u200bdinator"}, "name"),
        ({"name": "Nur\u202ese"}, "name"),
        ({"description": ""}, "description"),
        ({"permissions": []}, "permissions"),
        ({"permissions": ["case.rule"]}, "permissions"),
    ],
)
def test_a_role_that_cannot_be_is_refused(other, field, role, administrator):
    given = {"name": "Nurse", "description": "Follows.", "permissions": ["case.read"], **other}
    with pytest.raises(ValidationError) as caught:
        own_roles.make(**given, by=administrator)
    assert list(caught.value.message_dict) == [field]


def test_a_role_is_retired_when_nobody_has_it(role, nurse, administrator):
    with pytest.raises(RoleHeld):
        own_roles.retire(role=role, by=administrator)
    set_roles(user=nurse, roles=["CLINICIAN"], by=administrator)
    invitation, _ = invite(email="new@north.example", name="New", role=role.key, by=administrator)
    assert label_of(invitation) == "Study nurse"
    assert selectors.open_invitations()[0].role_label == "Study nurse"
    with pytest.raises(RoleHeld):
        own_roles.retire(role=role, by=administrator)
    invitation.delete()
    own_roles.retire(role=role, by=administrator)
    assert own_roles.living() == []
    for unknown in (role.key, "own:nothing"):
        with pytest.raises(ValidationError, match="There is no role"):
            set_roles(user=nurse, roles=[unknown], by=administrator)
    # Its name is free again; who had kept it would have no right by it.
    Membership.objects.filter(user=nurse).update(role=role.key)
    assert permissions_in_scope(nurse) == frozenset()


def test_the_pages_make_change_and_retire_a_role(client, administrator, inside):
    client.force_login(administrator)
    new = reverse("own_role_new", args=["north"])
    assert "Open a restricted record for 60 minutes" in client.get(new).content.decode()
    refused = client.post(new, {"name": "Nurse"})
    assert refused.status_code == 422
    given = {"name": "Nurse", "description": "Follows.", "permissions": ["case.read"]}
    assert client.post(new, given).status_code == 302
    again = client.post(new, given)
    assert "Another role has this name." in again.content.decode()
    role = OwnRole.objects.get()
    listed = client.get(reverse("own_roles", args=["north"])).content.decode()
    assert "Read cases" in listed
    assert "North Hospital" in listed
    page = reverse("own_role", args=["north", role.pk])
    assert "Save role" in client.get(page).content.decode()
    assert client.post(page, {**given, "name": "coordinator"}).status_code == 422
    given["permissions"] = ["case.read", "board.read"]
    assert client.post(page, given).status_code == 302
    role.refresh_from_db()
    assert role.granted == {Permission.CASE_READ, Permission.BOARD_READ}
    Membership.objects.create(user=administrator, role=role.key)
    given["permissions"].append("case.write")
    assert "ask another administrator" in client.post(page, given).content.decode()
    held = client.post(reverse("own_role_retire", args=["north", role.pk]), follow=True)
    assert "give them another one first" in held.content.decode()
    Membership.objects.filter(role=role.key).delete()
    client.post(reverse("own_role_retire", args=["north", role.pk]))
    assert client.get(page).status_code == 404


def test_nobody_widens_a_role_to_which_they_are_invited(role, administrator):
    """ASVS v5.0.0-8.3.1: widened first, then accepted, it would be theirs by themselves."""
    invite(email="new@north.example", name="New", role=role.key, by=administrator)
    Invitation.objects.update(email=administrator.email)
    given = {"role": role, "name": role.name, "description": role.description}
    with pytest.raises(OwnRights):
        own_roles.change(**given, permissions=["case.read", "case.export"], by=administrator)


def test_nobody_accepts_what_they_offered_to_an_address_of_their_own(role, client, administrator):
    invitation, link = invite(
        email="new@north.example", name="New", role=role.key, by=administrator
    )
    Invitation.objects.update(email=administrator.email)
    with pytest.raises(OwnRights):
        accept(invitation=invitation, password=None, by=administrator)
    client.force_login(administrator)
    page = client.post(urlsplit(link).path).content.decode()
    assert "ask another administrator" in page
    assert not Membership.objects.filter(user=administrator, role=role.key).exists()


def test_a_role_that_was_retired_meanwhile_does_not_change(role, administrator):
    own_roles.retire(role=role, by=administrator)
    given = {"name": "Nurse", "description": "Follows.", "permissions": ["case.read"]}
    with pytest.raises(ValidationError, match="retired meanwhile"):
        own_roles.change(role=role, **given, by=administrator)
