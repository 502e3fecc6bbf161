"""A year of two boards, as rows: what the numbers are counted from.

Written as rows and not through services, since services let nobody plan a meeting in the past.
The same seed makes the same year.
"""

import datetime
import random
from typing import Any

from django.utils import timezone

from cases.models import (
    AgendaItem,
    Attendance,
    Board,
    Case,
    Decision,
    Discussion,
    Meeting,
    Postponement,
    Recommendation,
    Standard,
    Task,
)
from cases.models.agenda_item import Track
from cases.models.conclusion import Concordance, DeviationReason, NoRecommendation, Outcome
from cases.models.postponement import PostponementCause
from cases.models.specialty import Specialty
from cases.models.task import NotDone, TaskState
from tests.factories.cases import make_case
from tumorboard.accounts.models import User

DEPARTMENTS = ("radiology", "pathology", "")
SPECIALTIES = (Specialty.SURGERY, Specialty.NUCLEAR_MEDICINE, Specialty.RADIOLOGY, "")


class Year:
    """Makes the rows; `boards` are the two boards, the first of which asks for specialties."""

    def __init__(self, *, by: User, seed: int, meetings: int = 14, cases: int = 10) -> None:
        self.by = by
        self.chance = random.Random(seed)
        self.now = timezone.now()
        self.boards = [
            Board.objects.create(
                name="First board", required_specialties=[Specialty.SURGERY, Specialty.RADIOLOGY]
            ),
            Board.objects.create(name="Second board"),
        ]
        self.standard = Standard.objects.create(
            board=self.boards[0],
            name="Surveillance as planned",
            source="Local handbook 4",
            scenario="SC-03",
            entered_by=by,
        )
        self.cases = [self._case() for _ in range(cases)]
        self.meetings = [self._meeting(number) for number in range(meetings)]
        for meeting in self.meetings:
            self._hold(meeting)
        self._leave_running(self.meetings[1])

    def _case(self) -> Case:
        case = make_case(by=self.by)
        if self.chance.random() < 0.7:
            days = self.chance.randrange(30, 500)
            Case.objects.filter(pk=case.pk).update(
                referred_on=timezone.localdate() - datetime.timedelta(days=days)
            )
        case.refresh_from_db()
        return case

    def _meeting(self, number: int) -> Meeting:
        # From a month ahead to fourteen months back; the last one before now is of yesterday.
        days = [-30, 1, 364, 366][number] if number < 4 else self.chance.randrange(2, 420)
        starts_at = self.now - datetime.timedelta(days=days, minutes=number)
        return Meeting.objects.create(
            board=self.boards[number % 2],
            starts_at=starts_at,
            cutoff_at=self.chance.choice([None, starts_at - datetime.timedelta(hours=48)]),
            cancelled_at=starts_at if number == 5 else None,
            # Every third one began before its time, some on the day before.
            began_at=starts_at - datetime.timedelta(hours=11) if number % 3 == 1 else None,
        )

    def _hold(self, meeting: Meeting) -> None:
        chance = self.chance
        for number in range(chance.randrange(0, 4)):
            Attendance.objects.create(
                meeting=meeting, name=f"Person {number}", specialty_code=chance.choice(SPECIALTIES)
            )
        for position, case in enumerate(chance.sample(self.cases, 4), start=1):
            if chance.random() < 0.2:
                self._postpone(meeting, case)
            else:
                self._item(meeting, case, position)

    def _leave_running(self, meeting: Meeting) -> None:
        """A meeting that has a case before it now."""
        Discussion.objects.create(
            meeting=meeting, item=AgendaItem.objects.filter(meeting=meeting)[0], shown_by=self.by
        )

    def _postpone(self, meeting: Meeting, case: Case) -> None:
        Postponement.objects.create(
            case=case,
            meeting=meeting,
            cause=self.chance.choice(PostponementCause.values),
            department=self.chance.choice(DEPARTMENTS),
            by=self.by,
        )

    def _item(self, meeting: Meeting, case: Case, position: int) -> None:
        chance = self.chance
        by_protocol = chance.random() < 0.2
        item = AgendaItem.objects.create(
            meeting=meeting,
            case=case,
            position=position,
            track=Track.PROTOCOL if by_protocol else Track.DISCUSSION,
            standard=self.standard if by_protocol else None,
            was_ready_at_cutoff=chance.choice([None, True, True, False]),
            listed_by=self.by,
            listed_at=meeting.starts_at - datetime.timedelta(hours=chance.randrange(1, 120)),
        )
        began_at = meeting.starts_at
        for _ in range(chance.randrange(0, 3)):
            ended_at = began_at + datetime.timedelta(seconds=chance.randrange(20, 600))
            Discussion.objects.create(
                meeting=meeting, item=item, began_at=began_at, ended_at=ended_at, shown_by=self.by
            )
            began_at = ended_at
        for version in range(1, chance.choice([0, 1, 1, 1, 2]) + 1):
            self._decision(item, version)

    def _decision(self, item: AgendaItem, version: int) -> None:
        chance = self.chance
        outcome = chance.choice([Outcome.RECOMMENDATION] * 3 + [Outcome.NONE])
        concordance = chance.choice(["", *Concordance.values])
        deviates = concordance == Concordance.DEVIATES
        decision = Decision.objects.create(
            agenda_item=item,
            case=item.case,
            version=version,
            assessment_id=item.case.assessment_id,
            rationale="Said.",
            signed_by=self.by,
            signer_name=self.by.name,
            signer_role="Board chair",
            signed_at=item.meeting.starts_at + datetime.timedelta(hours=version),
            meaning="Signed.",
            content_hash="0" * 64,
            track=item.track,
            outcome=outcome,
            no_recommendation_reason=chance.choice(NoRecommendation.values)
            if outcome == Outcome.NONE
            else "",
            concordance=concordance,
            deviation_reason=chance.choice(DeviationReason.values) if deviates else "",
            stage_discussed=chance.random() < 0.6,
            guideline_discussed=chance.random() < 0.6,
            is_prospective=chance.choice([None, True, False]),
        )
        if outcome == Outcome.RECOMMENDATION:
            for position in (1, 2):
                self._task(decision, position)

    def _task(self, decision: Decision, position: int) -> None:
        chance = self.chance
        asked = Recommendation.objects.create(
            decision=decision, position=position, kind="other", text="Something"
        )
        state = chance.choice(TaskState.values)
        signed_on = timezone.localdate(decision.signed_at)
        dates: dict[str, Any] = {}
        if state in (TaskState.DONE, TaskState.RESULTED):
            dates["done_on"] = signed_on + datetime.timedelta(days=chance.randrange(0, 60))
        Task.objects.create(
            case_id=decision.case_id,
            decision=decision,
            recommendation=asked,
            kind="other",
            text="Something",
            owner=self.by,
            due_on=signed_on + datetime.timedelta(days=chance.randrange(1, 90)),
            state=state,
            not_done_reason=chance.choice(NotDone.values) if state == TaskState.NOT_DONE else "",
            **dates,
        )
