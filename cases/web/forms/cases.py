"""The forms of a case: opening one, and what stands at its head."""

from typing import Any

from django import forms

from cases.models import Case, Patient
from cases.selectors.cases import patient_by_record_number
from cases.web.errors import check_answers
from cases.web.forms.answers import answer_field
from cases.web.forms.patients import RECORD_NUMBER_REQUIRED, PersonFields
from guidance.engine.dictionary import DICTIONARY
from tumorboard.formats import day

#: What decides first where a case belongs.
FIRST_QUESTIONS = ("clinical_question", "diagnosis_basis", "differentiation", "ki67_percent")
EXISTING, NEW = "existing", "new"


def _title() -> forms.CharField:
    return forms.CharField(
        label="Diagnosis in a few words",
        max_length=Case._meta.get_field("title").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the diagnosis in a few words."},
    )


def _board_question() -> forms.CharField:
    return forms.CharField(
        label="Question for the board",
        max_length=Case._meta.get_field("board_question").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class CaseForm(forms.Form):
    """Title and board question of a case."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = _title()
    board_question = _board_question()


class NewCaseForm(PersonFields):
    """A case of a patient who is here already or comes with it, and its first answers."""

    patient_is = forms.ChoiceField(
        label="The patient is",
        choices=[(NEW, "New"), (EXISTING, "Here already")],
        widget=forms.RadioSelect,
        initial=NEW,
        error_messages={"required": "Choose whether the patient is new."},
    )
    record_number = forms.CharField(
        max_length=Patient._meta.get_field("record_number").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": RECORD_NUMBER_REQUIRED},
    )
    title = _title()
    board_question = _board_question()
    field_order = ["patient_is", "record_number"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patient: Patient | None = None
        for name in FIRST_QUESTIONS:
            self.fields[name] = answer_field(DICTIONARY[name])

    @property
    def first_questions(self) -> list[forms.BoundField]:
        """The fields that answer facts."""
        return [self[name] for name in FIRST_QUESTIONS]

    def clean(self) -> dict[str, Any]:
        """Check the answers, and find the patient who is here already."""
        cleaned = super().clean()
        check_answers(self, FIRST_QUESTIONS)
        if cleaned.get("patient_is") == EXISTING and cleaned.get("record_number"):
            self.patient = patient_by_record_number(cleaned["record_number"])
            if self.patient is None:
                self.add_error(
                    "record_number",
                    "No patient has this record number. Check it, or choose “New”.",
                )
            else:
                self._check_agrees(self.patient)
        return cleaned

    def _check_agrees(self, patient: Patient) -> None:
        for name in PersonFields.base_fields:
            typed, kept = self.cleaned_data.get(name), getattr(patient, name)
            if typed and typed != kept:
                shown = (day(kept) if name == "birth_date" else kept) or "unknown"
                self.add_error(
                    name, f"The record says {shown}. Leave this empty, or change it there."
                )

    @property
    def person(self) -> dict[str, Any]:
        """What makes a new patient."""
        names = ("record_number", *PersonFields.base_fields)
        return {name: self.cleaned_data[name] for name in names}

    @property
    def answers(self) -> dict[str, Any]:
        """The first answers that were given."""
        given = {name: self.cleaned_data[name] for name in FIRST_QUESTIONS}
        return {name: value for name, value in given.items() if value is not None}
