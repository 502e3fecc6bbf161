"""The assessment of one case: facts and an edition in, the full answer out (Appendix A)."""

from typing import Any

from guidance.calculators.grade import Grading
from guidance.engine import explain
from guidance.engine.acceptance import explain_acceptance, mark_intervals
from guidance.engine.board import board_level, find_escalations
from guidance.engine.branches import Branch, select_branch
from guidance.engine.checklists import explain_checklists
from guidance.engine.checks import raise_warnings
from guidance.engine.criteria import explain_criteria
from guidance.engine.edition import Edition
from guidance.engine.facts import Facts
from guidance.engine.intervals import Interval, compute_interval, disagree, judge_schedule
from guidance.engine.markers import explain_markers
from guidance.engine.missing import find_confirmations, find_missing
from guidance.engine.order import explain_order_check
from guidance.engine.ratings import Ranking, rank_studies, rating_of
from guidance.engine.reading import Reading, read_case
from guidance.engine.routing import route_case
from guidance.engine.scenario import Scenario, holding
from guidance.engine.studies import explain_order, explain_pair, explain_studies

NO_STUDIES = Ranking()
FOLLOWUP_ON_THERAPY = "FU-03"
LIVER_FOLLOWUP_RULE = "FU-05"
MRI_RULES = frozenset({"SUB-01", "SUB-06"})


def assess(facts: Facts, edition: Edition) -> dict[str, Any]:
    """Return what an edition says about the facts of a case, as JSON-able values.

    The first keys are the contract of the command `assess`; the others explain them. The
    same facts and edition always give the same answer: no clock is read, the date is the
    fact `evaluated_on`. The answer shares nothing with the edition and may be changed.
    """
    reading, grading = read_case(facts)
    return assess_reading(reading, grading, edition)


def assess_reading(reading: Reading, grading: Grading, edition: Edition) -> dict[str, Any]:
    """Return the same for a fresh reading, which then also holds all that was found on the way.

    What explains an answer reads the findings there (`guidance.engine.why`).
    """
    route = route_case(reading, edition.catalogue, edition.contradictions)
    scenario = edition.catalogue.scenarios.get(route.scenario)
    reading["@scenario"] = route.scenario
    status = scenario.status if scenario else route.status
    reading["@status"] = status
    checks = edition.checks[str(status)]

    ranking = _rank(reading, scenario, edition)
    branch, unsettled = select_branch(reading, route.scenario, edition.branches, checks)
    actions = branch.shown_actions(reading) if branch else ()
    reading["@branch"] = branch.id if branch else "none"
    reading["@actions"] = tuple(action.code for action in actions)
    intervals = [
        compute_interval(reading, rule, edition.intervals)
        for rule in (branch.intervals if branch else ())
    ]
    reading["@intervals_disagree"] = disagree(interval.window for interval in intervals)
    reading["@schedule"] = judge_schedule(reading, edition.intervals)
    warnings = raise_warnings(reading, checks)
    escalations = find_escalations(reading, edition.board)

    missing = list(route.missing)
    confirm: list[str] = []
    provisional = route.provisional
    if scenario is not None:
        missing += [*find_missing(reading, scenario, branch, grading), *unsettled]
        missing = list(dict.fromkeys(missing))
        feasibility = ranking.confirm_before_order(edition.dictionary)
        confirm = find_confirmations(reading, scenario, feasibility, missing)
        provisional = provisional or bool(holding(scenario.reserve, reading))

    acceptance = explain_acceptance(reading, warnings, edition)
    shown = shown_intervals(reading, branch, intervals, edition)
    branch_detail = explain.explain_branch(branch, actions, shown, edition)
    mark_intervals(branch_detail, acceptance)

    return {
        "scenario": route.scenario,
        "provisional": provisional,
        "candidates": list(route.candidates),
        "top": ranking.top.procedure.code if ranking.top else None,
        "alternatives": [[rating.procedure.code, rating.code] for rating in ranking.alternatives],
        "removed": [[rating.procedure.code, rule.id] for rating, rule in ranking.removed],
        "warnings": [warning.code for warning in warnings],
        "branch": branch.id if branch else None,
        "actions": [action.code for action in actions],
        "next_interval": {
            interval.rule.id: explain.show_window(interval.window) for interval in intervals
        }
        or None,
        "board": {
            "level": board_level(escalations),
            "reasons": [entry.code for entry in escalations],
        },
        "missing": missing,
        "confirm_before_order": confirm,
        "grade": grading.grade,
        "edition": {"version": edition.version, "hash": edition.hash},
        "conflicts": [entry.id for entry in route.contradictions],
        "contradictions": explain.explain_contradictions(reading, route),
        "scenario_name": scenario.name if scenario else None,
        "scenario_status": status,
        "criteria": explain_criteria(reading, route, edition),
        "studies": explain_studies(reading, route.scenario, ranking, edition),
        "order_text": explain_order(route.scenario, ranking, edition),
        "pair": explain_pair(reading, route.scenario, ranking, edition),
        "order_check": explain_order_check(reading, route.scenario, edition),
        "checklists": explain_checklists(reading, edition.checklists),
        "missing_markers": explain_markers(reading, edition.markers),
        "top_answers": _top_answers(reading, edition),
        "branch_detail": branch_detail,
        "no_path": explain.explain_no_path(reading, edition),
        "acceptance": acceptance,
        "board_reasons": explain.explain_board(escalations),
        "questions": explain.explain_questions(missing, confirm, edition),
        "checks": explain.explain_checks(warnings),
        "hint": explain.explain_hint(scenario, edition),
        "headline": explain.explain_headline(scenario, edition),
        "grade_detail": explain.explain_grade(reading, grading, edition),
        "not_covered": explain.explain_not_covered(route, edition),
    }


def _rank(reading: Reading, scenario: Scenario | None, edition: Edition) -> Ranking:
    """Rank the studies of a scenario (step 12) and note what the checks read about them."""
    ratings = edition.ratings.by_scenario.get(scenario.id) if scenario else None
    ranking = NO_STUDIES if ratings is None else rank_studies(reading, ratings)
    removed_by = {rule.id for _, rule in ranking.removed}
    reading["@combined_contraindication"] = ranking.combined
    reading["@mri_removed"] = not MRI_RULES.isdisjoint(removed_by)
    reading["@top"] = ranking.top.procedure.code if ranking.top else "none"
    reading["@feasible"] = tuple(rating.procedure.code for rating in ranking.feasible)
    ordered = reading.get("ordered_procedure", "none")
    if ordered != "none":
        reading["@next_modality"] = edition.ratings.procedures[ordered].modality
        if ratings is not None:
            reading["@order_rating"] = rating_of(ordered, ratings)
    elif ranking.top is not None:
        reading["@next_modality"] = ranking.top.procedure.modality
    return ranking


def shown_intervals(
    reading: Reading, branch: Branch | None, intervals: list[Interval], edition: Edition
) -> list[Interval]:
    """Return the intervals to show: under chemotherapy or a biologic the shorter one as well.

    It stands beside the window of treated liver disease, never in its place (7.3)
    [003 L675-L678].
    """
    followed = branch is not None and LIVER_FOLLOWUP_RULE in branch.intervals
    if followed and reading.get("on_chemo_or_biologic") is True:
        return [*intervals, compute_interval(reading, FOLLOWUP_ON_THERAPY, edition.intervals)]
    return intervals


def _top_answers(reading: Reading, edition: Edition) -> str:
    """Return which question the top study answers: after a result, the one before it (X-08)."""
    words = edition.explanations["top_answers"]["after" if reading["@result"] else "before"]
    text: str = words["text"]
    return text
