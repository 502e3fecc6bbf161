"""Whether something in the record is what a task asked for."""

from cases.models import Assessment, Study, Task, Treatment
from cases.models.conclusion import RecommendationKind
from cases.models.treatment import LIVER_DIRECTED, MEDICAL, TreatmentType
from cases.selectors.branch_actions import parts_of, reading_of
from cases.selectors.recommended import codes_in
from guidance.editions import shelf
from guidance.editions.branch_actions import Reading
from guidance.engine.edition import Edition
from guidance.engine.ratings import CONTRAST_ANATOMICAL, Procedure

SWITCH = "OPT-SWITCH-SYSTEMIC"
#: Which kinds of treatment carry out an option of the guidance (`recommended.TREATMENT_OPTIONS`).
OPTIONS = {
    "OPT-SYSTEMIC": MEDICAL,
    SWITCH: MEDICAL,
    "OPT-LDT": LIVER_DIRECTED,
    "OPT-PRRT": frozenset({TreatmentType.PRRT}),
}


def is_option(treatment: Treatment, code: str, treatments: list[Treatment]) -> bool:
    """Whether `treatment` belongs to the option `code`.

    Another systemic agent is one that was not begun before.

    Args:
        treatments: all of the case.
    """
    if treatment.type not in OPTIONS.get(code, ()):
        return False
    return code != SWITCH or not any(
        _agent(other) == _agent(treatment)
        for other in treatments
        if other.pk != treatment.pk
        and (other.start is None or treatment.start is None or other.start < treatment.start)
    )


def _agent(treatment: Treatment) -> tuple[str, str]:
    return treatment.type, treatment.agent.strip().casefold()


def substitutes(assessment: Assessment, asked: str) -> frozenset[str]:
    """The studies that stand in the place of `asked`, by the substitution rules of an assessment.

    Empty where no rule took `asked` away: then what the board asked for can be made, and another
    study is not what it asked for.
    """
    answer = assessment.answer
    if asked not in {code for code, _ in answer["removed"]}:
        return frozenset()
    edition = shelf.edition(assessment.edition_version)
    left = [answer["top"], *(code for code, _ in answer["alternatives"])]
    return frozenset(code for code in left if code and can_substitute(edition, asked, code))


def can_substitute(edition: Edition, asked: str, done: str) -> bool:
    """Whether `done` can stand in the place of `asked` at all: both answer the same question.

    One anatomical study with contrast stands for another, as does the named fallback without it;
    another tracer of the same receptor for a receptor PET.
    """
    one = edition.ratings.procedures.get(asked)
    other = edition.ratings.procedures.get(done)
    if one is None or other is None or asked == done:
        return False
    if CONTRAST_ANATOMICAL in one.traits:
        return CONTRAST_ANATOMICAL in other.traits or _is_fallback(edition, other)
    return one.modality == other.modality


def _is_fallback(edition: Edition, procedure: Procedure) -> bool:
    return any(
        rating.role == "fallback" and rating.procedure.code == procedure.code
        for ratings in edition.ratings.by_scenario.values()
        for rating in ratings
    )


def fits_in_words(study: Study, task: Task) -> bool:
    """Whether `study` carries out a task that says in words of the branch what is asked for [INT].

    By its modality and, where the action names a region, by what its procedure covers: a CT of
    the chest is no look at the liver. Reads the recommendation and the assessment of the task.
    """
    branch = task.decision.assessment.answer["branch_detail"]
    if task.kind != RecommendationKind.IMAGING or task.code or not branch:
        return False
    edition = shelf.edition(task.decision.assessment.edition_version)
    words, codes = task.recommendation.text.strip(), codes_in(edition)
    return any(
        _carries_out(study, reading_of(action["code"]), edition)
        for action in branch["actions"]
        if any(part.text == words for part in parts_of(action, codes))
    )


def _carries_out(study: Study, reading: Reading, edition: Edition) -> bool:
    if study.modality not in reading.modality:
        return False
    if not reading.region:
        return True
    procedure = edition.ratings.procedures.get(study.procedure)
    return procedure is not None and any(part in procedure.region for part in reading.region)
