"""Telling those who follow a meeting that there is something new to see."""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from cases.models import Meeting

#: The channel on which web processes listen (`cases.web.listening`); they are told ids, no more.
CHANNEL = "tumorboard_meeting"


@transaction.atomic(savepoint=False)
def announce(*, meeting_id: UUID) -> None:
    """Count one change of a meeting and tell every web process when the transaction commits.

    Services call it before they lock an item or a case: counting locks the meeting's row, and
    the order is meeting, item, case. A change that is refused afterwards is never announced.

    Args:
        meeting_id: the meeting whose followers must look again; one that is not there is let be.
    """
    Meeting.objects.filter(pk=meeting_id).update(revision=F("revision") + 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(meeting_id)])
