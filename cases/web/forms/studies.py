"""The form of a study."""

from typing import Any

from django import forms

from cases.models import Study
from cases.models.study import (
    Contrast,
    Modality,
    OrderTarget,
    Phase,
    Region,
    Sequence,
    Tracer,
)
from cases.web.forms.known import yes_no_unknown
from guidance.editions import shelf
from guidance.engine.dictionary import DICTIONARY
from tumorboard.date_field import DateField

#: What is asked of every study, of those with X-rays, and of nuclear ones.
PROTOCOL = ("contrast", "contrast_flow_ml_s", "phases", "sequences", "coverage")
ASKED = ("multiphasic", "dwi", "covers_pelvis")
DOSE = ("tracer", "activity_mbq", "ctdi_vol_mgy", "dlp_mgy_cm", "effective_dose_msv")


def _procedures() -> list[tuple[str, object]]:
    """The procedures that the guidance names, by modality."""
    by_modality: dict[str, list[tuple[str, str]]] = {}
    for procedure in shelf.adopted().ratings.procedures.values():
        label = str(Modality(procedure.modality).label)
        by_modality.setdefault(label, []).append((procedure.code, procedure.name))
    return [("", "Not stated, or another one"), *by_modality.items()]


class NotedField(forms.MultipleChoiceField):
    """Any of a set of codes; None where none is ticked, since then nobody noted them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def clean(self, value: Any) -> list[str] | None:
        """The codes in their own order, or None."""
        chosen = super().clean(value)
        return [code for code, _ in self.choices if code in chosen] or None


def _text(column: str, **given: Any) -> forms.CharField:
    most = Study._meta.get_field(column).max_length
    widget = given.pop("widget", forms.TextInput(attrs={"autocomplete": "off"}))
    return forms.CharField(max_length=most, required=False, widget=widget, **given)


def _number(column: str, label: str, unit: str) -> forms.DecimalField:
    """A number as it is kept; what is possible is the service's to say."""
    kept: Any = Study._meta.get_field(column)
    field = forms.DecimalField(
        label=label,
        required=False,
        max_digits=kept.max_digits,
        decimal_places=kept.decimal_places,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": f"Enter the number alone, in {unit}."},
    )
    field.unit = unit
    return field


def _one(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "Unknown"), *choices], required=False)


class StudyForm(forms.Form):
    """A study that was ordered, performed or reported, with its protocol, dose and report."""

    modality = forms.ChoiceField(
        choices=[("", "Choose"), *Modality.choices],
        error_messages={"required": "Choose the modality."},
    )
    procedure = forms.ChoiceField(choices=_procedures, required=False)
    ordered_on = DateField(label="Ordered on", required=False)
    performed_on = DateField(label="Performed on", required=False)
    reported_on = DateField(label="Reported on", required=False)
    performing_site = _text("performing_site", label="Performed at")
    target = _one("What it looks for", OrderTarget.choices)
    multiphasic = yes_no_unknown(
        "Is the protocol multiphasic?", settles=DICTIONARY["ordered_multiphasic"].help
    )
    dwi = yes_no_unknown(
        "Is diffusion-weighted imaging included?", settles=DICTIONARY["ordered_dwi"].help
    )
    covers_pelvis = yes_no_unknown(
        "Does it cover the pelvis?", settles=DICTIONARY["ordered_covers_pelvis"].help
    )
    contrast = _one("Contrast", Contrast.choices)
    contrast_flow_ml_s = _number("contrast_flow_ml_s", "Contrast flow rate", "ml/s")
    phases = NotedField(label="Phases acquired", choices=Phase.choices)
    sequences = NotedField(label="Sequences acquired (MRI)", choices=Sequence.choices)
    coverage = NotedField(label="Regions covered", choices=Region.choices)
    tracer = _one("Tracer", Tracer.choices)
    activity_mbq = _number("activity_mbq", "Injected activity", "MBq")
    ctdi_vol_mgy = _number("ctdi_vol_mgy", "CTDIvol", "mGy")
    dlp_mgy_cm = _number("dlp_mgy_cm", "Dose-length product", "mGy·cm")
    effective_dose_msv = _number("effective_dose_msv", "Effective dose", "mSv")
    accession_number = _text("accession_number", label="Accession number")
    study_uid = _text(
        "study_uid",
        label="Study instance UID",
        help_text="By which archives and viewers know the study.",
    )
    report = _text(
        "report",
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="The radiologist's words. The result is entered separately, by a person.",
    )

    @property
    def protocol_fields(self) -> list[forms.BoundField]:
        """The fields about the protocol."""
        return [self[name] for name in ASKED]

    @property
    def acquired_fields(self) -> list[forms.BoundField]:
        """The fields about what was given and acquired."""
        return [self[name] for name in PROTOCOL]

    @property
    def dose_fields(self) -> list[forms.BoundField]:
        """The fields about tracer and dose."""
        return [self[name] for name in DOSE]
