"""What codes mean in the current institution, and which came in that nobody has mapped."""

import datetime
from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import Q, QuerySet

from cases.models import CodeMapping, UnmappedCode
from cases.selectors.concepts import concepts, label_of
from cases.terminology import codes
from cases.terminology.codes import LocalCodes
from tumorboard.accounts.models import User

Status = CodeMapping.Status


class CodeRow(NamedTuple):
    """A mapping as a table shows it."""

    mapping: CodeMapping
    #: What it stands for, in words.
    meaning: str
    #: The code system's name where it is one of the standards, else as it was written.
    system_name: str


def local_codes() -> LocalCodes:
    """Every confirmed mapping, for `cases.terminology.codes.concept_of(…, local=…)`.

    One query for a whole message or bundle.
    """
    rows = CodeMapping.objects.filter(status=Status.CONFIRMED)
    return MappingProxyType(
        {(system, code): to for system, code, to in rows.values_list("system", "code", "concept")}
    )


def concept_of(system: str, code: str, *, within: str = "") -> str | None:
    """What one code stands for in this institution; its own mapping goes before the standard's.

    For many codes at once take `local_codes` and ask `cases.terminology.codes.concept_of`.
    """
    mapped = (
        CodeMapping.objects.filter(
            status=Status.CONFIRMED, system=codes.canonical(system), code=code.strip()
        )
        .values_list("system", "code", "concept")
        .first()
    )
    local = {(mapped[0], mapped[1]): mapped[2]} if mapped else {}
    return codes.concept_of(system, code, within=within, local=local)


def local_rows() -> QuerySet[CodeMapping]:
    """Every mapping in use, proposed or confirmed."""
    return CodeMapping.objects.exclude(status=Status.RETIRED)


def mappings(*, text: str = "", status: str = "") -> QuerySet[CodeMapping]:
    """Mappings in use, or of one status, in which `text` occurs; by system and code."""
    rows = CodeMapping.objects.select_related("entered_by", "confirmed_by")
    rows = rows.filter(status=status) if status else rows.exclude(status=Status.RETIRED)
    if text:
        folded = text.casefold()
        meant = [key for key, known in concepts().items() if folded in known.label.casefold()]
        rows = rows.filter(
            Q(code__icontains=text)
            | Q(display__icontains=text)
            | Q(system__icontains=text)
            | Q(concept__icontains=text)
            | Q(concept__in=meant)
        )
    return rows.order_by("system", "code", "-entered_at")


def code_rows(found: Sequence[CodeMapping]) -> list[CodeRow]:
    """Mappings with their words."""
    return [CodeRow(row, label_of(row.concept), system_name(row.system)) for row in found]


def system_name(system: str) -> str:
    """A code system as a reader calls it."""
    known = codes.system_named(system)
    return known.name if known else system


def unmapped() -> QuerySet[UnmappedCode]:
    """Codes that came in without a meaning, the most frequent first."""
    return UnmappedCode.objects.order_by("-times", "id")


class Version(NamedTuple):
    """What a mapping said at one time, and who said so."""

    at: datetime.datetime
    by: str
    meaning: str
    display: str
    status: str


def history(mapping: CodeMapping) -> list[Version]:
    """What a mapping said, the newest first."""
    events = mapping.events.filter(institution_id=mapping.institution_id)  # type: ignore[attr-defined]
    found = list(events.order_by("-pgh_id"))
    people = {person for event in found for person in (event.entered_by_id, event.confirmed_by_id)}
    names = dict(User.objects.filter(pk__in=people - {None}).values_list("pk", "name"))
    return [
        Version(
            at=event.pgh_created_at,
            by=names.get(event.confirmed_by_id or event.entered_by_id, ""),
            meaning=label_of(event.concept),
            display=event.display,
            status=Status(event.status).label,
        )
        for event in found
    ]
