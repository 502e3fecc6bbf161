"""Whether everything is there that a board needs: item by item, with what shows it."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from cases.models import AgendaItem, Assessment, Case, Gap, GapAcceptance, GapRequest
from cases.models.case import Preparation
from cases.selectors.completeness_record import CaseRecord, record_of_new, records_of
from cases.selectors.completeness_rules import Evidence, Finding, Miss, NotAsked, look
from cases.selectors.data_set import Asked, DataSet, data_set

DAYS_A_WEEK = 7


class State(StrEnum):
    """How an item stands, in words."""

    CURRENT = "current"
    STALE = "stale"
    MISSING = "missing"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class ItemState:
    """One item of a case on one day.

    `evidence` is what shows it, current or stale. `remark` says why it does not apply or what
    comes near without being enough, with its study in `study_id`. `stale_from` is the first day
    on which it is too old, None where it never is. `since` is when the gap began. What was asked
    for or accepted and is there now ends with the next write to the case.
    """

    asked: Asked
    state: State
    on: datetime.date
    evidence: Evidence | None = None
    remark: str = ""
    study_id: UUID | None = None
    stale_from: datetime.date | None = None
    since: datetime.date | None = None
    request: GapRequest | None = None
    acceptance: GapAcceptance | None = None

    @property
    def code(self) -> str:
        """The item's code."""
        return self.asked.item.code

    @property
    def name(self) -> str:
        """The item in words."""
        return self.asked.item.name

    @property
    def is_gap(self) -> bool:
        """Whether it is missing or too old."""
        return self.state in (State.MISSING, State.STALE)

    @property
    def is_open(self) -> bool:
        """Whether it is a gap that nobody accepted."""
        return self.is_gap and self.acceptance is None

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which it is not too old; None where it never is."""
        return self.stale_from - datetime.timedelta(days=1) if self.stale_from else None

    @property
    def age_days(self) -> int | None:
        """How old the evidence is; None where it has no date."""
        if self.evidence is None or self.evidence.on is None:
            return None
        return (self.on - self.evidence.on).days

    @property
    def age(self) -> str:
        """The same in words; empty where it has no date."""
        if self.age_days is None:
            return ""
        weeks = self.age_days // DAYS_A_WEEK
        count, noun = (weeks, "week") if weeks else (self.age_days, "day")
        return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

    @property
    def asked_of(self) -> str:
        """Who was asked by name; else the department that is asked."""
        return self.request.asked_of if self.request else self.asked.department


@dataclass(frozen=True)
class Completeness:
    """All items of a case on one day, in the order of the data set."""

    items: Sequence[ItemState]

    @cached_property
    def gaps(self) -> list[ItemState]:
        """What is missing or stale, accepted or not."""
        return [item for item in self.items if item.is_gap]

    @cached_property
    def open_gaps(self) -> list[ItemState]:
        """What is missing or stale and nobody accepted."""
        return [item for item in self.gaps if item.is_open]

    @property
    def accepted_gaps(self) -> list[ItemState]:
        """What is missing or stale and somebody accepted by name."""
        return [item for item in self.gaps if not item.is_open]

    @property
    def preparation(self) -> Preparation:
        """Ready, ready with gaps that somebody accepted by name, or not ready."""
        if self.open_gaps:
            return Preparation.NOT_READY
        return Preparation.READY_WITH_GAPS if self.gaps else Preparation.READY

    @property
    def preparation_until(self) -> datetime.date | None:
        """The last day on which `preparation` holds; None where no day alone changes it."""
        if self.open_gaps:
            return None
        current = (item for item in self.items if item.state is State.CURRENT)
        return min((item.last_day for item in current if item.last_day), default=None)

    @property
    def is_scenario_open(self) -> bool:
        """Whether the scenario is not settled: what else is asked for is known only then."""
        scenario = self.item("scenario")
        return scenario is not None and scenario.is_gap

    def count(self, state: State) -> int:
        """How many items stand so."""
        return sum(item.state is state for item in self.items)

    def item(self, code: str) -> ItemState | None:
        """The item of that code, where it is asked for."""
        return next((item for item in self.items if item.code == code), None)


def completeness_of(case: Case, *, on: datetime.date | None = None) -> Completeness:
    """How complete the record of `case` is, in a constant number of queries.

    Args:
        on: the day; today where not given.
    """
    return completeness_of_each([case], on=on)[case.pk]


def completeness_of_each(
    cases: Sequence[Case],
    *,
    on: datetime.date | None = None,
    boards: Mapping[UUID, UUID] | None = None,
) -> dict[UUID, Completeness]:
    """The same for many cases, by id, in the same number of queries.

    Args:
        boards: the board by case whose choices count; where not given, the board on whose list
            each was last put and not yet decided.
    """
    if not cases:
        return {}
    day, asking = on or timezone.localdate(), data_set()
    records = records_of(cases, boards=boards)
    return {case_id: judge(record, asking, on=day) for case_id, record in records.items()}


def completeness_on_list(items: Sequence[AgendaItem]) -> dict[UUID, Completeness]:
    """What is there and what is missing for each item of one meeting's list, by the item's id.

    Judged by the choices of its board, on the day of the meeting, or today once that is past.
    The items' `case` and `meeting` are read; fetch them with the items.
    """
    if not items:
        return {}
    meeting = items[0].meeting
    day = max(timezone.localtime(meeting.starts_at).date(), timezone.localdate())
    boards = {item.case_id: meeting.board_id for item in items}
    records, asking = records_of([item.case for item in items], boards=boards), data_set()
    return {
        item.pk: judge(replace(records[item.case_id], question=item.question), asking, on=day)
        for item in items
    }


def completeness_of_new(
    case: Case, assessment: Assessment, *, asking: DataSet, on: datetime.date
) -> Completeness:
    """The same for a case that was just opened with nothing but answers; asks for nothing."""
    return judge(record_of_new(case, assessment), asking, on=on)


def judge(record: CaseRecord, asking: DataSet, *, on: datetime.date) -> Completeness:
    """Every item that is asked for, as it stands for `record` on a day."""
    asked = asking.asked(record.case.scenario, record.board_id)
    return Completeness([_state(each, record, on) for each in asked])


def _state(asked: Asked, record: CaseRecord, on: datetime.date) -> ItemState:
    when = asked.item.when
    if when is not None and when.test(record.facts) is not True:
        return ItemState(asked, State.NOT_APPLICABLE, on, remark="Not for this patient.")
    findings = [look(rule, record) for rule in asked.item.satisfied_by]
    for finding in findings:
        if isinstance(finding, NotAsked):
            return ItemState(asked, State.NOT_APPLICABLE, on, remark=finding.text)
    evidence = _newest(findings, asked)
    stale_from = _stale_from(evidence, asked)
    code = asked.item.code
    request, acceptance = record.requests.get(code), record.acceptances.get(code)
    if evidence is not None and (stale_from is None or stale_from > on):
        return ItemState(
            asked,
            State.CURRENT,
            on,
            evidence,
            stale_from=stale_from,
            request=request,
            acceptance=acceptance,
        )
    miss = None if evidence else _nearest(findings)
    return ItemState(
        asked,
        State.STALE if evidence else State.MISSING,
        on,
        evidence,
        remark=miss.text if miss else "",
        study_id=miss.study_id if miss else None,
        stale_from=stale_from,
        since=stale_from or _missing_since(record.gaps.get(code), on),
        request=request,
        acceptance=acceptance,
    )


def _newest(findings: Sequence[Finding], asked: Asked) -> Evidence | None:
    """The newest evidence; where age counts, none without a date does."""
    found = [finding for finding in findings if isinstance(finding, Evidence)]
    if asked.max_age_weeks is not None:
        found = [evidence for evidence in found if evidence.on]
    return max(found, key=lambda evidence: evidence.on or datetime.date.min, default=None)


def _nearest(findings: Sequence[Finding]) -> Miss | None:
    """What comes near: evidence too, where its age counts and it has no date."""
    for finding in findings:
        if isinstance(finding, Miss):
            return finding
        if isinstance(finding, Evidence):
            return Miss(f"{finding.text}, without a date", finding.study_id)
    return None


def _stale_from(evidence: Evidence | None, asked: Asked) -> datetime.date | None:
    if evidence is None or evidence.on is None or asked.max_age_weeks is None:
        return None
    return evidence.on + datetime.timedelta(days=asked.max_age_weeks * DAYS_A_WEEK + 1)


def _missing_since(noted: Gap | None, on: datetime.date) -> datetime.date:
    """Since when it is noted as missing; from today on where it is not noted yet."""
    return min(noted.begins_on, on) if noted and not noted.is_stale else on
