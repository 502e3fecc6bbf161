"""The intervals that an institution gives beside those of the guidance, as windows."""

import datetime
from collections.abc import Mapping
from typing import Any

from cases.selectors.follow_up import Window, after
from guidance.editions import local_notes
from guidance.editions.models import LocalNote, NoteSubject


def local_windows(
    answer: Mapping[str, Any], *, result_on: datetime.date | None
) -> tuple[Window, ...]:
    """The intervals that stand beside the branch in play or one of its rules, in one query.

    [INT] An interval beside a scenario, a study or a check says nothing of what follows a result.

    Args:
        result_on: the day of the study that gave the result; the windows count from it.
    """
    branch = answer["branch_detail"]
    if not branch:
        return ()
    rules = {interval["rule"] for interval in branch["interval"]}
    named: Mapping[str, set[str]] = {
        NoteSubject.BRANCH: {branch["id"]},
        NoteSubject.INTERVAL: rules,
    }
    return tuple(
        _window(note, result_on)
        for note in local_notes.standing()
        if note.low_months is not None
        and note.code in named.get(note.subject, ())
        and note.scenario in ("", answer["scenario"])
    )


def _window(note: LocalNote, result_on: datetime.date | None) -> Window:
    return Window(
        rule=f"local-{note.series.hex}",
        words=local_notes.interval_words(note),
        text=note.text,
        source="",
        is_chosen=False,
        first_on=after(result_on, note.low_months),
        last_on=after(result_on, note.high_months),
        low=note.low_months,
        high=note.high_months,
        is_local=True,
    )
