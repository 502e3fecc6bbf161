"""What an institution chooses about the guidance."""

from django.db import transaction

from guidance.editions.models import GuidancePolicy
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


def current() -> GuidancePolicy:
    """The choices of the current institution, as they stand or as they are before any."""
    return GuidancePolicy.objects.first() or GuidancePolicy()


@transaction.atomic
def choose(*, who_version: str, tnm_system: str, by: User) -> GuidancePolicy:
    """Choose the WHO edition for grades and the TNM system.

    Cases that are assessed from now on follow the choice; an assessment that stands is kept.

    Raises:
        ValidationError: a version or a system that there is not.
    """
    policy = current()
    policy.who_version, policy.tnm_system = who_version, tnm_system
    policy.full_clean(exclude=["institution"])
    policy.save()
    record(action="institution.guidance.chosen", subject=policy, by=by)
    return policy
