"""What the audit is told of reading by FHIR."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from cases.fhir.found import Found, subjects_of
from tumorboard.audit.record import record
from tumorboard.tenancy.models import TenantModel
from tumorboard.tenancy.scope import current_institution

READ, READ_HISTORY, READ_EVERYTHING = "fhir.read", "fhir.history.read", "fhir.everything.read"
SEARCHED, LISTED_HISTORY = "fhir.searched", "fhir.history.listed"
#: How many ids of what was shown one entry holds.
MOST = 2_000


def note_read(action: str, row: Any, *, by: Any) -> None:
    """Note that a resource, or its history, was read; of what no row of ours gives, that too."""
    is_row = isinstance(row, TenantModel) and isinstance(row.pk, UUID)
    record(action=action, subject=row if is_row else current_institution(), by=by)


def note_listed(action: str, found: Collection[Found], *, criteria: Iterable[str], by: Any) -> None:
    """Note that resources were listed: by what was asked, how many there were, about whom."""
    record(
        action=action,
        subject=current_institution(),
        by=by,
        criteria=criteria,
        found=len(found),
        shown=subjects_of(found)[:MOST],
    )
