"""What is answered to a message of HL7 v2, by whichever door it came."""

from typing import NamedTuple

from django.utils import timezone

from cases.models import InboxMessage
from cases.readings.hl7v2 import Malformed, Message, acknowledgments, header_of
from cases.readings.hl7v2.errors import Fault
from cases.services.intake import hl7v2, receiving, sources
from cases.services.intake.faults import OtherContent
from cases.services.intake.incoming import MOST_BYTES
from tumorboard.accounts.client_models import ApiClient
from tumorboard.tenancy.models import new_id

#: The name of this application in MSH-3 of an answer.
SENDER = "TUMORBOARD"
#: HL7 gives MSH-10 twenty letters; the end of an id is its random part.
ID_LETTERS = 20


class Acknowledgment(NamedTuple):
    """An answer, and whether the message is kept."""

    answer: bytes
    is_accepted: bool


def take(raw: bytes, *, client: ApiClient) -> Acknowledgment:
    """Take a message in; the same one again is answered as the first time, to the letter."""
    message: Message | None = None
    try:
        message = hl7v2.parsed(raw)
        hl7v2.check_meant(message, sources.source_of(client))
        kept = receiving.receive(client=client, incoming=hl7v2.incoming(raw, message)).message
    except Malformed as fault:
        return Acknowledgment(_refused(message or header_of(raw), fault), is_accepted=False)
    except OtherContent as error:
        double = Malformed(str(error), fault=Fault.DUPLICATE, segment="MSH", field=10)
        return Acknowledgment(_refused(message, double), is_accepted=False)
    return Acknowledgment(_accepted(message, kept), is_accepted=True)


def too_long(beginning: bytes) -> bytes:
    """The answer to a message that was not read to its end."""
    fault = Malformed(f"The message has more than {MOST_BYTES:,} bytes.")
    return _refused(header_of(beginning), fault)


def failed(raw: bytes) -> bytes:
    """The answer where the fault is ours."""
    ours = Malformed("The message could not be stored. Send it again.", fault=Fault.INTERNAL)
    return _refused(_told(raw), ours)


def not_allowed(raw: bytes) -> bytes:
    """The answer to a sender that may not send here any more."""
    reason = "This sender may not send messages here."
    fault = Malformed(reason, fault=Fault.INTERNAL)
    return _refused(_told(raw), fault)


def _told(raw: bytes) -> Message | None:
    """The message that is answered, or its header where no more of it can be read."""
    try:
        return hl7v2.parsed(raw)
    except Malformed:
        return header_of(raw)


def _accepted(message: Message, kept: InboxMessage) -> bytes:
    return acknowledgments.accepted(
        message, at=kept.received_at, control_id=kept.pk.hex[-ID_LETTERS:], sender=SENDER
    )


def _refused(message: Message | None, fault: Malformed) -> bytes:
    control_id = new_id().hex[-ID_LETTERS:]
    return acknowledgments.refused(
        message, fault, at=timezone.now(), control_id=control_id, sender=SENDER
    )
