"""The forms of a decision: what is written, and what signs it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from cases.models import DecisionDraft, DraftRecommendation
from cases.models.conclusion import RecommendationKind
from cases.selectors.recommended import Codes, codes_to_choose
from cases.services.decision_drafts import Recommended
from cases.services.errors import Invalid

PREFIX = "recommendations"
#: How many rows a page takes; more is not a decision of one board on one case.
MOST_ROWS = 20
#: Rows that an empty form begins with.
FIRST_ROWS = 2
CODED_KINDS = (RecommendationKind.IMAGING, RecommendationKind.TREATMENT)
TEXT_LENGTH = DraftRecommendation._meta.get_field("text").max_length
RATIONALE_LENGTH = DecisionDraft._meta.get_field("rationale").max_length

EMPTY = Recommended(kind="")


@dataclass(frozen=True)
class Row:
    """The three fields of one recommendation on the page."""

    number: int
    index: int
    kind: BoundField
    code: BoundField
    text: BoundField
    has_codes: bool

    @property
    def fields(self) -> list[BoundField]:
        """Those that are shown: the code only where the kind has codes."""
        return [self.kind, *([self.code] if self.has_codes else []), self.text]


class DecisionForm(forms.Form):
    """Rationale and recommendations; the rows are fields `recommendations-<index>-<name>`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    rationale = forms.CharField(
        label="Rationale",
        required=False,
        max_length=RATIONALE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(
        self, data: Any = None, *, rows: Sequence[Recommended] = (), initial: Any = None
    ) -> None:
        self.codes = codes_to_choose()
        self.given = list(typed_rows(data) if data is not None else rows)
        self.given += [EMPTY] * (FIRST_ROWS - len(self.given))
        super().__init__(data, initial={**(initial or {}), **_initial(self.given)})
        for index, given in enumerate(self.given):
            self.fields.update(_row_fields(index, given, self.codes))

    @property
    def rows(self) -> list[Row]:
        """The recommendations in order."""
        return [
            Row(
                number=index + 1,
                index=index,
                kind=self[f"{PREFIX}-{index}-kind"],
                code=self[f"{PREFIX}-{index}-code"],
                text=self[f"{PREFIX}-{index}-text"],
                has_codes=given.kind in ("", *CODED_KINDS),
            )
            for index, given in enumerate(self.given)
        ]

    @property
    def filled(self) -> list[tuple[int, Recommended]]:
        """The rows in which something is typed, each with its index."""
        return [
            (index, _with_kind(given, self.codes))
            for index, given in enumerate(self.given)
            if given != EMPTY
        ]

    @property
    def recommendations(self) -> list[Recommended]:
        """What the filled rows say."""
        return [given for _, given in self.filled]

    def placed(self, error: Invalid) -> Invalid:
        """`error` with the names that the fields have on this page, blank rows counted."""
        indexes = [index for index, _ in self.filled]

        def name(field: str) -> str:
            match = re.fullmatch(rf"{PREFIX}\.(\d+)\.(\w+)", field)
            return f"{PREFIX}-{indexes[int(match[1])]}-{match[2]}" if match else field

        return Invalid({name(field): reasons for field, reasons in error.errors.items()})


class SignForm(forms.Form):
    """What the signer saw, and the password that shows who signs."""

    assessment_id = forms.UUIDField(widget=forms.HiddenInput)
    draft_version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password to sign."},
    )


def typed_rows(data: Mapping[str, Any]) -> Iterator[Recommended]:
    """The rows of a posted form, blank ones too, as many as its highest index says."""
    pattern = re.compile(rf"{PREFIX}-(\d{{1,3}})-(?:kind|code|text)")
    found = [int(match[1]) for match in map(pattern.fullmatch, data) if match]
    for index in range(min(max(found, default=-1) + 1, MOST_ROWS)):
        kind, code, text = (
            data.get(f"{PREFIX}-{index}-{name}", "").strip() for name in ("kind", "code", "text")
        )
        yield Recommended(kind=kind, code=code, text=text)


def with_row_added(rows: Sequence[Recommended]) -> list[Recommended]:
    """One more row, as long as the page takes one."""
    return [*rows, EMPTY][:MOST_ROWS]


def without_row(rows: Sequence[Recommended], index: str) -> list[Recommended]:
    """All rows but the one that `index` names."""
    return [row for place, row in enumerate(rows) if str(place) != index]


def fitting(rows: Sequence[Recommended]) -> list[Recommended]:
    """The rows without codes that the chosen kind does not have."""
    codes = codes_to_choose()
    return [
        row if not row.kind or row.code in codes.get(row.kind, {}) else replace(row, code="")
        for row in rows
    ]


def _with_kind(row: Recommended, codes: Codes) -> Recommended:
    """A row of which only the code was chosen has the kind that the code belongs to."""
    if row.kind or not row.code:
        return row
    kind = next((kind for kind in CODED_KINDS if row.code in codes[kind]), "")
    return replace(row, kind=str(kind))


def _row_fields(index: int, given: Recommended, codes: Codes) -> dict[str, forms.Field]:
    number = f"Recommendation {index + 1}"
    return {
        f"{PREFIX}-{index}-kind": forms.CharField(
            label=f"{number}, kind",
            required=False,
            widget=forms.Select(choices=[("", "Choose"), *RecommendationKind.choices]),
        ),
        f"{PREFIX}-{index}-code": forms.CharField(
            label=f"{number}, which",
            required=False,
            widget=forms.Select(choices=[("", "Said in words"), *_choices(given.kind, codes)]),
        ),
        f"{PREFIX}-{index}-text": forms.CharField(
            label=f"{number}, in words",
            required=False,
            max_length=TEXT_LENGTH,
            widget=forms.Textarea(attrs={"rows": 1}),
        ),
    }


def _choices(kind: str, codes: Codes) -> list[tuple[str, Any]]:
    """The codes of one kind; of every kind, in groups, as long as none is chosen."""
    if kind:
        return list(codes.get(kind, {}).items())
    return [(k.label, list(codes[k].items())) for k in CODED_KINDS]


def _initial(rows: Sequence[Recommended]) -> dict[str, str]:
    return {
        f"{PREFIX}-{index}-{name}": getattr(row, name)
        for index, row in enumerate(rows)
        for name in ("kind", "code", "text")
    }
