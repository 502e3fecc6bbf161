"""The fields of a decision's form: their kinds, and those that come once for every row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from cases.models import DraftDissent, DraftRecommendation
from cases.models.conclusion import Intent, RecommendationKind
from cases.selectors.recommended import Codes
from cases.services.draft_faults import NOT_EARLIER
from cases.web.forms.decision_rows import (
    CODED_KINDS,
    DISSENTS,
    PREFIX,
    TypedDissent,
    TypedRow,
)
from tumorboard.date_field import DateField

Choices = Sequence[tuple[str, Any]]


class RadioSelect(forms.RadioSelect):
    """A short set of exclusive answers in one line."""

    segmented = True


@dataclass(frozen=True)
class People:
    """Whom the form offers: owners by id, and the names of those who can dissent."""

    owners: Choices = ()
    dissenters: Sequence[str] = ()


def text_field(model: Any, name: str, label: str, *, rows: int = 1) -> forms.CharField:
    """Words as long as a column of `model` takes them."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=model._meta.get_field(name).max_length,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def choice_field(label: str, choices: Choices, widget: Any = forms.Select) -> forms.CharField:
    """A choice that the service checks, so that what was typed stays as it is."""
    return forms.CharField(label=label, required=False, widget=widget(choices=choices))


def row_fields(index: int, given: TypedRow, codes: Codes, people: People) -> dict[str, forms.Field]:
    """The fields of the recommendation at `index`."""
    number = f"Recommendation {index + 1}"
    earlier = [("", "None"), *((str(n), f"Recommendation {n}") for n in range(1, index + 1))]
    kinds = [("", "Choose"), *RecommendationKind.choices]
    fields: dict[str, forms.Field] = {
        "kind": choice_field(f"{number}, kind", kinds),
        "code": choice_field(
            f"{number}, which", [("", "Said in words"), *_codes_of(given.kind, codes)]
        ),
        "text": text_field(DraftRecommendation, "text", f"{number}, in words"),
        "intent": choice_field(f"{number}, intent", [("", "Not said"), *Intent.choices]),
        # Checked here: the service is told the number that the row has without the blank ones.
        "alternative_to": forms.ChoiceField(
            label=f"{number}, alternative to",
            required=False,
            choices=earlier,
            error_messages={"invalid_choice": NOT_EARLIER},
        ),
        "due_on": DateField(label=f"{number}, due on", required=False, help_text=""),
        "owner_id": forms.UUIDField(
            label=f"{number}, who sees to it",
            required=False,
            widget=forms.Select(choices=[("", "The board's coordinator"), *people.owners]),
        ),
    }
    return {f"{PREFIX}-{index}-{name}": field for name, field in fields.items()}


def _codes_of(kind: str, codes: Codes) -> list[tuple[str, Any]]:
    """The codes of one kind; of every kind, in groups, as long as none is chosen."""
    if kind:
        return list(codes.get(kind, {}).items())
    return [(k.label, list(codes[k].items())) for k in CODED_KINDS]


def dissent_fields(index: int, said: TypedDissent, people: People) -> dict[str, forms.Field]:
    """The fields of the dissent at `index`."""
    names = list(dict.fromkeys([*people.dissenters, *([said.name] if said.name else [])]))
    return {
        f"{DISSENTS}-{index}-name": choice_field(
            f"Dissent {index + 1}, who", [("", "Choose"), *((name, name) for name in names)]
        ),
        f"{DISSENTS}-{index}-text": text_field(
            DraftDissent, "text", f"Dissent {index + 1}, what instead"
        ),
    }
