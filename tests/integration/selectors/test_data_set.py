"""What an institution asks for: the default, and its own choices, the closest first."""

import pytest

from cases.models import DataSetItem
from cases.selectors.analytes import catalogue
from cases.selectors.data_set import data_set, department_name, item_name
from guidance.editions.minimum_dataset import LabRule, minimum_dataset
from tests.factories.boards import make_board

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def choose(coordinator):
    """Make a choice of the institution."""

    def make(item, **fields):
        return DataSetItem.objects.create(
            item=item, reason="Local rule", entered_by=coordinator, **fields
        )

    return make


def asked(code, scenario, board=None):
    found = data_set().asked(scenario, board.pk if board else None)
    return next((each for each in found if each.item.code == code), None)


def test_every_analyte_of_the_data_set_can_be_entered():
    rules = (rule for item in minimum_dataset().items.values() for rule in item.satisfied_by)
    named = {a for rule in rules if isinstance(rule, LabRule) for a in rule.analytes}
    assert named
    assert named <= catalogue().analytes.keys()


def test_without_a_choice_the_default_holds():
    found = asked("staging-imaging", "SC-01")
    assert (found.max_age_weeks, found.asked_of, found.department) == (8, "radiology", "Radiology")
    assert found.choice is None
    assert asked("staging-imaging", "SC-03") is None
    assert asked("rereading", "SC-01") is None


def test_a_choice_replaces_limit_and_department(choose):
    choice = choose("staging-imaging", max_age_weeks=6, asked_of="coordinator")
    found = asked("staging-imaging", "SC-01")
    assert (found.max_age_weeks, found.asked_of, found.choice) == (6, "coordinator", choice)


def test_a_choice_may_take_the_limit_away_and_leave_the_department(choose):
    choose("staging-imaging", max_age_weeks=None)
    found = asked("staging-imaging", "SC-01")
    assert (found.max_age_weeks, found.asked_of) == (None, "radiology")


def test_an_item_may_be_left_out(choose):
    choose("images", is_required=False)
    assert asked("images", "SC-01") is None


def test_a_choice_for_all_speaks_only_of_the_scenarios_of_the_item(choose):
    choose("staging-imaging", max_age_weeks=6)
    assert asked("staging-imaging", "SC-03") is None


def test_a_choice_for_one_scenario_may_ask_where_the_default_does_not(choose):
    choose("staging-imaging", scenario="SC-03", max_age_weeks=6)
    assert asked("staging-imaging", "SC-03").max_age_weeks == 6
    assert asked("staging-imaging", "SC-01").max_age_weeks == 8


def test_the_closest_choice_holds(choose, coordinator):
    board, other = make_board(by=coordinator), make_board(by=coordinator)
    choose("images", max_age_weeks=1)
    choose("images", scenario="SC-01", max_age_weeks=2)
    choose("images", board=board, max_age_weeks=3)
    choose("images", board=board, scenario="SC-01", max_age_weeks=4)
    weeks = {
        (scenario, each): asked("images", scenario, each).max_age_weeks
        for scenario in ("SC-01", "SC-03")
        for each in (None, other, board)
    }
    assert weeks == {
        ("SC-01", None): 2,
        ("SC-01", other): 2,
        ("SC-01", board): 4,
        ("SC-03", None): 1,
        ("SC-03", other): 1,
        ("SC-03", board): 3,
    }


def test_a_choice_of_what_the_product_no_longer_has_says_nothing(choose):
    choose("item-of-old")
    assert [each.item.code for each in data_set().asked("SC-01", None)].count("item-of-old") == 0
    assert (item_name("item-of-old"), department_name("dept-of-old")) == (
        "item-of-old",
        "dept-of-old",
    )
    assert item_name("images") == "Images of the newest study at hand"


def test_the_choices_are_read_at_once(choose, django_assert_num_queries):
    choose("images", max_age_weeks=1)
    choose("result", max_age_weeks=1)
    with django_assert_num_queries(1):
        asked("images", "SC-01")
