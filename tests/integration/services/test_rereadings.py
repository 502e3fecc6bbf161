"""The board's own readings of studies."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Rereading, Result
from cases.services import rereadings
from cases.services.errors import Invalid
from tests.factories.cases import make_case, make_study
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)
PERFORMED = datetime.date(2026, 1, 12)
READING = {
    "outcome": "progression",
    "agreement": "major",
    "words": " A new lesion in segment VI. ",
    "read_on": TODAY,
    "read_by": "Dr. Reader",
}


@pytest.fixture
def study(coordinator):
    return make_study(case=make_case(by=coordinator), by=coordinator, outcome="stable")


def test_a_reading_stands_beside_the_result(study, coordinator):
    version = study.case.version
    reading = rereadings.add(study=study, by=coordinator, **READING)
    assert reading.words == "A new lesion in segment VI."
    assert Result.objects.get().outcome == "stable"
    study.case.refresh_from_db()
    assert study.case.version > version
    assert AuditEntry.objects.filter(action="case.rereading.entered").count() == 1


def test_a_reading_is_corrected_and_leaves_its_history(study, coordinator, chair):
    reading = rereadings.add(study=study, by=coordinator, **READING)
    changed = rereadings.change(rereading=reading, agreement="minor", by=chair)
    assert (changed.agreement, changed.words) == ("minor", "A new lesion in segment VI.")
    assert changed.entered_by == chair
    assert changed.events.count() == 2
    assert AuditEntry.objects.filter(action="case.rereading.changed").count() == 1


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"outcome": "miracle"}, "outcome", "not a valid choice"),
        ({"agreement": "perhaps"}, "agreement", "not a valid choice"),
        ({"agreement": "agree"}, "agreement", "The result is “Stable”"),
        ({"words": " "}, "words", "Say in words what differs."),
        ({"words": "x" * 5_001}, "words", "at most 5,000"),
        ({"read_on": TODAY + DAY}, "read_on", "future"),
        ({"read_on": PERFORMED - DAY}, "read_on", "before the study was performed"),
        ({"read_on": None}, "read_on", "cannot be null"),
        ({"read_by": ""}, "read_by", "blank"),
    ],
)
def test_a_reading_that_cannot_be_says_so_at_its_field(study, coordinator, fields, field, words):
    with pytest.raises(Invalid) as caught:
        rereadings.add(study=study, by=coordinator, **{**READING, **fields})
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not Rereading.objects.exists()


def test_a_reading_that_agrees_needs_no_words(study, coordinator):
    fields = {**READING, "outcome": "stable", "agreement": "agree", "words": ""}
    assert rereadings.add(study=study, by=coordinator, **fields).words == ""


def test_a_study_without_result_is_read_too_and_one_not_performed_is_not(study, coordinator):
    other = make_study(case=study.case, by=coordinator)
    fields = {**READING, "agreement": "agree", "words": ""}
    assert rereadings.add(study=other, by=coordinator, **fields).outcome == "progression"
    ordered = make_study(case=study.case, by=coordinator, ordered_on=TODAY, performed_on=None)
    with pytest.raises(Invalid) as caught:
        rereadings.add(study=ordered, by=coordinator, **READING)
    assert "performed first" in caught.value.errors["outcome"][0]
