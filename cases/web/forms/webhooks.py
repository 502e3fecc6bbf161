"""The form of a webhook."""

from typing import Any

from django import forms

from cases.models import WebhookEndpoint
from cases.models.event import EventKind


class WebhookForm(forms.Form):
    """Where a system takes events, and which."""

    label = forms.CharField(
        label="Which system is it?",
        max_length=WebhookEndpoint._meta.get_field("label").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label="Address",
        max_length=WebhookEndpoint._meta.get_field("address").max_length,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
        help_text="Where the system takes events by POST, like https://engine.example/events.",
    )
    kinds = forms.MultipleChoiceField(
        label="What is it told?",
        choices=EventKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of event."},
    )

    @classmethod
    def of(cls, endpoint: WebhookEndpoint, data: Any = None) -> "WebhookForm":
        """The form filled in with what is saved."""
        initial = {name: getattr(endpoint, name) for name in ("label", "address", "kinds")}
        return cls(data, initial=initial)
