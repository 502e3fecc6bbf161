"""From one briefing to the lines of its printed page: imaging, what follows results, opinions."""

from collections.abc import Iterable

from cases.documents.agenda import AheadLine, ComparedLine, OpinionLine
from cases.selectors.briefing import Briefing
from cases.selectors.compared_imaging import ComparedImaging, ComparedStudy
from cases.selectors.opinions import GivenOpinion
from tumorboard.formats import moment


def waiting_lines(imaging: ComparedImaging) -> tuple[str, ...]:
    """The newest studies that have no result yet."""
    named = [f"{study.outcome}: {study.name}, {study.date}" for study in imaging.waiting]
    more = [f"{imaging.more_waiting} more without a result"] if imaging.more_waiting else []
    return (*named, *more)


def compared_lines(imaging: ComparedImaging) -> tuple[ComparedLine, ...]:
    """The newest two studies with a result, the current one first."""
    return tuple(
        ComparedLine(
            heading=heading,
            date=study.date,
            study=study.name,
            outcome=study.outcome,
            summary=study.summary,
            measured=_measured(study, imaging.percent if study is imaging.current else ""),
        )
        for heading, study in imaging.columns
    )


def ahead_lines(briefing: Briefing) -> tuple[AheadLine, ...]:
    """What follows each result; of the one in play with what its interval waits for."""
    return tuple(
        AheadLine(
            outcomes=one.outcomes,
            trigger=one.no_path or one.trigger,
            steps=one.lines,
            interval=(briefing.guidance.interval if one.is_in_play else "") or one.interval,
            is_in_play=one.is_in_play,
        )
        for one in briefing.ahead
    )


def opinion_lines(opinions: Iterable[GivenOpinion]) -> tuple[OpinionLine, ...]:
    """Opinions that were given before the meeting."""
    return tuple(OpinionLine(_who(given), given.opinion.text) for given in opinions)


def _measured(study: ComparedStudy, percent: str) -> str:
    words = f"Sum {study.sum_mm} mm" if study.sum_mm else ""
    words += f" ({percent} to the previous)" if words and percent else ""
    response = f"RECIST 1.1: {study.response}" if study.response else ""
    return ", ".join(filter(None, (words, response, study.change)))


def _who(given: GivenOpinion) -> str:
    return ", ".join(filter(None, (given.name, given.specialty, moment(given.opinion.given_at))))
