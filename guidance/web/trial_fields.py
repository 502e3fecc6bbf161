"""Form fields for typed facts that are tried and not kept. What is left empty is unknown."""

import datetime
import functools
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from guidance.engine.dictionary import FactDefinition, FieldDefinition
from guidance.engine.edition import Edition
from guidance.engine.facts import FactError, parse_fact
from tumorboard.date_field import DateField
from tumorboard.formats import day

UNKNOWN = ""
NONE_FOUND = "[]"
CODES: Mapping[str, Any] = {"true": True, "false": False}
EMPTY_MEANS = "Empty means unknown."
#: Answers of so many letters in all still stand side by side.
MOST_LETTERS = 28
#: Kinds that nobody types: what the product itself records.
NOT_TYPED = ("string", "map")
SPARE_ROWS = 2
MOST_ROWS = 20


def is_typed(fact: FactDefinition) -> bool:
    """Whether a person can type the fact."""
    return fact.kind not in NOT_TYPED


def trial_field(fact: FactDefinition, edition: Edition) -> forms.Field:
    """The form field of a fact; its clean value is the raw value, None where it is unknown."""
    makers: Mapping[str, Callable[[FactDefinition], _Tried]] = {
        "bool3": _choice,
        "enum": _choice,
        "list": _list,
        "integer": _typed,
        "decimal": _typed,
        "date": _typed,
        "records": _records,
    }
    field = makers[fact.kind](fact)
    field.label = fact.question
    field.required = False
    field.settles = fact.help  # type: ignore[attr-defined]
    field.unit = "" if fact.kind == "records" else fact.unit  # type: ignore[attr-defined]
    field.check = functools.partial(_check, fact, edition)
    return field


class _Tried(forms.Field):
    """A field whose value is checked against the dictionary once it is read."""

    check: Callable[[Any], None]

    def clean(self, value: Any) -> Any:
        """The raw value of the fact, None where it is unknown."""
        found = self.read(super().clean(value))
        self.check(found)
        return found

    def read(self, cleaned: Any) -> Any:
        """What a cleaned value says of the fact."""
        return cleaned


def _check(fact: FactDefinition, edition: Edition, value: Any) -> None:
    """Raise `ValidationError` with the reason for what the dictionary does not allow."""
    try:
        parse_fact(fact.name, value, edition.dictionary)
    except FactError as error:
        message = f"{error.reason[:1].upper()}{error.reason[1:]}."
        raise ValidationError(message) from None


class _Choice(_Tried, forms.ChoiceField):
    def read(self, cleaned: Any) -> Any:
        return CODES.get(cleaned, cleaned) if cleaned != UNKNOWN else None


def _choice(fact: FactDefinition) -> _Tried:
    labels = {"true": "Yes", "false": "No"} if fact.kind == "bool3" else fact.value_labels
    choices = [*labels.items(), (UNKNOWN, "Unknown")]
    if sum(len(text) for _, text in choices) > MOST_LETTERS:
        return _Choice(choices=[choices[-1], *choices[:-1]], widget=forms.Select)
    widget = forms.RadioSelect()
    widget.segmented = True  # type: ignore[attr-defined]
    return _Choice(choices=choices, widget=widget, initial=UNKNOWN)


class _List(_Tried, forms.MultipleChoiceField):
    def read(self, cleaned: Any) -> Any:
        if NONE_FOUND in cleaned and len(cleaned) > 1:
            raise ValidationError("Tick what applies, or “Reviewed: none”, not both.")
        return [] if NONE_FOUND in cleaned else cleaned or None


def _list(fact: FactDefinition) -> _Tried:
    choices = [*fact.value_labels.items(), (NONE_FOUND, "Reviewed: none")]
    return _List(
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Nothing ticked means unknown.",
    )


class _Number(_Tried, forms.CharField):
    def __init__(self, *, whole: bool, **kwargs: Any) -> None:
        self.whole = whole
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return number(super().to_python(value) or "", whole=self.whole)


class _Day(_Tried, DateField):
    def read(self, cleaned: Any) -> Any:
        return None if cleaned is None else cleaned.isoformat()

    def prepare_value(self, value: Any) -> Any:
        return shown_day(value)


