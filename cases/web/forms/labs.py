"""The forms of laboratory values: a grid for many, and one for correcting one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from cases.models import LabResult
from cases.models.lab_result import Comparator
from cases.selectors.analytes import OTHER, Analyte, catalogue
from tumorboard.date_field import DateField

#: A grid has no more lines than this.
MOST_LINES = 200
NUMBER = re.compile(r"\d{1,10}(\.\d{1,8})?", re.ASCII)
SIGNS = re.compile(r"^(<|>|\u2264|\u2265)=?\s*", re.ASCII)
NOT_A_NUMBER = "Enter a number like 345 or 0.9, with < or > before it beyond detection."
COMMA = "Write the number with a point, like 1.2: a comma can be read in two ways."
NOTHING = "Enter at least one value."

#: The field of a line that holds each column; the others stand at the head of the form.
FIELDS = {
    "analyte": "analyte",
    "comparator": "reading",
    "value": "reading",
    "unit": "unit",
    "lower_limit": "lower",
    "upper_limit": "upper",
    "note": "note",
    "taken_on": "date",
}
#: What a line with a value cannot do without, as far as it is asked for.
NEEDED = {"analyte": "Choose what was measured.", "unit": "Give the unit."}
PLACES = tuple(dict.fromkeys(FIELDS.values()))


class Reading(NamedTuple):
    """A typed value, with < or > before it where it is beyond detection."""

    comparator: str
    value: Decimal


class ReadingField(forms.CharField):
    """A value as a laboratory prints it: 345, 0.9, <5."""

    def clean(self, value: Any) -> Reading | None:
        """The value; None where nothing was typed."""
        typed = super().clean(value)
        if not typed:
            return None
        sign = SIGNS.match(typed)
        number = _number(typed[sign.end() :] if sign else typed)
        mark = sign[1].replace("\u2264", "<").replace("\u2265", ">") if sign else ""
        return Reading(mark, number)


class NumberField(forms.CharField):
    """A limit."""

    def clean(self, value: Any) -> Decimal | None:
        """The limit; None where nothing was typed."""
        typed = super().clean(value)
        return _number(typed) if typed else None


def _number(typed: str) -> Decimal:
    if NUMBER.fullmatch(typed) is None:
        raise ValidationError(COMMA if "," in typed else NOT_A_NUMBER)
    return Decimal(typed)


@dataclass(frozen=True)
class Line:
    """What a line of a grid starts with; an empty analyte is chosen on the page."""

    analyte: str = ""
    initial: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""


class GridLine(NamedTuple):
    """A line as the template shows it; `fields` by the names of `FIELDS`' values."""

    analyte: Analyte | None
    before: str
    fields: Mapping[str, forms.BoundField]


