"""Inviting, withdrawing and accepting."""

import datetime

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories.people import PASSWORD, add_member
from tumorboard.accounts.errors import (
    AlreadyMember,
    InvitationExpired,
    InvitationUsed,
    SignInFirst,
)
from tumorboard.accounts.invitations import accept, invite, withdraw
from tumorboard.accounts.models import Invitation, Membership, MembershipEvent, User
from tumorboard.accounts.secret import hash_of
from tumorboard.accounts.selectors import invitation_with, open_invitations
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.urls")]

NEW = {"email": "nina@north.example", "name": "Nina New", "role": "RADIOLOGIST"}


@pytest.fixture
def inside(institution):
    with institution_scope(institution):
        yield


def test_the_link_carries_a_secret_that_is_kept_only_as_a_hash(inside, administrator, settings):
    """ASVS v5.0.0-11.5.1: 256 bits of a secure generator, of which the database has a hash."""
    settings.SITE_URL = "https://boards.example/"
    invitation, link = invite(**NEW, by=administrator)
    start = "https://boards.example/i/north/invitation/"
    assert link.startswith(start)
    secret = link.removeprefix(start).removesuffix("/")
    assert len(secret) == 43  # 32 bytes
    stored = Invitation.objects.values().get()
    assert stored["secret_hash"] == hash_of(secret)
    assert secret not in str(stored)
    assert invitation_with(secret) == invitation
    assert not OutboxMessage.objects.exists()


def test_it_is_open_for_seven_days_and_audited(inside, administrator, actions):
    """ASVS v5.0.0-6.4.1: an invitation runs out."""
    invitation, _ = invite(**NEW, by=administrator)
    assert invitation.expires_at - invitation.created_at == datetime.timedelta(days=7)
    assert invitation.invited_by == administrator
    assert actions() == [("person.invited", administrator)]


def test_an_operator_invites_the_first_administrator(inside, actions):
    invitation, _ = invite(email="a@b.example", name="First", role="ADMINISTRATOR", by=None)
    assert invitation.invited_by is None
    assert actions() == [("person.invited", None)]


def test_the_link_is_mailed_after_the_commit(
    institution, administrator, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), institution_scope(institution):
        _, link = invite(**NEW, by=administrator)
        assert mail.outbox == []
    (letter,) = mail.outbox
    assert letter.to == ["nina@north.example"]
    assert letter.subject == "You are invited to Tumorboard"
    assert link in letter.body
    assert "Ada Admin invites you to the tumor boards of North Hospital as radiologist" in (
        letter.body
    )


def test_a_letter_of_an_operator_names_nobody(institution, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), institution_scope(institution):
        invite(email="a@b.example", name="O'Neil", role="ADMINISTRATOR", by=None)
    assert mail.outbox[0].body.startswith("Hello O'Neil,\n\nyou are invited to")


def test_a_broken_mail_server_stops_nothing(
    institution, administrator, settings, caplog, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with django_capture_on_commit_callbacks(execute=True), institution_scope(institution):
        _, link = invite(**NEW, by=administrator)
    assert "an invitation was not mailed: ConnectionRefusedError" in caplog.text
    assert link not in caplog.text
    assert "nina" not in caplog.text


def test_the_newest_invitation_to_an_address_replaces_the_others(inside, administrator):
    first, _ = invite(**NEW, by=administrator)
    second, _ = invite(**{**NEW, "email": " Nina@North.example "}, by=administrator)
    assert open_invitations() == [second]
    with pytest.raises(InvitationExpired):
        accept(invitation=first, password=PASSWORD)


def test_a_member_is_not_invited_again(inside, administrator, coordinator):
    with pytest.raises(AlreadyMember, match="change their roles"):
        invite(email="CORA@north.example", name="Cora", role="CLINICIAN", by=administrator)
    assert not Invitation.objects.exists()


def test_a_person_of_another_institution_can_be_invited(administrator, stranger, inside):
    invitation, _ = invite(email=stranger.email, name="Sam", role="CLINICIAN", by=administrator)
    assert open_invitations() == [invitation]


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"name": " "}, {"role": "KING"}])
def test_values_that_cannot_be_are_refused_by_field(inside, administrator, wrong):
    with pytest.raises(ValidationError) as refusal:
        invite(**{**NEW, **wrong}, by=administrator)
    assert refusal.value.message_dict.keys() == wrong.keys()
    assert not Invitation.objects.exists()


