"""The forms of a board's standards, and of their audit."""

from typing import Any

from django import forms

from cases.models import ProtocolAudit, Standard
from cases.models.protocol_audit import Verdict
from cases.services.standards import PERCENT, branches_of
from cases.web.forms.typed_numbers import whole_number
from guidance.editions import shelf


class StandardForm(forms.Form):
    """A named standard of care, and what it is for."""

    name = forms.CharField(
        label="Name of the standard",
        max_length=Standard._meta.get_field("name").max_length,
        error_messages={"required": "Enter the name of the standard."},
    )
    source = forms.CharField(
        label="Where it is written",
        max_length=Standard._meta.get_field("source").max_length,
        help_text="Document, version and page, so that a reader finds it.",
        error_messages={"required": "Say where the standard is written."},
    )
    scenario = forms.ChoiceField(
        label="Scenario", error_messages={"required": "Choose a scenario of the guidance."}
    )
    branch = forms.ChoiceField(
        label="Result",
        required=False,
        help_text=(
            "A standard for a case that the guidance sends to the board has to name the result."
        ),
    )
    audit_percent = whole_number(
        "Share that is audited",
        help_text="From 1 to 100. The first case under a standard always is.",
    )

    despite_guidance = forms.BooleanField(
        label="The board settles this without discussion although the guidance asks for the board",
        required=False,
        help_text=(
            "Needed for a result that the guidance itself sends to the board, such as progression "
            "or a complication."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = shelf.adopted().catalogue.scenarios.values()
        self.fields["scenario"].choices = [("", "Choose"), *((s.id, s.name) for s in known)]
        groups = [(s.name, list(found.items())) for s in known if (found := branches_of(s.id))]
        self.fields["branch"].choices = [("", "Before any result"), *groups]
        share = self.fields["audit_percent"]
        share.required, share.unit = True, "%"
        share.error_messages["required"] = PERCENT


class ReviewForm(forms.Form):
    """What an audit found."""

    verdict = forms.ChoiceField(
        label="What did you find?",
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what the audit found."},
    )
    note = forms.CharField(
        label="Note",
        max_length=ProtocolAudit._meta.get_field("note").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where it should have been discussed.",
    )
