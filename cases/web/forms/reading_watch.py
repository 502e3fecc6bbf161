"""The form of how many patients an hour are conspicuous."""

from django import forms

from cases.models.reading_watch import FEWEST, MOST


class ReadingWatchForm(forms.Form):
    """From how many on somebody is told."""

    patients_an_hour = forms.IntegerField(
        label="Patients an hour",
        min_value=FEWEST,
        max_value=MOST,
        help_text=(
            f"From {FEWEST} to {MOST}. A day's work of one person should stay below it; of a "
            "system that copies records, say more here or tell who reads the mail."
        ),
        error_messages={"required": "Enter how many patients."},
    )
