"""Acknowledging the checks of the guidance, and taking it back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from cases.models import Acknowledgment, Assessment, Case
from cases.models.acknowledgment import SEVERITIES, AcknowledgmentReason
from cases.selectors.acknowledgments import acknowledgments_of_each, basis_of, stands
from cases.services.cases import lock
from cases.services.checks import said, text_fault
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def acknowledge(
    *, case: Case, code: str, assessment_id: UUID, reason: str, text: str = "", by: User
) -> Acknowledgment:
    """Say that a check was seen, and why the case goes on all the same (specification 6).

    It stands as long as the same check is raised on the same facts.

    Args:
        code: the check's.
        assessment_id: the assessment that was seen; its check is acknowledged and no other.
        reason: one of `AcknowledgmentReason`.
        text: in words; needed where the reason is "other".

    Raises:
        Invalid: the reason is none, or the text is missing or cannot be kept.
        Refused: the case has been assessed anew since, the assessment raises no such check, the
            check is mere information, or somebody acknowledged it already.
    """
    case = lock(case)
    text = said(text)
    _check(reason, text)
    assessment = case.assessment
    if assessment is None or assessment.id != assessment_id:
        message = (
            "The guidance for this case has changed since you opened this page. "
            "Look at what it says now."
        )
        raise Refused(message)
    raised = _raised(code, assessment, _standing(case, assessment))
    row = Acknowledgment.objects.create(
        case=case,
        assessment=assessment,
        check_code=code,
        severity=raised["severity"],
        check_text=raised["text"],
        basis=basis_of(assessment, code),
        reason=reason,
        text=text,
        by=by,
    )
    record(action="case.check.acknowledged", subject=case, by=by)
    return row


@transaction.atomic
def withdraw(*, acknowledgment: Acknowledgment, text: str = "", by: User) -> Acknowledgment:
    """Take an acknowledgment back; it stays on record, and so does who took it back.

    Args:
        text: why, in words; may be empty.

    Raises:
        Invalid: the text cannot be kept.
        Refused: it was withdrawn already, or is itself a withdrawal.
    """
    case = lock(acknowledgment.case)
    text = said(text)
    if fault := text_fault(text, most=_longest()):
        raise Invalid({"text": [fault]})
    withdrawn = Acknowledgment.objects.filter(withdraws=acknowledgment).exists()
    if acknowledgment.withdraws_id is not None or withdrawn:
        message = "This acknowledgment was withdrawn already."
        raise Refused(message)
    row = Acknowledgment.objects.create(
        case=case,
        assessment_id=acknowledgment.assessment_id,
        check_code=acknowledgment.check_code,
        severity=acknowledgment.severity,
        check_text=acknowledgment.check_text,
        basis=acknowledgment.basis,
        text=text,
        withdraws=acknowledgment,
        by=by,
    )
    record(action="case.acknowledgment.withdrawn", subject=case, by=by)
    return row


def _check(reason: str, text: str) -> None:
    errors: dict[str, list[str]] = {}
    if reason not in AcknowledgmentReason.values:
        errors["reason"] = ["Choose why the case goes on all the same."]
    if fault := text_fault(text, most=_longest()):
        errors["text"] = [fault]
    elif reason == AcknowledgmentReason.OTHER and not text:
        errors["text"] = ["Say in words why."]
    if errors:
        raise Invalid(errors)


def _longest() -> int:
    return Acknowledgment._meta.get_field("text").max_length or 0


def _standing(case: Case, assessment: Assessment) -> list[Acknowledgment]:
    given = acknowledgments_of_each([case.id])[case.id]
    return [row for row in given if stands(row, assessment)]


def _raised(
    code: str, assessment: Assessment, standing: Sequence[Acknowledgment]
) -> dict[str, Any]:
    """The raised check of that code which nobody acknowledged yet."""
    checks = [check for check in assessment.answer["checks"] if check["code"] == code]
    if not checks:
        message = f"{code} is not raised for this case."
        raise Refused(message)
    checks = [check for check in checks if check["severity"] in SEVERITIES]
    if not checks:
        message = f"{code} is information and needs no acknowledgment."
        raise Refused(message)
    said = {(row.check_text, row.severity): row for row in standing if row.check_code == code}
    for check in checks:
        if (check["text"], check["severity"]) not in said:
            found: dict[str, Any] = check
            return found
    row = next(iter(said.values()))
    message = (
        f"{row.by.name} acknowledged this check already. Withdraw that first to say otherwise."
    )
    raise Refused(message)
