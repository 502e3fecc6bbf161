"""The studies of a case in one list."""

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Result
from cases.selectors.cases import one
from cases.selectors.imaging import imaging_of
from cases.selectors.study_lines import AGREED_EARLIER, study_lines
from cases.services import rereadings, results, study_files
from cases.web.imaging_section import imaging_section
from tests.factories import dicom as make
from tests.factories.cases import make_case, make_study

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)
READING = {"agreement": "major", "words": "New lesion.", "read_on": TODAY, "read_by": "Dr. R"}


def lines_of(case):
    version = one(case.pk).assessment.edition_version
    return study_lines(case, edition_version=version)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def test_each_study_with_result_reading_files_and_what_is_missing(case, coordinator):
    stable = make_study(
        case=case, by=coordinator, outcome="stable", report="Stable.", procedure="MRI_AP_WWO"
    )
    first = {**READING, "read_on": TODAY - DAY, "agreement": "agree", "words": ""}
    rereadings.add(study=stable, by=coordinator, outcome="progression", **READING)
    rereadings.add(study=stable, by=coordinator, outcome="stable", **first)
    for name, content in (("a.png", make.png()), ("x.dcm", make.dicom(PatientID="OTHER"))):
        study_files.upload(study=stable, name=name, content=io.BytesIO(content), by=coordinator)
    performed = make_study(case=case, by=coordinator, performed_on=TODAY - 3 * DAY)
    ordered = make_study(case=case, by=coordinator, ordered_on=TODAY - DAY, performed_on=None)

    order, done, shown = lines_of(case)
    assert [line.study for line in (order, done, shown)] == [ordered, performed, stable]
    assert [line.is_current for line in (order, done, shown)] == [True, False, False]
    assert order.missing == ("Ordered 1 day ago, not performed",)
    assert done.missing == ("No report", "Result not entered")
    assert (shown.missing, shown.result.outcome) == ((), "stable")
    assert (shown.rereading.outcome, shown.is_discrepant) == ("progression", True)
    assert (done.rereading, done.is_discrepant) == (None, False)
    assert (shown.files.stored, shown.files.held) == (1, 1)
    assert (done.files.stored, done.name) == (0, "MRI")
    assert shown.name != "MRI"


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "Ordered today, not performed"), (2, "Ordered 2 days ago, not performed")],
)
def test_since_when_a_study_waits(case, coordinator, days, words):
    make_study(case=case, by=coordinator, ordered_on=TODAY - days * DAY, performed_on=None)
    (line,) = lines_of(case)
    assert line.missing == (words,)


def test_the_section_asks_as_often_for_many_studies_as_for_few(case, coordinator):
    make_study(case=case, by=coordinator, outcome="stable")
    case, asked = one(case.pk), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            section = imaging_section(case)
        asked.append(len(queries))
        for days in range(1, 12):
            make_study(case=case, by=coordinator, performed_on=TODAY - days * DAY)
        case = one(case.pk)
    assert asked == [5, 5]
    assert (section["held_count"], section["unfinished_count"]) == (0, 12)
    imaging = imaging_of(case)
    with CaptureQueriesContext(connection) as queries:
        imaging_section(case, imaging=imaging)
    assert len(queries) == 3


def test_who_agreed_with_a_result_does_not_agree_with_another(case, coordinator):
    study = make_study(case=case, by=coordinator, outcome="stable")
    agreed = {**READING, "agreement": "agree", "words": ""}
    rereadings.add(study=study, by=coordinator, outcome="stable", **agreed)
    (line,) = lines_of(case)
    assert (line.agreement, line.is_discrepant) == ("agree", False)

    results.change(result=Result.objects.get(), outcome="progression", by=coordinator)
    (line,) = lines_of(case)
    assert (line.agreement, line.is_discrepant) == (AGREED_EARLIER, True)
    assert imaging_section(one(case.pk))["discrepant_count"] == 1


def test_a_case_without_studies(case):
    section = imaging_section(one(case.pk))
    assert section["study_lines"] == []
    assert (section["held_count"], section["discrepant_count"]) == (0, 0)
