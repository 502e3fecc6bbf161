"""The form of a specimen."""

from collections.abc import Iterator

from django import forms

from cases.models import Specimen
from cases.models.lesion import Site
from cases.models.specimen import Differentiation, Grade, SpecimenKind, Subtype, WhoVersion
from cases.models.treatment import Margin
from cases.web.forms.answers import REVIEWED_NONE, ListAnswer
from cases.web.forms.known import initial_of, one_or_unknown, yes_no_unknown
from cases.web.forms.typed_numbers import decimal_number, whole_number
from guidance.engine.dictionary import DICTIONARY
from tumorboard.date_field import DateField


def _length(column: str) -> int:
    longest: int = Specimen._meta.get_field(column).max_length
    return longest


def _hormones() -> ListAnswer:
    fact = DICTIONARY["hormone_ihc_positive"]
    field = ListAnswer(
        label=fact.question,
        choices=[*fact.value_labels.items(), (REVIEWED_NONE, "Stained for: none found")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    field.settles = fact.help
    return field


class SpecimenForm(forms.Form):
    """A specimen and what its report says, in the order of a report; empty means unknown."""

    kind = forms.ChoiceField(
        label="How it was taken",
        choices=[("", "Choose"), *SpecimenKind.choices],
        error_messages={"required": "Choose how it was taken."},
    )
    site = forms.ChoiceField(
        label="Where it was taken",
        choices=[("", "Choose"), *Site.choices],
        error_messages={"required": "Choose where it was taken."},
    )
    taken_on = DateField(label="Taken on")
    taken_on.error_messages["required"] = "Give the date on which it was taken."
    reported_on = DateField(label="Reported on", required=False)
    laboratory = forms.CharField(max_length=_length("laboratory"), required=False)
    report_number = forms.CharField(
        label="Report number",
        max_length=_length("report_number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    differentiation = one_or_unknown(
        "Differentiation", Differentiation.choices, settles=DICTIONARY["differentiation"].help
    )
    subtype = one_or_unknown(
        "Subtype", Subtype.choices, settles=DICTIONARY["histology_subtype"].help
    )
    ki67_percent = decimal_number("Ki-67", unit="%", settles=DICTIONARY["ki67_percent"].help)
    mitoses_per_10hpf = decimal_number(
        "Mitoses", unit="per 10 HPF", settles=DICTIONARY["mitoses_per_10hpf"].help
    )
    grade = one_or_unknown("Grade as reported", Grade.choices)
    who_version = one_or_unknown("Graded by", WhoVersion.choices)
    chromogranin_a = yes_no_unknown(DICTIONARY["ihc_chromogranin_a"].question)
    synaptophysin = yes_no_unknown(DICTIONARY["ihc_synaptophysin"].question)
    hormones = _hormones()
    size_mm = decimal_number("Tumor size", unit="mm")
    margin = one_or_unknown("Resection margin", [(each.value, each.words) for each in Margin])
    nodes_examined = whole_number("Lymph nodes examined")
    nodes_positive = whole_number("Lymph nodes with tumor")
    vascular_invasion = yes_no_unknown("Is there vascular invasion?")
    perineural_invasion = yes_no_unknown("Is there perineural invasion?")
    report = forms.CharField(
        label="Text of the report",
        max_length=_length("report"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="Paste it here to read it beside the form. No value is taken from it.",
    )

    #: The fields beside the report, by heading.
    groups_of = (
        (
            "The specimen",
            ("kind", "site", "taken_on", "reported_on", "laboratory", "report_number"),
        ),
        ("Grade", ("ki67_percent", "mitoses_per_10hpf", "grade", "who_version")),
        ("Kind of tumor", ("differentiation", "subtype")),
        ("Staining", ("chromogranin_a", "synaptophysin", "hormones")),
        (
            "Resection",
            (
                "size_mm",
                "margin",
                "nodes_examined",
                "nodes_positive",
                "vascular_invasion",
                "perineural_invasion",
            ),
        ),
    )

    @property
    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields beside the report by heading."""
        for heading, names in self.groups_of:
            yield heading, [self[name] for name in names]


def initial_of_specimen(specimen: Specimen) -> dict[str, object]:
    """What stands in the form for a specimen that is there."""
    values = initial_of(specimen, list(SpecimenForm.base_fields))
    if specimen.hormones == []:
        values["hormones"] = [REVIEWED_NONE]
    return values
