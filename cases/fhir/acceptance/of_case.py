"""Rows that belong to a case and have a service of one form: `add`, `change`, `remove`."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging
from cases.fhir.acceptance.writer import Writer
from cases.readings.reading import Kind, Reading
from cases.services.row_versions import lock_row
from tumorboard.accounts.models import User


class OfCase(Writer):
    """Laboratory results, studies, specimens, procedures, treatments.

    Args:
        kind: of the readings.
        model: of the rows.
        service: the module that writes them.
        noun: by which name its functions take a row.
        also: what is said of every write, beside the values.
    """

    def __init__(
        self,
        kind: Kind,
        model: type[Model],
        service: Any,
        noun: str,
        *,
        also: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind, self.model = kind, model  # type: ignore[misc]
        self._service, self._noun, self._also = service, noun, dict(also or {})

    def add(self, reading: Reading, whose: Belonging, *, by: User) -> Model | None:
        """A new row of the case; None where no case is known."""
        if whose.case is None:
            return None
        add: Callable[..., Model] = self._service.add
        return add(case=whose.case, by=by, **self._also, **reading.values)

    def change(self, row: Any, values: Mapping[str, Any], *, by: User) -> Model:
        """The row with other values."""
        lock_row(row)
        change: Callable[..., Model] = self._service.change
        return change(**{self._noun: row}, by=by, **self._also, **values)

    def remove(self, row: Any, *, by: User) -> None:
        """Take it back where the service can."""
        remove = getattr(self._service, "remove", None)
        if remove is None:
            super().remove(row, by=by)
        else:
            remove(**{self._noun: row}, by=by)
