"""What an institution chooses about the guidance."""

from django.db import transaction

from guidance.editions.models import GuidancePolicy
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue

#: Topic of the job that assesses all cases of the institution anew; `cases.jobs` does it.
REASSESS = "cases.reassess"


def current() -> GuidancePolicy:
    """The choices of the current institution, as they stand or as they are before any."""
    return GuidancePolicy.objects.first() or GuidancePolicy()


@transaction.atomic
def choose(
    *, who_version: str, tnm_system: str, followup_policy: str | None = None, by: User
) -> GuidancePolicy:
    """Choose the WHO edition for grades, the TNM system and the follow-up policy.

    All cases are assessed anew by a job; the assessments that stood are kept, and signed
    decisions go on quoting what was seen.

    Args:
        followup_policy: the interval rule that schedules are judged by, empty for none; None
            leaves what was chosen before.

    Raises:
        ValidationError: a version, a system or a policy that there is not.
    """
    policy = current()
    policy.who_version, policy.tnm_system = who_version, tnm_system
    if followup_policy is not None:
        policy.followup_policy = followup_policy
    policy.full_clean(exclude=["institution"])
    policy.save()
    record(action="institution.guidance.chosen", subject=policy, by=by)
    enqueue(REASSESS, {})
    return policy
