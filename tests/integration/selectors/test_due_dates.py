"""When what a board recommends without a date is due."""

import pytest
from django.utils import timezone

from cases.models import DraftRecommendation
from cases.models.conclusion import Recommended
from cases.models.study import Modality
from cases.selectors.due_dates import timing_of
from cases.selectors.follow_up import after
from cases.services.decision_checks import gaps_of
from cases.services.decision_sheets import sheet_of
from cases.services.errors import Invalid
from cases.services.sheet_words import said_on
from guidance.editions import local_notes, policies
from tests.factories.boards import draft, make_item, sign
from tests.factories.cases import SURVEILLANCE, make_case, make_study
from tests.factories.tasks import CT, ago, tasks_of
from tumorboard.formats import day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

SCHEDULE = Recommended("imaging", text="Keep the surveillance schedule.", intent="surveillance")
STUDY_DAY = ago(40)


@pytest.fixture
def seen(coordinator):
    """A case of surveillance after the result of a CT."""

    def make(outcome, **given):
        case = make_case(by=coordinator, **{**SURVEILLANCE, **given})
        make_study(
            case=case,
            by=coordinator,
            modality=Modality.CT,
            procedure="CT_AP_W",
            outcome=outcome,
            performed_on=STUDY_DAY,
        )
        case.refresh_from_db()
        return case

    return make


@pytest.fixture
def local(coordinator):
    """Gives the institution an interval of its own."""

    def give(low, high, subject="branch::B-03-NEG"):
        local_notes.add(
            subject=subject,
            text="Counted from the last study.",
            low_months=low,
            high_months=high,
            reason="Agreed",
            review_on=ago(-100),
            by=coordinator,
        )

    return give


def due(case, asked, **today):
    return timing_of(case, case.assessment).due_on(asked, today=ago(0), **today)


def gap(case, asked, *, by):
    item = make_item(by=by, case=case)
    written = draft(item, by=by, recommendations=[asked])
    gaps = gaps_of(written, list(written.recommendations.all()), [], [])
    return gaps.get("recommendations.0.due_on", [""])[0]


def test_counts_from_the_study_that_gave_the_result(seen):
    assert due(seen("indeterminate"), CT) == after(STUDY_DAY, 3)
    assert due(seen("negative", stage_class="early"), SCHEDULE) == after(STUDY_DAY, 12)


def test_a_rule_that_lacks_a_fact_names_no_day_and_says_which(seen, coordinator):
    case = seen("negative")

    assert due(case, SCHEDULE) is None
    assert gap(case, SCHEDULE, by=coordinator) == (
        "Choose when: the sources give 12 months or longer (FU-02), 12 months (FU-03); "
        "FU-01 is not determined (unknown: Stage class)."
    )


def test_differing_windows_name_no_day_and_one_is_asked_for(seen, coordinator):
    case = seen("negative", ki67_percent=8)

    assert due(case, SCHEDULE) is None
    assert gap(case, SCHEDULE, by=coordinator) == (
        "Choose when: the sources give 6 to 12 months (FU-01), 3 months (FU-02), 3 months (FU-03)."
    )


def test_a_chosen_policy_with_one_day_sets_it(seen, administrator, institution):
    policies.choose(
        who_version="WHO2022", tnm_system="ENETS", followup_policy="FU-02", by=administrator
    )
    case = seen("negative", ki67_percent=8)
    assert due(case, SCHEDULE) == after(STUDY_DAY, 3)
    assert gap(case, SCHEDULE, by=administrator) == ""


def test_an_interval_of_the_institution_sets_it(seen, local, coordinator):
    local(6, 6)
    case = seen("negative", ki67_percent=8)
    assert due(case, SCHEDULE) == after(STUDY_DAY, 6)
    assert due(case, CT) == after(STUDY_DAY, 6)


def test_local_windows_are_named_first(seen, local, coordinator):
    local(6, 9, subject="interval::FU-01")
    local(2, 2, subject="scenario:SC-03:")
    asked = gap(seen("negative", ki67_percent=8), SCHEDULE, by=coordinator)
    assert asked.startswith("Choose when: local policy gives 6 to 9 months; the sources give 6 to")


@pytest.mark.parametrize(
    "asked",
    [
        Recommended("imaging", "PET_DOTATATE"),
        Recommended("imaging", "PET_DOTATATE", intent="surveillance"),
        Recommended("imaging", "MRI_LIVER_HB"),
        Recommended("imaging", "CT_AP_W", intent="cure"),
        Recommended("imaging", "NO_SUCH_STUDY"),
        Recommended("imaging", text="Liver MRI (multiphasic)"),
        Recommended("referral", text="Surgery"),
    ],
)
def test_an_interval_says_nothing_of_other_things(seen, asked):
    case = seen("indeterminate")
    timing = timing_of(case, case.assessment)
    assert timing.windows_for(asked) == ()
    assert timing.due_on(asked, today=ago(0)) is None


def test_a_study_of_surveillance_and_other_words_need_a_day(seen, coordinator):
    case = seen("indeterminate")
    assert due(case, Recommended("imaging", "MRI_AP_WWO", intent="surveillance"))
    own = Recommended("imaging", text="CT of the liver again")
    assert due(case, own) is None
    assert "3 months (FU-07)" in gap(case, own, by=coordinator)


def test_without_a_result_nothing_is_reckoned(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    assert due(case, CT) is None
    assert timing_of(case, case.assessment).windows_for(CT) == ()


def test_a_study_without_a_day_leaves_it_to_be_chosen(seen, coordinator):
    case = seen("negative")
    case.studies.update(performed_on=None, ordered_on=STUDY_DAY)
    assert due(case, SCHEDULE) is None
    assert "12 months (FU-03)" in gap(case, SCHEDULE, by=coordinator)


class TestSigning:
    def test_the_task_has_the_day_that_the_signer_saw(self, seen, chair):
        item = make_item(by=chair, case=seen("negative", stage_class="early"))
        draft(item, by=chair, recommendations=[SCHEDULE])
        (line,) = said_on(sheet_of(item, signer=chair)).recommendations

        (task,) = tasks_of(sign(item, by=chair))

        assert task.due_on == after(STUDY_DAY, 12)
        assert (line.due_on, line.owner) == (day(task.due_on), task.owner.name)

    def test_what_no_interval_speaks_of_shows_the_days_of_the_board(self, seen, chair):
        item = make_item(by=chair, case=seen("negative"))
        draft(item, by=chair, recommendations=[Recommended("referral", text="Surgery")])
        (line,) = said_on(sheet_of(item, signer=chair)).recommendations
        (task,) = tasks_of(sign(item, by=chair))
        assert (task.due_on - timezone.localdate()).days == item.meeting.board.task_days
        assert line.due_on == day(task.due_on)

    def test_no_day_is_made_up(self, seen, chair):
        item = make_item(by=chair, case=seen("negative", ki67_percent=8))
        draft(item, by=chair, recommendations=[SCHEDULE])
        sheet = sheet_of(item, signer=chair)
        (line,) = said_on(sheet).recommendations
        assert (line.due_on, line.owner) == ("", chair.name)
        with pytest.raises(Invalid, match="Choose when"):
            sign(item, by=chair)
        assert DraftRecommendation.objects.filter(draft=sheet.draft).exists()
