"""Who comes from an EHR: a person of the institution whom it was linked with, and nobody else.

An EHR makes nobody and gives no role. Its word for a person is learned once: whoever has just come
from it signs in here in their own way and says that they are the same. A mail address is never
asked: what an EHR writes there is seldom confirmed by anybody.
"""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tumorboard.accounts import notices, sessions, sign_in_history
from tumorboard.accounts.access import permissions_in_scope
from tumorboard.accounts.ehr_models import Ehr, EhrLink
from tumorboard.accounts.models import User
from tumorboard.accounts.sign_in_policies import limits
from tumorboard.accounts.sso import bound, door
from tumorboard.accounts.sso.faults import Fault, SignInFault
from tumorboard.accounts.sso.identity import Identity
from tumorboard.audit.record import record
from tumorboard.tenancy.models import Institution

#: How the history of sign-ins calls it.
METHOD = "launch from the EHR"
LINKED_ELSEWHERE = (
    "You are linked with another account of this EHR, or this account of it with somebody else. "
    "Ask your administrator to unlink it, on the EHR's page."
)


def person_of(ehr: Ehr, identity: Identity) -> User | None:
    """Whom the EHR means; None for somebody who was not linked yet.

    Raises:
        SignInFault: the account is closed, or has no role here any more.
    """
    links = EhrLink.objects.filter(ehr=ehr, subject=identity.subject)
    link = links.select_related("user").first()
    if link is None:
        return None
    if not link.user.is_active:
        raise SignInFault(Fault.INACTIVE)
    if not permissions_in_scope(link.user):
        raise SignInFault(Fault.NO_MEMBER)
    return link.user


def is_linked(ehr: Ehr, subject: str, user: User) -> bool:
    """Whether the EHR means this person by the subject."""
    return EhrLink.objects.filter(ehr=ehr, subject=subject, user=user).exists()


@transaction.atomic
def come_in(
    *, request: HttpRequest, institution: Institution, ehr: Ehr, identity: Identity, user: User
) -> None:
    """Let the person be signed in, by the session that is there or by a new one.

    Raises:
        SignInFault: somebody else is signed in, or the same person for another institution.
    """
    EhrLink.objects.filter(ehr=ehr, user=user).update(last_used_at=timezone.now())
    if request.user.is_authenticated:
        if sessions.is_over(request, limits()):
            sessions.leave(request)
        elif request.user != user or bound.is_bound_elsewhere(request, institution.pk):
            raise SignInFault(Fault.OTHER_PERSON)
        elif not door.is_closed(request, institution):
            return
    # Nothing that anybody did in this browser before goes along.
    request.session.flush()
    bound.announce(request, institution.pk)
    record_authentication(request, user, method=METHOD)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    binding = bound.Binding(
        institution_id=institution.pk,
        provider_id=ehr.pk,
        has_factor=bool(identity.strengths & set(ehr.factor_values)),
        is_by_ehr=True,
        stands_for_provider=ehr.stands_for_provider,
    )
    bound.bind(request, binding)
    record(action="person.signed_in_by_ehr", subject=ehr, by=user)


@transaction.atomic
def link(*, ehr: Ehr, subject: str, by: User) -> EhrLink:
    """Let the EHR mean `by` by a subject from now on.

    Raises:
        ValidationError: one of both is linked with another.
    """
    # One after the other: of two at once, the second is told and not an error of the database.
    Ehr.objects.select_for_update(no_key=True).get(pk=ehr.pk)
    here = EhrLink.objects.filter(ehr=ehr)
    if here.filter(subject=subject).exists() or here.filter(user=by).exists():
        raise ValidationError(LINKED_ELSEWHERE)
    made = EhrLink.objects.create(ehr=ehr, subject=subject, user=by)
    record(action="person.linked_with_ehr", subject=made, by=by)
    kind = sign_in_history.Kind.LINKED
    bound_to = ehr.institution_id
    sign_in_history.note(user=by, kind=kind, request=None, method=ehr.label[:40], bound_to=bound_to)
    notices.tell(
        by,
        subject="sign-in from your EHR",
        what=f"Your account can now be opened from {ehr.label}, by whoever is signed in there.",
        request=None,
    )
    return made
