"""The forms of EHRs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from tumorboard.accounts.ehr_models import Ehr, Proof
from tumorboard.accounts.ehrs.terms import EHR_TERMS, LISTS
from tumorboard.accounts.sso.forms import LONGEST_LINES, PLAIN, lines_in
from tumorboard.accounts.sso.reach import origin_of

LABEL = "What do your people call it?"


def _lines(label: str, help_text: str, rows: int = 2) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, **PLAIN})
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST_LINES,
        widget=widget,
        help_text=help_text,
    )


class NewEhrForm(forms.Form):
    """An EHR that is to open Tumorboard."""

    label = forms.CharField(
        label=LABEL,
        max_length=60,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="For example “Hospital EHR”. It stands on the button.",
    )
    fhir_base = forms.CharField(
        label="Address of its FHIR server (iss)",
        max_length=400,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="Exactly as the EHR sends it, to the last slash. It cannot be changed later.",
    )
    issuer = forms.CharField(
        label="Issuer of its ID tokens",
        max_length=400,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="“issuer” in its SMART configuration. It cannot be changed later.",
    )
    client_id = forms.CharField(
        label="Client ID",
        max_length=200,
        widget=forms.TextInput(attrs=PLAIN),
        help_text="As the EHR gave it to Tumorboard.",
    )

    def clean_fhir_base(self) -> str:
        """An address that could be asked; whether it may be, the operator says."""
        return _address(self.cleaned_data["fhir_base"])

    def clean_issuer(self) -> str:
        """An address that could be asked."""
        return _address(self.cleaned_data["issuer"])


class EhrForm(forms.Form):
    """What an EHR may say of people and patients."""

    label = forms.CharField(label=LABEL, max_length=60, widget=forms.TextInput(attrs=PLAIN))
    proof = forms.ChoiceField(
        label="How do we prove to it who asks?",
        choices=[(each.value, each.label.capitalize()) for each in Proof],
        widget=forms.RadioSelect,
    )
    identifier_systems = _lines(
        "Identifiers of its patients that are our record numbers",
        "Their systems, one a line, as in Patient.identifier.system: for example "
        "urn:oid:2.16.840.1.113883.19.5 or https://north.example/mrn.",
    )
    factor_values = _lines(
        "What says that a second factor was asked for?",
        "Values of amr or acr in its ID tokens, one a line. Where it says none of them, people are "
        "asked for their own second factor here.",
    )
    frame_origins = _lines(
        "Where its pages lie",
        "Origins such as https://ehr.north.example, one a line, if the EHR shows Tumorboard within "
        "its own page and that page lies elsewhere than its FHIR server.",
    )
    stands_for_provider = forms.TypedChoiceField(
        label="Is coming from the EHR enough where people must come by an identity provider?",
        coerce=lambda value: value == "yes",
        choices=[
            ("no", "No, they also sign in there, once a session"),
            ("yes", "Yes: who leaves the hospital loses the EHR as soon"),
        ],
        widget=forms.RadioSelect,
    )

    @classmethod
    def of(cls, ehr: Ehr, data: Any = None) -> "EhrForm":
        """With what was written last of an EHR."""
        terms = EHR_TERMS.latest(ehr)
        initial = {
            "label": terms.label,
            "proof": terms.proof,
            **{name: "\n".join(getattr(terms, name)) for name in LISTS},
            "stands_for_provider": "yes" if terms.stands_for_provider else "no",
        }
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Each list by its lines."""
        given: dict[str, Any] = super().clean() or {}
        return given | {name: lines_in(given.get(name, "")) for name in LISTS}


def _address(text: str) -> str:
    if not origin_of(text) or "?" in text:
        raise ValidationError("Give an address that begins with https://.")
    return text
