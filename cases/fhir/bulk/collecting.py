"""Collecting an export, some rows at a time: each step goes on where the last one ended.

What a step collects and where the next one begins are written in one transaction: after a crash
the step is done again, and nothing is there twice.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases.fhir import found as resources
from cases.fhir.bulk.asked import PATIENTS, SYSTEM, Asked
from cases.fhir.bulk.gone import deleted_since
from cases.fhir.bulk.rights import caller_of, may_export
from cases.fhir.caller import Caller
from cases.fhir.formats import encoded
from cases.fhir.found import Found, patients_of, subjects_of
from cases.fhir.outcome import outcome
from cases.fhir.record import BATCH
from cases.fhir.registry import SOURCES, types
from cases.fhir.search.chains import criteria_of
from cases.fhir.search.criteria import Criterion
from cases.fhir.search.dates import When, matches_when, span_of
from cases.fhir.search.prefixes import Prefix
from cases.fhir.search.scan import narrowed
from cases.fhir.search.shapes import shaped
from cases.fhir.source import Source
from cases.models import BulkExportPart
from cases.r4.issue import Code, Issue, Severity
from cases.services import bulk_exports as services
from cases.services.bulk_exports import File
from tumorboard.tenancy.scope import current_institution, member_scope

#: A step ends once it has read so many rows, or written so many characters.
ROWS, CHARACTERS = 1_000, 4_000_000
Json = dict[str, Any]


def collect_next(payload: dict[str, Any]) -> None:
    """Do the next step of an export; what a worker does.

    Args:
        payload: `export`, its id.
    """
    export = services.running(payload["export"])
    if export is None:
        return
    by = export.requested_by
    with member_scope(current_institution(), by.pk, opened=False):
        caller = caller_of(export)
        if caller is None:
            services.stop(export=export, by=by)
            return
        step = Step(Asked.read(export.asked), caller)
        place = step.go_on(export.place)
        services.add_files(export=export, files=step.files(), place=place, by=by)


class Step:
    """Some rows of an export.

    Args:
        asked: what the export is of.
        caller: who asked, with the rights of now.
    """

    def __init__(self, asked: Asked, caller: Caller) -> None:
        self._asked, self._caller = asked, caller
        self._lines: dict[str, list[str]] = {}
        self._subjects: dict[str, set[UUID]] = {}
        self._others: list[File] = []
        self._read = self._written = 0
        span = span_of(asked.since) if asked.since else None
        self._since = When(Prefix.GE, span) if span else None
        self._filters: dict[str, list[list[Criterion]]] = {
            name: [criteria_of(query, base=caller.base, may=caller.may) for query in queries]
            for name, queries in asked.queries(base=caller.base).items()
            if may_export(caller, name)
        }

    def go_on(self, place: Json) -> Json | None:
        """Collect what comes next.

        Args:
            place: where; empty for the beginning.

        Returns:
            Where the next step goes on; None where this was the last one.
        """
        done, after = list(place.get("done", ())), place.get("after", "")
        of = [each for each in SOURCES if isinstance(each, Source) and self._takes(each)]
        # By their names, and what was begun first: a deploy between two steps may add, move and
        # remove sources.
        left = [each for each in of if each.name not in done]
        for source in sorted(left, key=lambda each: each.name != place.get("source")):
            last = after if source.name == place.get("source") else ""
            while source.name not in done:
                batch = list(self._rows(source, last)[:BATCH])
                self._take(resources.of_rows(source, batch))
                self._read += len(batch)
                if len(batch) < BATCH:
                    done.append(source.name)
                else:
                    last = str(batch[-1].pk)
                if self._read >= ROWS or self._written >= CHARACTERS:
                    at = {"source": source.name, "after": last, "done": done}
                    return {**at, "share": len(done) / max(len(of), len(done))}
        self._end()
        return None

    def files(self) -> list[File]:
        """What was collected, by type."""
        output = [
            File(BulkExportPart.Kind.OUTPUT, name, lines, [name], self._subjects[name])
            for name, lines in self._lines.items()
        ]
        return [*output, *self._others]

    def _takes(self, source: Source) -> bool:
        asked = self._asked
        is_wanted = asked.types is None or source.resource_type in asked.types
        is_about = asked.level == SYSTEM or bool(source.patient)
        return is_wanted and is_about and may_export(self._caller, source.resource_type)

    def _rows(self, source: Source, after: str) -> QuerySet[Any]:
        filters = self._filters.get(source.resource_type, ())
        # Of several filters any will do, which no one of them narrows.
        rows = narrowed(source, filters[0]) if len(filters) == 1 else source.rows()
        if self._asked.patients is not None:
            rows = rows.filter(**{f"{source.patient}__in": self._asked.patients})
        elif self._asked.level == PATIENTS:
            rows = rows.filter(**{f"{source.patient}__isnull": False})
        if after:
            rows = rows.filter(pk__gt=source.model._meta.pk.to_python(after))
        return rows.order_by("pk")

    def _take(self, found: Sequence[Found]) -> None:
        taken = [each for each in found if self._is_asked(each)]
        for each in taken:
            name = each.key[0]
            line = encoded(shaped(each.resource, elements=self._asked.elements_of(name)))
            self._lines.setdefault(name, []).append(line)
            self._written += len(line)
        if taken:
            about = {*subjects_of(taken), *patients_of(taken)}
            self._subjects.setdefault(taken[0].key[0], set()).update(about)

    def _is_asked(self, found: Found) -> bool:
        changed = found.resource.get("meta", {}).get("lastUpdated", "")
        if self._since is not None and not matches_when(changed, self._since):
            return False
        filters = self._filters.get(found.key[0])
        return filters is None or any(
            all(test(found.resource) for test in criteria) for criteria in filters
        )

    def _end(self) -> None:
        """What comes after all rows: public knowledge, what was deleted, what was passed over."""
        allowed = [name for name in self._names() if may_export(self._caller, name)]
        if self._asked.level == SYSTEM:
            for name in allowed:
                self._take(resources.of_published(name))
        if self._since is not None:
            of = [each for each in SOURCES if isinstance(each, Source) and self._takes(each)]
            self._others += deleted_since(of, self._since.span.low, patients=self._asked.patients)
        notes = list(self._asked.notes)
        if self._asked.types is not None and len(allowed) < len(self._asked.types):
            notes.append("Your roles or scopes do not allow all of these types any more.")
        if notes:
            lines = [encoded(outcome([_note(words)])) for words in notes]
            self._others.append(File(BulkExportPart.Kind.ERROR, "OperationOutcome", lines))

    def _names(self) -> Iterable[str]:
        return types() if self._asked.types is None else self._asked.types


def _note(words: str) -> Issue:
    return Issue(Code.NOT_SUPPORTED, words, severity=Severity.WARNING)
