"""Assessing all cases of an institution anew, in small transactions."""

import logging
from typing import Any
from uuid import UUID

from django.db import transaction

from cases.models import Assessment, Case
from cases.services.assessments import reassess
from cases.services.cases import lock
from cases.services.errors import Invalid
from guidance.editions.policies import REASSESS
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.scope import current_institution

logger = logging.getLogger(__name__)

#: Cases in one transaction: few enough that nobody waits for their locks.
CHUNK = 50


def reassess_next(payload: dict[str, Any]) -> None:
    """Assess the next cases after the one that `payload` names, then ask for the rest.

    A case that cannot be assessed stays as it was, is noted in the audit, and keeps no other one
    from being assessed.

    Args:
        payload: {"after": id of the last case that was done, or nothing at the start}.
    """
    cases = Case.objects.order_by("id")
    if payload.get("after"):
        cases = cases.filter(id__gt=UUID(payload["after"]))
    done = list(cases[:CHUNK])
    for case in done:
        _renew_or_note(case)
    if len(done) == CHUNK:
        enqueue(REASSESS, {"after": str(done[-1].id)})


def _renew_or_note(case: Case) -> None:
    try:
        with transaction.atomic():
            reassess(case=lock(case))
    except Invalid as error:
        logger.warning("A case cannot be assessed: %s", ", ".join(sorted(error.errors)))
        record(action="case.assessment.failed", subject=case, by=None)


@transaction.atomic
def renew(*, case: Case) -> Assessment | None:
    """Assess a case by the guidance in force, for the day of its present assessment."""
    case = lock(case)
    if case.assessment is None:
        return None
    return reassess(case=case, on=case.assessment.evaluated_on)


def start_again(*, by: User) -> None:
    """Assess all cases of the institution anew, where an earlier run left some behind."""
    record(action="institution.cases.reassessed", subject=current_institution(), by=by)
    enqueue(REASSESS, {})
