"""Fields for facts of the data dictionary: each tells a value, "unknown" and "not asked" apart.

A field's clean value is what `services.facts.answer` takes: the value, "unknown", or None for
"not asked".
"""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.models.fact_answer import UNKNOWN
from cases.selectors.words import value_words
from guidance.engine.dictionary import FactDefinition
from tumorboard import date_field

NOT_ASKED = ""
REVIEWED_NONE = "reviewed_none"
#: So many answers still stand side by side, and so long may each be.
MOST_SEGMENTS = 4
LONGEST_SEGMENT = 15

CODES = {"true": True, "false": False}
WHOLE_NUMBER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)


def segmented() -> forms.RadioSelect:
    """A widget with few exclusive answers side by side."""
    widget = forms.RadioSelect()
    widget.segmented = True
    return widget


class ChoiceAnswer(forms.ChoiceField):
    """Yes or no, or one of a set of codes."""

    def clean(self, value: Any) -> Any:
        """True and False for yes and no, else the code."""
        code = super().clean(value)
        return CODES.get(code, code) if code != NOT_ASKED else None


class ListAnswer(forms.MultipleChoiceField):
    """Any of a set of codes, or that there are none."""

    def clean(self, value: Any) -> Any:
        """A list in the dictionary's order, empty for "reviewed: none"."""
        chosen = super().clean(value)
        codes = [code for code, _ in self.choices if code in chosen]
        alone = {UNKNOWN, REVIEWED_NONE}.intersection(codes)
        if alone and len(codes) > 1:
            raise ValidationError("Tick what applies, or one of “None” and “Unknown”, not both.")
        if UNKNOWN in alone:
            return UNKNOWN
        return [] if alone else codes or None


class TypedOrUnknown(forms.MultiWidget):
    """A text field with its unit, and a box for "unknown" beside it."""

    def __init__(self, *, label: str, unit: str, typed: forms.TextInput) -> None:
        self.unit = unit
        typed.attrs.update({"aria-label": f"{label} in {unit}" if unit else label})
        super().__init__([typed, forms.CheckboxInput()])

    def decompress(self, value: Any) -> list[Any]:
        """What stands in the two parts for a stored answer."""
        return [None, True] if value == UNKNOWN else [value, False]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The two parts with unit and label."""
        parts = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        typed, unknown = (
            self._render(part["template_name"], {"widget": part}, renderer) for part in parts
        )
        return format_html(
            '<div class="typed-or-unknown"><span class="field-control">{}'
            '<span class="field-unit" aria-hidden="true">{}</span></span>'
            '<span class="choice">{}<label for="{}">Unknown</label></span></div>',
            typed,
            self.unit,
            unknown,
            parts[1]["attrs"].get("id", ""),
        )


class TypedAnswer(forms.Field):
    """What is typed, or "unknown"."""

    def clean(self, value: Any) -> Any:
        """The parsed value."""
        typed, unknown = value or (None, False)
        typed = (typed or "").strip()
        if typed and unknown:
            raise ValidationError("Give a value or tick “Unknown”, not both.")
        if unknown:
            return UNKNOWN
        return self.parse(typed) if typed else None

    def parse(self, typed: str) -> Any:
        """The value of `typed`, which is not empty."""
        raise NotImplementedError


class IntegerAnswer(TypedAnswer):
    """A whole number."""

    def parse(self, typed: str) -> int:
        """The number; its bounds are the service's business."""
        if not WHOLE_NUMBER.fullmatch(typed):
            raise ValidationError("Enter a whole number, like 12.")
        return int(typed)


class DecimalAnswer(TypedAnswer):
    """A number."""

    def parse(self, typed: str) -> float:
        """The number; its bounds are the service's business."""
        if not NUMBER.fullmatch(typed):
            raise ValidationError("Enter a number, like 12 or 2.5.")
        return float(typed)


class DateAnswer(TypedAnswer):
    """A day."""

    def parse(self, typed: str) -> str:
        """The day as the answer keeps it."""
        return date_field.DateField().clean(typed).isoformat()


