"""The form of a study."""

from django import forms

from cases.models import Study
from cases.models.study import Modality, OrderTarget
from cases.web.forms.known import yes_no_unknown
from guidance.editions import shelf
from guidance.engine.dictionary import DICTIONARY
from tumorboard.date_field import DateField


def _procedures() -> list[tuple[str, object]]:
    """The procedures that the guidance names, by modality."""
    by_modality: dict[str, list[tuple[str, str]]] = {}
    for procedure in shelf.adopted().ratings.procedures.values():
        label = str(Modality(procedure.modality).label)
        by_modality.setdefault(label, []).append((procedure.code, procedure.name))
    return [("", "Not stated, or another one"), *by_modality.items()]


class StudyForm(forms.Form):
    """A study that was ordered or performed, with its protocol and its report."""

    modality = forms.ChoiceField(
        choices=[("", "Choose"), *Modality.choices],
        error_messages={"required": "Choose the modality."},
    )
    procedure = forms.ChoiceField(choices=_procedures, required=False)
    ordered_on = DateField(label="Ordered on", required=False)
    performed_on = DateField(label="Performed on", required=False)
    target = forms.ChoiceField(
        label="What it looks for", choices=[("", "Unknown"), *OrderTarget.choices], required=False
    )
    multiphasic = yes_no_unknown(
        "Is the protocol multiphasic?", settles=DICTIONARY["ordered_multiphasic"].help
    )
    dwi = yes_no_unknown(
        "Is diffusion-weighted imaging included?", settles=DICTIONARY["ordered_dwi"].help
    )
    covers_pelvis = yes_no_unknown(
        "Does it cover the pelvis?", settles=DICTIONARY["ordered_covers_pelvis"].help
    )
    accession_number = forms.CharField(
        max_length=Study._meta.get_field("accession_number").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    report = forms.CharField(
        max_length=Study._meta.get_field("report").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="The radiologist's words. The result is entered separately, by a person.",
    )
    protocol = ("multiphasic", "dwi", "covers_pelvis")

    @property
    def protocol_fields(self) -> list[forms.BoundField]:
        """The fields about the protocol."""
        return [self[name] for name in self.protocol]
