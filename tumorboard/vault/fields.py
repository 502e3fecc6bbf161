"""Columns that hold sealed text, and attributes that are parts of it.

A sealed value is opened when it is first read and sealed when the row is saved; what was not
changed keeps the bytes it has, so that saving a row leaves no history of nothing. A row that was
given to another holder opens what it has with the key of the one before, and seals it anew.
"""

import datetime
import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.functional import cached_property

from tumorboard.vault.cipher import seal, unseal
from tumorboard.vault.keyring import keyring

#: A row that holds its own key.
SELF = "self"


class Erased(ValueError):
    """Nothing can be sealed under a key that was destroyed."""


class SealedAttribute(DeferredAttribute):
    """Opens a sealed column when it is read."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        """The value; empty where there is none, and where its key was destroyed."""
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        field: Any = self.field
        if value is None:
            return field.empty()
        if isinstance(value, bytes | memoryview):
            return field.opened(instance, bytes(value))
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Take a plain value, or bytes as they stand in the database."""
        field: Any = self.field
        instance.__dict__[field.attname] = value
        if field.holder_column and isinstance(value, bytes | memoryview):
            field.note_holder(instance)


class SealedJSONField(models.BinaryField):
    """JSON sealed under the key of whom it belongs to.

    Bound to institution, purpose and row, so that it opens nowhere else; a row of history is bound
    to the row that it is the history of. It cannot be written by `update` or `bulk_update`, nor
    be searched: only a row knows its place.

    Args:
        purpose: what it is, such as "patient.identity".
        holder: how the row leads to what has the key in its attribute `key`, such as
            "case.patient"; `SELF` where the row itself has it, empty for the institution's key.
        empty: makes the value of a new row, and what is read after the key was destroyed.
    """

    descriptor_class = SealedAttribute
    # What type checkers are told of the attribute: any JSON.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(
        self, *args: Any, purpose: str, holder: str = "", empty: Any = dict, **kwargs: Any
    ) -> None:
        self.purpose, self.holder, self.empty = purpose, holder, empty
        kwargs.setdefault("default", None if kwargs.get("null") else empty)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As Django's migration writer needs it."""
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {"purpose": self.purpose, "holder": self.holder, "empty": self.empty}
        return name, path, args, kwargs

    def opened(self, row: Any, sealed: bytes) -> Any:
        """The plain value, kept on the row together with the bytes it came from.

        Raises:
            DoesNotOpen: it was sealed for another place, or changed.
        """
        if not self.holder:
            plain = keyring().unseal(sealed, purpose=self.purpose, row=_place(row))
        else:
            key = self._key(row, of=self._holder_before(row))
            if key is None:
                return self.empty()
            plain = unseal(key, sealed, bound_to=(row.institution_id, self.purpose, _place(row)))
        value = json.loads(plain)
        row.__dict__[self.attname] = value
        row.__dict__[self._slot] = (sealed, plain)
        return value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The bytes for the database.

        Raises:
            Erased: a value was set on a row whose key was destroyed.
        """
        value = model_instance.__dict__.get(self.attname)
        was_moved = self._holder_before(model_instance) is not None
        if was_moved and isinstance(value, bytes | memoryview):
            value = self.opened(model_instance, bytes(value))
        if value is None or isinstance(value, bytes | memoryview):
            return value
        plain = json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), sort_keys=True
        ).encode()
        kept = model_instance.__dict__.get(self._slot)
        if kept is None or kept[1] != plain or was_moved:
            kept = (self._sealed(model_instance, plain), plain)
            model_instance.__dict__[self._slot] = kept
            self.note_holder(model_instance)
        return kept[0]

    def get_prep_value(self, value: Any) -> Any:
        """Bytes as they are.

        Raises:
            FieldError: a plain value, which nothing but a row can seal.
        """
        if value is not None and not isinstance(value, bytes | memoryview):
            message = f"{self.name} is sealed: set it on the row and save the row."
            raise FieldError(message)
        return super().get_prep_value(value)

    @cached_property
    def holder_column(self) -> str:
        """The column that names the holder, or the first step to it; empty without one."""
        step = self.holder.partition(".")[0]
        if step in ("", SELF):
            return ""
        reference: Any = self.model._meta.get_field(step)
        return str(reference.attname)

    def note_holder(self, row: Any) -> None:
        """Note under whose key the bytes of a row are sealed; its column is read before theirs."""
        if self.holder_column:
            row.__dict__[self._holder_slot] = row.__dict__.get(self.holder_column)

    def _holder_before(self, row: Any) -> Any:
        """Whom a row belonged to when it was sealed; None where it still does."""
        before = row.__dict__.get(self._holder_slot)
        return None if before == row.__dict__.get(self.holder_column) else before

    def _sealed(self, row: Any, plain: bytes) -> bytes:
        if not self.holder:
            return keyring().seal(plain, purpose=self.purpose, row=_place(row))
        key = self._key(row)
        if key is None:
            raise Erased
        return seal(key, plain, bound_to=(row.institution_id, self.purpose, _place(row)))

    def _key(self, row: Any, *, of: Any = None) -> bytes | None:
        """The holder's key, or that of the one whom it had before; None where it was destroyed."""
        if self.holder == SELF:
            holder = row.pgh_obj if hasattr(row, "pgh_obj_id") else row
        else:
            first, *steps = self.holder.split(".")
            if of is None:
                holder = getattr(row, first)
            else:
                reference: Any = self.model._meta.get_field(first)
                holder = reference.related_model.objects.get(pk=of)
            for step in steps:
                holder = getattr(holder, step)
        key: bytes | None = holder.key
        return key

    @property
    def _slot(self) -> str:
        return f"_sealed_{self.attname}"

    @property
    def _holder_slot(self) -> str:
        return f"_holder_of_{self.attname}"


