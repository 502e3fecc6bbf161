"""How readings of one kind are written: one interface, one implementation a kind."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging
from cases.fhir.outcome import NotAllowed
from cases.readings.reading import Kind, Reading
from tumorboard.accounts.models import User

STAYS = "This cannot be taken back here: the record keeps it. Correct it instead."


class Writer(ABC):
    """Writes readings of one kind through the services, with the caller as who did it."""

    kind: ClassVar[Kind]
    model: ClassVar[type[Model]]

    @abstractmethod
    def add(self, reading: Reading, whose: Belonging, *, by: User) -> Model | None:
        """Write a new row; None where it is not said to whom or what it belongs.

        Raises:
            ServiceError: the services do not take it.
        """

    @abstractmethod
    def change(self, row: Any, values: Mapping[str, Any], *, by: User) -> Model:
        """Write `values` into a row that was written from an earlier version of the resource.

        Raises:
            ServiceError: the services do not take it.
        """

    def remove(self, row: Any, *, by: User) -> None:
        """Take the row back.

        Raises:
            NotAllowed: the record keeps rows of this kind.
        """
        raise NotAllowed(STAYS)


def emptied(model: type[Model], names: set[str]) -> dict[str, Any]:
    """What stands in columns of which the resource says nothing any more."""
    found: dict[str, Any] = {}
    for name in names:
        field: Any = model._meta.get_field(name)
        found[name] = None if field.null else ""
    return found
