"""From one meeting's rows to its printed agenda."""

from datetime import datetime

from django.utils import timezone

from cases.documents.agenda import AgendaDocument, AgendaItemPage, TimelineLines
from cases.documents.build_item import ahead_lines, compared_lines, opinion_lines, waiting_lines
from cases.documents.build_lines import (
    board_reason_lines,
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
from cases.documents.build_timeline import timelines_lines
from cases.models import Meeting
from cases.models.agenda_item import Track
from cases.selectors.agendas import items_of
from cases.selectors.briefing import Briefing, briefings_of
from cases.selectors.prepared_agenda import PreparedAgenda, PreparedLine, prepared_agenda
from cases.selectors.timeline import timelines_of
from tumorboard.formats import day, moment


def agenda_document(meeting: Meeting, *, printed_at: datetime) -> AgendaDocument:
    """What the agenda of `meeting` says on paper."""
    briefings = briefings_of(items_of(meeting))
    prepared = prepared_agenda(meeting, [briefing.line for briefing in briefings])
    timelines = timelines_of(
        [briefing.item.case for briefing in briefings],
        on=timezone.localdate(printed_at),
        lesions={briefing.item.case_id: briefing.lesions for briefing in briefings},
    )
    drawn = timelines_lines([timelines[briefing.item.case_id] for briefing in briefings])
    return AgendaDocument(
        institution=meeting.institution.name,
        board=meeting.board.name,
        meeting_title=meeting.board.name,
        starts=moment(meeting.starts_at),
        place=meeting.place,
        printed_on=moment(printed_at),
        edition=", ".join(sorted({briefing.edition for briefing in briefings})),
        items=tuple(
            _item_page(briefing, line, timeline, position)
            for position, (briefing, line, timeline) in enumerate(
                zip(briefings, prepared.lines, drawn, strict=True), start=1
            )
        ),
        minutes=f"{prepared.minutes} of {meeting.minutes} minutes",
        version=_version(prepared),
        canceled=_canceled(meeting),
    )


def _canceled(meeting: Meeting) -> str:
    if meeting.cancelled_at is None:
        return ""
    words = f"This meeting was canceled on {day(meeting.cancelled_at)}."
    return f"{words} {meeting.cancelled_because}".rstrip()


def _version(prepared: PreparedAgenda) -> str:
    """Which published version it is, and how much changed since; empty before the first."""
    published = prepared.published
    if published is None:
        return ""
    changed = len(prepared.changes)
    since = f", {changed} change{'s' if changed > 1 else ''} since" if changed else ""
    return f"{published.number}, published {moment(published.published_at)}{since}"


def _marks(line: PreparedLine) -> tuple[str, ...]:
    """The track where it is not discussed, what sets it apart, and how long it is to take."""
    track = [str(line.item.get_track_display())] if line.item.track == Track.PROTOCOL else []
    return (*track, *line.marks, f"{line.expected.minutes} min")


def _item_page(
    briefing: Briefing,
    prepared: PreparedLine,
    timeline: TimelineLines | None,
    position: int,
) -> AgendaItemPage:
    line, guidance = briefing.line, briefing.guidance
    alternatives = (study_line(study) for study in guidance.alternatives)
    return AgendaItemPage(
        position=position,
        **person(briefing.item.case.patient),
        question=briefing.question,
        story=briefing.story.lines,
        key_numbers=tuple((number.label, number.value) for number in briefing.key_numbers),
        marks=_marks(prepared),
        quorum="" if line.decision else briefing.quorum.words,
        waiting=waiting_lines(briefing.imaging),
        imaging=compared_lines(briefing.imaging),
        ahead=ahead_lines(briefing),
        withheld=tuple(option.words for option in briefing.withheld),
        standing=standing(guidance),
        recommended=study_line(guidance.recommended),
        recommended_label=guidance.recommended_label,
        alternatives=tuple(study for study in alternatives if study is not None),
        board_reasons=board_reason_lines(guidance),
        open_questions=tuple(question["question"] for question in guidance.missing),
        # Nothing is ordered from an answer whose result is there.
        before_ordering=()
        if guidance.has_result
        else tuple(question["question"] for question in guidance.to_confirm),
        checks=check_lines(guidance),
        local=local_lines(guidance),
        timeline=timeline,
        notices=notice_lines(line.notices),
        missing=missing_lines(line.completeness),
        accepted=accepted_lines(line.completeness),
        obstacles=obstacle_lines(briefing.obstacles),
        opinions=opinion_lines(briefing.opinions),
    )
