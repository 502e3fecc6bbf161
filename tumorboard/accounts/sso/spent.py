"""SAML assertions that were taken once."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from tumorboard.accounts.secret import hash_of
from tumorboard.accounts.sso.faults import Fault, SignInFault
from tumorboard.accounts.sso_models import IdentityProvider, SpentResponse
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: Beyond its own time an assertion is remembered for so long: clocks differ.
KEPT_FOR = datetime.timedelta(minutes=10)


def spend(provider: IdentityProvider, assertion_id: str, *, until: datetime.datetime) -> None:
    """Let an assertion count this once: of two at the same time, the database takes one.

    Args:
        until: when it would be refused for its age.

    Raises:
        SignInFault: it was taken before.
    """
    try:
        with transaction.atomic():
            SpentResponse.objects.create(
                provider=provider, assertion_hash=hash_of(assertion_id), expires_at=until
            )
    except IntegrityError:
        raise SignInFault(Fault.REPLAYED) from None


def sweep() -> None:
    """Forget, in every institution, those that would be refused for their age by now."""
    for institution in Institution.objects.order_by("id"):
        with institution_scope(institution):
            over = timezone.now() - KEPT_FOR
            SpentResponse.objects.filter(expires_at__lt=over).delete()
