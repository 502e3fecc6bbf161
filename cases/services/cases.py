"""Writing cases."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from cases.models import Case, Patient
from cases.services import fact_answers
from cases.services.assessments import changed, opened
from cases.services.checks import (
    LIFETIME_YEARS,
    check,
    check_version,
    date_errors,
    stripped,
)
from cases.services.patient_cases import lock_unerased
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def open_case(
    *,
    patient: Patient,
    title: str,
    by: User,
    answers: Mapping[str, Any] | None = None,
    source: str = "",
    **fields: Any,
) -> Case:
    """Open a case for `patient`, with what is known of it from the start.

    Args:
        title: the diagnosis in a few words.
        answers: direct answers, as `cases.services.facts.answer` takes them.
        source: where the answers come from, in words.
        fields: further columns of `Case`: board_question, referral_text, referred_by, referred_on.

    Raises:
        Invalid: a field or an answer cannot be accepted; nothing is written.
        Refused: the patient was erased.
    """
    patient = lock_unerased(patient)
    case = Case(patient=patient, **stripped({"title": title, **fields}))
    _check(case)
    case.save()
    record(action="case.opened", subject=case, by=by)
    fact_answers.write(case=case, answers=answers or {}, source=source, by=by)
    opened(case=case)
    return case


@transaction.atomic
def change(*, case: Case, by: User, if_match: int | None = None, **fields: Any) -> Case:
    """Change what stands at the head of `case`: title, board question, referral.

    Raises:
        Invalid: a field cannot be accepted.
        Changed: somebody else wrote since version `if_match`.
    """
    case = lock(case)
    check_version(current=case.version, if_match=if_match)
    for name, value in stripped(fields).items():
        setattr(case, name, value)
    _check(case)
    case.save(update_fields=list(fields))
    record(action="case.changed", subject=case, by=by)
    changed(case=case)
    return case


def _check(case: Case) -> None:
    check(case, also=date_errors(years=LIFETIME_YEARS, referred_on=case.referred_on))


def lock(case: Case) -> Case:
    """The case's row, locked until the end of the transaction.

    Every service that writes into a case takes this lock first, so that two writers follow one
    another.
    """
    return Case.objects.select_for_update().get(pk=case.pk)


def lock_all(case_ids: Iterable[UUID]) -> None:
    """Lock the rows of several cases until the end of the transaction, in one order for all.

    Two who write into the same cases in opposite orders would wait for each other for ever.
    """
    rows = Case.objects.select_for_update().filter(pk__in=list(case_ids)).order_by("pk")
    list(rows.values_list("pk", flat=True))
