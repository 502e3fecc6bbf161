"""Forms of the picture archive."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html

from cases.models import PacsConnection
from cases.models.study import Modality
from cases.selectors.archived import Offer
from cases.services.archived_studies import Chosen
from tumorboard.date_field import DateField
from tumorboard.formats import day

#: The `id` of the form on the page.
FORM_ID = "archived-studies"


def _text(name: str, **options: Any) -> forms.CharField:
    longest = PacsConnection._meta.get_field(name).max_length
    quiet = {"autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(max_length=longest, widget=forms.TextInput(attrs=quiet), **options)


class PacsConnectionForm(forms.Form):
    """Where the archive and the viewer are."""

    name = _text("name", error_messages={"required": "Give the archive a name."})
    qido_url = _text(
        "qido_url",
        label="Address of QIDO-RS",
        required=False,
        help_text="Where studies are searched, like https://pacs.example/dicom-web.",
    )
    wado_url = _text(
        "wado_url",
        label="Address of WADO-RS",
        required=False,
        help_text="Where pictures come from; leave it empty where it is the same.",
    )
    credentials = forms.ChoiceField(
        label="Sign-in",
        required=False,
        help_text="The operator keeps user and password; here only their name is chosen.",
    )
    viewer_template = _text(
        "viewer_template",
        label="Address of the viewer",
        required=False,
        help_text=(
            "Opens one study, like https://viewer.example/?StudyInstanceUIDs={study_uid}. "
            "{accession_number} may be used too."
        ),
    )

    def __init__(self, *args: Any, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = [(name, name) for name in names]
        self.fields["credentials"].choices = [("", "None"), *given]


class ArchivedStudiesForm(forms.Form):
    """Which studies of the archive to add, and what the archive does not say of them."""

    def __init__(self, *args: Any, offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = offers
        for offer in offers:
            if not offer.is_there:
                self.fields.update(_fields(offer))
        for field in self.fields.values():
            # A table with forms' parts in its cells cannot lie inside the form: each row asks for
            # its picture by itself.
            field.widget.attrs["form"] = FORM_ID

    def rows(self) -> list[dict[str, Any]]:
        """Each offer with its fields."""
        return [
            {
                "offer": offer,
                "fields": {
                    name: self[key]
                    for name in ("add", "modality", "performed_on", "is_same_patient")
                    if (key := f"{name}-{offer.archived.study_uid}") in self.fields
                },
            }
            for offer in self.offers
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for what is needed of the studies that are ticked, and only of them."""
        ticked = [offer for offer in self.offers if self._given(offer, "add")]
        if not ticked:
            self.add_error(None, "Tick the studies to add.")
        for offer in ticked:
            for name, message in NEEDED.items():
                key = f"{name}-{offer.archived.study_uid}"
                if key in self.fields and key not in self.errors and not self._given(offer, name):
                    self.add_error(key, message)
        return self.cleaned_data

    @property
    def chosen(self) -> list[Chosen]:
        """What was ticked, once the form is valid."""
        return [
            Chosen(
                archived=offer.archived,
                modality=self._given(offer, "modality") or "",
                performed_on=offer.archived.date or self._given(offer, "performed_on"),
                is_same_patient=bool(self._given(offer, "is_same_patient")),
            )
            for offer in self.offers
            if self._given(offer, "add")
        ]

    def _given(self, offer: Offer, name: str) -> Any:
        return self.cleaned_data.get(f"{name}-{offer.archived.study_uid}")


NEEDED = {
    "modality": "Choose the modality.",
    "performed_on": "Give the date on which it was performed.",
    "is_same_patient": "Confirm that it is the same person, or leave the study out.",
}


def _fields(offer: Offer) -> dict[str, forms.Field]:
    uid = offer.archived.study_uid

    def label(words: str) -> str:
        """Beside a row its study need not be read again, but must be heard."""
        one = f"{day(offer.archived.date)} {offer.archived.description}"
        return format_html('{}<span class="visually-hidden"> (study of {})</span>', words, one)

    add = label("Note its UID" if offer.study else "Add")
    fields: dict[str, forms.Field] = {f"add-{uid}": forms.BooleanField(label=add, required=False)}
    if not offer.study:
        fields[f"modality-{uid}"] = forms.ChoiceField(
            label=label("Modality"),
            choices=_choices(offer),
            initial=offer.reading.offered,
            required=False,
        )
        if not offer.archived.date:
            fields[f"performed_on-{uid}"] = DateField(label=label("Performed on"), required=False)
    if offer.differences:
        fields[f"is_same_patient-{uid}"] = forms.BooleanField(
            label=label("It is the same person"), required=False
        )
    return fields


def _choices(offer: Offer) -> list[tuple[str, Any]]:
    """All modalities, those that fit the archive's codes first."""
    fitting = [choice for choice in Modality.choices if choice[0] in offer.reading.possible]
    others = [choice for choice in Modality.choices if choice[0] not in offer.reading.possible]
    if not fitting:
        return [("", "Choose"), *others]
    return [("", "Choose"), ("As the archive says", fitting), ("Others", others)]
