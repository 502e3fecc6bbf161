"""A segment of a message: fields, repetitions, components, subcomponents."""

from dataclasses import dataclass

from cases.readings.answer import Code, Coded
from cases.readings.hl7v2.delimiters import Delimiters
from cases.readings.hl7v2.escapes import unescaped
from cases.readings.notebook import Notebook

#: Says that a value is known to be empty, and not that it was left out.
NULL = '""'
EMPTIED = "It says that this is to be emptied; a person decides that."
NO_PLACE = "This has no place here."
#: Components of a coded element: code, text, system; and the same of the alternate code.
CODES = ((1, 2, 3), (4, 5, 6))
ORIGINAL_TEXT = 9


@dataclass(frozen=True)
class Segment:
    """One line of a message; `path` says which of its kind it is: "OBX[3]"."""

    name: str
    path: str
    fields: tuple[str, ...]
    delimiters: Delimiters

    def at(self, number: int) -> str:
        """Where a field stands: "OBX[3]-5"."""
        return f"{self.path}-{number}"

    def raw(self, number: int) -> str:
        """A field as it is written; empty where it is not there."""
        return self.fields[number] if number < len(self.fields) else ""

    def repetitions(self, number: int) -> list[str]:
        """What a field says, once or several times; nothing where it is empty."""
        return [one for one in self.raw(number).split(self.delimiters.repetition) if one]

    def text(self, number: int, component: int = 1, subcomponent: int = 1) -> str:
        """A part of the first repetition of a field, unescaped."""
        first = next(iter(self.repetitions(number)), "")
        return self.part(first, component, subcomponent)

    def whole(self, number: int) -> str:
        """A whole field as text: components of free text are none."""
        return unescaped(self.raw(number), self.delimiters).strip()

    def part(self, repetition: str, component: int, subcomponent: int = 1) -> str:
        """A component of a repetition, unescaped; empty where it is not there or null."""
        found = _member(repetition, self.delimiters.component, component)
        inner = _member(found, self.delimiters.subcomponent, subcomponent)
        return "" if inner == NULL else unescaped(inner, self.delimiters).strip()

    def is_null(self, number: int) -> bool:
        """Whether a field says that its value is to be emptied."""
        return self.raw(number) == NULL

    def tell_rest(self, read: frozenset[int], notebook: Notebook) -> None:
        """Tell every field that says something and is not among those that are read."""
        for number in range(1, len(self.fields)):
            if self.is_null(number):
                notebook.tell(self.at(number), EMPTIED)
            elif self.raw(number) and number not in read:
                notebook.tell(self.at(number), NO_PLACE)

    def coded(self, number: int) -> Coded:
        """A coded element (CE, CWE, CNE): every code of every repetition, and its words."""
        path = self.at(number)
        codes: list[Code] = []
        text = ""
        for repetition in self.repetitions(number):
            for code, words, system in CODES:
                given = self.part(repetition, code)
                words_given = self.part(repetition, words)
                text = text or words_given
                if given:
                    known = self.part(repetition, system)
                    codes.append(Code(f"{path}.{code}", known, given, words_given))
            text = self.part(repetition, ORIGINAL_TEXT) or text
        return Coded(path, tuple(codes), text)


def _member(text: str, separator: str, number: int) -> str:
    members = text.split(separator)
    return members[number - 1] if number <= len(members) else ""
