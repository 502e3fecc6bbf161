"""FHIR resources of many patients that a worker collects into files, for a program that asked.

What is collected is what its person or client may see while it is collected, and it is asked again
when a file is fetched. Files are kept sealed for some hours, and only who asked gets them.
"""

import datetime
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cases.models import BulkExport, BulkExportPart, Case, Erasure, Patient
from cases.services.errors import Refused
from cases.services.fhir_documents import wait_for_turn
from cases.services.sweeps import in_each_institution
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.models import OutboxMessage
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import hidden_ids

#: What a worker is asked to do.
TOPIC = "bulk_export.resources"
#: How long an export may take, and how long its files are kept once they are whole.
LONGEST = datetime.timedelta(hours=24)
KEPT_FOR = datetime.timedelta(hours=6)
#: How many exports of one person or client may be collected at once, and be there at all.
MOST_OPEN, MOST_KEPT = 2, 10
TOO_MANY_OPEN = "{count} exports of yours are being collected: wait for one, or delete one."
TOO_MANY_KEPT = "{count} exports of yours are kept: delete one, or wait until one has expired."
CHANGED_SINCE = "A record of this file was restricted or erased since. Ask for a new export."


class TooManyExports(Refused):
    """Who asks has as many exports as one may have."""


class File(NamedTuple):
    """Resources that were collected, one a line."""

    #: A value of `BulkExportPart.Kind`.
    kind: str
    resource_type: str
    lines: Sequence[str]
    #: The types that are in it.
    types: Collection[str] = ()
    #: Cases and patients.
    subjects: Collection[UUID] = ()


@transaction.atomic
def ask(
    *, request: str, asked: dict[str, Any], permissions: Collection[str], scopes: str, by: User
) -> BulkExport:
    """Ask a worker for resources.

    Args:
        request: the address that was asked for.
        asked: what of; JSON, read again by who collects.
        permissions: what the asker's token allows now; never more than that is collected.
        scopes: of an API client, what its token grants; empty for a person.

    Raises:
        TooManyExports: the asker has as many as one may have.
    """
    wait_for_turn(resource_type="$export", condition=str(by.pk))
    mine = BulkExport.objects.filter(requested_by=by, expires_at__gt=timezone.now())
    running = mine.filter(state=BulkExport.State.RUNNING).count()
    if running >= MOST_OPEN:
        raise TooManyExports(TOO_MANY_OPEN.format(count=running))
    if mine.count() >= MOST_KEPT:
        raise TooManyExports(TOO_MANY_KEPT.format(count=MOST_KEPT))
    export = BulkExport(
        request=request,
        asked=asked,
        transaction_time=_everything_is_written_by(),
        permissions=sorted(permissions),
        scopes=scopes,
        requested_by=by,
        expires_at=timezone.now() + LONGEST,
    )
    _go_on(export)
    record(action="bulk_export.requested", subject=export, by=by)
    return export


def running(key: str) -> BulkExport | None:
    """The export that is to go on, locked; None where it was deleted, stopped or is done."""
    export = BulkExport.objects.select_for_update().filter(pk=key).first()
    if export is None or export.state != BulkExport.State.RUNNING:
        return None
    return export


@transaction.atomic
def add_files(
    *, export: BulkExport, files: Sequence[File], place: dict[str, Any] | None, by: User
) -> None:
    """Keep what was collected and ask for what comes next, or say that the export is whole.

    Args:
        export: from `running`.
        place: where the collecting goes on; None at the end.
    """
    there = export.parts.count()
    for number, file in enumerate(files, start=there + 1):
        part = BulkExportPart(
            export=export,
            number=number,
            kind=file.kind,
            resource_type=file.resource_type,
            types=sorted(file.types),
            count=len(file.lines),
            subjects=sorted(file.subjects),
        )
        part.write("".join(f"{line}\n" for line in file.lines))
        part.save()
    out = [file for file in files if file.kind == BulkExportPart.Kind.OUTPUT]
    export.done_count += sum(len(file.lines) for file in out)
    shown = sorted({key for file in files for key in file.subjects})
    record(
        action="bulk_export.collected",
        subject=export,
        by=by,
        criteria=[file.resource_type for file in out],
        found=sum(len(file.lines) for file in out),
        shown=shown,
    )
    if place is not None:
        export.place = place
        _go_on(export)
        return
    export.state = BulkExport.State.DONE
    export.expires_at = timezone.now() + KEPT_FOR
    export.save()


