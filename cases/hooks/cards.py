"""What the guidance says, as cards.

Every clinical word is the edition's, with its source beside it. Who sees a card has stopped
working to read it: docs/decisions/0029-cds-hooks.md says when there is none.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from cases.hooks import markdown, suggestions
from cases.hooks.markdown import listed, plain, sourced
from cases.hooks.protocol import differences
from cases.models import Case, Study
from cases.models.conclusion import DeviationReason
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import Edition
from guidance.fhir.publication import base_at

INFO, WARNING, CRITICAL = "info", "warning", "critical"
INDICATORS = (INFO, WARNING, CRITICAL)
SEVERITIES: Mapping[str, str] = {"INFO": INFO, "CAUTION": WARNING, "CRITICAL": CRITICAL}
LABEL = "Tumorboard: imaging guidance for pancreatic neuroendocrine tumors"
#: Whose tumor is none that the guidance is for hears nothing of it.
NOT_OURS = frozenset({"NOT_COVERED:NON_PANCREATIC", "NOT_COVERED:NOT_PNET"})
NOT_COVERED, UNDETERMINED, CONFLICT = "NOT_COVERED", "UNDETERMINED", "CONFLICT"
USUALLY = "UA"


@dataclass(frozen=True)
class Card:
    """A card, and what is kept of it."""

    kind: str
    body: dict[str, Any]
    scenario: str
    ordered: str = ""
    recommended: str = ""

    @property
    def suggestions(self) -> list[str]:
        """Their ids, in their order."""
        return [one["uuid"] for one in self.body.get("suggestions", ())]


@dataclass(frozen=True)
class View:
    """What is beside every card of one answer."""

    slug: str
    edition: Edition
    case: Case | None
    #: Keys of templates that could not be had.
    lacking: Sequence[str]
    #: Keys of those that were had in part.
    partial: Sequence[str] = ()

    def card(
        self,
        kind: str,
        summary: str,
        detail: Sequence[str],
        answer: Mapping[str, Any],
        *,
        indicator: str = INFO,
        ordered: str = "",
        **more: Any,
    ) -> Card:
        """A card with its source, its links and what could not be had."""
        body = {
            "uuid": str(uuid.uuid4()),
            "summary": summary,
            "indicator": indicator,
            "detail": "\n\n".join([*detail, *self._foot()]),
            "source": self._source(),
            **{name: value for name, value in more.items() if value},
        }
        if self.case is not None:
            address = reverse("case", args=[self.slug, self.case.pk])
            url = urljoin(settings.SITE_URL, address)
            body["links"] = [{"label": "Open the case", "url": url, "type": "absolute"}]
        return Card(kind, body, answer["scenario"], ordered, answer["top"] or "")

    def _foot(self) -> list[str]:
        lacking = listed("Could not be had from the EHR", (plain(key) for key in self.lacking))
        partial = listed("Only a part could be had from the EHR", map(plain, self.partial))
        return [*lacking, *partial, f"Guidance edition {plain(self.edition.version)}."]

    def _source(self) -> dict[str, Any]:
        return {
            "label": LABEL,
            "url": urljoin(settings.SITE_URL, reverse("guidance_library")),
            "topic": {
                "system": f"{base_at(settings.SITE_URL)}/edition",
                "code": self.edition.version,
                "display": f"Guidance edition {self.edition.version}",
            },
        }


def of_patient(answer: Mapping[str, Any], view: View) -> list[Card]:
    """What comes next, when a record is opened."""
    unsettled = _unsettled(answer, view)
    if unsettled is not None:
        return unsettled
    top = _study(answer, answer["top"])
    summary = markdown.summary(
        f"{answer['scenario_name']}: {top['name']} ({top['rating_label']})",
        f"{top['name']} ({top['rating_label']})",
        top["name"],
    )
    detail = [_scenario(answer), *_recommended(answer), *_checks(answer), *_questions(answer)]
    return [view.card("next", summary, detail, answer, indicator=_indicator(answer))]


def of_order(
    answer: Mapping[str, Any],
    view: View,
    *,
    draft: dict[str, Any],
    study: Study,
    beside: Collection[str],
) -> list[Card]:
    """What the guidance says of one draft order; nothing where it is as recommended.

    Args:
        study: the order as a row that is never saved.
        beside: procedure codes of all draft orders.
    """
    ordered = study.procedure
    unsettled = _unsettled(answer, view, ordered=ordered)
    if unsettled is not None:
        return unsettled
    indicator = _indicator(answer)
    if not _is_right(answer, ordered):
        return [
            _better(answer, view, draft=draft, ordered=ordered, beside=beside, indicator=indicator)
        ]
    found = differences(
        study,
        view.edition.ratings.procedures[ordered],
        answer["order_check"],
        DICTIONARY["ordered_phases"].value_labels,
    )
    if found:
        return [_incomplete(answer, view, found, draft=draft, ordered=ordered)]
    if indicator == INFO:
        return []
    summary = markdown.summary(_most_severe(answer)["text"])
    detail = [_scenario(answer), *_checks(answer), *_recommended(answer)]
    return [
        view.card(
            "check",
            summary,
            detail,
            answer,
            indicator=indicator,
            ordered=ordered,
            overrideReasons=override_reasons(),
        )
    ]


def _incomplete(
    answer: Mapping[str, Any],
    view: View,
    found: Sequence[str],
    *,
    draft: dict[str, Any],
    ordered: str,
) -> Card:
    """The right study, but not as the guidance has it made."""
    name = view.edition.ratings.procedures[ordered].name
    offers = answer["order_text"] is not None and ordered == answer["top"]
    offered = suggestions.completed(dict(answer), draft) if offers else []
    return view.card(
        "protocol",
        markdown.summary(
            f"{name}: the order differs from the guidance. {' '.join(found)}",
            f"{name}: the order differs from the guidance.",
            "The order differs from the guidance.",
        ),
        [
            _scenario(answer),
            *listed("What differs in the order", map(plain, found)),
            *_checks(answer),
            *_recommended(answer),
        ],
        answer,
        indicator=_indicator(answer),
        ordered=ordered,
        suggestions=offered,
        selectionBehavior="at-most-one" if offered else "",
        overrideReasons=override_reasons(),
    )


def unmapped(view: View) -> Card:
    """That nobody has said what the code of an imaging order stands for."""
    detail = [
        "This imaging order cannot be compared with the guidance: nobody at the institution has "
        "said yet which study its code stands for."
    ]
    answer = {"scenario": "", "top": None}
    return view.card("unmapped", "The code of this imaging order is not known.", detail, answer)


def override_reasons() -> list[dict[str, str]]:
    """The product's own reasons to depart from the guidance, coded as its FHIR server has them."""
    system = f"{settings.SITE_URL.rstrip('/')}/fhir/CodeSystem/deviation-reason"
    return [
        {"system": system, "code": str(code), "display": str(words)}
        for code, words in DeviationReason.choices
    ]


