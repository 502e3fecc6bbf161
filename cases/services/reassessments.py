"""Assessing all cases of an institution anew, in small transactions."""

from typing import Any
from uuid import UUID

from cases.models import Case
from cases.services.assessments import reassess
from cases.services.cases import lock
from guidance.editions.policies import REASSESS
from tumorboard.outbox.queue import enqueue

#: Cases in one transaction: few enough that nobody waits for their locks.
CHUNK = 50


def reassess_next(payload: dict[str, Any]) -> None:
    """Assess the next cases after the one that `payload` names, then ask for the rest.

    Args:
        payload: {"after": id of the last case that was done, or nothing at the start}.
    """
    cases = Case.objects.order_by("id")
    if payload.get("after"):
        cases = cases.filter(id__gt=UUID(payload["after"]))
    done = list(cases[:CHUNK])
    for case in done:
        reassess(case=lock(case))
    if len(done) == CHUNK:
        enqueue(REASSESS, {"after": str(done[-1].id)})
