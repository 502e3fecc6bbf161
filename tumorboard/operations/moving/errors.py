"""Why an institution does not move."""

from collections.abc import Sequence


class CannotMove(Exception):
    """Nothing was moved; `reasons` says why, each in one sentence without patient data."""

    def __init__(self, *reasons: str) -> None:
        self.reasons: Sequence[str] = reasons
        super().__init__("\n".join(reasons))
