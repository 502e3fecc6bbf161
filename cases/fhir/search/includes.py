"""What is sent beside the matches: what they refer to, and what refers to them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from cases.fhir import found as resources
from cases.fhir.found import Found, patients_of
from cases.fhir.record import FEW, Pair, Record
from cases.fhir.registry import sources, types
from cases.fhir.search.criteria import Criterion, among
from cases.fhir.search.definitions import Kind, Parameter, parameters
from cases.fhir.search.paths import values_at
from cases.fhir.search.query import Include, Query
from cases.fhir.search.references import local
from cases.fhir.search.scan import narrowed
from cases.fhir.source import Source
from cases.r4.issue import Code, Issue, Severity

Key = tuple[str, str]
May = Callable[[str, str], bool]
#: How many resources stand beside a page at most, and how often what was included leads on.
MOST, ROUNDS = 1_000, 4
CUT = Issue(
    Code.INCOMPLETE,
    f"More than {MOST:,} resources belong to this page: what is included is not all.",
    severity=Severity.WARNING,
)


class Included:
    """Gathers what belongs to the matches of a page, each once, as far as the caller may read."""

    def __init__(self, query: Query, matches: Sequence[Found], *, base: str, may: May) -> None:
        self._query, self._base, self._may = query, base, may
        self._there: set[Key] = {each.key for each in matches}
        self.found: list[Found] = []
        self.is_cut = False

    def gather(self, matches: Sequence[Found]) -> list[Found]:
        """Everything; `is_cut` says whether some is missing."""
        level, is_first = list(matches), True
        for _ in range(ROUNDS):
            new: list[Found] = []
            for include in self._query.includes:
                if is_first or include.is_iterated:
                    new += self._take(self._forward(include, level))
            for include in self._query.reverse_includes:
                if is_first or include.is_iterated:
                    new += self._take(self._backward(include, level))
            level, is_first = new, False
            if not level:
                break
        return self.found

    def _take(self, found: Iterable[Found]) -> list[Found]:
        new = []
        for each in found:
            if each.key in self._there:
                continue
            if len(self.found) >= MOST:
                self.is_cut = True
                break
            self._there.add(each.key)
            self.found.append(each)
            new.append(each)
        return new

    def _forward(self, include: Include, level: Sequence[Found]) -> list[Found]:
        of = [each for each in level if each.key[0] == include.source]
        wanted: dict[str, set[str]] = {}
        for parameter in _references(include):
            for key in referred(of, parameter.paths, base=self._base):
                is_wanted = include.target in ("", key[0]) and key[0] in types()
                if is_wanted and key not in self._there and self._may(key[0], "r"):
                    wanted.setdefault(key[0], set()).add(key[1])
        return [
            each
            for resource_type, ids in sorted(wanted.items())
            for each in resources.named(resource_type, sorted(ids)[: MOST + 1])
        ]

    def _backward(self, include: Include, level: Sequence[Found]) -> list[Found]:
        """Rows of the same patients, where they have one, tested for the reference itself."""
        targets = frozenset(each.key for each in level if include.target in ("", each.key[0]))
        if not targets or include.source not in types() or not self._may(include.source, "s"):
            return []
        patients = patients_of(level)
        record = Record(patients, sources(include.source)) if 0 < len(patients) <= FEW else None
        known: list[Pair] = []
        others: list[Source] = []
        for source in sources(include.source):
            rows = record.rows(source) if record is not None and source.patient else None
            if rows is None:
                others.append(source)
            else:
                known += [(source, row) for row in rows]
        shared = resources.of_pairs(known)
        found: list[Found] = []
        for parameter in _references(include):
            leading = frozenset(key for key in targets if key[0] in parameter.targets)
            if not leading:
                continue
            criterion = among(parameter, leading, base=self._base)
            asked = [each for source in others for each in self._asked(source, criterion, patients)]
            found += [each for each in (*shared, *asked) if criterion(each.resource)]
        return found

    def _asked(
        self, source: Source, criterion: Criterion, patients: Collection[UUID]
    ) -> list[Found]:
        rows = narrowed(source, [criterion])
        if source.patient and patients:
            rows = rows.filter(**{f"{source.patient}__in": patients})
        batch = list(rows.order_by("pk")[: MOST + 1])
        self.is_cut |= len(batch) > MOST
        return resources.of_rows(source, batch)


def referred(found: Iterable[Found], paths: Iterable[str], *, base: str) -> list[Key]:
    """Types and ids of this server that stand at the paths."""
    said = (value for each in found for value in values_at(each.resource, paths))
    texts = (value.get("reference") if isinstance(value, dict) else value for value in said)
    keys = (local(text, base=base) for text in texts if isinstance(text, str))
    return [key for key in keys if key is not None]


def _references(include: Include) -> list[Parameter]:
    known = parameters(include.source)
    if include.code == "*":
        return [each for each in known.values() if each.kind is Kind.REFERENCE]
    return [known[include.code]]
