"""What a code means in an institution: proposing, confirming, changing, retiring.

Only confirmed mappings are read by machines. A code has one mapping in use at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cases.models import CodeMapping, UnmappedCode
from cases.models.code_mapping import MOST_CODE, MOST_DISPLAY, MOST_SYSTEM
from cases.selectors.code_maps import local_rows
from cases.selectors.concepts import concept_named
from cases.services.checks import check, stripped
from cases.services.errors import Invalid, Refused
from cases.services.row_versions import check_row_version
from cases.terminology.check_digits import CHECKS
from cases.terminology.codes import canonical, concept_of, system_named
from guidance.engine.values import is_storable
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

Status = CodeMapping.Status
#: What a person says of a code that is mapped already; system and code are what it is.
FIELDS = ("display", "concept", "source")
THERE = "This code is mapped already. Change that mapping, or retire it first."
NO_CONCEPT = "Choose one of the concepts in the list."
GONE = "This mapping was retired. Map the code anew."
NO_PLACE = "unknown"
MOST_PLACE = 100
#: How many codes are counted at most, so that no sender fills the storage with invented ones.
MOST_UNMAPPED = 10_000


@transaction.atomic
def add(*, by: User, is_confirmed: bool = False, **fields: Any) -> CodeMapping:
    """Map a code; it is no longer among those that nobody has mapped.

    Args:
        is_confirmed: whether machines may read it at once; else it is a proposal.
        fields: system (address, OID or short name of a standard, or a local system's own name),
            code, display, concept (its path or its words), source.

    Raises:
        Invalid: a field cannot be accepted, or the code is mapped already.
    """
    row = CodeMapping(entered_by=by, **stripped(fields))
    row.system = canonical(row.system)
    if is_confirmed:
        _confirm(row, by)
    check(_resolved(row), also=faults(row))
    UnmappedCode.objects.filter(system=row.system, code=row.code).delete()
    _save(row)
    record(action="code_mapping.added", subject=row, by=by)
    return row


@transaction.atomic
def change(
    *, mapping: CodeMapping, by: User, if_match: int | None = None, **fields: Any
) -> CodeMapping:
    """Change the words, the meaning or the source of a mapping; another meaning is a proposal.

    Args:
        if_match: the version of the row that was shown (`row_versions.version_of`).
        fields: display, concept, source.

    Raises:
        Invalid: a field cannot be accepted.
        RowChanged: somebody else changed it since `if_match`.
        Refused: it is retired.
    """
    check_row_version(mapping, if_match=if_match, fields=FIELDS)
    row = _locked(mapping)
    meant = row.concept
    for name, value in stripped(fields).items():
        setattr(row, name, value)
    _resolved(row)
    if row.concept != meant:
        row.status, row.confirmed_by, row.confirmed_at = Status.PROPOSED, None, None
    row.entered_by, row.entered_at = by, timezone.now()
    check(row, also=faults(row))
    row.save()
    record(action="code_mapping.changed", subject=row, by=by)
    return row


@transaction.atomic
def confirm(*, mapping: CodeMapping, by: User) -> CodeMapping:
    """Let machines read a mapping; nothing happens where it is confirmed already.

    Raises:
        Invalid: the product has its concept no more.
        Refused: it is retired.
    """
    row = _locked(mapping)
    if row.status == Status.CONFIRMED:
        return row
    check(_resolved(row), also=faults(row))
    _confirm(row, by)
    row.save()
    record(action="code_mapping.confirmed", subject=row, by=by)
    return row


@transaction.atomic
def retire(*, mapping: CodeMapping, by: User) -> CodeMapping:
    """Use a mapping no longer; what was read by it stays as it was read.

    Raises:
        Refused: it is retired already.
    """
    row = _locked(mapping)
    row.status, row.confirmed_by, row.confirmed_at = Status.RETIRED, None, None
    row.entered_by, row.entered_at = by, timezone.now()
    row.save()
    record(action="code_mapping.retired", subject=row, by=by)
    return row


class Seen(NamedTuple):
    """A code that came in, and the part of a message that held it; nothing of a patient."""

    system: str
    code: str
    display: str
    where: str


def saw_unmapped(*, system: str, code: str, display: str, where: str) -> None:
    """Count one code that came in and that nobody knows, as `saw_all_unmapped` does."""
    saw_all_unmapped(seen=[Seen(system, code, display, where)])


@transaction.atomic
def saw_all_unmapped(*, seen: Iterable[Seen]) -> None:
    """Count the codes of a message that nobody knows; any number of messages at once may.

    As many statements for thousands as for one. Nothing happens where a code has a meaning or a
    proposal already, cannot be stored, or is new where `MOST_UNMAPPED` are counted.
    """
    times, words = Counter[tuple[str, str]](), dict[tuple[str, str], tuple[str, str]]()
    for one in seen:
        key = canonical(one.system)[:MOST_SYSTEM], one.code.strip()[:MOST_CODE]
        if key[1] and all(map(is_storable, (*key, one.display, one.where))):
            times[key] += 1
            place = one.where.strip()[:MOST_PLACE] or NO_PLACE
            words[key] = one.display.strip()[:MOST_DISPLAY], place
    mapped = set(
        local_rows().filter(code__in={code for _, code in times}).values_list("system", "code")
    )
    unknown = {key for key in times if key not in mapped and not concept_of(*key)}
    rows = UnmappedCode.objects.filter(code__in={code for _, code in unknown})
    _begin_counting(unknown - set(rows.values_list("system", "code")), words)
    keys_of = defaultdict(list)
    # In one order for all, since each counter is a row that two messages may count on.
    for row in rows.order_by("system", "code").select_for_update():
        key = row.system, row.code
        if key in unknown:
            keys_of[times[key]].append(row.pk)
            if words[key] != (row.display, row.place):
                display, place = words[key]
                rows.filter(pk=row.pk).update(display=display, place=place)
    for number, keys in keys_of.items():
        rows.filter(pk__in=keys).update(times=F("times") + number, last_seen_at=timezone.now())


def _begin_counting(
    new: Collection[tuple[str, str]], words: Mapping[tuple[str, str], tuple[str, str]]
) -> None:
    """A counter for each, while there is room."""
    if not new:
        return
    room = max(0, MOST_UNMAPPED - UnmappedCode.objects.count())
    added = [
        UnmappedCode(system=key[0], code=key[1], display=words[key][0], place=words[key][1])
        for key in sorted(new)[:room]
    ]
    # Who comes second finds the row of who came first, and counts on it.
    UnmappedCode.objects.bulk_create(added, ignore_conflicts=True)


def faults(row: CodeMapping) -> dict[str, list[str]]:
    """What is wrong with a mapping beyond its columns, by field."""
    errors: dict[str, list[str]] = {}
    if row.concept and concept_named(row.concept) is None:
        errors["concept"] = [NO_CONCEPT]
    if fault := check_digit_fault(row.system, row.code):
        errors["code"] = [fault]
    can_be_there = is_storable(row.system) and is_storable(row.code)
    others = local_rows().filter(system=row.system, code=row.code).exclude(pk=row.pk)
    if can_be_there and others.exists():
        errors.setdefault("code", []).append(THERE)
    return errors


def check_digit_fault(system: str, code: str) -> str:
    """Why `code` cannot be one of a standard, a slip of the pen for example; empty where it can."""
    standard = system_named(system)
    check_digit = CHECKS.get(standard.check_digit) if standard else None
    if not (standard and check_digit and code) or check_digit(code):
        return ""
    return f"This is no code of {standard.name}: its check digit does not fit."


def _resolved(row: CodeMapping) -> CodeMapping:
    """The row with the path of its concept, which may have been given by its words."""
    known = concept_named(row.concept)
    row.concept = known.key if known else row.concept
    return row


def _confirm(row: CodeMapping, by: User) -> None:
    row.status, row.confirmed_by, row.confirmed_at = Status.CONFIRMED, by, timezone.now()


def _save(row: CodeMapping) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        # Somebody else mapped the same code since it was looked for.
        raise Invalid({"code": [THERE]}) from error


def _locked(mapping: CodeMapping) -> CodeMapping:
    row = CodeMapping.objects.select_for_update().get(pk=mapping.pk)
    if row.status == Status.RETIRED:
        raise Refused(GONE)
    return row