@transaction.atomic
def stop(*, export: BulkExport, by: User) -> None:
    """Give up an export whose asker has lost the right to it; its files go."""
    export.parts.all().delete()
    export.state = BulkExport.State.STOPPED
    export.save()
    record(action="bulk_export.stopped", subject=export, by=by)


@transaction.atomic
def remove(*, export: BulkExport, by: User) -> None:
    """Cancel an export, or delete it with its files."""
    record(action="bulk_export.removed", subject=export, by=by)
    _delete(BulkExport.objects.filter(pk=export.pk))


def kept(*, by: User) -> QuerySet[BulkExport]:
    """The exports that somebody asked for and that are there still.

    Each has `has_failed`: the collecting failed for good, so that it must be asked for again.
    """
    failed = OutboxMessage.objects.filter(pk=OuterRef("job"), state=OutboxMessage.State.FAILED)
    mine = BulkExport.objects.filter(requested_by=by, expires_at__gt=timezone.now())
    return mine.annotate(has_failed=Exists(failed))


@transaction.atomic
def fetch(*, part: BulkExportPart, by: User) -> str:
    """The lines of a file, each with its end.

    Raises:
        Refused: somebody of whom it tells is hidden from the person of the current scope by now,
            or was erased.
    """
    hidden = hidden_ids()
    text = part.text
    # What names a record without being about it, as an agenda does, names it by its id.
    is_hidden = not hidden.isdisjoint(part.subjects) or any(str(key) in text for key in hidden)
    erased = Erasure.objects.filter(patient__in=part.subjects, at__gte=part.export.requested_at)
    if is_hidden or erased.exists():
        raise Refused(CHANGED_SINCE)
    record(
        action="bulk_export.downloaded",
        subject=part.export,
        by=by,
        criteria=[part.resource_type],
        found=part.count,
        shown=part.subjects,
    )
    return text


def forget(patient: Patient, cases: Collection[Case]) -> int:
    """Delete the exports that tell of a patient who is erased; how many rows went."""
    about = [patient.pk, *(case.pk for case in cases)]
    named = BulkExportPart.objects.filter(subjects__overlap=about)
    return _delete(BulkExport.objects.filter(pk__in=named.values("export_id")))


def sweep() -> None:
    """Delete every institution's exports that have expired; what a worker does."""
    in_each_institution(_forget_old)


def _forget_old(institution: Institution) -> None:
    _delete(BulkExport.objects.filter(expires_at__lte=timezone.now()))


def _delete(exports: QuerySet[BulkExport]) -> int:
    # Under their locks: a worker that adds a file meanwhile would leave it without its export.
    keys = list(exports.select_for_update().order_by("pk").values_list("pk", flat=True))
    parts = BulkExportPart.objects.filter(export__in=keys).delete()[0]
    return parts + BulkExport.objects.filter(pk__in=keys).delete()[0]


def _go_on(export: BulkExport) -> None:
    export.job = enqueue(TOPIC, {"export": str(export.pk)}).pk
    export.save()


def _everything_is_written_by() -> datetime.datetime:
    """A time before which nothing can appear any more: when the oldest open transaction began.

    What a transaction writes bears the time of its beginning and is seen once it ends: one that
    is open now would be in neither this export nor the next one, were that to begin now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT LEAST(now(), min(xact_start)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user"
        )
        found: datetime.datetime = cursor.fetchone()[0]
    return found
