"""The forms of boards and meetings."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from cases.models import Attendance, Board, Meeting
from cases.models.board import Rhythm
from cases.models.board_member import Duty
from cases.models.specialty import Specialty
from cases.selectors.rhythms import time_zones
from cases.services.invitations import MOST_AT_ONCE
from cases.web.forms.typed_numbers import WHOLE, NumberInput, whole_number
from tumorboard.accounts.models import User
from tumorboard.date_field import DateField
from tumorboard.formats import moment_in

#: How many meetings of a rhythm are shown to be planned, until somebody asks for more [INT].
AT_ONCE = 6
#: Years in which a meeting can have been or come to be: within them every time zone has all hours.
EARLIEST_YEAR, LATEST_YEAR = 2000, 2200
OUT_OF_RANGE = f"Plan 1 to {MOST_AT_ONCE} meetings at once."


def _length(model: Any, field: str) -> int:
    return int(model._meta.get_field(field).max_length)


def _text(model: Any, column: str, label: str, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("required", False)
    return forms.CharField(
        label=label,
        max_length=_length(model, column),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        **kwargs,
    )


def _number(
    model: Any, column: str, label: str, *, unit: str, required: bool = True
) -> forms.IntegerField:
    """A whole number within what the column holds."""
    limits = {v.code: v.limit_value for v in model._meta.get_field(column).validators}
    least, most = limits["min_value"], limits["max_value"]
    field = whole_number(label)
    field.required, field.unit = required, unit
    field.error_messages["required"] = WHOLE
    reason = f"Enter {least} to {most} {unit}."
    field.validators += [MinValueValidator(least, reason), MaxValueValidator(most, reason)]
    return field


def _begins(label: str = "Begins", **kwargs: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d %b %Y %H:%M", "%d %b %Y, %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "Enter the day and the time at which the meeting begins.",
            "invalid": "Enter day and time like 2026-11-21 14:00.",
        },
        validators=[_check_year],
        **kwargs,
    )


def _check_year(value: datetime.datetime) -> None:
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        message = f"Enter a year from {EARLIEST_YEAR} to {LATEST_YEAR}."
        raise ValidationError(message)


def _specialty(label: str, *, none: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", none), *Specialty.choices], required=False)


class BoardForm(forms.Form):
    """A new standing board."""

    name = _text(
        Board,
        "name",
        "Name of the board",
        required=True,
        error_messages={"required": "Enter the name of the board."},
    )
    place = _text(Board, "place", "Usual place or video link")


class BoardSettingsForm(BoardForm):
    """All that is set for a standing board."""

    rhythm = forms.ChoiceField(label="Rhythm", choices=Rhythm.choices, required=False)
    first_on = DateField(label="Counted from the meeting on", required=False)
    begins_at = forms.TimeField(
        label="Begins at",
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Enter a time like 14:00."},
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=lambda: [(name, name.replace("_", " ")) for name in time_zones()],
        help_text="The clock on the wall stays when daylight saving begins or ends.",
        error_messages={"invalid_choice": "Choose a time zone by its name."},
    )
    minutes = _number(Board, "minutes", "Length of a meeting", unit="minutes")
    cutoff_hours = _number(
        Board, "cutoff_hours", "Submissions close before the meeting", unit="hours"
    )
    task_days = _number(
        Board, "task_days", "A recommendation without a date is due in", unit="days"
    )
    required_specialties = forms.MultipleChoiceField(
        label="Required specialties",
        choices=Specialty.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Without all of these a meeting has no quorum.",
    )

    groups_of = (
        ("The board", ("name", "place")),
        ("When it meets", ("rhythm", "first_on", "begins_at", "time_zone")),
        ("Each meeting", ("minutes", "cutoff_hours", "task_days")),
        ("Quorum", ("required_specialties",)),
    )

    @property
    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields by heading."""
        for heading, names in self.groups_of:
            yield heading, [self[name] for name in names]


class MemberForm(forms.Form):
    """What somebody does on a board."""

    duty = forms.ChoiceField(
        label="Duty",
        choices=Duty.choices,
        initial=Duty.MEMBER,
        error_messages={"required": "Choose what the person does on the board."},
    )
    specialty = _specialty("Stands for", none="No specialty")


class NewMemberForm(MemberForm):
    """Somebody who comes onto a board."""

    person = forms.ChoiceField(
        label="Person",
        error_messages={
            "required": "Choose the person.",
            "invalid_choice": "Choose an active member of the institution who is not on the board.",
        },
    )
    field_order = ("person", "duty", "specialty")

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [(pk, person.name) for pk, person in self.people.items()]
        self.fields["person"].choices = [("", "Choose"), *choices]

    def clean_person(self) -> User:
        """The person who was chosen."""
        return self.people[self.cleaned_data["person"]]


class MeetingForm(forms.Form):
    """One sitting of a board."""

    starts_at = _begins()
    minutes = _number(Meeting, "minutes", "Length", unit="minutes", required=False)
    place = _text(
        Meeting,
        "place",
        "Place or video link",
        help_text="Left empty, it is the board's usual place.",
    )


class NewMeetingForm(MeetingForm):
    """A meeting that is planned."""

    cutoff_at = _begins(
        "Submissions close",
        required=False,
        help_text="Left empty, as long before the meeting as the board says.",
    )
    field_order = ("starts_at", "minutes", "cutoff_at", "place")


class SeriesForm(forms.Form):
    """How many meetings of a rhythm to look at."""

    count = forms.IntegerField(
        label="How many meetings",
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=AT_ONCE,
        widget=NumberInput(mode="numeric"),
        error_messages={
            "required": "Enter how many meetings to plan.",
            "invalid": WHOLE,
            "min_value": OUT_OF_RANGE,
            "max_value": OUT_OF_RANGE,
        },
    )


class CancellationForm(forms.Form):
    """Why a meeting is canceled, and where its cases go."""

    because = _text(
        Meeting,
        "cancelled_because",
        "Why",
        help_text="For those who look the meeting up here. Name no patient; no mail says it.",
    )
    to = forms.ChoiceField(
        label="Its undecided cases",
        required=False,
        error_messages={"invalid_choice": "Choose a coming meeting, or none."},
    )

    def __init__(self, *args: Any, coming: Sequence[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.coming = {str(meeting.pk): meeting for meeting in coming}
        self.fields["to"].choices = [
            ("", "Ask for the board again"),
            *((pk, f"Move to {_words(meeting)}") for pk, meeting in self.coming.items()),
        ]

    def clean_to(self) -> Meeting | None:
        """The meeting that was chosen; None for none."""
        return self.coming.get(self.cleaned_data["to"])


def _words(meeting: Meeting) -> str:
    when = moment_in(meeting.starts_at, meeting.board.time_zone)
    return f"{meeting.board.name}, {when}"


class CalendarForm(forms.Form):
    """One more address of one's calendar: nothing to fill in."""


class AttendanceForm(forms.Form):
    """Somebody who is present and is no member of the institution."""

    name = forms.CharField(
        label="Name",
        max_length=_length(Attendance, "name"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the name."},
    )
    specialty_code = _specialty("Specialty", none="Not stated")
    specialty = _text(Attendance, "specialty", "Specialty in other words")
