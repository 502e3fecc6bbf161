"""Tables of cases that a worker collects, for who asks from afar.

What is collected is what its person may see. It is kept sealed for an hour, and only they get it.
"""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cases.models import Case, ExportFile
from cases.selectors import case_list
from cases.selectors.case_list import ListQuery
from cases.services import exports
from cases.services.errors import Refused
from cases.services.exports import MOST, Table
from cases.services.sweeps import in_each_institution
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.models import OutboxMessage
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution, member_scope

#: What a worker is asked to do.
TOPIC = "export.rows"
#: Cases a transaction.
CHUNK = 500
#: How long a table is kept after it was asked for.
KEPT_FOR = datetime.timedelta(hours=1)


@transaction.atomic
def ask(*, query: ListQuery, kind: str, by: User) -> ExportFile:
    """Ask a worker for a table of the cases that `query` finds now.

    Args:
        query: filters and columns; the order is that of the list.
        kind: a value of `ExportFile.Format`.

    Raises:
        Refused: these are more cases than one table holds.
    """
    found = list(case_list.rows(query).values_list("pk", flat=True)[: MOST + 1])
    if len(found) > MOST:
        message = f"These are more than {MOST:,} cases. Narrow the list down and export the parts."
        raise Refused(message)
    file = ExportFile(
        format=kind,
        columns=list(query.columns),
        filters=query.filters,
        cases=found,
        requested_by=by,
    )
    file.save()
    _go_on(file)
    record(action="export.requested", subject=file, by=by)
    return file


def write_rows(payload: dict[str, Any]) -> None:
    """Collect the next rows of a table and ask for the ones after them, or say it is done.

    Cases that are hidden from its person by now, or gone, are left out.

    Args:
        payload: `file`, the id of the export.
    """
    file = ExportFile.objects.select_for_update().filter(pk=payload["file"]).first()
    if file is None or file.state != ExportFile.State.RUNNING:
        return
    table: Table = file.table
    taken = file.cases[file.done_count : file.done_count + CHUNK]
    with member_scope(current_institution(), file.requested_by_id, opened=False):
        cases = _in_order(file, taken)
        heads, *rows = exports.table_of(
            cases=cases, columns=_query(file).shown, by=file.requested_by
        )
    shown = [case.pk for case in cases]
    before, after = file.cases[: file.done_count], file.cases[file.done_count + CHUNK :]
    file.table = [*(table or [heads]), *rows]
    file.cases = [*before, *shown, *after]
    file.done_count += len(shown)
    if after:
        _go_on(file)
    else:
        file.state = ExportFile.State.DONE
        record(action="export.done", subject=file, by=file.requested_by)
    file.save()


def kept(files: QuerySet[ExportFile], *, by: User) -> QuerySet[ExportFile]:
    """Those that somebody asked for and that are kept still.

    Each has `has_stopped`: the collecting failed for good, so that it must be asked for again.
    """
    failed = OutboxMessage.objects.filter(pk=OuterRef("job"), state=OutboxMessage.State.FAILED)
    mine = files.filter(requested_by=by, requested_at__gt=timezone.now() - KEPT_FOR)
    return mine.annotate(has_stopped=Exists(failed))


def is_whole(file: ExportFile) -> bool:
    """Whether the person of the current scope still sees every case of a table."""
    return Case.objects.filter(pk__in=file.cases).count() == len(file.cases)


def sweep() -> None:
    """Delete every institution's tables that are older than `KEPT_FOR`; what a worker does."""
    in_each_institution(_forget)


def _forget(institution: Institution) -> None:
    ExportFile.objects.filter(requested_at__lte=timezone.now() - KEPT_FOR).delete()


def _go_on(file: ExportFile) -> None:
    file.job = enqueue(TOPIC, {"file": str(file.pk)}).pk
    file.save(update_fields=["job"])


def _query(file: ExportFile) -> ListQuery:
    return case_list.asked(file.filters, columns=file.columns)


def _in_order(file: ExportFile, ids: Sequence[UUID]) -> list[Case]:
    """The cases that are there, in the order in which they were found."""
    place = {key: number for number, key in enumerate(ids)}
    plain = ListQuery(columns=_query(file).columns)
    return sorted(case_list.chosen(ids, plain), key=lambda case: place[case.pk])
