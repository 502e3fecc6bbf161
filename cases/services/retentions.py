"""Choosing how long an institution keeps who its patients are."""

from django.db import transaction

from cases.models import Retention
from cases.models.retention import FEWEST_YEARS, MOST_YEARS
from cases.services.errors import Invalid
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def choose(*, years: int | None, by: User) -> Retention:
    """Keep patients for `years` after the last activity; None lists nobody as due.

    Raises:
        Invalid: not a number of years that can be chosen.
    """
    if years is not None and not FEWEST_YEARS <= years <= MOST_YEARS:
        raise Invalid({"years": [f"Choose from {FEWEST_YEARS} to {MOST_YEARS} years."]})
    retention, _ = Retention.objects.update_or_create(defaults={"years": years})
    record(action="retention.chosen", subject=retention, by=by)
    return retention
