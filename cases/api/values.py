"""What stands in bodies: values that are taken as they were sent, or refused with the reason."""

import datetime
from collections.abc import Mapping
from typing import Any, TypeGuard
from uuid import UUID

from django.db import models
from rest_framework import serializers


def is_id(given: Any) -> TypeGuard[str]:
    """Whether somebody sent an id."""
    try:
        return isinstance(given, str) and bool(UUID(given))
    except ValueError:
        return False


class Text(serializers.CharField):
    """Text that was sent as text: a number would come out otherwise than it was written."""

    def to_internal_value(self, data: Any) -> str:
        """The text, without space around it."""
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        return value


class YesNo(serializers.BooleanField):
    """true or false, and no other word for them."""

    def to_internal_value(self, data: Any) -> bool:
        """True or false."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Strict(serializers.Serializer):
    """A body in which every field is known and may be written; others are errors, not ignored."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values, or the reasons of every field at once."""
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            for name in data:
                if name not in self.fields:
                    errors[name] = ["There is no such field."]
                elif self.fields[name].read_only:
                    errors[name] = ["This field cannot be written."]
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            found = error.detail
            assert isinstance(found, dict)  # noqa: S101 - a serializer says it by field
            raise serializers.ValidationError({**found, **errors}) from None
        if errors:
            raise serializers.ValidationError(errors)
        return values


class PlainDigits:
    """For fields whose text is digits: those of ASCII alone, without the underscores of Python."""

    def to_internal_value(self, data: Any) -> Any:
        """What the text stands for."""
        if isinstance(data, str) and not (data.isascii() and "_" not in data):
            message = "Write it with the digits 0 to 9."
            raise serializers.ValidationError(message)
        return super().to_internal_value(data)  # type: ignore[misc]


class Whole(PlainDigits, serializers.IntegerField):
    """A whole number."""


class Fraction(PlainDigits, serializers.DecimalField):
    """A number with decimals."""


class Day(PlainDigits, serializers.DateField):
    """A date."""


class Moment(PlainDigits, serializers.DateTimeField):
    """A moment. Without its zone it would be another one wherever it is read."""

    def enforce_timezone(self, value: datetime.datetime) -> datetime.datetime:
        """The moment, if it names its zone."""
        if value.tzinfo is None:
            message = "Give date and time with the zone, such as 2026-11-02T08:00:00Z."
            raise serializers.ValidationError(message)
        moment: datetime.datetime = super().enforce_timezone(value)
        return moment


class Clock(PlainDigits, serializers.TimeField):
    """A time of the day."""


class RowSerializer(Strict, serializers.ModelSerializer):
    """A row of the record. What `Meta.fixed` names is said when the row is made, and stays."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.BooleanField: YesNo,
        models.IntegerField: Whole,
        models.PositiveIntegerField: Whole,
        models.PositiveSmallIntegerField: Whole,
        models.DecimalField: Fraction,
        models.DateField: Day,
        models.DateTimeField: Moment,
        models.TimeField: Clock,
    }

    def get_fields(self) -> dict[str, Any]:
        """The fields; of a change, those that can change."""
        fields: dict[str, Any] = super().get_fields()
        fixed = getattr(self.Meta, "fixed", ()) if self.partial else ()
        return {name: field for name, field in fields.items() if name not in fixed}


def codes(choices: type[models.TextChoices]) -> serializers.ListField:
    """A list of codes; null where nobody noted them."""
    code = serializers.ChoiceField(choices=choices.choices)
    return serializers.ListField(child=code, allow_null=True, required=False)
