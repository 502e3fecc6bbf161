"""The forms of treatments."""

from collections.abc import Iterator
from typing import Any

from django import forms

from cases.models import Treatment
from cases.models.fact_answer import UNKNOWN
from cases.models.treatment import BestResponse, Intent, Margin, StopReason, TreatmentType
from cases.web.forms.answers import NOT_ASKED, segmented
from cases.web.forms.known import one_or_unknown, yes_no_unknown
from cases.web.forms.typed_numbers import decimal_number, whole_number
from tumorboard.date_field import DateField


def _text(column: str, label: str) -> forms.CharField:
    longest = Treatment._meta.get_field(column).max_length
    return forms.CharField(label=label, max_length=longest, required=False)


class TreatmentForm(forms.Form):
    """One treatment; everything but its type may be unknown (empty)."""

    type = forms.ChoiceField(
        label="Treatment",
        choices=[("", "Choose"), *TreatmentType.choices],
        error_messages={"required": "Choose the treatment."},
    )
    agent = _text("agent", "Agent or technique")
    target = _text("target", "What it was aimed at")
    intent = one_or_unknown("Intent", Intent.choices)
    line = whole_number("Line")
    start = DateField(label="Started on", required=False)
    end = DateField(label="Ended on", required=False)
    ongoing = yes_no_unknown("Is it still going on?")
    cycles = whole_number("Cycles or sessions")
    activity_gbq = decimal_number("Activity, all cycles", unit="GBq")
    best_response = one_or_unknown("Best response", BestResponse.choices)
    stop_reason = one_or_unknown("Reason stopped", StopReason.choices)
    margin = one_or_unknown("Resection margin", [(each.value, each.words) for each in Margin])
    note = _text("note", "Note")

    groups_of = (
        ("The treatment", ("type", "agent", "target", "intent", "line")),
        ("When", ("start", "end", "ongoing")),
        ("Course", ("cycles", "activity_gbq", "best_response", "stop_reason", "note")),
        ("Surgery", ("margin",)),
    )

    def __init__(self, *args: Any, next_line: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counted = "Counts systemic and locoregional therapies from the first; not surgery."
        suggested = f" The next would be {next_line}." if next_line else ""
        self.fields["line"].help_text = counted + suggested

    @property
    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields by heading."""
        for heading, names in self.groups_of:
            yield heading, [self[name] for name in names]


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
