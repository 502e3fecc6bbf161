"""The forms of treatments."""

from typing import Any

from django import forms

from cases.models import Treatment
from cases.models.fact_answer import UNKNOWN
from cases.models.treatment import TreatmentType
from cases.web.forms.answers import NOT_ASKED, segmented
from cases.web.forms.known import yes_no_unknown
from tumorboard.date_field import DateField


class TreatmentForm(forms.Form):
    """One treatment; dates and whether it goes on may be unknown."""

    type = forms.ChoiceField(
        label="Treatment",
        choices=[("", "Choose"), *TreatmentType.choices],
        error_messages={"required": "Choose the treatment."},
    )
    start = DateField(label="Started on", required=False)
    end = DateField(label="Ended on", required=False)
    ongoing = yes_no_unknown("Is it still going on?")
    target = forms.CharField(
        label="What it was aimed at",
        max_length=Treatment._meta.get_field("target").max_length,
        required=False,
    )


class NoTreatmentForm(forms.Form):
    """Whether any treatment was given, where none is listed."""

    answer = forms.ChoiceField(
        label="Was any treatment given?",
        choices=[
            ("none", "No treatment was given"),
            (UNKNOWN, "Unknown"),
            (NOT_ASKED, "Not asked"),
        ],
        widget=segmented(),
        required=False,
    )
    source = forms.CharField(label="Where it comes from", max_length=200, required=False)

    def __init__(self, data: Any = None, *, stored: Any) -> None:
        answer = "none" if stored == [] else UNKNOWN if stored == UNKNOWN else NOT_ASKED
        super().__init__(data, initial={"answer": answer})

    @property
    def answers(self) -> dict[str, Any]:
        """The answer as a fact."""
        values = {"none": [], UNKNOWN: UNKNOWN, NOT_ASKED: None}
        return {"treatments": values[self.cleaned_data["answer"]]}
