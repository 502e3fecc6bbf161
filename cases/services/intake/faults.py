"""What is wrong with a message that is not taken in; nothing of it is kept."""

from collections.abc import Sequence
from typing import Self

from cases.r4.issue import Code, Issue
from cases.services.errors import ServiceError

ALREADY = (
    "A message with this id and another content is here already. Give every message its own id."
)
TEST = (
    "This is a test, and this source sends in earnest. Send tests as a client of their own that is "
    "marked as a test."
)


class Unacceptable(ServiceError):
    """A message that cannot be taken, and where in it that is seen.

    `code` is one of FHIR's issue types: structure, required, value, too-long, not-supported,
    business-rule.
    """

    def __init__(self, reason: str, *, place: str = "", code: str = "structure") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.code = code
        #: Everything that is wrong; the first of them is `reason`.
        self.issues: Sequence[Issue] = [Issue(Code(code), reason, (place,) if place else ())]

    @classmethod
    def of(cls, issues: Sequence[Issue]) -> Self:
        """A message of which R4 says that it is wrong in these places."""
        first = issues[0]
        found = cls(first.diagnostics, place=" ".join(first.expression), code=first.code)
        found.issues = issues
        return found


class OtherContent(ServiceError):
    """The id of the message was used for another content."""

    def __init__(self) -> None:
        super().__init__(ALREADY)
