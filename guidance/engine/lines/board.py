"""Why the case belongs before the board, or does not."""

from collections.abc import Iterator

from guidance.engine.board import Escalation
from guidance.engine.lines.line import Ground, Line, Told, line_of
from guidance.engine.trees import is_close

LEVELS = {
    "yes": "The case belongs before the board.",
    "consider": "The board may be asked.",
    "no": "No reason sends the case to the board.",
}
SILENT = "The data have to be completed first."
GIVEN = "given"
NOT_GIVEN = "not given: one thing is unknown"


def board_lines(told: Told) -> Iterator[Line]:
    """Yield the level with its statement, then its reasons, then those one fact away."""
    rules = told.edition.board
    is_silent = told.reading["@status"] in rules.silent
    level = told.answer["board"]["level"]
    yield line_of(
        told,
        "board",
        kind="board",
        title="Tumor board",
        statement=SILENT if is_silent else LEVELS[level],
        state=level,
    )
    given = set(told.answer["board"]["reasons"])
    yield from (_line(told, each, GIVEN) for each in rules.escalations if each.code in given)
    for each in () if is_silent else rules.escalations:
        if is_close(each.condition, told.reading):
            yield _line(told, each, NOT_GIVEN)


def _line(told: Told, escalation: Escalation, state: str) -> Line:
    return line_of(
        told,
        f"board-{escalation.code}",
        kind="board reason" if state == GIVEN else "open board reason",
        title=f"{escalation.code}, {escalation.level}",
        statement=escalation.text,
        state=state,
        grounds=[Ground("A reason where", escalation.condition)],
        source=escalation.source,
        strength=escalation.strength,
    )
