"""Taking away a person's second factors when they have lost them, so that they set up new ones."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction

from tumorboard.accounts import notices, sessions, sign_in_history
from tumorboard.accounts.errors import FactorElsewhere, NotMember, OwnFactor
from tumorboard.accounts.models import Membership, User
from tumorboard.audit.origin import give_reason
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import current_institution, person_scope

LONGEST_REASON = 300


@transaction.atomic
def reset(*, user: User, reason: str, by: User) -> None:
    """Take a member's second factors and recovery codes; their sessions end at once.

    At the next sign-in, which still needs the password, they set up new ones. They get a mail.

    Args:
        reason: why, for the audit; no patient.

    Raises:
        ValidationError: no reason, or one that is too long.
        NotMember: the person is not in the current institution.
        OwnFactor: an administrator cannot reset their own.
        FactorElsewhere: the person may act elsewhere too, so no single institution decides this.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        message = f"Say in at most {LONGEST_REASON} characters why."
        raise ValidationError({"reason": message})
    if user == by:
        raise OwnFactor
    if not Membership.objects.filter(user=user).exists():
        raise NotMember
    if _is_elsewhere(user):
        raise FactorElsewhere
    give_reason(reason.strip())
    record(action="person.factors.reset", subject=user, by=by)
    take(user)


@transaction.atomic
def take(user: User) -> None:
    """Take the factors, end the sessions, tell the person; who may ask for it is not asked here."""
    Authenticator.objects.filter(user=user).delete()
    sessions.end_all(user)
    sign_in_history.note(user=user, kind=sign_in_history.Kind.FACTORS_RESET, request=None)
    notices.tell(
        user,
        subject="second factors reset",
        what=(
            "Your second factors and recovery codes were taken away by somebody who may do that "
            "when a person has lost theirs. You set up new ones the next time you sign in."
        ),
        request=None,
    )


def _is_elsewhere(user: User) -> bool:
    here = current_institution()
    with person_scope(user.pk):
        return Membership.objects.filter(user=user).exclude(institution=here).exists()
