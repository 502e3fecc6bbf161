"""Messages that cannot be taken, and what the acknowledgment says of it."""

from enum import StrEnum


class Fault(StrEnum):
    """Codes of HL7's table 0357."""

    SEQUENCE = "100"
    REQUIRED = "101"
    DATA_TYPE = "102"
    TABLE = "103"
    MESSAGE_TYPE = "200"
    EVENT = "201"
    PROCESSING = "202"
    VERSION = "203"
    DUPLICATE = "205"
    INTERNAL = "207"


#: How the table calls them.
FAULT_NAMES = {
    Fault.SEQUENCE: "Segment sequence error",
    Fault.REQUIRED: "Required field missing",
    Fault.DATA_TYPE: "Data type error",
    Fault.TABLE: "Table value not found",
    Fault.MESSAGE_TYPE: "Unsupported message type",
    Fault.EVENT: "Unsupported event code",
    Fault.PROCESSING: "Unsupported processing id",
    Fault.VERSION: "Unsupported version id",
    Fault.DUPLICATE: "Duplicate key identifier",
    Fault.INTERNAL: "Application internal error",
}
#: Faults of the header: the message was not even looked at, and is rejected.
REJECTED = frozenset({Fault.MESSAGE_TYPE, Fault.EVENT, Fault.PROCESSING, Fault.VERSION})
#: Fields of MSH that name the receiver; the table has no code for a message to somebody else.
RECEIVER = (5, 6)


class Malformed(ValueError):
    """Something that is no message, or none that is taken; the text is the reason.

    Args:
        segment: where it stands, "MSH"; empty where the message as a whole is meant.
        field: number of the field in it; 0 for the whole segment.
    """

    def __init__(
        self, reason: str, *, fault: Fault = Fault.SEQUENCE, segment: str = "", field: int = 0
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fault = fault
        self.segment = segment
        self.field = field

    @property
    def is_rejection(self) -> bool:
        """Whether the message is none for here, and sending it again put right is no use."""
        is_for_others = self.segment == "MSH" and self.field in RECEIVER
        return self.fault in REJECTED or is_for_others
