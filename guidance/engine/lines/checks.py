"""Why each check warns, and which do not only because something is unknown."""

from collections.abc import Iterator

from guidance.engine.checks import Check
from guidance.engine.lines.line import Ground, Line, Told, line_of
from guidance.engine.trees import is_close

RAISED = "raised"
NOT_RAISED = "not raised: one thing is unknown"


def check_lines(told: Told) -> Iterator[Line]:
    """Yield a line for each check that was raised, in order of display."""
    shown = list(told.answer["checks"])
    for check in _checks(told):
        if check.is_raised(told.reading):
            raised = shown.pop(0)
            text, severity = raised["text"], raised["severity"]
            yield _line(told, check, text=text, severity=severity, state=RAISED)


def open_check_lines(told: Told) -> Iterator[Line]:
    """Yield a line for each check that one more known fact could raise."""
    seen = {check.code for check in _checks(told) if check.is_raised(told.reading)}
    for check in _checks(told):
        condition = check.condition
        if condition is None or check.code in seen or not is_close(condition, told.reading):
            continue
        seen.add(check.code)
        yield _line(told, check, text=check.text, severity=check.severity, state=NOT_RAISED)


def _checks(told: Told) -> tuple[Check, ...]:
    return told.edition.checks[told.answer["scenario_status"]]


def _line(told: Told, check: Check, *, text: str, severity: str, state: str) -> Line:
    return line_of(
        told,
        f"check-{check.code}",
        kind="check" if state == RAISED else "open check",
        title=check.code,
        statement=text,
        state=state,
        grounds=list(_grounds(told, check, is_raised=state == RAISED)),
        source=check.source,
        severity=severity,
    )


def _grounds(told: Told, check: Check, *, is_raised: bool) -> Iterator[Ground]:
    if check.condition is not None:
        yield Ground("Raised where", check.condition)
    if not is_raised:
        return
    for condition, severity in check.severities:
        yield Ground(f"{severity.capitalize()} where", condition)
    for condition, _ in check.texts:
        if condition.test(told.reading) is True:
            yield Ground("Worded so where", condition)
            return
