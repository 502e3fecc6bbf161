"""Noting who is present at a meeting."""

from django.db import transaction

from cases.models import Attendance, Meeting
from cases.models.specialty import Specialty
from cases.selectors.board_members import specialty_of
from cases.services.agendas import lock_meeting
from cases.services.checks import check
from cases.services.errors import Invalid, Refused
from cases.services.live import announce
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def note_present(
    *,
    meeting: Meeting,
    name: str,
    specialty: str = "",
    specialty_code: str = "",
    person: User | None = None,
    by: User,
) -> Attendance:
    """Note that somebody is present.

    Args:
        specialty: in words; where empty, the label of the code.
        specialty_code: by which quorum is counted, a value of `Specialty`; where empty, the one
            that a member of the board stands for. Who notes themselves and stands for one
            counts for that one.
        person: the member of the institution, or None for somebody from outside.

    Raises:
        Invalid: a field cannot be accepted, or the name is on the list.
        Refused: the meeting was canceled, or has ended.
    """
    meeting = lock_meeting(meeting)
    if meeting.ended_at is not None:
        message = "This meeting has ended, so nobody more is noted as present."
        raise Refused(message)
    seat = specialty_of(meeting.board_id, person) if person else ""
    code = seat if seat and person == by else specialty_code or seat
    words = specialty.strip() or (Specialty(code).label if code in Specialty.values else "")
    attendance = Attendance(
        meeting=meeting, name=name.strip(), specialty=words, specialty_code=code, person=person
    )
    check(attendance)
    if Attendance.objects.filter(meeting=meeting, name=attendance.name).exists():
        raise Invalid({"name": ["This name is on the list already."]})
    attendance.save()
    announce(meeting_id=meeting.pk)
    record(action="meeting.attendance.noted", subject=meeting, by=by)
    return attendance


@transaction.atomic
def note_absent(*, attendance: Attendance, by: User) -> None:
    """Take somebody off the list of those present; signed decisions keep who was there.

    Raises:
        Refused: the meeting was canceled.
    """
    meeting = lock_meeting(attendance.meeting)
    attendance.delete()
    announce(meeting_id=meeting.pk)
    record(action="meeting.attendance.removed", subject=meeting, by=by)
