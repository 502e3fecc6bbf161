"""The forms of a case: opening one, and what stands at its head."""

from typing import Any

from django import forms

from cases.models import Case, Patient
from cases.selectors.duplicates import Candidate, Likeness, candidates
from cases.web.errors import check_answers
from cases.web.forms.answers import answer_field
from cases.web.forms.patients import RECORD_NUMBER_REQUIRED, PersonFields
from guidance.engine.dictionary import DICTIONARY
from tumorboard.date_field import DateField

#: What decides first where a case belongs.
FIRST_QUESTIONS = ("clinical_question", "diagnosis_basis", "differentiation", "ki67_percent")
NEW = "new"
WHO = "Choose whether this is somebody who is here already."
TAKEN = "A patient with this record number is here already. Choose that patient, or correct this."


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


class ReferralFields(forms.Form):
    """Where a case comes from."""

    referral_text = forms.CharField(
        label="Referral letter",
        max_length=Case._meta.get_field("referral_text").max_length,
        widget=forms.Textarea(attrs={"rows": 12}),
        required=False,
        help_text="Paste its text. It is kept with the case.",
    )
    referred_by = forms.CharField(
        label="Referred by",
        max_length=Case._meta.get_field("referred_by").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        required=False,
    )
    referred_on = DateField(label="Referred on", required=False)


class CaseForm(ReferralFields):
    """What stands at the head of a case."""

    title = _title()
    board_question = _board_question()
    field_order = ("title", "board_question", "referred_by", "referred_on", "referral_text")


class NewCaseForm(ReferralFields, PersonFields):
    """A case of a patient who is here already or comes with it, and its first answers."""

    record_number = forms.CharField(
        max_length=Patient._meta.get_field("record_number").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        required=False,
        error_messages={"required": RECORD_NUMBER_REQUIRED},
    )
    #: The id of a patient who is here already, or `NEW`: asked for where somebody alike is here.
    patient = forms.CharField(label="Who is it?", widget=forms.RadioSelect, required=False)
    #: The ids of those who were shown when the question was answered.
    compared = forms.CharField(widget=forms.HiddenInput, required=False)
    title = _title()
    board_question = _board_question()

    def __init__(self, data: Any = None, *, asks: bool = True, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._asks = asks
        self.chosen: Patient | None = None
        self.candidates: list[Candidate] = []
        if not self.is_bound:
            self.fields["referral_text"].widget.attrs["autofocus"] = True
        for name in FIRST_QUESTIONS:
            self.fields[name] = answer_field(DICTIONARY[name])

    @property
    def first_questions(self) -> list[forms.BoundField]:
        """The fields that answer facts."""
        return [self[name] for name in FIRST_QUESTIONS]

    def clean(self) -> dict[str, Any]:
        """Check the answers, and find patients who may be this one."""
        cleaned = super().clean()
        check_answers(self, FIRST_QUESTIONS)
        self._look_for_duplicates(cleaned)
        is_open = "record_number" not in self.errors and not cleaned.get("record_number")
        if self.chosen is None and is_open:
            # Not by the field: whoever is chosen from those who are here has a number.
            self.add_error("record_number", RECORD_NUMBER_REQUIRED)
        return cleaned

    def _look_for_duplicates(self, cleaned: dict[str, Any]) -> None:
        described = ("record_number", "family_name", "given_name", "birth_date")
        self.candidates = candidates(
            **{name: cleaned.get(name) or "" for name in described[:3]},
            birth_date=cleaned.get("birth_date"),
        )
        by_id = {str(found.patient.pk): found.patient for found in self.candidates}
        answer, seen = cleaned.get("patient"), set(cleaned.get("compared", "").split())
        self.chosen = by_id.get(answer)
        self.fields["patient"].widget.choices = self._choices()
        self.data = self.data.copy()
        self.data["compared"] = " ".join(by_id)
        is_answered = self.chosen or (answer == NEW and seen.issuperset(by_id))
        if self._asks and (by_id or answer not in ("", NEW)) and not is_answered:
            self.add_error("patient", WHO)
        elif self._asks and self.chosen is None and self.is_number_taken:
            self.add_error("record_number", TAKEN)

    @property
    def is_number_taken(self) -> bool:
        """Whether somebody with this record number is here."""
        return any(found.likeness is Likeness.RECORD_NUMBER for found in self.candidates)

    def _choices(self) -> list[tuple[str, str]]:
        same = [
            (
                str(found.patient.pk),
                f"The same person as {found.patient.record_number}: a new case of that patient",
            )
            for found in self.candidates
        ]
        other = [] if self.is_number_taken else [(NEW, "Another person: a new patient")]
        return [*same, *other]

    @property
    def person(self) -> dict[str, Any]:
        """What makes a new patient."""
        names = ("record_number", *PersonFields.base_fields)
        return {name: self.cleaned_data[name] for name in names}

    @property
    def head(self) -> dict[str, Any]:
        """What stands at the head of the case."""
        return {name: self.cleaned_data[name] for name in CaseForm.base_fields}

    @property
    def answers(self) -> dict[str, Any]:
        """The first answers that were given."""
        given = {name: self.cleaned_data[name] for name in FIRST_QUESTIONS}
        return {name: value for name, value in given.items() if value is not None}
