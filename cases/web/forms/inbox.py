"""Forms of the inbox."""

from typing import Any

from django import forms

from cases.models import Case, IntakeSource, Patient
from cases.models.inbox_message import MessageState
from cases.models.result import Outcome
from cases.services.intake.rules import ALLOWED

QUIET = {"autocomplete": "off", "spellcheck": "false"}


def _number(**options: Any) -> forms.CharField:
    return forms.CharField(
        label="Record number", max_length=60, widget=forms.TextInput(QUIET), **options
    )


class InboxSearchForm(forms.Form):
    """Which messages a page shows."""

    record_number = _number(required=False)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "What waits"), *MessageState.choices]
    )


class PatientForm(forms.Form):
    """Whom a message is about."""

    record_number = _number(error_messages={"required": "Enter the record number."})


class NewPatientForm(PatientForm):
    """A patient who is not here yet, with a case."""

    title = forms.CharField(
        label="Diagnosis in a few words",
        max_length=200,
        error_messages={"required": "Name the diagnosis."},
    )


class NewCaseForm(forms.Form):
    """A case for the patient of a message."""

    title = forms.CharField(
        label="Diagnosis in a few words",
        max_length=200,
        error_messages={"required": "Name the diagnosis."},
    )


class CaseForm(forms.Form):
    """Which of the patient's cases a message belongs to."""

    case = forms.ModelChoiceField(
        label="Case",
        queryset=Case.objects.none(),
        error_messages={
            "required": "Choose the case.",
            "invalid_choice": "Choose one of the patient's cases.",
        },
    )

    def __init__(self, *args: Any, patient: Patient | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["case"]
        field.queryset = Case.objects.filter(patient=patient) if patient else Case.objects.none()
        field.label_from_instance = lambda case: case.title


class OutcomeForm(forms.Form):
    """What a study showed, which its report leaves to its reader."""

    outcome = forms.ChoiceField(
        label="What the study showed",
        required=False,
        choices=[("", "Not judged yet"), *Outcome.choices],
    )


class SourceForm(forms.Form):
    """Whose numbers a system sends, and what of it needs no person."""

    authorities = forms.CharField(
        label="Whose record numbers are ours",
        required=False,
        widget=forms.Textarea({**QUIET, "rows": 3}),
        help_text=(
            "One a line, as the messages name them: the assigning authority of HL7 v2 (its name, "
            "or urn:oid: and its OID), the system of an identifier in FHIR. Nothing is matched "
            "without."
        ),
    )
    rules = forms.MultipleChoiceField(
        label="Accepted without a person",
        required=False,
        choices=[(kind.value, words) for kind, words in ALLOWED.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=(
            "Only where patient and case are known. Diagnoses, facts, what a study showed and "
            "records that become one always need a person."
        ),
    )

    receivers = forms.CharField(
        label="Addressed to",
        required=False,
        widget=forms.Textarea({**QUIET, "rows": 2}),
        help_text=(
            "One a line: the application of MSH-5, or application|facility of MSH-5 and MSH-6, or "
            "|facility. Messages of HL7 v2 to anybody else are refused. Leave it empty to take all."
        ),
    )
    is_test = forms.BooleanField(
        label="It only tries the connection",
        required=False,
        help_text=(
            "Its messages are shown and never come into a record. Tests of other systems are "
            "refused."
        ),
    )

    @classmethod
    def of(cls, source: IntakeSource, data: Any = None) -> "SourceForm":
        """The form of a source as it stands."""
        initial = {
            "authorities": "\n".join(source.authorities),
            "rules": source.rules,
            "receivers": "\n".join(source.receivers),
            "is_test": source.is_test,
        }
        return cls(data, initial=initial)
