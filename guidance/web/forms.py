"""The forms of what an institution chooses about the guidance, and says beside it."""

from typing import Any

from django import forms

from guidance.editions.models import LocalNote, LocalStudy, NoteSubject, TnmSystem, WhoVersion
from guidance.editions.models.local_note import LONGEST_MONTHS
from guidance.editions.note_subjects import subjects_of
from guidance.engine.edition import Edition
from tumorboard.date_field import HELP, DateField

NO_POLICY = "None: the windows of all rules are shown, and none is picked"
REASON_LENGTH = LocalStudy._meta.get_field("reason").max_length
NOTE_LENGTH = LocalNote._meta.get_field("text").max_length


class PolicyForm(forms.Form):
    """WHO edition, TNM system and follow-up policy."""

    who_version = forms.ChoiceField(
        label="WHO edition for grading",
        choices=WhoVersion.choices,
        widget=forms.RadioSelect,
        help_text="Every grade names the edition it was given by.",
        error_messages={"required": "Choose the WHO edition."},
    )
    tnm_system = forms.ChoiceField(
        label="TNM system",
        choices=TnmSystem.choices,
        widget=forms.RadioSelect,
        help_text="Every stage names the system it was given by.",
        error_messages={"required": "Choose the TNM system."},
    )
    followup_policy = forms.ChoiceField(
        label="Follow-up policy",
        required=False,
        widget=forms.RadioSelect,
        help_text=(
            "Schedules are judged by it. It holds for every patient for whom nobody answered "
            "otherwise; the other rules' windows stay beside it."
        ),
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = edition.dictionary["followup_policy"].value_labels
        field: Any = self.fields["followup_policy"]
        field.choices = [("", NO_POLICY), *rules.items()]


class WithdrawalForm(forms.Form):
    """Why a local word no longer holds."""

    reason = forms.CharField(
        label="Why",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why."},
    )


class LocalWordForm(WithdrawalForm):
    """Why a local word holds, and until when it is to be looked at again."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands beside it on every case, agenda and decision.",
        error_messages={"required": "Say why."},
    )
    review_on = DateField(label="Review by", help_text=f"When it is to be looked at again. {HELP}")
    review_on.error_messages["required"] = "Enter the day by which it is to be reviewed."


class LocalStudyForm(LocalWordForm):
    """A study that cannot be had."""

    procedure = forms.ChoiceField(
        label="Study", error_messages={"required": "Choose a study."}, widget=forms.Select
    )
    field_order = ["procedure"]

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        procedures = edition.ratings.procedures.values()
        field: Any = self.fields["procedure"]
        field.choices = [("", "Choose a study"), *((p.code, p.name) for p in procedures)]


class LocalNoteTextForm(LocalWordForm):
    """What a local note says: a text, an interval, or both."""

    text = forms.CharField(
        label="Note",
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Stands beside what the guidance says, and names the institution.",
    )
    low_months = forms.IntegerField(
        label="Interval from",
        required=False,
        help_text="In months. Leave both empty for a note alone.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    high_months = forms.IntegerField(
        label="Interval to",
        required=False,
        help_text=f"At most {LONGEST_MONTHS} months.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    field_order = ["subject", "text", "low_months", "high_months", "reason", "review_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("low_months", "high_months"):
            field: Any = self.fields[name]
            field.unit = "months"


class LocalNoteForm(LocalNoteTextForm):
    """A new local note, and what it stands beside."""

    subject = forms.ChoiceField(
        label="Beside",
        error_messages={"required": "Choose what the note stands beside."},
        widget=forms.Select,
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, subject in subjects_of(edition).items():
            label = str(NoteSubject(subject.kind).label)
            groups.setdefault(label, []).append((key, subject.name))
        field: Any = self.fields["subject"]
        field.choices = [("", "Choose"), *groups.items()]
