"""How people come into an institution: by invitation, and only so."""

import datetime
import functools
import logging
from urllib.parse import urljoin

import pghistory
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from tumorboard.accounts.errors import (
    AlreadyMember,
    InvitationExpired,
    InvitationUsed,
    OwnRights,
    SignInFirst,
)
from tumorboard.accounts.models import Invitation, Membership, User
from tumorboard.accounts.own_roles import roles_of, unknown
from tumorboard.accounts.secret import hash_of, new_secret
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import current_institution

logger = logging.getLogger(__name__)

VALID_FOR = datetime.timedelta(days=7)
#: A mail server that does not answer must not hold a page for longer.
MAIL_TIMEOUT_SECONDS = 10


@transaction.atomic
def invite(*, email: str, name: str, role: str, by: User | None) -> tuple[Invitation, str]:
    """Offer a role in the current institution to somebody who is not in it yet.

    An earlier open invitation to the same address ends: only the newest link counts. The link is
    mailed after the commit and returned; its secret stands nowhere else.

    Args:
        role: name of a `Role`, or key of an own one.
        by: the administrator, or None where an operator invites the first one.

    Returns:
        The invitation, and the link that accepts it.

    Raises:
        ValidationError: an address, name or role that cannot be.
        AlreadyMember: the address belongs to a member.
    """
    now = timezone.now()
    secret = new_secret()
    invitation = Invitation(
        email=email.strip().lower(),
        name=name.strip(),
        role=role,
        secret_hash=hash_of(secret),
        invited_by=by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    invitation.clean_fields(exclude={"institution", "invited_by"})
    if unknown([role]):
        raise ValidationError({"role": [f"There is no role {role}."]})
    if Membership.objects.filter(user__email=invitation.email).exists():
        raise AlreadyMember
    earlier = Invitation.objects.filter(email=invitation.email, accepted_at=None)
    earlier.filter(expires_at__gt=now).update(expires_at=now)
    invitation.save()
    record(action="person.invited", subject=invitation, by=by)
    link = _link(secret)
    transaction.on_commit(functools.partial(_send, invitation.email, _letter(invitation, link)))
    return invitation, link


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User | None) -> Invitation:
    """End an invitation before anybody accepts it.

    Raises:
        InvitationClosed: it is used or has ended already.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check_open(invitation)
    invitation.expires_at = timezone.now()
    invitation.save(update_fields=["expires_at"])
    record(action="person.invitation.withdrawn", subject=invitation, by=by)
    return invitation


@transaction.atomic
def accept(*, invitation: Invitation, password: str | None, by: User | None = None) -> User:
    """Take up an invitation: the person joins the current institution with its role.

    Args:
        password: for somebody new; a person who is known already keeps theirs.
        by: who is signed in, or None.

    Returns:
        The person, new or known.

    Raises:
        InvitationClosed: the invitation is used or has ended.
        SignInFirst: the address belongs to a known person who is not `by`.
        OwnRights: a member would give themselves a role that they do not have.
        ValidationError: the password is too weak.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check_open(invitation)
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = _new_person(invitation, password or "")
    elif user != by:
        raise SignInFirst
    elif invitation.invited_by == user and _is_wider(user, invitation.role):
        # They invited an address that is theirs by now.
        raise OwnRights
    with pghistory.context(person=str(user.pk)):
        membership, _ = Membership.objects.get_or_create(user=user, role=invitation.role)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record(action="person.joined", subject=membership, by=user)
    return user


def _is_wider(user: User, role: str) -> bool:
    """Whether a member of the institution does not have `role` yet."""
    held = set(Membership.objects.filter(user=user).values_list("role", flat=True))
    return bool(held) and role not in held


def check_open(invitation: Invitation) -> None:
    """Raise InvitationUsed or InvitationExpired unless it can still be accepted."""
    if invitation.accepted_at is not None:
        raise InvitationUsed
    if invitation.expires_at <= timezone.now():
        raise InvitationExpired


def label_of(invitation: Invitation) -> str:
    """The role that is offered, in words; empty where it was retired meanwhile."""
    return next((role.value.label for role in roles_of([invitation.role])), "")


def _new_person(invitation: Invitation, password: str) -> User:
    person = User(email=invitation.email, name=invitation.name)
    validate_password(password, user=person)
    return User.objects.create_user(email=invitation.email, name=invitation.name, password=password)


def _link(secret: str) -> str:
    path = reverse("invitation_accept", args=[current_institution().slug, secret])
    return urljoin(settings.SITE_URL, path)


def _letter(invitation: Invitation, link: str) -> str:
    return render_to_string(
        "people/invitation_mail.txt",
        {
            "invitation": invitation,
            "role": label_of(invitation),
            "institution": current_institution(),
            "link": link,
        },
    )


def _send(email: str, letter: str) -> None:
    """Mail the link. Not by the outbox: the secret would lie in its table and in the broker."""
    try:
        with mail.get_connection(timeout=MAIL_TIMEOUT_SECONDS) as connection:
            mail.EmailMessage(
                "You are invited to Tumorboard", letter, to=[email], connection=connection
            ).send()
    except Exception as error:
        # Only the kind of error: its text may quote the address.
        logger.warning("an invitation was not mailed: %s", type(error).__name__)
