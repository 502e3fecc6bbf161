"""How the recommendations of a board stand to what the guidance says of the case.

Only what is coded is judged: a study or a treatment option by its code, and words that are those
of the branch in play. Other words are for a person to judge.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cases.models import Assessment
from cases.models.conclusion import Concordance, RecommendationKind
from cases.selectors.branch_actions import parts_of
from cases.selectors.recommended import Codes, Judged, codes_in
from guidance.editions import shelf

#: Standings of a study with which it may be asked for (specification 5.2).
FITTING = ("top", "alternative", "add-on")
#: Ratings with which the one study that is known of a named scenario may be asked for.
RECOMMENDED = ("UA", "MBA", "MBA-D")


@dataclass(frozen=True)
class Departure:
    """One recommendation that the guidance does not carry; `place` counts from 0."""

    place: int
    code: str
    name: str
    why: str

    @property
    def words(self) -> str:
        """Which one and why, in one sentence."""
        return f"{self.name}: {self.why}"


@dataclass(frozen=True)
class Standing:
    """How recommendations stand to the guidance.

    `concordance` is empty where nothing is coded, so that a person has to say. `in_words` are the
    places (from 0) of the recommendations that only a person can judge. `is_coded`: whether any
    of them has a code.
    """

    concordance: str
    departures: tuple[Departure, ...] = ()
    in_words: tuple[int, ...] = ()
    is_coded: bool = False

    @property
    def why(self) -> str:
        """Every departure with its reason, in one line."""
        return " ".join(departure.words for departure in self.departures)

    def refusal(self, claimed: str) -> str:
        """Why `claimed` cannot be said of these recommendations; empty where it can."""
        if claimed == Concordance.CONCORDANT and self.departures:
            return f"This is not what the guidance says. {self.why}"
        if claimed == Concordance.CONCORDANT and self.concordance == Concordance.NO_GUIDANCE:
            return "The guidance says nothing of this case, so nothing can be as it says."
        if claimed == Concordance.NO_GUIDANCE and self.concordance in (
            Concordance.CONCORDANT,
            Concordance.DEVIATES,
        ):
            return "The guidance covers this case. Say whether the decision departs from it."
        return ""


def is_covered(answer: Mapping[str, Any]) -> bool:
    """Whether an answer holds any guidance that a recommendation can follow or depart from."""
    if answer["not_covered"] or answer["contradictions"] or answer["scenario_name"] is None:
        return False
    return bool(answer["studies"] or answer["branch_detail"] or answer["headline"])


def standing_on(assessment: Assessment, recommendations: Iterable[Judged]) -> Standing:
    """How `recommendations` stand to what `assessment` says, in the words of its edition."""
    codes = codes_in(shelf.edition(assessment.edition_version))
    return standing_of(assessment.answer, recommendations, codes=codes)


def standing_of(
    answer: Mapping[str, Any], recommendations: Iterable[Judged], *, codes: Codes
) -> Standing:
    """How `recommendations` stand to `answer`, the answer of the assessment they are made on.

    Args:
        codes: what a recommendation may name in the edition of the answer.
    """
    if not is_covered(answer):
        return Standing(str(Concordance.NO_GUIDANCE))
    asked_for = {part for action in _actions(answer) for part in parts_of(action, codes)}
    coded = {part.code for part in asked_for if part.code}
    words = {part.text for part in asked_for if part.text}
    departures, in_words, follows, is_coded = [], [], False, False
    for place, asked in enumerate(recommendations):
        is_coded = is_coded or bool(asked.code)
        why = _objection(answer, asked, coded) if asked.code else ""
        if why:
            name = codes.get(asked.kind, {}).get(asked.code, asked.code)
            departures.append(Departure(place, asked.code, name, why))
        elif asked.code or asked.text.strip() in words:
            follows = True
        else:
            in_words.append(place)
    concordance = ""
    if departures:
        concordance = str(Concordance.DEVIATES)
    elif follows:
        concordance = str(Concordance.CONCORDANT)
    return Standing(concordance, tuple(departures), tuple(in_words), is_coded)


def removed_because(answer: Mapping[str, Any], code: str) -> str:
    """Why a check takes the study `code` away for this case; empty where none does."""
    study = _study(answer, code)
    return str(study["reason"]) if study and study["standing"] == "removed" else ""


def _objection(answer: Mapping[str, Any], asked: Judged, in_branch: set[str]) -> str:
    """Why a coded recommendation is not what the guidance says; empty where it is.

    What a check takes away departs, even where the branch names it for every case.
    """
    if why := removed_because(answer, asked.code):
        return why
    if asked.code in in_branch:
        return ""
    if asked.kind == RecommendationKind.TREATMENT:
        if answer["branch_detail"] is None:
            return "The guidance offers it only after a result, and none is in play."
        return "It is not among what the guidance offers after this result."
    headline = answer["headline"]
    if headline and headline["procedure"] == asked.code and headline["rating"] in RECOMMENDED:
        return ""
    study = _study(answer, asked.code)
    if study is None:
        return "The guidance does not rate this study for this situation."
    if study["standing"] in FITTING:
        return ""
    return f"{study['rating_label']} in this situation."


def _study(answer: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    return next((study for study in answer["studies"] if study["procedure"] == code), None)


def _actions(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    branch = answer["branch_detail"]
    return list(branch["actions"]) if branch else []
