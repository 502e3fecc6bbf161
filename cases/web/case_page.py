"""What the page of a case shows: the assessment's answer, with words and addresses added."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cases.models import Assessment, Case, Decision, Study
from cases.models.fact_answer import UNKNOWN
from cases.selectors import agendas
from cases.selectors.annotations import Annotations, annotations_of
from cases.selectors.background import background_of
from cases.selectors.facts import RECORD_ONLY
from cases.selectors.guidance_words import Guidance, Reasons
from cases.selectors.imaging import imaging_of
from cases.selectors.key_numbers import grade_of
from cases.selectors.restrictions import restriction_of
from cases.selectors.words import fact_words, other_side
from cases.web.fields import if_granted, where_answered, where_changed
from cases.web.follow_up import follow_up_section
from cases.web.record_sections import record_sections
from guidance.editions import shelf
from guidance.engine.dictionary import FactDefinition
from tumorboard.accounts.permissions import Permission

Dictionary = Mapping[str, FactDefinition]

#: The numbers that a board asks for first.
KEY_FACTS = ("primary_size_mm", "ki67_percent", "mitoses_per_10hpf", "liver_burden_percent")


def page_of(case: Case, *, granted: Collection[Permission]) -> dict[str, Any]:
    """The context of the page of `case`, which has been assessed.

    Args:
        granted: what the reader may do; only what these open is linked.
    """
    assessment = case.assessment
    answer = assessment.answer
    dictionary = shelf.edition(assessment.edition_version).dictionary
    imaging = imaging_of(case)
    facts = _Facts(case, dictionary, imaging.current, granted)
    annotations = annotations_of(case, assessment)
    guidance = Guidance(assessment, annotations)
    return {
        "case": case,
        "assessment": assessment,
        "answer": answer,
        "studies": _studies_by_standing(answer["studies"], facts, annotations),
        "guidance": guidance,
        "grade": grade_of(assessment),
        "background": background_of(assessment),
        "order_lacks": _order_lacks(answer, dictionary),
        "reasons": [_with_values(reasons, facts) for reasons in guidance.reasons],
        "contradictions": [
            {**entry, "facts": facts.shown(entry["facts"])} for entry in answer["contradictions"]
        ],
        "two_sides": _two_sides(assessment, facts),
        "questions": _questions(guidance.missing, facts),
        "to_confirm": _questions(guidance.to_confirm, facts),
        "key_facts": facts.shown({n: assessment.facts.get(n, UNKNOWN) for n in KEY_FACTS}),
        "fact_groups": _fact_groups(assessment, facts),
        "result": imaging.result,
        "current_study": imaging.current,
        **record_sections(case, imaging=imaging),
        **follow_up_section(case),
        "decisions": _decisions(case),
        "listed": agendas.coming_items(case),
        "restriction": restriction_of(case),
        "hash": assessment.edition_hash[:12],
    }


class _Facts:
    """Facts as a reader sees them: label, value in words, where each is answered."""

    def __init__(
        self,
        case: Case,
        dictionary: Dictionary,
        current: Study | None,
        granted: Collection[Permission],
    ) -> None:
        self.case, self.dictionary, self.current, self.granted = case, dictionary, current, granted

    def url(self, name: str) -> str:
        """Where the reader answers the fact; empty where nobody does or somebody else."""
        return if_granted(where_answered(self.case, name, current=self.current), self.granted)

    def url_of_origin(self, rule: str) -> str:
        """Where the reader changes the record behind a rule; empty where there is no such page."""
        return if_granted(where_changed(self.case, rule, current=self.current), self.granted)

    def shown(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Each fact with its words; findings of the engine itself are left out."""
        read = {**self.case.assessment.facts, **values}
        return [
            {
                "label": self.dictionary[name].label,
                "value": fact_words(self.dictionary[name], read),
                "is_unknown": value == UNKNOWN,
                "url": self.url(name),
            }
            for name, value in values.items()
            if name in self.dictionary
        ]


def _with_values(reasons: Reasons, facts: _Facts) -> dict[str, Any]:
    """The criteria under their heading, each with the facts behind it."""
    return {
        "heading": reasons.heading,
        "criteria": [
            {
                **criterion,
                "value": "; ".join(
                    f"{fact['label']}: {fact['value']}" for fact in facts.shown(criterion["facts"])
                ),
            }
            for criterion in reasons.criteria
        ],
    }


def _order_lacks(answer: Mapping[str, Any], dictionary: Dictionary) -> list[str]:
    """The phases and sequences that the order or the study lacks, in words."""
    check = answer["order_check"]
    phases = dictionary["ordered_phases"].value_labels
    return [phases.get(part, part.upper()) for part in check["lacking"]] if check else []


def _questions(entries: Iterable[Mapping[str, Any]], facts: _Facts) -> list[dict[str, Any]]:
    return [{**entry, "url": facts.url(entry["fact"])} for entry in entries]


def _studies_by_standing(
    entries: Iterable[Mapping[str, Any]], facts: _Facts, annotations: Annotations
) -> dict[str, list[dict[str, Any]]]:
    """The rated studies by standing: top, alternative, removed, add_on, not_for."""
    keys = {"add-on": "add_on", "not for this question": "not_for"}
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        study = {
            **entry,
            "confirm": facts.shown(dict.fromkeys(entry["confirm"], UNKNOWN)),
            "local": annotations.on("study", entry["procedure"]),
        }
        found.setdefault(keys.get(entry["standing"], entry["standing"]), []).append(study)
    return found


def _two_sides(assessment: Assessment, facts: _Facts) -> list[dict[str, Any]]:
    """The facts of which the record and a direct answer say different things."""
    return [
        {
            "label": fact.label,
            "value": fact_words(fact, assessment.facts),
            "origin": origin["text"],
            "otherwise": otherwise,
            "url": facts.url_of_origin(origin["rule"]) or facts.url(name),
        }
        for name, origin in assessment.origins.items()
        if (fact := facts.dictionary.get(name)) and (otherwise := other_side(origin, fact))
    ]


def _fact_groups(assessment: Assessment, facts: _Facts) -> list[dict[str, Any]]:
    """Everything that is known or explicitly unknown, by group, with where it came from."""
    groups: dict[str, dict[str, Any]] = {}
    for name, fact in facts.dictionary.items():
        group = groups.setdefault(
            fact.group, {"letter": fact.group, "label": fact.group_label, "facts": [], "open": 0}
        )
        origin = assessment.origins.get(name)
        if origin is None and name not in assessment.facts:
            group["open"] += name not in RECORD_ONLY
            continue
        value = assessment.facts.get(name, UNKNOWN)
        rule = origin["rule"] if origin else ""
        group["facts"].append(
            {
                "label": fact.label,
                "value": fact_words(fact, assessment.facts),
                "is_unknown": value == UNKNOWN,
                "origin": origin["text"] if origin else "Computed from other facts",
                "otherwise": other_side(origin, fact),
                "url": facts.url_of_origin(rule) or facts.url(name),
            }
        )
    return [group for group in groups.values() if group["facts"] or group["open"]]


def _decisions(case: Case) -> list[Decision]:
    """The newest version of each signed decision, newest first."""
    found = Decision.objects.filter(case=case).order_by("agenda_item", "-version")
    newest = {decision.agenda_item_id: decision for decision in reversed(found)}
    return sorted(newest.values(), key=lambda decision: decision.signed_at, reverse=True)
