"""The form of a result."""

import json
from typing import Any

from django import forms

from cases.models import Result, Study
from cases.models.result import FdgUptake, Outcome, SstrUptake
from cases.models.study import Modality
from cases.selectors.facts import RESULT_FACTS
from cases.selectors.lesion_contradictions import Contradiction
from cases.web.forms.facts import SeenField
from cases.web.forms.known import one_or_unknown, yes_no_unknown
from cases.web.forms.typed_numbers import decimal_number, whole_number
from guidance.engine.dictionary import DICTIONARY

#: Asked after every result.
ALWAYS = ("imaging_clinical_discordant", "report_complex_or_subtle")
#: Asked where a treated or followed lesion was compared with before.
COMPARISON = (
    "response_basis",
    "new_lesions",
    "size_change",
    "attenuation_or_enhancement_change",
    "new_enhancement_in_treated_lesion",
    "intratumoral_haemorrhage",
    "necrosis_without_shrinkage",
    "extrahepatic_sites_reviewed",
)
#: Which questions belong to which outcome; an outcome that is not chosen yet asks all.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "": RESULT_FACTS,
    Outcome.POSITIVE: ("new_lesions", "extrahepatic_sites_reviewed", *ALWAYS),
    Outcome.NEGATIVE: ("extrahepatic_sites_reviewed", *ALWAYS),
    Outcome.INDETERMINATE: ("result_hinges_on_sstr_status", *COMPARISON, *ALWAYS),
    Outcome.RESPONSE: (*COMPARISON, *ALWAYS),
    Outcome.STABLE: (*COMPARISON, *ALWAYS),
    Outcome.PROGRESSION: (*COMPARISON, *ALWAYS),
    Outcome.COMPLICATION: ("complication_type", *COMPARISON, *ALWAYS),
}


def _question(name: str) -> forms.Field:
    fact = DICTIONARY[name]
    if fact.kind == "bool3":
        return yes_no_unknown(fact.question, settles=fact.help)
    choices = [(str(code), str(fact.value_labels[code])) for code in fact.allowed]
    return one_or_unknown(fact.question, choices, settles=fact.help)


#: Modalities whose uptake is read, and the columns that hold the reading.
UPTAKE: dict[str, tuple[str, ...]] = {
    Modality.PET_SSTR: (
        "sstr_result",
        "krenning_grade",
        "sstr_uptake_homogeneous",
        "sstr_suvmax",
    ),
    Modality.SRS: ("sstr_result", "krenning_grade", "sstr_uptake_homogeneous"),
    Modality.PET_FDG: ("fdg_result",),
}


def _uptake(name: str) -> forms.Field:
    fact = DICTIONARY[name]
    if name == "krenning_grade":
        return whole_number(fact.question, help_text="0 to 4.")
    if name == "sstr_suvmax":
        return decimal_number(fact.question, settles=fact.help)
    if name == "sstr_uptake_homogeneous":
        return yes_no_unknown(fact.question, settles=fact.help)
    choices = FdgUptake.choices if name == "fdg_result" else SstrUptake.choices
    return one_or_unknown(fact.question, choices, settles=fact.help)


class ResultForm(forms.Form):
    """What a study showed; what is left unknown may be answered later.

    `contradictions` are what the measurements say against it; the person keeps the result by
    saying why. `report` takes the report's text beside the form.
    """

    outcome = forms.ChoiceField(
        label="What did the study show?",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the study showed."},
    )
    summary = forms.CharField(
        label="In words",
        max_length=Result._meta.get_field("summary").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    kept_reason = forms.CharField(
        label="Why does it stand against the measurements?",
        max_length=Result._meta.get_field("kept_reason").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kept_against = SeenField(widget=forms.HiddenInput, required=False)
    report = forms.CharField(
        label="Report",
        max_length=Study._meta.get_field("report").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="The radiologist's words, kept with the study.",
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contradictions: list[Contradiction] = []
        self.uptake_names = UPTAKE.get(study.modality, ())
        for name in RESULT_FACTS:
            self.fields[name] = _question(name)
        for name in self.uptake_names:
            self.fields[name] = _uptake(name)

    def show_against(self) -> None:
        """Carry what the measurements say, so that a reason given next answers just that."""
        self.data = self.data.copy()
        self.data["kept_against"] = json.dumps([one.as_json() for one in self.contradictions])

    @property
    def uptake(self) -> list[forms.BoundField]:
        """The fields about uptake, where the study shows any."""
        return [self[name] for name in self.uptake_names]

    @property
    def columns(self) -> dict[str, Any]:
        """The typed values as columns of the result."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "report"}
        if not typed["kept_reason"].strip():
            typed.pop("kept_against")
        return typed

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields that belong to the chosen outcome, and those that say something already."""
        names = QUESTIONS.get(self["outcome"].value() or "", RESULT_FACTS)
        return [
            self[name]
            for name in RESULT_FACTS
            if name in names or self[name].value() or name in self.errors
        ]