def _typed(fact: FactDefinition) -> _Tried:
    attrs = {"autocomplete": "off"}
    if fact.kind == "date":
        help_text = f"Like 21 Nov 2026. {EMPTY_MEANS}"
        return _Day(widget=forms.TextInput(attrs=attrs), help_text=help_text)
    whole = fact.kind == "integer"
    attrs["inputmode"] = "numeric" if whole else "decimal"
    bounds = "" if fact.low is None or fact.high is None else f"{fact.low:g} to {fact.high:g}. "
    return _Number(
        whole=whole, widget=forms.TextInput(attrs=attrs), help_text=f"{bounds}{EMPTY_MEANS}"
    )


def number(typed: str, *, whole: bool) -> int | float | None:
    """The number that was typed, None for nothing.

    Raises:
        ValidationError: it is no number, or no whole one where one is wanted.
    """
    text = typed.strip()
    try:
        if not text:
            return None
        return int(text) if whole else float(text)
    except ValueError:
        message = "Enter a whole number, like 12." if whole else "Enter a number, like 12 or 2.5."
        raise ValidationError(message) from None


def shown_day(value: Any) -> Any:
    """A day of the facts as on every page; what was typed stays as it was typed."""
    try:
        return day(datetime.date.fromisoformat(value))
    except (TypeError, ValueError):
        return value


class Rows(forms.Widget):
    """Records as rows of a table, with empty ones to fill in."""

    use_fieldset = True

    def __init__(self, fact: FactDefinition) -> None:
        super().__init__()
        self.fact = fact

    def value_from_datadict(
        self, data: QueryDict | Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> list[dict[str, str]]:
        """The rows as typed, without those that are empty."""
        rows = (
            {
                field.name: data.get(f"{name}-{row}-{field.name}", "").strip()
                for field in self.fact.fields
            }
            for row in range(MOST_ROWS)
        )
        return [row for row in rows if any(row.values())]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """None: the rows have labels of their own."""
        return ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The table of rows."""
        records = list(value or [])
        blank: list[dict[str, Any]] = [{}] * min(SPARE_ROWS, MOST_ROWS - len(records))
        rows = [
            [self._cell(name, number, field, record.get(field.name)) for field in self.fact.fields]
            for number, record in enumerate([*records, *blank])
        ]
        context = {
            "autofocus": "autofocus" in self.attrs,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "fields": self.fact.fields,
            "rows": rows,
        }
        return render_to_string("guidance/parts/rows.html", context)

    def _cell(self, name: str, row: int, field: FieldDefinition, value: Any) -> dict[str, Any]:
        typed = str(value).lower() if isinstance(value, bool) else shown_day(value)
        choices = [
            (str(code).lower() if isinstance(code, bool) else code, text)
            for code, text in field.value_labels.items()
        ]
        return {
            "name": f"{name}-{row}-{field.name}",
            "label": field_label(field),
            "choices": choices,
            "value": ", ".join(typed)
            if isinstance(typed, list)
            else ""
            if typed is None
            else typed,
        }


def field_label(field: FieldDefinition) -> str:
    """The name of a record's field in words."""
    words = field.name.removesuffix("_mm").replace("_", " ").capitalize()
    return f"{words}, mm" if field.name.endswith("_mm") else words


class _Records(_Tried):
    def __init__(self, fact: FactDefinition) -> None:
        super().__init__(widget=Rows(fact), help_text="No row means unknown.")
        self.fact = fact

    def to_python(self, value: Any) -> list[dict[str, Any]] | None:
        return [self._record(row) for row in value] or None

    def _record(self, row: Mapping[str, str]) -> dict[str, Any]:
        return {
            field.name: _parsed(field, row[field.name])
            for field in self.fact.fields
            if row[field.name]
        }


def _parsed(field: FieldDefinition, typed: str) -> Any:
    if field.kind in ("integer", "decimal"):
        return number(typed, whole=field.kind == "integer")
    if field.kind == "bool3":
        return CODES.get(typed, typed)
    if field.kind == "date":
        wanted = {"invalid": "Enter dates like 21 Nov 2026."}
        day_typed = DateField(error_messages=wanted).clean(typed)
        return day_typed.isoformat() if day_typed else None
    if field.kind == "strings":
        return [part.strip() for part in typed.split(",") if part.strip()]
    return typed


def _records(fact: FactDefinition) -> _Tried:
    return _Records(fact)
