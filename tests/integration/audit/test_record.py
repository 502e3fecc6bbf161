"""What an entry of the audit says: who, what, whom, from where, by which way."""

import pytest
from django.db import ProgrammingError, transaction

from cases.models import StudySeries
from cases.models.study_file import StudyFile
from tests.factories.boards import make_board, make_item
from tests.factories.cases import make_case, make_study
from tumorboard.audit.kinds import Kind, Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.origin import arriving, current_origin, give_reason
from tumorboard.audit.record import record, record_each, record_once
from tumorboard.celery import app
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope(institution):
    with institution_scope(institution):
        yield


def noted(subject, by, action="case.read") -> AuditEntry:
    record(action=action, subject=subject, by=by)
    return AuditEntry.objects.filter(subject_id=subject.pk, action=action).latest("at")


def test_an_entry_names_case_and_patient_of_whatever_it_is_about(scope, coordinator):
    case = make_case(by=coordinator)
    study = make_study(case=case, by=coordinator)
    item = make_item(case=case, by=coordinator)
    file = StudyFile.objects.create(
        study=study, case=case, kind="dicom", name="x", size=1, sha256="1" * 64, state="stored",
        uploaded_by=coordinator,
    )  # fmt: skip
    series = StudySeries.objects.create(file=file, study=study, series_uid="1.2")
    # As a page finds them: without the rows that they refer to, and with them.
    for row in (study, item, file, series):
        found = type(row).objects.get(pk=row.pk)
        entry = noted(found, coordinator)
        assert (entry.case_id, entry.patient_id) == (case.pk, case.patient_id), type(row)
    near = type(study).objects.select_related("case").get(pk=study.pk)
    entry = noted(near, coordinator, action="case.study.read")
    assert (entry.case_id, entry.patient_id) == (case.pk, case.patient_id)
    assert noted(case.patient, coordinator).patient_id == case.patient_id


def test_what_is_about_nobody_names_nobody(scope, coordinator):
    entry = noted(make_board(by=coordinator), coordinator, action="board.read")
    assert (entry.case_id, entry.patient_id) == (None, None)


def test_finding_the_patient_takes_no_query_of_its_own(
    scope, coordinator, django_assert_num_queries
):
    study = make_study(case=make_case(by=coordinator), by=coordinator)
    found = type(study).objects.get(pk=study.pk)
    with django_assert_num_queries(1):
        record(action="case.study.read", subject=found, by=coordinator)


def test_an_entry_says_by_which_way_it_came(scope, coordinator):
    case = make_case(by=coordinator)
    with arriving(Via.PAGE, address="192.0.2.7"):
        give_reason("The patient collapsed.")
        record(action="case.read", subject=case, by=coordinator)
        with arriving(Via.FEED):
            record(action="case.changed", subject=case, by=coordinator)
    record(action="case.opened", subject=case, by=None)
    entries = AuditEntry.objects.filter(subject_id=case.pk).order_by("-at")[:3]
    assert [(e.via, e.address, e.reason, e.kind, e.person) for e in entries] == [
        ("command", "", "", Kind.CHANGE, None),
        ("feed", "192.0.2.7", "The patient collapsed.", Kind.CHANGE, coordinator),
        ("page", "192.0.2.7", "The patient collapsed.", Kind.READ, coordinator),
    ]


def test_a_reason_outside_of_any_arrival_is_nobodys():
    give_reason("None of this stays.")
    assert current_origin().reason == ""


def test_a_job_says_that_nobody_sat_in_front_of_it():
    @app.task(name="tests.look", shared=False, lazy=False)
    def look() -> str:
        return current_origin().via

    assert look() == Via.JOB
    assert current_origin().via == Via.COMMAND


def test_one_reading_of_a_case_is_noted_once_a_request(scope, coordinator):
    case = make_case(by=coordinator)

    def readings() -> int:
        return AuditEntry.objects.filter(action="case.read", case_id=case.pk).count()

    with arriving(Via.PAGE):
        record_once(action="case.read", subject=case, by=coordinator)
        record_once(action="case.read", subject=case, by=coordinator)
        assert readings() == 1
    with arriving(Via.PAGE):
        record_once(action="case.read", subject=case, by=coordinator)
    assert readings() == 2


def test_many_rows_are_noted_in_one_statement(scope, coordinator, django_assert_num_queries):
    found = [make_case(by=coordinator), make_case(by=coordinator)]
    with django_assert_num_queries(1):
        record_each(action="case.exported", subjects=found, by=coordinator)
    exported = AuditEntry.objects.filter(action="case.exported")
    assert set(exported.values_list("patient_id", flat=True)) == {c.patient_id for c in found}


def test_a_search_keeps_its_kinds_and_no_words(scope, coordinator, institution):
    """ASVS v5.0.0-16.2.5: what is sensitive stays out of the log."""
    case = make_case(by=coordinator)
    record(
        action="case.searched",
        subject=institution,
        by=coordinator,
        criteria=["text", "scenario"],
        found=1,
        shown=[case.pk],
    )
    entry = AuditEntry.objects.get(action="case.searched")
    assert (entry.criteria, entry.found, entry.shown) == ("text scenario", 1, [case.pk])


@pytest.mark.parametrize("change", ["update", "delete"])
def test_nobody_changes_an_entry(scope, coordinator, change):
    """ASVS v5.0.0-16.4.2: what was recorded is not altered (HIPAA 164.312(c)(1) too)."""
    entry = noted(make_case(by=coordinator), coordinator)
    rows = AuditEntry.objects.filter(pk=entry.pk)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rows.update(action="case.unread") if change == "update" else rows.delete()
