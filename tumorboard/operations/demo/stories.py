"""The vignettes as records: facts become patients, studies, results, treatments and answers."""

import calendar
import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils import timezone

from cases.models import Case
from cases.selectors.facts import ORDER_FACTS, RECORD_ONLY, RESULT_FACTS
from cases.services import cases, facts, patients, results, studies, treatments
from cases.services.assessments import assessed_once
from guidance.editions import shelf
from guidance.engine.examples import examples
from tumorboard.accounts.models import User

FAMILY_NAMES = (
    "Example", "Sample", "Placeholder", "Specimen", "Template", "Mockup", "Fictitious", "Demoson",
    "Testcase", "Anybody",
)  # fmt: skip
GIVEN_NAMES = ("Alex", "Billie", "Casey", "Dana", "Eli", "Frankie", "Gale", "Harper", "Indy", "Jo")

#: Facts that become columns of other records and are not answered directly.
ELSEWHERE = frozenset({"age_years", "sex", "months_since_resection", "treatments", *RECORD_ONLY})


@dataclass(frozen=True)
class Story:
    """One vignette: its id, a title, and all its facts."""

    id: str
    title: str
    facts: dict[str, Any]


@cache
def stories() -> list[Story]:
    """The vignettes in their order, defaults included."""
    return [Story(found.id, found.title, dict(found.facts)) for found in examples().values()]


def write(story: Story, number: int, *, by: User, prefix: str = "N") -> Case:
    """Write one story into the current institution, through the services."""
    today = timezone.localdate()
    known = story.facts
    patient = patients.add(
        record_number=f"{prefix}-{number:04}",
        family_name=FAMILY_NAMES[number % len(FAMILY_NAMES)],
        given_name=GIVEN_NAMES[(number // 3) % len(GIVEN_NAMES)],
        birth_date=months_before(today, 12 * known["age_years"] + 5),
        sex=known.get("sex", "female" if number % 2 else "male"),
        by=by,
    )
    with assessed_once():
        case = cases.open_case(patient=patient, title=f"{story.id}: {story.title}"[:200], by=by)
        _treatments(case, known, by=by)
        _studies(case, known, today, by=by)
        answers = {name: value for name, value in known.items() if name not in ELSEWHERE}
        # Modalities come from the studies, and so do what they prove.
        answers.pop("prior_followup_modalities", None)
        if known.get("treatments") == []:
            answers["treatments"] = []
        if "months_since_resection" in known:
            resected = months_before(today, int(known["months_since_resection"]))
            answers["resection_date"] = resected.isoformat()
        facts.answer(case=case, answers=answers, source="demo vignette", by=by)
    case.refresh_from_db()
    return case


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months earlier, or the last day of that month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def _treatments(case: Case, known: dict[str, Any], *, by: User) -> None:
    for given in known.get("treatments") or []:
        treatments.add(case=case, type=given, by=by)


def _studies(case: Case, known: dict[str, Any], today: datetime.date, *, by: User) -> None:
    for age, modality in enumerate(known.get("prior_followup_modalities") or [], start=1):
        studies.add(case=case, modality=modality, performed_on=months_before(today, 6 * age), by=by)
    ordered = known["ordered_procedure"]
    outcome = known.get("study_outcome")
    if ordered == "none" and outcome is None:
        return
    procedure = "" if ordered == "none" else ordered
    study = studies.add(
        case=case,
        modality=known.get("study_modality")
        or shelf.adopted().ratings.procedures[procedure].modality,
        procedure=procedure,
        ordered_on=today - datetime.timedelta(days=10),
        performed_on=today - datetime.timedelta(days=3) if outcome else None,
        by=by,
        **{
            column: known[fact]
            for fact, column in ORDER_FACTS.items()
            if known.get(fact) is not None
        },
    )
    if outcome:
        shown = {fact: known[fact] for fact in RESULT_FACTS if fact in known}
        results.enter(study=study, outcome=outcome, by=by, **shown)
