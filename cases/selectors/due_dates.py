"""When what a board recommends is due, by the intervals that follow the result in play.

One reckoning, for what is proposed, what is asked before signing and the tasks that are made: the
days count from the study that gave the result (specification 7.2), and a day follows only where
exactly one is named (7.3).
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cases.models import Assessment, Case
from cases.models.conclusion import Intent, RecommendationKind
from cases.models.study import Modality
from cases.selectors.annotated import AnnotatedAnswer
from cases.selectors.annotations import annotations_of
from cases.selectors.branch_actions import parts_of, reading_of
from cases.selectors.follow_up import Window, window_to_keep, windows_of
from cases.selectors.imaging import imaging_of
from cases.selectors.local_windows import local_windows
from cases.selectors.recommended import Timed, codes_in
from guidance.editions import shelf
from guidance.engine.edition import Edition

#: What the windows of an imaging rule are given for; a rule for `any` study speaks of all.
IMAGING = {
    "anatomical": frozenset({Modality.CT, Modality.MRI, Modality.US, Modality.CEUS, Modality.EUS}),
    "receptor": frozenset({Modality.PET_SSTR, Modality.SRS}),
    "any": frozenset(Modality),
}


@dataclass(frozen=True)
class Follows:
    """The study that gave the result in play, and the windows that are counted from it.

    `windows` begin with those of the institution. `is_accepted`: whether that study may be relied
    on; until somebody accepts it, no day follows.
    """

    on: datetime.date | None = None
    is_accepted: bool = True
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Timing:
    """What the branch in play says of the days of recommendations.

    `modalities` and `intents` are those of the actions that are due by the interval, `words` are
    their words; `elsewhen` are the words of its other actions, of which no interval speaks.
    """

    edition: Edition
    follows: Follows = field(default_factory=Follows)
    modalities: frozenset[str] = frozenset()
    intents: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    elsewhen: frozenset[str] = frozenset()

    def windows_for(self, asked: Timed) -> tuple[Window, ...]:
        """The windows that speak of `asked`; a day is needed for it where there are any."""
        if asked.kind != RecommendationKind.IMAGING:
            return ()
        if not asked.code:
            is_elsewhen = asked.text.strip() in self.elsewhen
            return () if is_elsewhen else self.follows.windows
        procedure = self.edition.ratings.procedures.get(asked.code)
        if procedure is None:
            return ()
        is_meant = procedure.modality in self.modalities and asked.intent in ("", *self.intents)
        if not is_meant and asked.intent != Intent.SURVEILLANCE:
            return ()
        rules = self.edition.intervals.rules
        return tuple(
            window
            for window in self.follows.windows
            if window.is_local or procedure.modality in IMAGING[rules[window.rule].imaging]
        )

    def due_on(self, asked: Timed, *, today: datetime.date) -> datetime.date | None:
        """The one day that follows for `asked`; None where a person has to choose it.

        Words that are not those of the branch are for a person to time. [INT] A day that has
        passed is today.
        """
        is_known = bool(asked.code) or asked.text.strip() in self.words
        if not is_known or not self.follows.is_accepted:
            return None
        window = window_to_keep(self.windows_for(asked))
        return max(window.exact_on, today) if window and window.exact_on else None


def follows_of(case: Case, assessment: Assessment) -> Follows:
    """What gave the result in play of `case`, and the windows counted from it."""
    current = imaging_of(case).current
    on = current.performed_on if current else None
    answer = AnnotatedAnswer(assessment.answer, annotations_of(case, assessment))
    acceptance = answer.acceptance
    edition = shelf.edition(assessment.edition_version)
    windows = windows_of(assessment.answer, assessment.facts, result_on=on, edition=edition)
    return Follows(
        on=on,
        is_accepted=acceptance is None or not acceptance.waiting_for,
        windows=(*local_windows(assessment.answer, result_on=on), *windows),
    )


def timing_of(case: Case, assessment: Assessment) -> Timing:
    """What `assessment` of `case` says of the days of recommendations."""
    edition = shelf.edition(assessment.edition_version)
    if not assessment.answer["branch_detail"]:
        return Timing(edition)
    return timing_from(assessment.answer, follows_of(case, assessment), edition=edition)


def timing_from(answer: Mapping[str, Any], follows: Follows, *, edition: Edition) -> Timing:
    """The same from the answer alone, and from what is known of the study."""
    branch = answer["branch_detail"]
    actions: Sequence[Mapping[str, Any]] = branch["actions"] if branch else ()
    codes = codes_in(edition)
    by_interval = [action for action in actions if reading_of(action["code"]).by_interval]
    readings = [reading_of(action["code"]) for action in by_interval]
    words = frozenset(p.text for action in by_interval for p in parts_of(action, codes) if p.text)
    every = frozenset(part.text for action in actions for part in parts_of(action, codes))
    return Timing(
        edition=edition,
        follows=follows,
        modalities=frozenset(one for reading in readings for one in reading.modality),
        intents=frozenset(reading.intent for reading in readings),
        words=words,
        elsewhen=every - words - {""},
    )
