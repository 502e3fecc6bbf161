"""What a service refuses, in types that every face translates in one place."""

from collections.abc import Mapping, Sequence


class ServiceError(Exception):
    """A write that did not happen; nothing was written."""


class Invalid(ServiceError):
    """Values that cannot be accepted.

    `errors` maps the field to its reasons; the empty field name is for the whole.
    """

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {field: list(reasons) for field, reasons in errors.items()}
        super().__init__("; ".join(f"{f}: {' '.join(r)}" for f, r in self.errors.items()))


#: What a person is told whose page is older than what others wrote.
CHANGED = (
    "Somebody else changed this while you were working on it. "
    "Look at what is there now and save again."
)


class Changed(ServiceError):
    """Somebody else wrote in between: `if_match` is not the current version."""

    def __init__(self, *, seen: int, current: int) -> None:
        self.seen = seen
        self.current = current
        super().__init__(CHANGED)


class Refused(ServiceError):
    """The state of things does not allow it; the message says why and what to do."""
