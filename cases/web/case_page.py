"""What the page of a case shows: the assessment's answer, with words and addresses added."""

from collections.abc import Iterable, Mapping
from typing import Any

from cases.models import AgendaItem, Assessment, Case, Decision, Study, Treatment
from cases.models.fact_answer import UNKNOWN
from cases.selectors.facts import RECORD_ONLY
from cases.selectors.imaging import Imaging, imaging_of
from cases.web.fields import where_answered, where_changed
from cases.web.words import value_words
from guidance.engine.dictionary import FactDefinition
from guidance.engine.edition import load_edition

Dictionary = Mapping[str, FactDefinition]

#: The numbers that a board asks for first.
KEY_FACTS = ("primary_size_mm", "ki67_percent", "mitoses_per_10hpf", "liver_burden_percent")


def page_of(case: Case) -> dict[str, Any]:
    """The context of the page of `case`, which has been assessed."""
    assessment = case.assessment
    answer = assessment.answer
    dictionary = load_edition(assessment.edition_version).dictionary
    imaging = imaging_of(case)
    facts = _Facts(case, dictionary, imaging.current)
    return {
        "case": case,
        "assessment": assessment,
        "answer": answer,
        "studies": _studies_by_standing(answer["studies"], facts),
        "criteria": _criteria(answer["criteria"], facts),
        "unknown_criteria": [c for c in answer["criteria"] if c["state"] == "unknown"],
        "candidates": _candidates(answer, facts, assessment.edition_version),
        "contradictions": [
            {**entry, "facts": facts.shown(entry["facts"])} for entry in answer["contradictions"]
        ],
        "action_groups": _action_groups(answer["branch_detail"]),
        "questions": [{**entry, "url": facts.url(entry["fact"])} for entry in answer["questions"]],
        "key_facts": facts.shown({n: assessment.facts.get(n, UNKNOWN) for n in KEY_FACTS}),
        "fact_groups": _fact_groups(assessment, facts),
        "imaging": _imaging_lines(imaging),
        "result": imaging.result,
        "current_study": imaging.current,
        "treatments": list(Treatment.objects.filter(case=case).order_by("-start", "-id")),
        "decisions": _decisions(case),
        "listed": list(
            AgendaItem.objects.filter(case=case)
            .select_related("meeting__board")
            .order_by("-meeting__starts_at")[:3]
        ),
        "hash": assessment.edition_hash[:12],
    }


class _Facts:
    """Names of facts as a reader sees them: label, value in words, where it is answered."""

    def __init__(self, case: Case, dictionary: Dictionary, current: Study | None) -> None:
        self.case, self.dictionary, self.current = case, dictionary, current

    def url(self, name: str) -> str:
        """Where the fact is answered."""
        return where_answered(self.case, name, current=self.current)

    def shown(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Each fact with its words; findings of the engine itself are left out."""
        return [
            {
                "label": self.dictionary[name].label,
                "value": value_words(self.dictionary[name], value),
                "is_unknown": value == UNKNOWN,
                "url": self.url(name),
            }
            for name, value in values.items()
            if name in self.dictionary
        ]


def _criteria(entries: Iterable[Mapping[str, Any]], facts: _Facts) -> list[dict[str, Any]]:
    return [
        {
            **entry,
            "value": "; ".join(f"{f['label']}: {f['value']}" for f in facts.shown(entry["facts"])),
        }
        for entry in entries
    ]


def _candidates(
    answer: Mapping[str, Any], facts: _Facts, edition_version: str
) -> list[dict[str, Any]]:
    """The scenarios between which an undetermined case stands, each with its criteria."""
    scenarios = load_edition(edition_version).catalogue.scenarios
    criteria = _criteria(answer["criteria"], facts)
    return [
        {
            "name": scenarios[scenario].name,
            "criteria": [
                c for c in criteria if c["scenario"] == scenario and c["kind"] == "inclusion"
            ],
        }
        for scenario in answer["candidates"]
    ]


def _studies_by_standing(
    entries: Iterable[Mapping[str, Any]], facts: _Facts
) -> dict[str, list[dict[str, Any]]]:
    """The rated studies by standing: top, alternative, removed, add_on, not_for."""
    keys = {"add-on": "add_on", "not for this question": "not_for"}
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        study = {**entry, "confirm": facts.shown(dict.fromkeys(entry["confirm"], UNKNOWN))}
        found.setdefault(keys.get(entry["standing"], entry["standing"]), []).append(study)
    return found


def _action_groups(branch: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The branch's actions in order; those of one group stand together as alternatives."""
    groups: list[dict[str, Any]] = []
    for action in branch["actions"] if branch else ():
        if groups and action["group"] and groups[-1]["group"] == action["group"]:
            groups[-1]["actions"].append(action)
        else:
            groups.append({"group": action["group"], "actions": [action]})
    return groups


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
                "value": value_words(fact, value),
                "is_unknown": value == UNKNOWN,
                "origin": origin["text"] if origin else "Computed from other facts",
                "url": where_changed(facts.case, rule, current=facts.current) or facts.url(name),
            }
        )
    return [group for group in groups.values() if group["facts"] or group["open"]]


def _imaging_lines(imaging: Imaging) -> list[dict[str, Any]]:
    """All studies with their results, newest first."""
    studies = [*imaging.earlier, *([imaging.current] if imaging.current else [])]
    names = {code: p.name for code, p in load_edition().ratings.procedures.items()}
    return [
        {
            "study": study,
            "name": names.get(study.procedure) or study.get_modality_display(),
            "result": imaging.results.get(study.id),
            "is_current": study is imaging.current,
        }
        for study in reversed(studies)
    ]


def _decisions(case: Case) -> list[Decision]:
    """The newest version of each signed decision, newest first."""
    found = Decision.objects.filter(case=case).order_by("agenda_item", "-version")
    newest = {decision.agenda_item_id: decision for decision in reversed(found)}
    return sorted(newest.values(), key=lambda decision: decision.signed_at, reverse=True)
