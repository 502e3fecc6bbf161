"""What is looked for in the audit."""

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from cases.models import Patient
from cases.selectors.audit import people_ever, whose
from cases.selectors.cases import patient_by_record_number
from tumorboard.audit.kinds import Kind, Via
from tumorboard.audit.search import Search
from tumorboard.audit.words import ACTIONS
from tumorboard.date_field import DateField

#: What is shown before anybody asks for something else.
USUAL_DAYS = 7
#: HIPAA asks for six years of documentation (164.316); what is older can be asked for in pieces.
MOST_YEARS = 7


class PeriodForm(forms.Form):
    """The days from which to which entries count, both included."""

    first = DateField(label="From")
    last = DateField(label="To")

    def clean(self) -> dict[str, Any]:
        """The days in their order, not too many of them."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "This is before the first day.")
        elif first and last and (last - first).days > MOST_YEARS * 366:
            self.add_error("first", f"Ask for at most {MOST_YEARS} years at once.")
        return cleaned

    @property
    def since(self) -> datetime.datetime:
        """The first moment that counts; only of a valid form."""
        return _midnight(self.cleaned_data["first"])

    @property
    def until(self) -> datetime.datetime:
        """The first moment that counts no more."""
        return _midnight(self.cleaned_data["last"] + datetime.timedelta(days=1))


def usual_period(days: int = USUAL_DAYS) -> dict[str, str]:
    """The last days up to today, as the form carries them."""
    today = timezone.localdate()
    first = today - datetime.timedelta(days=days - 1)
    return {"first": first.isoformat(), "last": today.isoformat()}


class AuditForm(PeriodForm):
    """A search of the audit. It is posted: a record number stands in no address."""

    person = forms.ChoiceField(required=False)
    record_number = forms.CharField(
        label="Patient's record number",
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(required=False, choices=[("", "All"), *Kind.choices])
    action = forms.ChoiceField(label="What exactly", required=False)
    via = forms.ChoiceField(label="By way of", required=False, choices=[("", "All"), *Via.choices])
    address = forms.GenericIPAddressField(label="Address", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.patient: Patient | None = None
        person: Any = self.fields["person"]
        person.choices = [("", "Everybody"), *people_ever()]
        action: Any = self.fields["action"]
        action.choices = [("", "All"), *_actions()]

    def clean_record_number(self) -> str:
        """The number, whose patient is found."""
        number = str(self.cleaned_data["record_number"])
        if number:
            self.patient = patient_by_record_number(number)
            if self.patient is None:
                message = "No patient has this record number."
                raise forms.ValidationError(message)
        return number

    @property
    def search(self) -> Search:
        """What was asked for; only of a valid form."""
        given = self.cleaned_data
        return Search(
            since=self.since,
            until=self.until,
            person=UUID(given["person"]) if given["person"] else None,
            whose=whose(self.patient) if self.patient else None,
            kind=given["kind"],
            action=given["action"],
            via=given["via"],
            address=given["address"],
        )


def _actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every action in words, by kind."""
    return [
        (
            str(kind.label),
            sorted(
                ((name, action.words) for name, action in ACTIONS.items() if action.kind == kind),
                key=lambda choice: choice[1],
            ),
        )
        for kind in Kind
    ]


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
