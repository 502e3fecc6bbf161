"""What in the content waits in vain: conditions that never hold, rows that nothing reaches."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guidance.engine.draft.reach import can_hold
from guidance.engine.draft.vocabulary import Draft, Term, scenarios_of
from guidance.engine.places import Document, Path
from guidance.engine.problems import ContentProblem
from guidance.engine.schema import Named

NEVER = "can never be true"
PRECEDED = "is never reached: what stands before it, or `when` above it, leaves no case"


def find_impossible(
    document: Document, named: Named, terms: Mapping[str, Term]
) -> Iterator[ContentProblem]:
    """Yield a problem where a condition is true of no case."""
    if not can_hold([named.value], terms):
        yield document.problem(named.path, f"{named.path[-1]}: {NEVER}")


def find_unreachable(draft: Draft, terms: Mapping[str, Term]) -> Iterator[ContentProblem]:
    """Yield checks that never warn in their statuses, and variants and rows never reached."""
    if "checks" in draft:
        for path, check in draft["checks"].select("checks/*"):
            yield from _check(draft, path, check, terms)
    for name, pattern in (("intervals", "intervals/*/rows"), ("scenarios", "steps/*/rules")):
        if name in draft:
            for path, rows in draft[name].select(pattern):
                yield from _preceded(draft[name], path, rows, [], terms, {})


def _check(
    draft: Draft, path: Path, check: object, terms: Mapping[str, Term]
) -> Iterator[ContentProblem]:
    if not isinstance(check, dict):
        return
    document = draft["checks"]
    statuses = tuple(check.get("statuses") or ())
    given = {"@status": statuses, "@scenario": scenarios_of(draft, statuses)}
    base = [check["when"]] if "when" in check else []
    if not can_hold(base, terms, given=given):
        if can_hold(base, terms):
            text = f"when: {NEVER} in {', '.join(map(str, statuses))}"
            yield document.problem((*path, "when"), text)
        return
    for field in ("severities", "texts"):
        rows = check.get(field, ())
        yield from _preceded(document, (*path, field), rows, base, terms, given)


def _preceded(
    document: Document,
    path: Path,
    rows: Any,
    base: Sequence[object],
    terms: Mapping[str, Term],
    given: Mapping[str, Sequence[str]],
) -> Iterator[ContentProblem]:
    """Yield the rows of which none is left when the rows before them are gone through in order."""
    earlier: list[object] = []
    always = False
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, dict):
            continue
        condition = [row["when"]] if "when" in row else []
        hold = [*base, *condition]
        if always or not can_hold(hold, terms, while_not=earlier, given=given):
            yield document.problem((*path, number), f"{path[-1]}: {PRECEDED}")
        earlier += condition
        always = always or not condition
