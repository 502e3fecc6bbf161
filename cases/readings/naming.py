"""What a coded thing stands for here; codes that stand for nothing are told."""

from typing import NamedTuple

from cases.readings.answer import Code, Coded
from cases.readings.notebook import Notebook
from cases.readings.profile_codes import concept_of
from cases.terminology.codes import LocalCodes

NO_MEANING = "This code has no meaning here."
OTHER_MEANING = "This code has a meaning here, but none at this place."
WORDS_ALONE = "It is named in words alone, without a code."
NOTHING = "It is not said what this is about."


class Named(NamedTuple):
    """A concept of ours, and the code that says it."""

    concept: str
    code: Code

    @property
    def kind(self) -> str:
        """The first part of the concept's path."""
        return self.concept.partition("/")[0]

    @property
    def name(self) -> str:
        """The concept without its kind."""
        return self.concept.partition("/")[2]

    @property
    def last(self) -> str:
        """The last part of the concept's path."""
        return self.concept.rpartition("/")[2]


def find(coded: Coded, *within: str, local: LocalCodes) -> Named | None:
    """The first concept that a code of it stands for, among those `within` any of these."""
    for code in coded.codes:
        for place in within or ("",):
            concept = concept_of(code.system, code.code, within=place, local=local)
            if concept is not None:
                return Named(concept, code)
    return None


def find_all(coded: Coded, *within: str, local: LocalCodes) -> list[Named]:
    """Every concept that its codes stand for, each once, in order."""
    found: dict[str, Named] = {}
    for code in coded.codes:
        named = find(Coded(coded.path, (code,)), *within, local=local)
        if named is not None:
            found.setdefault(named.concept, named)
    return list(found.values())


def find_or_tell(coded: Coded, *within: str, local: LocalCodes, notebook: Notebook) -> Named | None:
    """As `find`; where there is none, each of its codes is told."""
    named = find(coded, *within, local=local)
    if named is None:
        tell(coded, local=local, notebook=notebook)
    return named


def tell(coded: Coded, *, local: LocalCodes, notebook: Notebook) -> None:
    """Say that none of its codes has a meaning at its place."""
    for code in coded.codes:
        known = concept_of(code.system, code.code, local=local)
        notebook.tell_code(code, OTHER_MEANING if known else NO_MEANING)
    if not coded.codes:
        notebook.tell(coded.path, WORDS_ALONE if coded.text else NOTHING)
