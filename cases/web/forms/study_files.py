"""The forms of a study's files: the file, and what of it is taken over."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cases.dicom.limits import FILE_BYTES
from cases.dicom.reasons import WORDS, Reason
from cases.selectors.study_offers import Offer
from cases.services.row_versions import NOT_THERE

MEGABYTES = FILE_BYTES // 1_000_000


class UploadForm(forms.Form):
    """One file of a study."""

    file = forms.FileField(
        label="File",
        max_length=1_000,
        help_text=(
            f"PDF, PNG, JPEG, DICOM, or a ZIP of the DICOM files of one study; at most "
            f"{MEGABYTES} MB, not encrypted."
        ),
        error_messages={"required": "Choose a file.", "empty": WORDS[Reason.EMPTY]},
    )

    def clean_file(self) -> Any:
        """Refuse by size before anything looks inside."""
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES:
            raise forms.ValidationError(WORDS[Reason.TOO_LARGE])
        return file


class TakeOverForm(forms.Form):
    """Which of the values that a file offers are taken over; none is ticked beforehand."""

    columns = forms.MultipleChoiceField(
        label="Take over",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick what is right, or leave this page.",
            "invalid_choice": "What is offered changed meanwhile. Look at what is offered now.",
        },
    )

    def __init__(self, *args: Any, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_version, self.conflicts = NOT_THERE, list[Any]()
        self.fields["columns"].choices = [(offer.column, _label(offer)) for offer in offers]


def _label(offer: Offer) -> str:
    now = f"; now {offer.current}" if offer.current else ""
    return f"{offer.label}: {offer.words} (from {offer.origin}{now})"