class LabGridForm(forms.Form):
    """Values of one day, a line for each analyte; a line without a value is not saved.

    Where lines are dated, each has its own day and its own analyte.
    """

    taken_on = DateField(label="Taken on", required=False)
    laboratory = forms.CharField(
        max_length=LabResult._meta.get_field("laboratory").max_length, required=False
    )
    as_reported = forms.BooleanField(
        label="The laboratory reported the values so, unlikely ones too", required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        lines: Sequence[Line],
        dated: bool = False,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.lines, self.dated = lines, dated
        if dated:
            self.fields["taken_on"].label = "Taken on, where a line has no day"
        for number, line in enumerate(lines):
            for name, made in self._fields_of(line).items():
                made.initial = line.initial.get(name)
                self.fields[f"r{number}_{name}"] = made

    def _fields_of(self, line: Line) -> dict[str, forms.Field]:
        analyte = catalogue().analytes.get(line.analyte)
        name = analyte.name if analyte else "Value"
        fields: dict[str, forms.Field] = {"reading": _typed(ReadingField, name, 24)}
        if analyte is None or self.dated:
            fields["analyte"] = forms.ChoiceField(
                label=f"{name}: analyte",
                choices=[("", "Choose"), *analyte_choices()[:-1]],
                required=False,
                widget=forms.Select(attrs=_input(f"{name}: analyte")),
            )
        if analyte is None or self.dated or not analyte.units:
            longest = LabResult._meta.get_field("unit").max_length
            fields["unit"] = _typed(forms.CharField, f"{name}: unit", longest)
        else:
            fields["unit"] = forms.ChoiceField(
                label=f"{name}: unit",
                choices=[(unit, unit) for unit in analyte.units],
                widget=forms.Select(attrs=_input(f"{name}: unit")),
                required=False,
            )
        fields["lower"] = _typed(NumberField, f"{name}: lower limit", 24)
        fields["upper"] = _typed(NumberField, f"{name}: upper limit", 24)
        if line.analyte == OTHER:
            longest = LabResult._meta.get_field("note").max_length
            fields["note"] = _typed(forms.CharField, f"{name}: what it is", longest)
        if self.dated:
            date = DateField(label=f"{name}: taken on", required=False, help_text="")
            date.widget.attrs.update(_input(f"{name}: taken on"))
            fields["date"] = date
        return fields

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields above the grid."""
        return [self["taken_on"], self["laboratory"]]

    @property
    def grid(self) -> Iterator[GridLine]:
        """The lines of the grid."""
        for number, line in enumerate(self.lines):
            start = f"r{number}_"
            fields = {name: self[start + name] for name in PLACES if start + name in self.fields}
            yield GridLine(catalogue().analytes.get(line.analyte), line.before, fields)

    def clean(self) -> dict[str, Any]:
        """Gather the lines that hold a value."""
        cleaned = self.cleaned_data
        self.filled = [n for n in range(len(self.lines)) if self._is_filled(n)]
        if not self.filled:
            self.add_error(None, NOTHING)
        for number in self.filled:
            for name, message in NEEDED.items():
                if self.cleaned_data.get(f"r{number}_{name}") == "":
                    self.add_error(f"r{number}_{name}", message)
        if "taken_on" in cleaned and cleaned["taken_on"] is None:
            for place in self._undated():
                self.add_error(place, "Give the day on which it was taken.")
        return cleaned

    def _undated(self) -> list[str]:
        """Where a day is lacking while none stands above the grid."""
        if not self.dated:
            return ["taken_on"]
        days = [f"r{number}_date" for number in self.filled]
        return [name for name in days if self.cleaned_data.get(name, "") is None]

    def _is_filled(self, number: int) -> bool:
        name = f"r{number}_reading"
        return bool(self.cleaned_data.get(name)) or name in self.errors

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The values as the service takes them."""
        return [self._row(number) for number in self.filled]

    def _row(self, number: int) -> dict[str, Any]:
        def said(name: str) -> Any:
            return self.cleaned_data.get(f"r{number}_{name}")

        reading: Reading = said("reading")
        return {
            "analyte": said("analyte")
            if "analyte" in self._names(number)
            else self.lines[number].analyte,
            "comparator": reading.comparator,
            "value": reading.value,
            "unit": said("unit"),
            "lower_limit": said("lower"),
            "upper_limit": said("upper"),
            "note": said("note") or "",
            "taken_on": said("date") or self.cleaned_data["taken_on"],
            "laboratory": self.cleaned_data["laboratory"],
        }

    def _names(self, number: int) -> set[str]:
        start = f"r{number}_"
        return {name.removeprefix(start) for name in self.fields if name.startswith(start)}

    def placed(self, errors: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        """A service's reasons, "0.value", at the fields that hold the columns."""
        found: dict[str, list[str]] = {}
        for key, reasons in errors.items():
            number, of_a_line, column = key.partition(".")
            line = f"r{self.filled[int(number)]}_{FIELDS.get(column, column)}" if of_a_line else ""
            # One day above the grid is wrong once, however many values were taken on it.
            place = line if line in self.fields else column or key
            found.setdefault(place, [])
            found[place] += [reason for reason in reasons if reason not in found[place]]
        return dict(found)


def analyte_choices() -> list[tuple[str, str]]:
    """Every analyte, by name; another one last."""
    named = [(analyte.code, analyte.name) for analyte in catalogue().analytes.values()]
    return sorted(named, key=lambda choice: (choice[0] == OTHER, choice[1].casefold()))


class LabPasteForm(forms.Form):
    """Text that holds laboratory values."""

    text = forms.CharField(
        label="Laboratory values, one a line",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Like: Chromogranin A 345 ng/mL (&lt;100) 12 Mar 2026. "
        "You check every value before anything is saved.",
        error_messages={"required": "Paste at least one line."},
    )


class LabResultForm(forms.Form):
    """One value, to be corrected."""

    analyte = forms.ChoiceField(choices=analyte_choices)
    comparator = forms.ChoiceField(
        label="Beyond detection",
        choices=[("", "No, measured"), *((c.value, f"{c.value} {c.label}") for c in Comparator)],
        required=False,
    )
    value = NumberField(
        max_length=24, error_messages={"required": NOT_A_NUMBER}, widget=forms.TextInput()
    )
    unit = forms.CharField(
        max_length=LabResult._meta.get_field("unit").max_length,
        error_messages={"required": "Give the unit."},
    )
    lower_limit = NumberField(label="Lower limit", max_length=24, required=False)
    upper_limit = NumberField(label="Upper limit", max_length=24, required=False)
    taken_on = DateField(
        label="Taken on",
    )
    laboratory = forms.CharField(
        max_length=LabResult._meta.get_field("laboratory").max_length, required=False
    )
    note = forms.CharField(
        max_length=LabResult._meta.get_field("note").max_length,
        required=False,
        help_text="For another analyte: what was measured.",
    )
    as_reported = forms.BooleanField(
        label="The laboratory reported it so, though it is unlikely", required=False
    )


def _typed(kind: type[forms.CharField], label: str, longest: int | None) -> forms.CharField:
    widget = forms.TextInput(attrs=_input(label) | {"autocomplete": "off"})
    return kind(label=label, max_length=longest, required=False, widget=widget)


def _input(label: str) -> dict[str, str]:
    return {"class": "input", "aria-label": label}