def _better(
    answer: Mapping[str, Any],
    view: View,
    *,
    draft: dict[str, Any],
    ordered: str,
    beside: Collection[str],
    indicator: str,
) -> Card:
    top, own = _study(answer, answer["top"]), _study(answer, ordered)
    name = own["name"] if own else view.edition.ratings.procedures[ordered].name
    summary = markdown.summary(
        f"{top['name']} is recommended ({top['rating_label']}), not {name}",
        f"Recommended: {top['name']} ({top['rating_label']})",
        f"Recommended: {top['name']}",
    )
    if own and own["standing"] == "removed" and indicator == INFO:
        indicator = WARNING
    offered = suggestions.suggestions(dict(answer), draft, beside)
    return view.card(
        "order",
        summary,
        [
            _scenario(answer),
            *_checks(answer),
            *listed("Ordered", [_line(own)] if own else [plain(name)]),
            *_recommended(answer),
            *_questions(answer),
        ],
        answer,
        indicator=indicator,
        ordered=ordered,
        suggestions=offered,
        selectionBehavior="at-most-one" if offered else "",
        overrideReasons=override_reasons(),
    )


def _unsettled(answer: Mapping[str, Any], view: View, *, ordered: str = "") -> list[Card] | None:
    """Cards where the guidance recommends no study; None where it does."""
    status, indicator = answer["scenario_status"], _indicator(answer)
    if answer["scenario"] in NOT_OURS:
        return []
    if status == CONFLICT:
        found = answer["contradictions"]
        lines = [f"{plain(one['id'])}: {sourced(one['text'], one['source'])}" for one in found]
        summary = markdown.summary(_most_severe(answer)["text"])
        detail = [*_checks(answer), *listed("Contradictions", lines)]
        return [
            view.card("conflict", summary, detail, answer, indicator=indicator, ordered=ordered)
        ]
    if status == NOT_COVERED:
        said = answer["not_covered"] or answer["checks"][0]
        summary = markdown.summary(f"Not covered: {said['text']}", said["text"])
        detail = [sourced(said["text"], said["source"]), *_checks(answer), *_questions(answer)]
        return [view.card("not-covered", summary, detail, answer, ordered=ordered)]
    if status == UNDETERMINED:
        count = len(answer["questions"])
        words = "1 fact is missing" if count == 1 else f"{count} facts are missing"
        detail = [*_questions(answer), *_checks(answer)]
        summary = f"Not enough data for imaging guidance: {words}"
        return [view.card("missing", summary, detail, answer, indicator=indicator, ordered=ordered)]
    if answer["top"] is None:
        named = markdown.summary(_most_severe(answer)["text"]) if answer["checks"] else ""
        summary = named or markdown.summary(str(answer["scenario_name"]))
        detail = [_scenario(answer), *_checks(answer), *_hints(answer), *_questions(answer)]
        return [
            view.card("no-study", summary, detail, answer, indicator=indicator, ordered=ordered)
        ]
    return None


