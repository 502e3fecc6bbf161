"""A message that came, taken apart, before anybody knows whom it is about."""

import datetime
from dataclasses import dataclass

from cases.readings.reading import Kind, Read
from cases.services.intake.faults import Unacceptable

#: The longest message, in bytes; less than any body of a request may have.
MOST_BYTES = 2_000_000
MOST_READINGS = 2_000
LONGEST_ID = 200
SEVERAL = (
    "It is about more than one person. A message is kept under the key of the person it is about: "
    "send one for each."
)


@dataclass(frozen=True)
class Incoming:
    """One message in any format."""

    format: str
    #: "ADT^A08", "Bundle".
    kind: str
    control_id: str
    said_at: datetime.datetime | None
    #: To the letter, as text.
    raw: str
    read: Read


def checked(incoming: Incoming, *, also_called: frozenset[str] = frozenset()) -> Incoming:
    """The message, if it can be kept as one.

    Args:
        also_called: further ways in which the message refers to its patient.

    Raises:
        Unacceptable: it is about several people, its id is too long, or it says too much.
    """
    if len(incoming.control_id) > LONGEST_ID:
        reason = f"The id of the message has more than {LONGEST_ID} letters."
        raise Unacceptable(reason, code="too-long")
    readings = incoming.read.readings
    if len(readings) > MOST_READINGS:
        reason = f"It says more than {MOST_READINGS:,} things. Send it in parts."
        raise Unacceptable(reason, code="too-long")
    people = {each.origin: each.subject for each in readings if each.kind is Kind.PATIENT}
    known = also_called | set(people) | set(people.values())
    strangers = {each.subject for each in readings if each.subject} - known
    if len(people) + (len(strangers) if not people else bool(strangers)) > 1:
        raise Unacceptable(SEVERAL, code="business-rule")
    return incoming