def answer_field(fact: FactDefinition, *, stored: Any = None) -> forms.Field:
    """The form field for `fact`.

    Args:
        stored: the answer that is there, in the form of `FactAnswer.value`; None for none.
    """
    field = _MAKERS[fact.kind](fact, stored)
    field.settles = fact.help
    return field


def _choice(fact: FactDefinition, stored: Any) -> forms.Field:
    if fact.kind == "bool3":
        choices = [("true", "Yes"), ("false", "No")]
    else:
        choices = list(fact.value_labels.items())
    choices.append((UNKNOWN, "Unknown"))
    label = fact.question
    if not is_short(choices):
        choices.insert(0, (NOT_ASKED, "Not asked"))
        widget: forms.Widget = forms.Select()
    else:
        widget = segmented()
        if stored is not None:
            choices.append((NOT_ASKED, "Not asked"))
    initial = str(stored).lower() if isinstance(stored, bool) else stored
    return ChoiceAnswer(
        label=label, choices=choices, widget=widget, initial=initial, required=False
    )


def _list(fact: FactDefinition, stored: Any) -> forms.Field:
    choices = [*fact.value_labels.items(), (REVIEWED_NONE, "Reviewed: none"), (UNKNOWN, "Unknown")]
    initial = [REVIEWED_NONE] if stored == [] else [UNKNOWN] if stored == UNKNOWN else stored
    return ListAnswer(
        label=fact.question,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        initial=initial,
        required=False,
    )


def _number(fact: FactDefinition, stored: Any) -> forms.Field:
    whole = fact.kind == "integer"
    maker = IntegerAnswer if whole else DecimalAnswer
    typed = forms.TextInput(
        attrs={"inputmode": "numeric" if whole else "decimal", "autocomplete": "off"}
    )
    if isinstance(stored, float) and stored.is_integer():
        stored = int(stored)
    return _typed(fact, maker, typed, stored)


def _date(fact: FactDefinition, stored: Any) -> forms.Field:
    if stored not in (None, UNKNOWN):
        stored = datetime.date.fromisoformat(stored)
    return _typed(fact, DateAnswer, date_field.DateInput(attrs={"autocomplete": "off"}), stored)


def _typed(
    fact: FactDefinition, maker: type[TypedAnswer], typed: forms.TextInput, initial: Any
) -> forms.Field:
    widget = TypedOrUnknown(label=fact.label, unit=fact.unit, typed=typed)
    help_text = date_field.HELP if fact.kind == "date" else _bounds(fact)
    return maker(
        label=fact.question, widget=widget, initial=initial, required=False, help_text=help_text
    )


def _bounds(fact: FactDefinition) -> str:
    if fact.low is None or fact.high is None:
        return ""
    return f"{fact.low:g} to {fact.high:g} {fact.unit}.".replace(" .", ".")


_MAKERS = {
    "bool3": _choice,
    "enum": _choice,
    "list": _list,
    "integer": _number,
    "decimal": _number,
    "date": _date,
}
#: Kinds of facts that a form can ask for.
ANSWERABLE = frozenset(_MAKERS)


def is_short(choices: Sequence[tuple[str, str]]) -> bool:
    """Whether the answers fit side by side."""
    return len(choices) <= MOST_SEGMENTS and all(
        len(label) <= LONGEST_SEGMENT for _, label in choices
    )


def is_same(one: Any, other: Any) -> bool:
    """Whether two answers say the same; the order of a list says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return bool(one == other)


def state(data: QueryDict, name: str, field: forms.Field) -> None:
    """Put what `field` starts with into posted `data`, as a page would post it untouched."""
    if isinstance(field, TypedAnswer):
        typed, unknown = field.widget.decompress(field.initial)
        data[f"{name}_0"] = field.widget.widgets[0].format_value(typed) or ""
        data.setlist(f"{name}_1", ["on"] if unknown else [])
    elif isinstance(field, forms.MultipleChoiceField):
        data.setlist(name, field.initial or [])
    else:
        data[name] = NOT_ASKED if field.initial is None else field.initial


def answer_words(fact: FactDefinition, value: Any) -> str:
    """An answer in words, "not asked" where there is none."""
    return "not asked" if value is None else value_words(fact, value)
