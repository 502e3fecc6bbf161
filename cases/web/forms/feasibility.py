"""The forms of devices and allergies."""

from django import forms

from cases.models import Allergy, Device
from cases.models.feasibility import DeviceKind, MriSafety, ReactionSeverity, Substance
from cases.web.forms.known import one_or_unknown
from tumorboard.date_field import DateField


class DeviceForm(forms.Form):
    """An implanted device; what is left empty is unknown."""

    kind = forms.ChoiceField(
        label="Device",
        choices=[("", "Choose"), *DeviceKind.choices],
        error_messages={"required": "Choose the device."},
    )
    mri_safety = one_or_unknown("Safety in MRI, by the device's papers", MriSafety.choices)
    implanted_on = DateField(label="Implanted on", required=False)
    removed_on = DateField(label="Removed on", required=False)
    checked_on = DateField(label="Papers checked on", required=False)
    note = forms.CharField(
        max_length=Device._meta.get_field("note").max_length,
        required=False,
        help_text="Maker and model, and the conditions where it is MR conditional.",
    )


class AllergyForm(forms.Form):
    """A reaction to a substance; what is left empty is unknown."""

    substance = forms.ChoiceField(
        choices=[("", "Choose"), *Substance.choices],
        error_messages={"required": "Choose the substance."},
    )
    agent = forms.CharField(
        label="Which agent", max_length=Allergy._meta.get_field("agent").max_length, required=False
    )
    reaction = forms.CharField(
        label="What happened",
        max_length=Allergy._meta.get_field("reaction").max_length,
        required=False,
    )
    severity = one_or_unknown("How bad was it?", ReactionSeverity.choices)
    occurred_on = DateField(label="When", required=False)
    refuted_on = DateField(
        label="Refuted on",
        required=False,
        help_text="Where a later examination showed that it does not hold.",
    )
    note = forms.CharField(max_length=Allergy._meta.get_field("note").max_length, required=False)
