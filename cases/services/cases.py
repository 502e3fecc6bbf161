"""Writing cases."""

from django.db import transaction

from cases.models import Case, Patient
from cases.services.assessments import changed, reassess
from cases.services.checks import check, check_version
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def open_case(*, patient: Patient, title: str, board_question: str = "", by: User) -> Case:
    """Open a case for `patient`.

    Args:
        title: the diagnosis in a few words.

    Raises:
        Invalid: a field cannot be accepted.
    """
    case = Case(patient=patient, title=title.strip(), board_question=board_question.strip())
    check(case)
    case.save()
    record(action="case.opened", subject=case, by=by)
    reassess(case=case)
    return case


@transaction.atomic
def change(*, case: Case, by: User, if_match: int | None = None, **fields: str) -> Case:
    """Change title or board question of `case`.

    Raises:
        Invalid: a field cannot be accepted.
        Changed: somebody else wrote since version `if_match`.
    """
    case = lock(case)
    check_version(current=case.version, if_match=if_match)
    for name, value in fields.items():
        setattr(case, name, value.strip())
    check(case)
    case.save(update_fields=list(fields))
    record(action="case.changed", subject=case, by=by)
    changed(case=case)
    return case


def lock(case: Case) -> Case:
    """The case's row, locked until the end of the transaction.

    Every service that writes into a case takes this lock first, so that two writers follow one
    another.
    """
    return Case.objects.select_for_update().get(pk=case.pk)
