"""Answering facts directly."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cases.models import Case
from cases.services import fact_answers
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.checks import check_version
from tumorboard.accounts.models import User


@transaction.atomic
def answer(
    *,
    case: Case,
    answers: Mapping[str, Any],
    source: str = "",
    by: User,
    if_match: int | None = None,
) -> Case:
    """Write direct answers and assess the case anew.

    Args:
        answers: fact name -> value as the data dictionary allows it; "unknown" is an answer;
            None takes the answer back (not asked).
        source: where the answers come from, in words.

    Raises:
        Invalid: a fact that is not in the dictionary or that only the record can say, a value
            that the dictionary does not allow, or the source; nothing is written.
        Changed: somebody else wrote since version `if_match`.
    """
    case = lock(case)
    check_version(current=case.version, if_match=if_match)
    if fact_answers.write(case=case, answers=answers, source=source, by=by):
        changed(case=case)
    return case
