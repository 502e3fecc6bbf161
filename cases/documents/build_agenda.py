"""From one meeting's rows to its printed agenda."""

from datetime import datetime

from django.utils import timezone

from cases.documents.agenda import (
    AgendaDocument,
    AgendaItemPage,
    CriterionLine,
    ImagingLine,
    ReasonLines,
    TimelineLines,
)
from cases.documents.build_lines import (
    board_reason_lines,
    branch_line,
    check_lines,
    local_lines,
    person,
    standing,
    study_line,
)
from cases.documents.build_record import (
    accepted_lines,
    missing_lines,
    notice_lines,
    obstacle_lines,
)
from cases.documents.timeline.listing import listing_of
from cases.documents.timeline.picture import describe, picture_of
from cases.documents.timeline.rendering import NotDrawn
from cases.models import Meeting
from cases.selectors.agendas import AgendaLine, agenda
from cases.selectors.briefing import Briefing, Guidance, Reasons, Shown, briefings_of
from cases.selectors.obstacles import Obstacles, obstacles_of_each
from cases.selectors.timeline import timelines_of
from cases.selectors.timeline_events import Timeline
from tumorboard.formats import moment


def agenda_document(meeting: Meeting, *, printed_at: datetime) -> AgendaDocument:
    """What the agenda of `meeting` says on paper."""
    lines = agenda(meeting)
    editions = {line.assessment.edition_version for line in lines}
    briefings = briefings_of([(line.item.case, line.assessment) for line in lines])
    cases, today = [line.item.case for line in lines], timezone.localdate(printed_at)
    timelines, obstacles = timelines_of(cases, on=today), obstacles_of_each(cases, on=today)
    return AgendaDocument(
        institution=meeting.institution.name,
        board=meeting.board.name,
        meeting_title=meeting.board.name,
        starts=moment(meeting.starts_at),
        place=meeting.place,
        printed_on=moment(printed_at),
        edition=", ".join(sorted(editions)),
        items=tuple(
            _item_page(
                line,
                briefings[line.item.case_id],
                timelines[line.item.case_id],
                obstacles[line.item.case_id],
                position,
            )
            for position, line in enumerate(lines, start=1)
        ),
    )


def _item_page(
    line: AgendaLine, briefing: Briefing, timeline: Timeline, obstacles: Obstacles, position: int
) -> AgendaItemPage:
    guidance = Guidance(line.assessment, line.annotations)
    alternatives = (study_line(study) for study in guidance.alternatives)
    return AgendaItemPage(
        position=position,
        **person(line.item.case.patient),
        question=line.decision.question if line.decision else line.item.question,
        story=briefing.story,
        key_numbers=tuple((number.label, number.value) for number in briefing.key_numbers),
        imaging=tuple(ImagingLine(s.date, s.study, _outcome(s)) for s in briefing.imaging),
        standing=standing(guidance),
        reasons=tuple(_reason_lines(reasons) for reasons in guidance.reasons),
        recommended=study_line(guidance.recommended),
        recommended_label=guidance.recommended_label,
        alternatives=tuple(study for study in alternatives if study is not None),
        branch=branch_line(guidance),
        board_reasons=board_reason_lines(guidance),
        open_questions=tuple(question["question"] for question in guidance.missing),
        # Nothing is ordered from an answer whose result is there.
        before_ordering=()
        if guidance.has_result
        else tuple(question["question"] for question in guidance.to_confirm),
        checks=check_lines(guidance),
        local=local_lines(guidance),
        timeline=_timeline_lines(timeline),
        notices=notice_lines(line.notices),
        missing=missing_lines(line.completeness),
        accepted=accepted_lines(line.completeness),
        obstacles=obstacle_lines(obstacles),
    )


def _timeline_lines(timeline: Timeline) -> TimelineLines | None:
    """The timeline; without its picture where that could not be drawn, none for no story."""
    if timeline.is_empty:
        return None
    try:
        picture = picture_of(timeline).paper if timeline.dates else ""
    except NotDrawn:
        picture = ""
    listing = listing_of(timeline, with_studies=False)
    return TimelineLines(picture, describe(timeline), listing)


def _reason_lines(reasons: Reasons) -> ReasonLines:
    lines = (CriterionLine(c["state"], c["text"], c["source"]) for c in reasons.criteria)
    return ReasonLines(reasons.heading, tuple(lines))


def _outcome(shown: Shown) -> str:
    return f"{shown.outcome}: {shown.summary}" if shown.summary else shown.outcome
