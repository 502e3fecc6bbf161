"""What is wrong with a message that is not taken in; nothing of it is kept."""

from cases.services.errors import ServiceError

ALREADY = (
    "A message with this id and another content is here already. Give every message its own id."
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


class OtherContent(ServiceError):
    """The id of the message was used for another content."""

    def __init__(self) -> None:
        super().__init__(ALREADY)
