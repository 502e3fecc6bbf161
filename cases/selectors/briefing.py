"""An agenda item as a board sees it: everything of one screen, and of its printed page."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.models import AgendaItem, Assessment, Decision, Treatment
from cases.selectors.agendas import AgendaLine, lines_of
from cases.selectors.annotations import annotations_of_signed
from cases.selectors.compared_imaging import ComparedImaging, compare
from cases.selectors.guidance_words import Guidance
from cases.selectors.imaging import Imaging, imaging_of_each
from cases.selectors.key_numbers import KeyNumber, key_numbers_of
from cases.selectors.lesions import LesionRecord, lesions_of_each
from cases.selectors.notices import Notice, notices_of_each
from cases.selectors.obstacles import Obstacles, obstacles_of_each
from cases.selectors.opinions import GivenOpinion, opinions_on_each
from cases.selectors.quorum import Quorum, is_about_prrt, quorum_of_each, with_prrt_in_play
from cases.selectors.results_ahead import ResultAhead, results_ahead
from cases.selectors.story import Story, story_of
from cases.selectors.withheld import Withheld, withheld_options


@dataclass(frozen=True)
class Briefing:
    """One item: what is asked, what is known, what the guidance says, and what is missing.

    Once an item is decided, `guidance`, `key_numbers`, `withheld` and `ahead` are as the board
    saw them; story and imaging are of the record as it is now. `lesions` and `all_imaging` are
    what was read for them, for whoever shows more of the record.
    """

    line: AgendaLine
    guidance: Guidance
    story: Story
    key_numbers: tuple[KeyNumber, ...]
    imaging: ComparedImaging
    ahead: tuple[ResultAhead, ...]
    obstacles: Obstacles
    opinions: tuple[GivenOpinion, ...]
    quorum: Quorum
    withheld: tuple[Withheld, ...]
    all_imaging: Imaging
    lesions: LesionRecord

    @property
    def item(self) -> AgendaItem:
        """What it is about."""
        return self.line.item

    @property
    def question(self) -> str:
        """What the board is asked; once it is decided, what it was asked."""
        return self.line.decision.question if self.line.decision else self.item.question

    @property
    def assessment(self) -> Assessment:
        """What the guidance said, now or when the board decided."""
        return self.guidance.assessment

    @property
    def edition(self) -> str:
        """The edition that says it."""
        return self.assessment.edition_version


def briefing_of(item: AgendaItem) -> Briefing:
    """The briefing of one item; see `briefings_of`."""
    return briefings_of([item])[0]


def briefing_at(item: AgendaItem, signed: Decision) -> Briefing:
    """The briefing of one item as the board saw it when it decided so, in whichever version."""
    return briefings_of([item], signed={item.pk: signed})[0]


def briefings_of(
    items: Sequence[AgendaItem], *, signed: Mapping[UUID, Decision] | None = None
) -> list[Briefing]:
    """The briefings of items of one meeting, in as many queries as for one.

    Case, patient, assessment, meeting and board of the items are read; fetch them with the items.
    Cases that were never assessed have none.

    Args:
        signed: the versions of signed decisions to show, by the item's id, if not those in force.
    """
    if not items:
        return []
    ids = [item.case_id for item in items]
    imaging, lesions = imaging_of_each(ids), lesions_of_each(ids)
    notices = notices_of_each(ids, imaging=imaging, lesions=lesions)
    obstacles = obstacles_of_each([item.case for item in items], on=timezone.localdate())
    quorum = quorum_of_each(items[0].meeting, items)
    about_prrt = with_prrt_in_play(items)
    opinions = opinions_on_each(items)
    return [
        _briefing(
            line,
            assessment,
            imaging=imaging[line.item.case_id],
            lesions=lesions[line.item.case_id],
            obstacles=obstacles[line.item.case_id],
            opinions=opinions[line.item.pk],
            quorum=quorum[line.item.pk],
            is_prrt_in_play=line.item.pk in about_prrt,
        )
        for line in _lines(items, notices, signed or {})
        if (assessment := line.assessment) is not None
    ]


def _lines(
    items: Sequence[AgendaItem],
    notices: Mapping[UUID, tuple[Notice, ...]],
    signed: Mapping[UUID, Decision],
) -> Iterator[AgendaLine]:
    for line in lines_of(items, notices=notices):
        if decision := signed.get(line.item.pk):
            yield replace(line, decision=decision, annotations=annotations_of_signed(decision))
        else:
            yield line


def _briefing(line: AgendaLine, assessment: Assessment, **found: Any) -> Briefing:
    case, imaging, lesions = line.item.case, found["imaging"], found["lesions"]
    version = assessment.edition_version
    treatments = sorted(lesions.treatments, key=_when)
    decision = line.decision
    is_prrt = is_about_prrt(decision.question, assessment) if decision else found["is_prrt_in_play"]
    return Briefing(
        line=line,
        guidance=Guidance(assessment, line.annotations),
        story=story_of(case, assessment, treatments=treatments, imaging=imaging),
        key_numbers=key_numbers_of(assessment, is_prrt_in_play=is_prrt),
        imaging=compare(imaging, lesions, edition_version=version),
        ahead=results_ahead(assessment),
        obstacles=found["obstacles"],
        opinions=tuple(found["opinions"]),
        quorum=found["quorum"],
        withheld=withheld_options(assessment, is_about_prrt=is_prrt),
        all_imaging=imaging,
        lesions=lesions,
    )


def _when(treatment: Treatment) -> tuple[datetime.date, UUID]:
    """Oldest first; those of unknown date come last."""
    return (treatment.start or treatment.end or datetime.date.max, treatment.pk)
