"""One resource while it is read."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cases.readings import naming
from cases.readings.answer import Coded
from cases.readings.fhir.datatypes import reference
from cases.readings.fhir.part import Part
from cases.readings.notebook import Notebook
from cases.readings.reading import Kind, Reading
from cases.terminology.codes import LocalCodes


@dataclass
class Resource:
    """A resource, what its institution's codes mean, and the resources that it may name."""

    root: Part
    #: How a message refers to it: "Observation/ki67".
    origin: str
    notebook: Notebook
    local: LocalCodes
    #: By the address under which this resource may name them: "#med", "Medication/1".
    others: Mapping[str, Any] = field(default_factory=dict)
    #: Whom a contained resource is about where it does not say so itself.
    about: str = ""
    #: Whether it says that nothing of it holds; then its elements are not told one by one.
    is_silent: bool = False

    @property
    def subject(self) -> str:
        """The patient whom it names."""
        for name in ("subject", "patient"):
            named = reference(self.root.at(name))
            if named:
                return named
        return self.about

    def say(
        self,
        kind: Kind,
        values: Mapping[str, Any],
        *,
        on: datetime.date | None = None,
        belongs_to: str = "",
    ) -> None:
        """Write down one reading; what is not known is left out."""
        known = {name: value for name, value in values.items() if value not in (None, "")}
        self.notebook.say(
            Reading(kind, known, self.origin, self.subject, belongs_to=belongs_to, on=on)
        )

    def find(self, coded: Coded, *within: str) -> naming.Named | None:
        """What it is named, among the concepts `within`; None where no code says so."""
        return naming.find(coded, *within, local=self.local)

    def find_or_tell(self, coded: Coded, *within: str) -> naming.Named | None:
        """As `find`; where there is none, its codes are told."""
        return naming.find_or_tell(coded, *within, local=self.local, notebook=self.notebook)

    def tell_codes(self, coded: Coded) -> None:
        """Say that no code of it has a meaning at its place."""
        naming.tell(coded, local=self.local, notebook=self.notebook)
