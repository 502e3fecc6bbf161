"""The form of a result."""

from django import forms

from cases.models import Result
from cases.models.result import Outcome
from cases.selectors.facts import RESULT_FACTS
from cases.web.forms.known import one_or_unknown, yes_no_unknown
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


class ResultForm(forms.Form):
    """What a study showed; what is left unknown may be answered later."""

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

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name in RESULT_FACTS:
            self.fields[name] = _question(name)

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields that belong to the chosen outcome, and those that say something already."""
        names = QUESTIONS.get(self["outcome"].value() or "", RESULT_FACTS)
        return [
            self[name]
            for name in RESULT_FACTS
            if name in names or self[name].value() or name in self.errors
        ]
