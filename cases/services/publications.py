"""Publishing agendas: freezing a version and telling the board's members."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from cases.models import AgendaPublication, Meeting
from cases.selectors.agendas import agenda
from cases.selectors.board_members import invited
from cases.selectors.calendar import page_of
from cases.selectors.publications import frozen, sealed, sealed_pdf
from cases.services import events
from cases.services.agendas import lock_open_meeting
from cases.services.errors import Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.formats import moment_in
from tumorboard.outbox.mail import post
from tumorboard.tenancy.scope import current_institution, seeing_unrestricted
from tumorboard.vault.fields import Erased


@transaction.atomic
@seeing_unrestricted()
def publish(
    *, meeting: Meeting, lines: Sequence[Mapping[str, Any]], pdf: bytes, by: User
) -> AgendaPublication:
    """Freeze the agenda of `meeting` as its next version and mail its members where it is.

    It is one for everybody, so restricted cases are not in it: who is on their list finds them on
    the meeting's page.

    Args:
        lines: the list as `cases.selectors.publications.frozen` gives it, where restricted cases
            are hidden.
        pdf: the same list as it is printed.

    Raises:
        Refused: the list is empty or is not `lines` any more, a patient on it was erased, or the
            meeting is over or canceled.
    """
    meeting = lock_open_meeting(meeting)
    if not lines:
        message = "There is no case on the list yet. Put one on before you publish it."
        raise Refused(message)
    if frozen(agenda(meeting)) != list(lines):
        message = "The list changed while it was being published. Look at it and publish it again."
        raise Refused(message)
    publication = AgendaPublication(
        meeting=meeting,
        number=AgendaPublication.objects.filter(meeting=meeting).count() + 1,
        published_by=by,
    )
    try:
        publication.lines = sealed(lines, publication=publication)
        publication.pdf = sealed_pdf(pdf, publication=publication)
    except Erased:
        message = "A patient on the list was erased. Take the case off before you publish it."
        raise Refused(message) from None
    publication.save(force_insert=True)
    record(action="agenda.published", subject=meeting, by=by)
    events.agenda_published(publication=publication)
    _tell(publication)
    return publication


def _tell(publication: AgendaPublication) -> None:
    """Mail to the board's members where the agenda is; nothing of a patient stands in it."""
    meeting = publication.meeting
    what = (
        "The agenda" if publication.number == 1 else f"Version {publication.number} of the agenda"
    )
    when = f"{meeting.board.name}, {moment_in(meeting.starts_at, meeting.board.time_zone)}"
    link = page_of(meeting, slug=current_institution().slug)
    post(
        to=[person.email for person in invited(meeting.board)],
        subject=f"{when}: agenda",
        body=f"{what} of {when} is published:\n\n{link}\n",
    )
