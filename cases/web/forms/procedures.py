"""The form of a procedure."""

from django import forms

from cases.models import Procedure
from cases.models.procedure import ProcedureKind
from tumorboard.date_field import DateField


class ProcedureForm(forms.Form):
    """A procedure that changes what can be done later; dates may be unknown."""

    kind = forms.ChoiceField(
        label="Procedure",
        choices=[("", "Choose"), *ProcedureKind.choices],
        error_messages={"required": "Choose the procedure."},
    )
    done_on = DateField(label="Done on", required=False)
    removed_on = DateField(
        label="Removed on",
        required=False,
        help_text="For a drain or a stent that was taken out. Like 21 Nov 2026 or 2026-11-21.",
    )
    note = forms.CharField(max_length=Procedure._meta.get_field("note").max_length, required=False)