def _place(row: Any) -> Any:
    """The id that a value is bound to: of the row, also for the rows of its history."""
    return getattr(row, "pgh_obj_id", None) or row.pk


class Part:
    """An attribute that is one entry of a sealed column of the same row."""

    def __init__(
        self, name: str, *, sealed_in: str, empty: Any = "", is_date: bool = False
    ) -> None:
        self.name, self.sealed_in, self.empty, self.is_date = name, sealed_in, empty, is_date

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        """The entry; empty where there is none."""
        if instance is None:
            return self
        value = getattr(instance, self.sealed_in).get(self.name, self.empty)
        if self.is_date and isinstance(value, str):
            try:
                return datetime.date.fromisoformat(value)
            except ValueError:
                # What somebody typed and a check is still to refuse.
                return value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Set the entry; the column is sealed anew when the row is saved."""
        said = value.isoformat() if isinstance(value, datetime.date) else value
        entries = getattr(instance, self.sealed_in)
        setattr(instance, self.sealed_in, {**entries, self.name: said})


class SealedPartField(models.Field):
    """A field of a model without a column of its own: an entry of a sealed column.

    Forms, serializers and checks know it as a field; a query cannot name it.
    """

    is_date = False

    def __init__(self, *args: Any, sealed_in: str, **kwargs: Any) -> None:
        self.sealed_in = sealed_in
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As Django's migration writer needs it."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sealed_in": self.sealed_in}

    def get_attname_column(self) -> Any:
        """An attribute, and no column."""
        return self.get_attname(), None

    def db_type(self, connection: Any) -> None:
        """None: there is nothing in the database."""

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        """Put the attribute on the model."""
        super().contribute_to_class(cls, name, *args, **kwargs)
        setattr(cls, self.attname, self.part())

    def part(self) -> Part:
        """The attribute; rows of history have it too."""
        empty = None if self.is_date else ""
        return Part(self.attname, sealed_in=self.sealed_in, empty=empty, is_date=self.is_date)

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        """Refused.

        Raises:
            FieldError: always; the blind index is what can be asked.
        """
        message = f"{self.name} is sealed: no query can name it."
        raise FieldError(message)


class SealedCharField(SealedPartField, models.CharField):
    """Text in a sealed column."""


class SealedDateField(SealedPartField, models.DateField):
    """A date in a sealed column."""

    is_date = True
