"""The forms of boards and meetings."""

from typing import Any

from django import forms

from cases.models import Attendance, Board, Meeting


def _length(model: Any, field: str) -> int:
    return int(model._meta.get_field(field).max_length)


class BoardForm(forms.Form):
    """A standing board."""

    name = forms.CharField(
        label="Name of the board",
        max_length=_length(Board, "name"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the name of the board."},
    )
    place = forms.CharField(
        label="Usual place or video link",
        max_length=_length(Board, "place"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MeetingForm(forms.Form):
    """One sitting of a board."""

    starts_at = forms.DateTimeField(
        label="Begins",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d %b %Y %H:%M", "%d %b %Y, %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "Enter the day and the time at which the meeting begins.",
            "invalid": "Enter day and time like 2026-11-21 14:00.",
        },
    )
    place = forms.CharField(
        label="Place or video link",
        max_length=_length(Meeting, "place"),
        required=False,
        help_text="Left empty, it is the board's usual place.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AttendanceForm(forms.Form):
    """Somebody who is present and is no member of the institution."""

    name = forms.CharField(
        label="Name",
        max_length=_length(Attendance, "name"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the name."},
    )
    specialty = forms.CharField(
        label="Specialty",
        max_length=_length(Attendance, "specialty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
