"""Writing results."""

import pytest
from django.utils import timezone

from cases.models import Case, Result
from cases.models.result import ResponseBasis
from cases.services import cases, results, studies
from cases.services.errors import Changed, Invalid, Refused
from tests.factories.cases import STAGING, make_case
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator, **STAGING)


@pytest.fixture
def study(case, coordinator):
    return studies.add(case=case, modality="MRI", performed_on=TODAY, by=coordinator)


def test_a_result_opens_its_branch(case, study, coordinator, chair):
    result = results.enter(study=study, outcome="positive", summary=" Two. ", by=chair)
    stored = Result.objects.get()
    assert (stored.summary, stored.entered_by, stored.case_id) == ("Two.", chair, case.id)
    assert stored.new_lesions is None
    case.refresh_from_db()
    assert case.assessment.branch == "B-01-POS"
    assert case.board_level == "yes"
    entry = AuditEntry.objects.get(action="case.result.entered")
    assert (entry.subject_id, entry.person) == (case.id, chair)
    assert result == stored


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"outcome": "cured"}, "outcome", "not a valid choice"),
        ({"outcome": "not_available"}, "outcome", "not a valid choice"),
        ({"outcome": ""}, "outcome", "blank"),
        ({"response_basis": "feeling"}, "response_basis", "not a valid choice"),
        ({"size_change": "bigger"}, "size_change", "not a valid choice"),
        ({"complication_type": "hiccup"}, "complication_type", "not a valid choice"),
        ({"new_lesions": "perhaps"}, "new_lesions", "True, False, or None"),
        ({"summary": "x" * 5_001}, "summary", "at most 5,000"),
        ({"summary": "\x00"}, "summary", "cannot be stored"),
    ],
)
def test_each_wrong_value_says_so_at_its_own_field(study, coordinator, fields, field, words):
    with pytest.raises(Invalid) as caught:
        results.enter(**{"study": study, "outcome": "stable", **fields}, by=coordinator)
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not Result.objects.exists()


def test_what_was_not_performed_shows_nothing(case, coordinator):
    ordered = studies.add(case=case, modality="CT", ordered_on=TODAY, by=coordinator)
    with pytest.raises(Invalid) as caught:
        results.enter(study=ordered, outcome="negative", by=coordinator)
    assert "performed first" in caught.value.errors["outcome"][0]


def test_a_study_has_one_result(study, coordinator):
    results.enter(study=study, outcome="negative", by=coordinator)
    version = Case.objects.get().version
    with pytest.raises(Refused, match="has a result already"):
        results.enter(study=study, outcome="positive", by=coordinator)
    assert Result.objects.get().outcome == "negative"
    assert Case.objects.get().version == version


def test_a_corrected_report_opens_another_branch_and_leaves_history(
    case, study, coordinator, chair
):
    result = results.enter(study=study, outcome="positive", by=coordinator)
    results.change(
        result=result, outcome="negative", response_basis=ResponseBasis.SIZE_ONLY, by=chair
    )
    stored = Result.objects.get()
    assert stored.entered_by == chair
    assert stored.entered_at > result.entered_at
    assert [e.outcome for e in stored.events.order_by("pgh_id")] == ["positive", "negative"]
    case.refresh_from_db()
    assert case.assessment.branch == "B-01-NEG"
    assert case.board_level == "no"


def test_a_correction_leaves_what_others_changed(study, coordinator):
    results.enter(study=study, outcome="stable", by=coordinator)
    mine, theirs = Result.objects.get(), Result.objects.get()
    results.change(result=mine, new_lesions=False, by=coordinator)
    results.change(result=theirs, summary="Unchanged.", by=coordinator)
    stored = Result.objects.get()
    assert (stored.new_lesions, stored.summary) == (False, "Unchanged.")


def test_a_correction_seen_from_an_older_version_is_refused(case, study, coordinator):
    result = results.enter(study=study, outcome="stable", by=coordinator)
    version = Case.objects.get().version
    cases.change(case=case, title="Other", by=coordinator)
    with pytest.raises(Changed):
        results.change(result=result, outcome="positive", if_match=version, by=coordinator)
    assert Result.objects.get().outcome == "stable"


def test_a_refused_correction_writes_nothing(study, coordinator):
    result = results.enter(study=study, outcome="stable", by=coordinator)
    with pytest.raises(Invalid):
        results.change(result=result, summary="New", outcome="?", by=coordinator)
    assert (Result.objects.get().summary, Result.objects.get().events.count()) == ("", 1)
