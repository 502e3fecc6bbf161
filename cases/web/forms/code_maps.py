"""Forms of the codes of hospital systems."""

from typing import Any

from django import forms

from cases.models import CodeMapping
from cases.selectors.concepts import concepts
from cases.services.code_map_files import MOST_ROWS
from cases.services.imports.limits import MOST_BYTES

Status = CodeMapping.Status
#: Ids of the lists from which a browser completes what is typed.
CONCEPTS, SYSTEMS = "concepts", "code-systems"
QUIET = {"autocomplete": "off", "spellcheck": "false"}
TOO_LARGE = f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it."


def _text(name: str, **options: Any) -> forms.CharField:
    attrs = {**QUIET, **options.pop("attrs", {})}
    longest = options.pop("max_length", CodeMapping._meta.get_field(name).max_length)
    return forms.CharField(max_length=longest, widget=forms.TextInput(attrs=attrs), **options)


class ChangeForm(forms.Form):
    """What a code means."""

    display = _text("display", label="Name of the code", required=False)
    concept = _text(
        "concept",
        label="What it stands for",
        # Its words may be longer than its path.
        max_length=300,
        help_text="Begin to type and choose from the list.",
        attrs={"list": CONCEPTS},
        error_messages={"required": "Say what the code stands for."},
    )
    source = _text(
        "source",
        label="Where this comes from",
        required=False,
        help_text="The laboratory's catalogue, or whoever said so.",
    )


class MapForm(ChangeForm):
    """A code of a hospital system."""

    system = _text(
        "system",
        label="Code system",
        help_text="LOINC or another standard, its address or OID, or your system's own name.",
        attrs={"list": SYSTEMS},
        error_messages={"required": "Name the code system."},
    )
    code = _text("code", label="Code", error_messages={"required": "Enter the code."})
    is_confirmed = forms.BooleanField(
        label="Confirmed: messages are read by it from now on", required=False
    )

    field_order = ("system", "code", "display", "concept", "source", "is_confirmed")


class SearchForm(forms.Form):
    """Which mappings a page shows."""

    q = forms.CharField(
        label="Code, name or meaning",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=QUIET),
    )
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "In use"), *Status.choices]
    )


class UploadForm(forms.Form):
    """A table of codes."""

    file = forms.FileField(
        label="Table of codes",
        help_text=(
            f"CSV, TSV or XLSX, at most {MOST_ROWS:,} rows, with the columns system, code and "
            "concept; display, status and source may be missing. An export can be uploaded again."
        ),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )

    def clean_file(self) -> Any:
        """Refuse by size before the content is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file


def initial_concept(key: str) -> str:
    """A concept as the form shows it: by its words, which it reads again."""
    known = concepts().get(key)
    return known.label if known else key
