"""The forms of an import: the file, and what its columns mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cases.services.errors import Invalid
from cases.services.imports.fields import FIELDS, LEAVE_OUT, Guess
from cases.services.imports.limits import MOST_BYTES, MOST_ROWS

SIZE = f"at most {MOST_BYTES // 1_000_000} MB and {MOST_ROWS:,} rows"


class UploadForm(forms.Form):
    """A table of cases."""

    file = forms.FileField(
        label="Table of cases",
        help_text=(
            f"CSV, TSV or XLSX, {SIZE}. The first line holds the headings. Every row needs a "
            "record number; names, birth dates and sex may be missing."
        ),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
        },
    )

    def clean_file(self) -> Any:
        """Refuse by size before the content is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            message = f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it."
            raise forms.ValidationError(message)
        return file


class ColumnsForm(forms.Form):
    """For each column of a file, what it means; `lines` is what the page shows of them."""

    def __init__(
        self,
        data: Any = None,
        *,
        headings: Sequence[str],
        guesses: Mapping[str, Guess],
        samples: Mapping[str, Sequence[str]],
        chosen: Mapping[str, str],
    ) -> None:
        super().__init__(data)
        self._headings = {f"column_{n}": heading for n, heading in enumerate(headings)}
        self._guesses = guesses
        self._samples = samples
        choices = _choices()
        for name, heading in self._headings.items():
            self.fields[name] = forms.ChoiceField(
                label=heading,
                required=False,
                choices=choices,
                initial=chosen.get(heading, guesses[heading].field),
                widget=forms.Select(attrs={"class": "input"}),
                error_messages={"invalid_choice": "Choose one of the fields."},
            )

    @property
    def mapping(self) -> dict[str, str]:
        """Heading -> field."""
        return {heading: self.cleaned_data[name] for name, heading in self._headings.items()}

    def add_reasons(self, error: Invalid) -> None:
        """Put what the service refused by the column that it is about."""
        names = {heading: name for name, heading in self._headings.items()}
        for heading, reasons in error.errors.items():
            for reason in reasons:
                self.add_error(names.get(heading), reason)

    def lines(self) -> list[dict[str, Any]]:
        """Each column with its control, a few of its values and how it was guessed."""
        return [
            {
                "field": self[name],
                "samples": self._samples[heading],
                "guess": self._guesses[heading],
            }
            for name, heading in self._headings.items()
        ]


def _choices() -> list[Any]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for field in FIELDS.values():
        groups.setdefault(field.group, []).append((field.name, field.label))
    return [(LEAVE_OUT, "Leave out"), *groups.items()]
