"""What is wrong with the content of an edition, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ContentProblem:
    """One thing wrong with a file of an edition; `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        """Return the problem as compilers write theirs, so that editors find the place."""
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class ContentError(ValueError):
    """Content that there is not, or that may not be used; `problems` says all that is wrong."""

    def __init__(self, text: str, problems: Sequence[ContentProblem] = ()) -> None:
        super().__init__("\n".join([text, *map(str, problems)]))
        self.problems = tuple(problems)
