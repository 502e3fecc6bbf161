"""The form in which a decision is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField

from cases.models import DecisionDraft
from cases.models.conclusion import (
    Concordance,
    Confidence,
    DeviationReason,
    Intent,
    NoRecommendation,
    Outcome,
    Recommended,
)
from cases.selectors.recommended import Codes, codes_to_choose
from cases.services.decision_drafts import Concluded, Dissented
from cases.services.errors import Invalid
from cases.web.forms.decision_fields import (
    People,
    RadioSelect,
    choice_field,
    dissent_fields,
    row_fields,
    text_field,
)
from cases.web.forms.decision_rows import (
    CODED_KINDS,
    DISSENTS,
    FIRST_ROWS,
    NAMES,
    PREFIX,
    TypedDissent,
    TypedRow,
    fitting,
    typed_dissents,
    typed_rows,
    without_blanks,
)
from tumorboard.date_field import DateField

YES_NO = {"yes": True, "no": False}
#: Names of the coded part that are the same in the form, in the service and in the model.
CODED = (
    "no_recommendation_reason",
    "no_recommendation_text",
    "concordance",
    "deviation_reason",
    "deviation_text",
    "confidence",
    "stage_discussed",
    "guideline_discussed",
    "amendment_reason",
)
#: What may be said of a recommendation beside what it asks for.
DETAILS = ("intent", "due_on", "owner_id", "alternative_to")


@dataclass(frozen=True)
class Written:
    """What a form that nobody posted begins with: a draft, what was kept, or the presets."""

    rows: Sequence[TypedRow] = ()
    dissents: Sequence[TypedDissent] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """The fields of one recommendation on the page; `words` sums up its details."""

    number: int
    index: int
    field: Mapping[str, BoundField]
    has_codes: bool
    words: str

    @property
    def has_errors(self) -> bool:
        """Whether one of the details cannot be accepted, so that they are to be seen."""
        return any(self.field[name].errors for name in DETAILS)


@dataclass(frozen=True)
class DissentRow:
    """The fields of one dissent on the page."""

    number: int
    name: BoundField
    text: BoundField


class DecisionForm(forms.Form):
    """Rationale, recommendations, dissents and the coded part.

    The rows are fields `recommendations-<index>-<name>` and `dissents-<index>-<name>`.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    #: What the page said last of how the recommendations stand to the guidance.
    standing = forms.CharField(required=False, widget=forms.HiddenInput)
    rationale = text_field(DecisionDraft, "rationale", "Rationale", rows=4)
    no_recommendation = forms.BooleanField(
        label="The board makes no recommendation", required=False
    )
    no_recommendation_reason = choice_field(
        "Why no recommendation", [("", "Choose"), *NoRecommendation.choices]
    )
    no_recommendation_text = text_field(DecisionDraft, "no_recommendation_text", "Why, in words")
    concordance = choice_field("How it stands to the guidance", Concordance.choices, RadioSelect)
    deviation_reason = choice_field(
        "Why it departs from the guidance", [("", "Choose"), *DeviationReason.choices]
    )
    deviation_text = text_field(DecisionDraft, "deviation_text", "Why it departs, in words")
    confidence = choice_field(
        "How sure the board is", [("", "Not said"), *Confidence.choices], RadioSelect
    )
    stage_discussed = forms.BooleanField(label="The stage was discussed", required=False)
    guideline_discussed = forms.BooleanField(label="The guidance was discussed", required=False)
    is_prospective = choice_field(
        "Discussed before treatment began",
        [("yes", "Yes"), ("no", "No"), ("", "Not said")],
        RadioSelect,
    )
    amendment_reason = text_field(DecisionDraft, "amendment_reason", "Why the decision is amended")

    def __init__(
        self,
        data: Any = None,
        *,
        written: Written | None = None,
        people: People | None = None,
        is_unfinished: bool = False,
    ) -> None:
        """Bound to `data`, or with what is `written`.

        `is_unfinished`: somebody is still typing, so what is only begun counts as not there.
        """
        self.codes = codes_to_choose()
        self.people = people or People()
        written = written or Written()
        rows = typed_rows(data) if data is not None else list(written.rows)
        self.given = fitting_kinds(rows, self.codes)
        self.given += [TypedRow()] * (FIRST_ROWS - len(self.given))
        said = typed_dissents(data) if data is not None else list(written.dissents)
        #: Whether something with words in it is left out until it is finished.
        self.leaves_out = is_unfinished and any(d.text and not d.name for d in said)
        if is_unfinished:
            self.given = [row.begun for row in self.given]
            said = [dissent for dissent in said if dissent.name and dissent.text]
        self.said = [*said, TypedDissent()]
        initial = {**written.fields, **_initial(self.given), **_initial_dissents(self.said)}
        super().__init__(_numbered(data, self.said), initial=initial)
        for index, given in enumerate(self.given):
            self.fields.update(row_fields(index, given, self.codes, self.people))
        for index, dissent in enumerate(self.said):
            self.fields.update(dissent_fields(index, dissent, self.people))

    @property
    def rows(self) -> list[Row]:
        """The recommendations in order."""
        return [self._row(index, given) for index, given in enumerate(self.given)]

    @property
    def dissents(self) -> list[DissentRow]:
        """The dissents, and a blank one."""
        return [
            DissentRow(
                index + 1, self[f"{DISSENTS}-{index}-name"], self[f"{DISSENTS}-{index}-text"]
            )
            for index in range(len(self.said))
        ]

    @property
    def dissent_count(self) -> int:
        """How many dissents are typed."""
        return len(self.said) - 1

    @property
    def recommendations(self) -> list[Recommended]:
        """What the filled rows of a valid form say."""
        return [
            Recommended(
                kind=row.kind,
                code=row.code,
                text=row.text,
                intent=row.intent,
                alternative_to=int(row.alternative_to) if row.alternative_to else None,
                due_on=DateField(required=False).clean(row.due_on),
                owner_id=UUID(row.owner_id) if row.owner_id else None,
            )
            for row in without_blanks(self.given)
        ]

    @property
    def conclusion(self) -> Concluded:
        """The coded part of a valid form."""
        given = self.cleaned_data
        return Concluded(
            outcome=str(Outcome.NONE if given["no_recommendation"] else Outcome.RECOMMENDATION),
            is_prospective=YES_NO.get(given["is_prospective"]),
            **{name: given[name] for name in CODED},
        )

    @property
    def dissented(self) -> list[Dissented]:
        """The dissents of a valid form."""
        return [Dissented(said.name, said.text) for said in self.said[:-1]]

    def placed(self, error: Invalid) -> Invalid:
        """`error` with the names that the fields have on this page, blank rows counted."""
        filled = [index for index, given in enumerate(self.given) if not given.is_blank]

        def name(field_name: str) -> str:
            match = re.fullmatch(rf"({PREFIX}|{DISSENTS})\.(\d+)\.(\w+)", field_name)
            if match is None:
                return field_name
            place = int(match[2])
            return f"{match[1]}-{filled[place] if match[1] == PREFIX else place}-{match[3]}"

        return Invalid({name(field): reasons for field, reasons in error.errors.items()})

    def _row(self, index: int, given: TypedRow) -> Row:
        return Row(
            number=index + 1,
            index=index,
            field={name: self[f"{PREFIX}-{index}-{name}"] for name in NAMES},
            has_codes=given.kind in ("", *CODED_KINDS),
            words=self._details_in_words(given),
        )

    def _details_in_words(self, given: TypedRow) -> str:
        """What for, by when, who, and instead of what, in one line."""
        intent = dict(Intent.choices).get(given.intent, "")
        owner = dict(self.people.owners).get(given.owner_id, "")
        parts = [
            str(intent),
            f"due {given.due_on}" if given.due_on else "",
            str(owner),
            f"alternative to {given.alternative_to}" if given.alternative_to else "",
        ]
        return ", ".join(part for part in parts if part)


def fitting_kinds(rows: Sequence[TypedRow], codes: Codes) -> list[TypedRow]:
    """The rows, each with the kind that its code alone says."""
    return [fitting([row], codes)[0] if not row.kind else row for row in rows]


def _numbered(data: Any, said: Sequence[TypedDissent]) -> Any:
    """What was posted, the dissents counted anew: a blank one in between leaves no gap."""
    if data is None:
        return None
    kept = {name: value for name, value in data.items() if not name.startswith(f"{DISSENTS}-")}
    return {**kept, **_initial_dissents(said)}


def _initial(rows: Sequence[TypedRow]) -> dict[str, str]:
    return {
        f"{PREFIX}-{index}-{name}": getattr(row, name)
        for index, row in enumerate(rows)
        for name in NAMES
    }


def _initial_dissents(said: Sequence[TypedDissent]) -> dict[str, str]:
    return {
        f"{DISSENTS}-{index}-{name}": getattr(dissent, name)
        for index, dissent in enumerate(said)
        for name in ("name", "text")
    }
