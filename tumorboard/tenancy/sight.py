"""Which rows of its own institution a person must not see, and who says so.

Restricted cases are named higher in the house, but every door must ask for them. So the
application that keeps them says at start-up how (`decided_by`); while nobody has, no door opens.
"""

import datetime
import uuid
from typing import NamedTuple, Protocol


class Opening(NamedTuple):
    """A restricted record that a person has opened with a reason, until when."""

    id: uuid.UUID
    until: datetime.datetime
    reason: str


class Sight(NamedTuple):
    """What is kept from one person.

    `hidden` are patients and cases, of which nearly every table says to which it belongs; `parts`
    are the rows by which the others are found, such as agenda items and decisions. `openings` are
    what would be hidden too, had the person not broken the glass.
    """

    hidden: tuple[uuid.UUID, ...] = ()
    parts: tuple[uuid.UUID, ...] = ()
    openings: tuple[Opening, ...] = ()


#: Nothing is hidden: how the system itself works.
EVERYTHING = Sight()


class Decide(Protocol):
    """Says what a person sees; None asks for somebody on no list at all."""

    def __call__(self, person_id: uuid.UUID | None, *, opened: bool) -> Sight:
        """What is hidden; `opened` says whether what they broke the glass for counts."""


_rules: list[Decide] = []


def decided_by(decide: Decide) -> None:
    """Let `decide` say what people see."""
    _rules[:] = [decide]


def sight_of(person_id: uuid.UUID | None, *, opened: bool = True) -> Sight:
    """What is hidden from a person in the current institution.

    Args:
        opened: whether the records count that the person has opened with a reason.

    Raises:
        RuntimeError: nobody has said who decides.
    """
    if not _rules:
        message = "Nobody says which cases are restricted: no door may open."
        raise RuntimeError(message)
    return _rules[0](person_id, opened=opened)