def _is_right(answer: Mapping[str, Any], ordered: str) -> bool:
    """Whether the order is the recommended study, its pair, or rated as high and feasible."""
    pair = answer["pair"]["procedures"] if answer["pair"] else ()
    as_high = [code for code, rating in answer["alternatives"] if rating == USUALLY]
    return ordered in (answer["top"], *pair, *as_high)


def _study(answer: Mapping[str, Any], code: str) -> dict[str, Any]:
    return next((one for one in answer["studies"] if one["procedure"] == code), {})


def _most_severe(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = max(
        answer["checks"], key=lambda one: INDICATORS.index(SEVERITIES[one["severity"]])
    )
    return found


def _indicator(answer: Mapping[str, Any]) -> str:
    return SEVERITIES[_most_severe(answer)["severity"]] if answer["checks"] else INFO


def _scenario(answer: Mapping[str, Any]) -> str:
    provisional = ", provisional" if answer["provisional"] else ""
    return f"**{plain(answer['scenario_name'])}** ({plain(answer['scenario'])}{provisional})"


def _line(study: Mapping[str, Any]) -> str:
    """A study with its rating and the reason."""
    why = sourced(study["why"], study["source"])
    reason = f" {sourced(study['reason'], study['reason_source'])}" if study["reason"] else ""
    return f"{plain(study['name'])}: {plain(study['rating_label'])}. {why}{reason}"


def _recommended(answer: Mapping[str, Any]) -> list[str]:
    """The top study, what to write on its order, and what else is rated."""
    lines = [_line(_study(answer, answer["top"]))]
    if answer["order_text"]:
        lines.append(sourced(answer["order_text"]["text"], answer["order_text"]["source"]))
    others = [
        f"{plain(one['name'])}: {plain(one['rating_label'])}. "
        f"{sourced(one['prefer_when'] or one['why'], one['source'])}"
        for code, _ in answer["alternatives"]
        if (one := _study(answer, code))
    ]
    return [*listed("Recommended", lines), *listed("Alternatives", others)]


def _checks(answer: Mapping[str, Any]) -> list[str]:
    return listed("Checks", (sourced(one["text"], one["source"]) for one in answer["checks"]))


def _questions(answer: Mapping[str, Any]) -> list[str]:
    """The facts that are missing, as a person is asked for them."""
    lines = (
        f"{plain(one['question'])} {sourced(one['settles'], one['source'])}"
        for one in answer["questions"]
    )
    return listed("Missing facts", lines)


def _hints(answer: Mapping[str, Any]) -> list[str]:
    points = answer["hint"]["points"] if answer["hint"] else ()
    return listed("Hints", (sourced(one["text"], one["source"]) for one in points))
