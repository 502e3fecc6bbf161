"""What the answer says in words, composed from the texts of the edition."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from guidance.calculators.grade import Grading
from guidance.engine.board import Escalation
from guidance.engine.branches import Action, Branch
from guidance.engine.checks import RaisedCheck
from guidance.engine.criteria import show_facts
from guidance.engine.edition import Edition
from guidance.engine.intervals import Interval, Window
from guidance.engine.routing import Route
from guidance.engine.scenario import Scenario


def show_window(window: Window) -> list[int | str] | str | None:
    """Return an interval window as JSON."""
    return list(window) if isinstance(window, tuple) else window


def explain_contradictions(reading: Mapping[str, Any], route: Route) -> list[dict[str, Any]]:
    """Return the contradictions with the facts to correct."""
    return [
        {
            "id": entry.id,
            "text": entry.text,
            "facts": show_facts(reading, entry.facts),
            "source": entry.source,
        }
        for entry in route.contradictions
    ]


def explain_branch(
    branch: Branch | None,
    actions: Sequence[Action],
    intervals: Sequence[Interval],
    edition: Edition,
) -> dict[str, Any] | None:
    """Return the pathway after the result: actions, intervals, whom to invite (X-02, X-06)."""
    if branch is None:
        return None
    strengths = {rule.code: rule.strength for rule in edition.board.escalations}
    return {
        "id": branch.id,
        "trigger": branch.trigger,
        "actions": [
            {
                "code": action.code,
                "text": action.text,
                "group": action.group,
                "kind": action.kind,
                "source": action.source,
            }
            for action in actions
        ],
        "interval": [_interval(interval) for interval in intervals],
        "invitees": list(branch.invitees),
        "escalation": branch.escalation,
        "strength": strengths.get(branch.escalation or ""),
        "source": branch.source,
    }


def explain_no_path(reading: Mapping[str, Any], edition: Edition) -> dict[str, str] | None:
    """Return what to say of a result from which the source of its scenario goes no further."""
    key = (reading["@scenario"], reading.get("study_outcome", ""))
    found = edition.branches.without.get(key)
    return dict(found) if found else None


def _interval(interval: Interval) -> dict[str, Any]:
    window = interval.window
    low, high = window if isinstance(window, tuple) else (window, window)
    return {
        "rule": interval.rule.id,
        "text": interval.rule.text,
        "low": low,
        "high": high,
        "words": interval.words,
        "source": interval.rule.source,
    }


def explain_board(escalations: Iterable[Escalation]) -> list[dict[str, Any]]:
    """Return the reasons for the board with how firmly the source puts each."""
    return [
        {
            "code": entry.code,
            "level": entry.level,
            "text": entry.text,
            "strength": entry.strength,
            "source": entry.source,
        }
        for entry in escalations
    ]


def explain_questions(
    missing: Iterable[str], confirm: Iterable[str], edition: Edition
) -> list[dict[str, Any]]:
    """Return a question for each missing fact, then for each to confirm before an order."""
    kinds = [(name, "missing") for name in missing] + [(name, "confirm") for name in confirm]
    questions = []
    for name, kind in kinds:
        fact = edition.dictionary[name]
        questions.append(
            {
                "fact": name,
                "question": fact.question,
                "settles": fact.help,
                "kind": kind,
                "source": fact.source,
            }
        )
    return questions


def explain_checks(warnings: Iterable[RaisedCheck]) -> list[dict[str, Any]]:
    """Return the warnings that were raised, with severity and words."""
    return [
        {
            "code": warning.code,
            "severity": warning.severity,
            "text": warning.text,
            "source": warning.source,
        }
        for warning in warnings
    ]


def explain_hint(scenario: Scenario | None, edition: Edition) -> dict[str, Any] | None:
    """Return the hint of a named scenario; it never carries a rating."""
    if scenario is None or scenario.hint is None:
        return None
    return {
        "id": scenario.hint,
        "points": [_statement(point) for point in edition.catalogue.hints[scenario.hint]],
    }


def explain_headline(scenario: Scenario | None, edition: Edition) -> dict[str, Any] | None:
    """Return the one rating known of SC-06 and SC-07 from beyond the sources (15.1)."""
    headline = edition.headlines.get(scenario.id) if scenario else None
    if headline is None:
        return None
    procedure = edition.ratings.procedures[headline["procedure"]]
    label = edition.ratings.labels[headline["rating"]]
    return {**dict(sorted(headline.items())), "name": procedure.name, "rating_label": label}


def explain_not_covered(route: Route, edition: Edition) -> dict[str, str] | None:
    """Return in words why the sources do not cover a case."""
    reason = route.scenario.partition(":")[2]
    return _statement(edition.catalogue.not_covered[reason]) if reason else None


def _statement(raw: Mapping[str, str]) -> dict[str, str]:
    # Key by key: their order in the content must not show in the answer.
    return {"text": raw["text"], "source": raw["source"]}


def explain_grade(reading: Mapping[str, Any], grading: Grading, edition: Edition) -> dict[str, Any]:
    """Return the grade with the edition of WHO and what each count gives."""
    return {
        "grade": grading.grade,
        "who_version": reading.get("who_version"),
        "by_ki67": grading.by_ki67,
        "by_mitoses": grading.by_mitoses,
        "by_pathologist": reading.get("pathologist_grade"),
        "flags": list(grading.flags),
        **_grade_words(reading, grading, edition),
    }


def _grade_words(
    reading: Mapping[str, Any], grading: Grading, edition: Edition
) -> Mapping[str, str]:
    words = edition.explanations["grade"]
    version = reading.get("who_version")
    if version is None:
        return _statement(words["no_version"])
    ki67, mitoses = reading.get("ki67_percent"), reading.get("mitoses_per_10hpf")
    parts = []
    if ki67 is not None:
        template = words["gap" if grading.in_gap else "by_ki67"]["text"]
        parts.append(template.format(ki67=f"{ki67:g}", grade=grading.by_ki67))
    if mitoses is not None:
        template = words["by_mitoses"]["text"]
        unit = words["units"][version]
        parts.append(template.format(mitoses=f"{mitoses:g}", unit=unit, grade=grading.by_mitoses))
    given = reading.get("pathologist_grade")
    # The pathologist's grade is told where it decides and where the counts contradict it.
    if given is not None and (grading.by_pathologist or given != grading.grade):
        parts.append(words["by_pathologist"]["text"].format(grade=given))
    template = words["none" if grading.grade is None else "result"]
    text = template["text"].format(
        grade=grading.grade,
        version=words["versions"][version],
        parts="; ".join(parts) or words["no_counts"]["text"],
    )
    return {"text": text, "source": template["source"]}
