"""One statement of an edition, as search and links know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its code, its title, what it says, where it is from and where it stands.

    `kind` names the sort of statement for a reader. `more` are words by which it is found too,
    such as its condition. `path` is below the library's root, `anchor` the place on that page.
    """

    code: str
    kind: str
    title: str
    text: str
    source: str
    path: str
    anchor: str
    more: str = ""

    @property
    def place(self) -> str:
        """Its address below the library's root."""
        return f"{self.path}#{self.anchor}" if self.anchor else self.path
