"""Opening many cases at once.

Leaves the same rows as `patients.add`, `cases.open_case` and `facts.answer` one after the other,
which a test holds, in one INSERT a table instead of some thirty statements a case. (COPY is
refused under row-level security.)
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from cases.models import Assessment, Candidacy, Case, FactAnswer, Gap, Patient, PatientToken
from cases.models.patient_token import tokens_of
from cases.selectors.data_set import DataSet, data_set
from cases.selectors.facts import facts_of_new, policy
from cases.services.assessments import assessed, place
from cases.services.candidacies import candidacies_of_new
from cases.services.checks import field_errors
from cases.services.completeness import refresh_new
from cases.services.errors import Invalid
from cases.services.imports.rows import NewCase
from cases.services.patients import implausible
from guidance.editions import shelf
from guidance.editions.local_policy import LocalPolicy
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.edition import Edition
from tumorboard.accounts.models import User
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.record import entry_of
from tumorboard.vault.keyring import version_held


@dataclass(frozen=True)
class Entry:
    """One case to open, with where it comes from in words."""

    new: NewCase
    source: str


@dataclass(frozen=True)
class _Rows:
    """What is inserted for one case."""

    patient: Patient
    case: Case
    answers: list[FactAnswer]
    assessment: Assessment
    gaps: list[Gap]
    candidacies: list[Candidacy]

    def audit(self, by: User) -> Iterator[AuditEntry]:
        """The same entries as the services leave one by one."""
        done: list[tuple[str, models.Model]] = [
            ("patient.added", self.patient),
            ("case.opened", self.case),
        ]
        if self.answers:
            done.append(("case.facts.answered", self.case))
        for action, subject in done:
            yield entry_of(action=action, subject=subject, by=by)


@transaction.atomic
def open_cases(*, entries: Sequence[Entry], by: User) -> list[Case | Invalid]:
    """Add a patient and open a case for each entry, with its answers, and assess it.

    The record numbers must not be there yet.

    Returns:
        For each entry its case, or why it cannot be accepted; the others are written.

    Raises:
        IntegrityError: a record number is there, or came in between; nothing is written.
    """
    found: list[Case | Invalid] = []
    good: list[_Rows] = []
    choices, edition, asking = policy(), shelf.adopted(), data_set()
    for entry in entries:
        try:
            rows = _rows(entry, choices, edition, asking, by)
        except Invalid as error:
            found.append(error)
        else:
            found.append(rows.case)
            good.append(rows)
    with version_held():
        _insert([rows.patient for rows in good])
    _insert(
        [
            PatientToken(patient=rows.patient, token=token)
            for rows in good
            for token in tokens_of(rows.patient)
        ]
    )
    # The database checks the references between the two at the end of the transaction.
    _insert([rows.case for rows in good])
    _insert([rows.assessment for rows in good])
    _insert([answer for rows in good for answer in rows.answers])
    _insert([gap for rows in good for gap in rows.gaps])
    _insert([row for rows in good for row in rows.candidacies])
    _insert([entry for rows in good for entry in rows.audit(by)])
    return found


def _rows(entry: Entry, choices: LocalPolicy, edition: Edition, asking: DataSet, by: User) -> _Rows:
    new = entry.new
    patient = Patient(
        record_number=new.record_number,
        family_name=new.family_name,
        given_name=new.given_name,
        birth_date=new.birth_date,
        sex=new.sex,
    )
    case = Case(patient=patient, title=new.title, board_question=new.board_question)
    errors = {**implausible(patient), **field_errors(patient), **field_errors(case)}
    if errors:
        raise Invalid(errors)
    answers = [_answer(case, fact, value, entry.source, by) for fact, value in new.answers.items()]
    today = timezone.localdate()
    found = facts_of_new(case, answers=answers, policy=choices, on=today)
    assessment = assessed(case=case, found=found, on=today, edition=edition)
    place(case=case, assessment=assessment, decided=None)
    gaps = refresh_new(case=case, assessment=assessment, asking=asking)
    candidacies = candidacies_of_new(case=case, assessment=assessment)
    return _Rows(patient, case, answers, assessment, gaps, candidacies)


def _answer(case: Case, fact: str, value: Any, source: str, by: User) -> FactAnswer:
    return FactAnswer(
        case=case,
        fact=fact,
        value=value,
        source=source,
        unit=DICTIONARY[fact].unit,
        answered_by=by,
    )


def _insert(rows: Sequence[models.Model]) -> None:
    """INSERT rows of one table, as JSON in one parameter.

    PostgreSQL reads dates, times and identifiers as `str` writes them, bytes as hexadecimal digits.
    `bulk_create` would quote every value by itself in Python, which takes longer than all else.
    """
    if not rows:
        return
    table = rows[0]._meta.db_table
    fields = rows[0]._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = [{field.column: _plain(field.pre_save(row, True)) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({columns}) SELECT {columns} '  # noqa: S608 - names of models
            f'FROM json_populate_recordset(NULL::"{table}", %s)',
            [json.dumps(values, default=str)],
        )


def _plain(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value
