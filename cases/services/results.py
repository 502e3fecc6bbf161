"""Writing results."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Result, Study
from cases.selectors.lesion_contradictions import Contradiction, contradictions_of
from cases.selectors.lesions import lesions_of
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check, check_version, stripped
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: Columns of a result that measurements may contradict or explain.
COMPARED = (
    "outcome",
    "new_lesions",
    "size_change",
    "response_basis",
    "new_enhancement_in_treated_lesion",
    "necrosis_without_shrinkage",
)
#: Columns that say that a person decided against the measurements.
KEPT = ("kept_reason", "kept_against")


class Contradicted(Invalid):
    """The measurements say otherwise: the person decides; nothing is overwritten."""

    def __init__(self, contradictions: list[Contradiction]) -> None:
        self.contradictions = contradictions
        said = "; ".join(f"{one.typed}, but {one.measured}" for one in contradictions)
        reason = f"The measurements say otherwise: {said}. Change it, or say why it stands."
        super().__init__({"kept_reason": [reason]})


@transaction.atomic
def enter(*, study: Study, by: User, **fields: Any) -> Result:
    """Enter what `study` showed; the case is assessed anew with it.

    Args:
        fields: columns of `Result`; yes-or-no columns are None where the answer is unknown.
            `kept_reason` says why the result stands although measurements contradict it, and
            `kept_against` what they said when the person was asked: if they say something else
            by now, the person is asked again.

    Raises:
        Contradicted: the measurements say otherwise, and no reason was given.
        Invalid: a field cannot be accepted.
        Refused: the study has a result already; change that one.
    """
    case = lock(study.case)
    study = Study.objects.get(pk=study.pk)
    if Result.objects.filter(study=study).exists():
        message = "This study has a result already. Change that one."
        raise Refused(message)
    kept = _pop_kept(fields)
    result = Result(study=study, case=case, entered_by=by, **stripped(fields))
    _check(result)
    _weigh(result, kept)
    result.save()
    record(action="case.result.entered", subject=case, by=by)
    changed(case=case)
    return result


@transaction.atomic
def change(*, result: Result, by: User, if_match: int | None = None, **fields: Any) -> Result:
    """Correct a result; what it said before stays in its history.

    Raises:
        Contradicted: the measurements say otherwise, and no reason was given.
        Invalid: a field cannot be accepted.
        Changed: somebody else wrote into the case since its version `if_match`.
    """
    case = lock(result.case)
    check_version(current=case.version, if_match=if_match)
    # Read under the lock: what others changed meanwhile in other columns stays.
    result = Result.objects.get(pk=result.pk)
    kept = _pop_kept(fields)
    for name, value in stripped(fields).items():
        setattr(result, name, value)
    result.entered_by, result.entered_at = by, timezone.now()
    _check(result)
    _weigh(result, kept)
    result.save()
    record(action="case.result.changed", subject=case, by=by)
    changed(case=case)
    return result


def _check(result: Result) -> None:
    errors = {}
    if result.study.performed_on is None:
        errors["outcome"] = ["Enter the date on which the study was performed first."]
    check(result, also=errors)


def _pop_kept(fields: dict[str, Any]) -> dict[str, Any]:
    """Take out what a person said of contradictions; only `_weigh` writes these columns."""
    return {name: fields.pop(name) for name in KEPT if name in fields}


def _weigh(result: Result, kept: dict[str, Any]) -> None:
    """Keep what the measurements say against the result with it, and why it stands."""
    typed = {name: getattr(result, name) for name in COMPARED}
    lesions = lesions_of(result.case)
    # What the result itself says of new lesions and of bleeding counts in the reading.
    lesions.results[result.study_id] = result
    found = contradictions_of(typed, study=result.study, record=lesions)
    said = [one.as_json() for one in found]
    if not found:
        result.kept_against, result.kept_reason = None, ""
        return
    if "kept_reason" in kept:
        reason, seen = kept["kept_reason"].strip(), kept.get("kept_against", said)
    else:
        reason, seen = result.kept_reason, result.kept_against
    if not reason or seen != said:
        raise Contradicted(found)
    result.kept_against, result.kept_reason = said, reason
    check(result)
