"""What speaks against the result in play: measurements and the board's re-reading."""

import datetime

import pytest

from cases.models import Result
from cases.selectors.notices import notices_of, notices_of_each, notices_of_study
from tests.factories.cases import make_case, make_study
from tests.factories.lesions import make_course
from tests.factories.records import keep_against, reread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def test_a_case_without_studies_or_without_dissent_has_none(case, coordinator):
    assert notices_of(case.pk) == ()
    study = make_study(case=case, by=coordinator, outcome="stable")
    reread(study, outcome="stable", agreement="agree", words="", by=coordinator)
    assert notices_of(case.pk) == ()


def test_a_kept_result_names_both_sides_who_when_and_why(case, coordinator, chair):
    _, studies = make_course(case, 40, 60, by=coordinator)
    keep_against(studies[-1], outcome="stable", reason="Cystic change.", by=chair)

    (notice,) = notices_of(case.pk)

    assert notice.severity == "CAUTION"
    assert "entered “Stable”, measured: RECIST 1.1:" in notice.text
    today = Result.objects.get().entered_at.date()
    assert (notice.who, notice.reason) == (chair.name, "Cystic change.")
    assert abs((notice.on - today).days) <= 1
    assert f"Kept as entered, by {chair.name}, " in notice.words
    assert notice.words.endswith(": Cystic change.")
    assert (notice.route, notice.target) == ("lesions", case.pk)


def test_what_was_measured_after_the_result_is_weighed_by_nobody(case, coordinator):
    _, studies = make_course(case, 40, 60, by=coordinator)
    keep_against(studies[-1], outcome="stable", reason="Cystic change.", by=coordinator)
    Result.objects.update(kept_against=[])

    (notice,) = notices_of(case.pk)

    assert (notice.who, notice.on, notice.reason) == ("", None, "")
    assert notice.words.endswith(". Nobody has said yet why the result stands.")


def test_a_change_says_of_what(case, coordinator):
    _, studies = make_course(case, 40, 60, by=coordinator)
    keep_against(
        studies[-1], outcome="progression", size_change="stable", reason="So.", by=coordinator
    )
    assert "entered “Stable” in size, measured:" in notices_of(case.pk)[0].text


@pytest.mark.parametrize(("agreement", "severity"), [("minor", "CAUTION"), ("major", "CRITICAL")])
def test_a_discrepant_rereading(case, coordinator, agreement, severity):
    study = make_study(case=case, by=coordinator, outcome="stable")
    reread(study, outcome="progression", agreement=agreement, words="New focus.", by=coordinator)

    (notice,) = notices_of(case.pk)

    assert notice.severity == severity
    assert "reported as “Stable”, read by the board as “Progression”" in notice.text
    assert (notice.who, notice.on) == ("Dr Reader", study.performed_on)
    assert notice.words.endswith("by Dr Reader, 12 Jan 2026: New focus.")
    assert (notice.route, notice.target) == ("study", study.pk)


def test_only_the_newest_rereading_counts(case, coordinator):
    study = make_study(case=case, by=coordinator, outcome="stable")
    reread(study, outcome="progression", agreement="major", words="New.", by=coordinator)
    reread(study, outcome="stable", agreement="agree", words="", by=coordinator, after_days=1)
    assert notices_of(case.pk) == ()


def test_a_rereading_before_any_result(case, coordinator):
    study = make_study(case=case, by=coordinator)
    reread(study, outcome="progression", agreement="minor", words="New.", by=coordinator)
    assert "no result entered, read by the board" in notices_of(case.pk)[0].text


def test_an_earlier_study_speaks_on_its_own_page_only(case, coordinator):
    study = make_study(case=case, by=coordinator, outcome="stable")
    reread(study, outcome="progression", agreement="major", words="New.", by=coordinator)
    later = study.performed_on + datetime.timedelta(days=90)
    make_study(case=case, by=coordinator, performed_on=later)
    assert notices_of(case.pk) == ()
    assert len(notices_of_study(study)) == 1


def test_the_stored_answer_stays(case, coordinator):
    study = make_study(case=case, by=coordinator, outcome="stable")
    case.refresh_from_db()
    answer = case.assessment.answer
    reread(study, outcome="progression", agreement="major", words="New.", by=coordinator)
    case.refresh_from_db()
    assert case.assessment.answer == answer
    assert Result.objects.get().outcome == "stable"


def test_many_cases_take_as_many_queries(coordinator, django_assert_num_queries):
    ids = []
    for _ in range(3):
        case = make_case(by=coordinator)
        _, studies = make_course(case, 40, 60, by=coordinator)
        keep_against(studies[-1], outcome="stable", reason="So.", by=coordinator)
        ids.append(case.pk)
    for some in (ids[:1], ids):
        with django_assert_num_queries(11):
            found = notices_of_each(some)
            assert [len(found[id_]) for id_ in some] == [1] * len(some)
