"""The grid in which one study's measurements of all lesions are entered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms

from cases.models import Lesion, LesionSheet, Measurement, Study
from cases.models.lesion import LesionRole, MeasurementSource, MeasurementState
from cases.selectors.offered_measurements import OfferedMeasurement
from cases.services.measurements import Entry
from cases.web.forms.known import initial_of, yes_no_unknown
from cases.web.forms.measurement_cells import (
    COLUMNS,
    NOT_RECORDED,
    SIZES,
    Row,
    columns_of,
    initial_cells,
    place_offers,
    sheet_names_of,
    states_of,
)
from cases.web.forms.places import place_choices
from cases.web.forms.sizes import SizeField, is_in_cm
from cases.web.forms.typed_numbers import decimal_number

#: Rows for lesions that are not in the record yet: at first, and what asking for more adds.
BLANK_ROWS, MORE_ROWS, MOST_ROWS = 12, 6, 60
BLANK_ROWS_LATER = 3


class GridForm(forms.Form):
    """One study: what it says of all lesions together, then a row for each of them."""

    blank_rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    sheet_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        study: Study,
        lesions: Sequence[Lesion],
        stored: Mapping[Any, Measurement],
        before: Mapping[Any, str],
        sheet: LesionSheet | None,
        versions: Mapping[Any, int],
        sheet_version: int,
        is_first: bool,
        blank_rows: int,
        offered: Sequence[OfferedMeasurement] = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.study, self.is_first, self.conflicts = study, is_first, []
        self.columns = list(columns_of(study, stored.values()))
        self.sheet_names = list(sheet_names_of(study, is_first=is_first))
        start: dict[str, Any] = {"blank_rows": blank_rows, "sheet_seen": sheet_version}
        start |= initial_of(sheet or LesionSheet(), self.sheet_names)
        start["baseline"] = sheet is not None and sheet.baseline
        self._rows = [
            Row(lesion, f"l{lesion.pk.hex}", stored.get(lesion.pk), before.get(lesion.pk, ""))
            for lesion in lesions
        ]
        self._new = [Row(None, f"n{number}") for number in range(blank_rows)]
        # What a report offers is filled in once; later it would make the same lesions again.
        self.offered = [] if stored else list(offered)
        self._offers = place_offers(self.offered, self._rows, self._new)
        for row in self._rows:
            start[f"{row.prefix}_seen"] = versions.get(row.lesion.pk, 0)
            start |= initial_cells(row, self.columns)
        for number, row in enumerate(self._new, start=len(lesions) + 1):
            start[f"{row.prefix}_label"] = f"L{number}"
            start[f"{row.prefix}_role"] = LesionRole.TARGET if is_first else LesionRole.NEW
        for prefix, offer in self._offers.items():
            start |= {f"{prefix}_{name}": value for name, value in offer.values.items()}
            start[f"{prefix}_place"] = offer.site
            if offer.tracking_id:
                start[f"{prefix}_label"] = offer.tracking_id[:40]
        super().__init__(data, initial={**start, **(initial or {})})
        self._add_fields()

    def _add_fields(self) -> None:
        labels = {
            "new_lesions": "Is there a new lesion?",
            "growing_nodules": "Is a nodule inside a lesion new, or does one grow?",
            # It makes the count of liver metastases: a cyst among them would be one too many.
            "every_liver_lesion": (
                "Is every liver metastasis of this study recorded here, and nothing else in the "
                "liver?"
            ),
        }
        for name in self.sheet_names:
            if name == "baseline":
                self.fields[name] = forms.BooleanField(
                    label="Read response anew from this study on, as before another treatment",
                    required=False,
                )
            else:
                self.fields[name] = yes_no_unknown(labels[name])
        for row in self._rows:
            self.fields[f"{row.prefix}_seen"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False
            )
            self._add_cells(row, row.lesion.label)
        for row in self._new:
            self._add_head(row)
            self._add_cells(row, f"New lesion {int(row.prefix[1:]) + 1}")

    def _add_head(self, row: Row) -> None:
        number = int(row.prefix[1:]) + 1
        roles = [(code, label) for code, label in LesionRole.choices]
        if self.is_first:
            roles = [role for role in roles if role[0] != LesionRole.NEW]
        self.fields[f"{row.prefix}_label"] = forms.CharField(
            label=f"New lesion {number}, name", max_length=40, required=False
        )
        self.fields[f"{row.prefix}_place"] = forms.ChoiceField(
            label=f"New lesion {number}, place", choices=place_choices, required=False
        )
        self.fields[f"{row.prefix}_role"] = forms.ChoiceField(
            label=f"New lesion {number}, counts as", choices=roles, required=False
        )

    def _add_cells(self, row: Row, name: str) -> None:
        for column in self.columns:
            label = f"{name}, {COLUMNS[column][0].lower() + COLUMNS[column][1:]}"
            if column in ("attenuation_hu", "suvmax", "adc"):
                label = f"{name}, {COLUMNS[column]}"
            made = SizeField(label=label, required=False) if column in SIZES else None
            self.fields[f"{row.prefix}_{column}"] = made or decimal_number(label)
        self.fields[f"{row.prefix}_state"] = forms.ChoiceField(
            label=f"{name}, what was seen",
            choices=[*NOT_RECORDED, *states_of(row, is_first=self.is_first)],
            required=False,
        )

    @property
    def headings(self) -> list[str]:
        """The headings of the columns that are asked for."""
        return [COLUMNS[name] for name in self.columns]

    @property
    def sheet_fields(self) -> list[forms.BoundField]:
        """What is asked of all lesions together."""
        return [self[name] for name in self.sheet_names]

    @property
    def hidden(self) -> list[forms.BoundField]:
        """What the page itself carries."""
        return [
            self["blank_rows"],
            self["sheet_seen"],
            *(self[f"{r.prefix}_seen"] for r in self._rows),
        ]

    @property
    def rows(self) -> list[Row]:
        """The lesions of the record, then the rows for new ones."""
        return [*self._bound(self._rows), *self._bound(self._new)]

    def _bound(self, rows: Sequence[Row]) -> Iterator[Row]:
        for row in rows:
            names = [*self.columns, "state"]
            head = [] if row.lesion else ["label", "place", "role"]
            yield Row(
                row.lesion,
                row.prefix,
                row.stored,
                row.before,
                [self[f"{row.prefix}_{name}"] for name in names],
                [self[f"{row.prefix}_{name}"] for name in head],
            )

    def clean(self) -> dict[str, Any]:
        """A new lesion needs a name and a place."""
        cleaned = super().clean()
        for row in self._new:
            if self._is_used(row):
                for name, message in (
                    ("label", "Name the lesion."),
                    ("place", "Choose where the lesion lies."),
                ):
                    if not cleaned.get(f"{row.prefix}_{name}"):
                        self.add_error(f"{row.prefix}_{name}", message)
        return cleaned

    def _is_used(self, row: Row) -> bool:
        names = [*self.columns, "state", "place"]
        return any(str(self.data.get(f"{row.prefix}_{name}", "")).strip() for name in names)

    @property
    def sheet(self) -> dict[str, Any]:
        """Columns of the sheet."""
        return {name: self.cleaned_data[name] for name in self.sheet_names}

    @property
    def entries(self) -> list[tuple[Row, Entry]]:
        """What is said of each lesion, with its row."""
        said = [(row, self._entry(row)) for row in self._rows]
        said += [(row, self._entry(row)) for row in self._new if self._is_used(row)]
        return said

    def _entry(self, row: Row) -> Entry:
        cleaned = self.cleaned_data
        values = {name: cleaned.get(f"{row.prefix}_{name}") for name in self.columns}
        state = cleaned.get(f"{row.prefix}_state") or ""
        is_said = bool(state) or any(value is not None for value in values.values())
        fields = {"state": state or MeasurementState.MEASURED, **values}
        fields["source"] = self._source(row, fields)
        if row.lesion is not None:
            seen = cleaned.get(f"{row.prefix}_seen")
            return Entry(row.lesion, fields if is_said else None, seen=seen or 0)
        site, _, location = cleaned[f"{row.prefix}_place"].partition(":")
        columns = {
            "label": cleaned[f"{row.prefix}_label"],
            "site": site,
            "location": location,
            "role": cleaned[f"{row.prefix}_role"],
        }
        return Entry(None, fields, lesion_fields=columns)

    def _source(self, row: Row, fields: Mapping[str, Any]) -> str:
        """Where the numbers come from: a report as long as nothing was typed otherwise."""
        offer, stored = self._offers.get(row.prefix), row.stored
        if offer is not None:
            as_offered = all(fields.get(name) == value for name, value in offer.values.items())
            return MeasurementSource.DICOM_SR if as_offered else MeasurementSource.PERSON
        same = stored and all(getattr(stored, n) == fields[n] for n in self.columns)
        return stored.source if stored and same else MeasurementSource.PERSON

    @property
    def has_converted(self) -> bool:
        """Whether a size was typed in cm."""
        rows = [*self._rows, *self._new]
        names = [f"{row.prefix}_{name}" for row in rows for name in SIZES]
        return any(is_in_cm(self.data.get(name, "")) for name in names)