def test_somebody_new_joins(inside, administrator, actions):
    invitation, _ = invite(**NEW, by=administrator)
    user = accept(invitation=invitation, password=PASSWORD)
    assert (user.email, user.name) == ("nina@north.example", "Nina New")
    assert user.check_password(PASSWORD)
    assert [m.role for m in Membership.objects.filter(user=user)] == ["RADIOLOGIST"]
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None
    assert actions() == [("person.invited", administrator), ("person.joined", user)]
    assert MembershipEvent.objects.get(user=user).pgh_context == {"person": str(user.pk)}
    assert open_invitations() == []


def test_a_known_person_joins_signed_in_and_keeps_their_password(administrator, stranger, inside):
    invitation, _ = invite(email=stranger.email, name="Sam", role="CLINICIAN", by=administrator)
    assert accept(invitation=invitation, password="something else", by=stranger) == stranger
    stranger.refresh_from_db()
    assert stranger.check_password(PASSWORD)
    assert stranger.name == "Sam South"
    assert [m.role for m in Membership.objects.filter(user=stranger)] == ["CLINICIAN"]


def test_nobody_joins_in_a_known_persons_place(administrator, coordinator, stranger, inside):
    invitation, _ = invite(email=stranger.email, name="Sam", role="CLINICIAN", by=administrator)
    for somebody in (None, coordinator):
        with pytest.raises(SignInFirst):
            accept(invitation=invitation, password="a password of their own", by=somebody)
    assert not Membership.objects.filter(user=stranger).exists()


def test_a_weak_password_is_refused(inside, administrator):
    invitation, _ = invite(**NEW, by=administrator)
    with pytest.raises(ValidationError, match="too short"):
        accept(invitation=invitation, password="short")
    with pytest.raises(ValidationError, match="too similar to the email"):
        accept(invitation=invitation, password="nina@north.example")
    with pytest.raises(ValidationError, match="too short"):
        accept(invitation=invitation, password=None)
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_an_invitation_works_once(inside, administrator):
    """ASVS v5.0.0-6.4.1: an invitation is used up by its first use."""
    invitation, _ = invite(**NEW, by=administrator)
    user = accept(invitation=invitation, password=PASSWORD)
    with pytest.raises(InvitationUsed):
        accept(invitation=invitation, password=PASSWORD, by=user)


def test_an_expired_invitation_is_refused(inside, administrator):
    invitation, _ = invite(**NEW, by=administrator)
    Invitation.objects.update(expires_at=timezone.now())
    with pytest.raises(InvitationExpired):
        accept(invitation=invitation, password=PASSWORD)
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_a_role_that_was_given_meanwhile_is_no_obstacle(inside, institution, administrator):
    invitation, _ = invite(**NEW, by=administrator)
    user = add_member(institution, "RADIOLOGIST", email=NEW["email"], name="Nina New")
    accept(invitation=invitation, password=None, by=user)
    assert Membership.objects.filter(user=user).count() == 1


def test_withdrawing_ends_it(inside, administrator, actions):
    invitation, _ = invite(**NEW, by=administrator)
    withdraw(invitation=invitation, by=administrator)
    assert open_invitations() == []
    with pytest.raises(InvitationExpired):
        accept(invitation=invitation, password=PASSWORD)
    with pytest.raises(InvitationExpired):
        withdraw(invitation=invitation, by=administrator)
    assert [action for action, _ in actions()] == ["person.invited", "person.invitation.withdrawn"]


def test_a_secret_means_nothing_in_another_institution(
    institution, other_institution, administrator
):
    with institution_scope(institution):
        _, link = invite(**NEW, by=administrator)
    with institution_scope(other_institution):
        assert invitation_with(link.split("/")[-2]) is None
