"""Whether a standard settles a case without discussion, and in words why not."""

import pytest

from cases.models import Standard
from cases.selectors.cases import one
from cases.selectors.standards import (
    offers,
    place_words,
    standing_of_item,
    standings,
    standings_on_list,
)
from cases.services import cases, facts, results, standards
from cases.services.rereadings import add as reread
from guidance.editions import shelf
from tests.factories.boards import make_asking_case, make_board, make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.completeness import days_ago
from tests.factories.standards import (
    make_protocol_item,
    make_settled_case,
    make_standard,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def against(case, standard):
    return standings([one(case.pk)], standard.board)[case.pk].against


def test_settles_the_very_scenario_and_branch(coordinator, standard):
    case = make_settled_case(by=coordinator)

    found = standings([case], standard.board)[case.pk]
    assert (found.standard, found.against, found.holds) == (standard, (), True)


def test_not_of_another_board(coordinator, standard):
    case = make_settled_case(by=coordinator)

    assert standings([case], make_board(by=coordinator)) == {}


def test_not_of_another_place(coordinator, standard):
    case = make_asking_case(by=coordinator)

    assert standings([case], standard.board) == {}
    item = make_item(by=coordinator, case=case, meeting=make_meeting(by=coordinator))
    words = " ".join(standing_of_item(item, standard).against)
    assert "It is for " in words
    assert ": No sign of recurrence; the case stands at " in words
    assert "SC-0" not in words


def test_not_once_it_is_retired(coordinator, standard):
    item = make_protocol_item(by=coordinator, standard=standard)
    standards.retire(standard=standard, by=coordinator)

    assert standings([item.case], standard.board) == {}
    retired = Standard.objects.get(pk=standard.pk)
    assert standing_of_item(item, retired).against == ("This standard is no longer in use.",)


def test_not_while_facts_are_missing_or_the_scenario_is_provisional(coordinator, standard):
    case = make_settled_case(by=coordinator)
    facts.answer(case=case, answers={"metastases_known": None, "stage_class": None}, by=coordinator)

    words = " ".join(against(case, standard))

    assert "Facts are missing: " in words
    assert "early or higher stage?" in words


def test_not_while_provisional_or_contradicted(coordinator, standard):
    case = one(make_settled_case(by=coordinator).pk)
    case.assessment.answer = {
        **case.assessment.answer,
        "provisional": True,
        "conflicts": ["CF-01"],
    }

    words = standings([case], standard.board)[case.pk].against

    assert words == (
        "The scenario of the case is provisional.",
        "The facts contradict each other.",
    )


def test_not_while_a_critical_check_is_open(coordinator, standard):
    case = one(make_settled_case(by=coordinator).pk)
    check = {"code": "W-NEC", "severity": "CRITICAL", "text": "Words", "source": "INT"}
    case.assessment.answer = {**case.assessment.answer, "checks": [check]}

    words = standings([case], standard.board)[case.pk].against

    assert words == ("Nobody has acknowledged the critical check: Words",)


def test_not_where_a_second_reading_disagrees(coordinator, standard):
    case = make_settled_case(by=coordinator)
    reread(
        study=case.studies.get(),
        outcome="positive",
        agreement="major",
        read_on=days_ago(1),
        read_by="Rita Radiologist",
        words="A new lesion",
        by=coordinator,
    )

    assert against(case, standard) == ("Something in the record speaks against the result.",)


def test_not_while_the_minimum_data_set_has_a_gap(coordinator, standard):
    case = make_settled_case(by=coordinator)
    cases.change(case=case, board_question="", by=coordinator)

    (words,) = against(case, standard)

    assert words.startswith("The minimum data set is not complete: ")


def test_the_question_of_the_item_counts(coordinator, standard):
    case = make_settled_case(by=coordinator)
    cases.change(case=case, board_question="", by=coordinator)
    meeting = make_meeting(by=coordinator, board=standard.board)
    item = make_item(by=coordinator, case=one(case.pk), meeting=meeting, question="As planned?")

    assert standing_of_item(item, standard).holds


@pytest.mark.parametrize("flag", ["imaging_clinical_discordant", "report_complex_or_subtle"])
def test_not_where_the_report_is_at_odds_or_subtle(coordinator, standard, flag):
    """The branch stays as it was, and the guidance sends the case to the board (E-04)."""
    case = make_settled_case(by=coordinator)
    results.change(result=case.results.get(), by=coordinator, **{flag: True})

    (words,) = against(case, standard)

    case = one(case.pk)
    assert (case.assessment.branch, case.board_level) == ("B-03-NEG", "yes")
    assert words.startswith("The guidance has a reason for the board that the standard is not for:")
    assert "a reason for the board that the standard is not for: " in words
    assert "E-04" not in words


def judged(case, standard, *, reasons, escalation=None):
    """Why not, of an answer with these reasons for the board, and the one of its branch."""
    level = "yes" if "yes" in reasons.values() else "consider" if reasons else "no"
    answer = case.assessment.answer
    case.assessment.board_level = level
    case.assessment.answer = {
        **answer,
        "board_reasons": [
            {"code": code, "level": said, "text": "Words."} for code, said in reasons.items()
        ],
        "branch_detail": {**answer["branch_detail"], "escalation": escalation},
    }
    return standings([case], standard.board)[case.pk].against


def test_holds_where_only_its_own_result_is_the_reason(coordinator, standard):
    case = one(make_settled_case(by=coordinator).pk)

    assert judged(case, standard, reasons={"E-03": "yes"}, escalation="E-03") == ()


@pytest.mark.parametrize("level", ["yes", "consider"])
def test_not_where_there_is_any_other_reason(coordinator, standard, level):
    case = one(make_settled_case(by=coordinator).pk)

    (words,) = judged(case, standard, reasons={"E-03": "yes", "E-09": level}, escalation="E-03")

    assert words.endswith("for: Words.")


def test_not_where_the_board_is_asked_for_without_a_reason(coordinator, standard):
    case = one(make_settled_case(by=coordinator).pk)
    case.assessment.board_level = "yes"

    assert standings([case], standard.board)[case.pk].against == (
        "The guidance sends the case to the board.",
    )


def test_not_where_the_reason_is_of_a_result_that_it_does_not_name(coordinator):
    case = one(make_settled_case(by=coordinator).pk)
    standard = make_standard(by=coordinator, branch="")
    case.assessment.branch = ""

    (words,) = judged(case, standard, reasons={"E-03": "yes"}, escalation="E-03")

    assert words.endswith("for: Words.")


def test_before_any_result_nothing_of_a_branch_is_its_own(coordinator):
    case = one(make_settled_case(by=coordinator).pk)
    standard = make_standard(by=coordinator, branch="")
    case.assessment.branch = ""
    case.assessment.answer = {**case.assessment.answer, "branch_detail": None}

    assert standings([case], standard.board)[case.pk].holds


def test_not_a_case_that_was_never_assessed(coordinator, standard):
    item = make_protocol_item(by=coordinator, standard=standard)
    item.case.assessment = None

    assert standing_of_item(item, standard).against == ("The case has not been assessed.",)
    assert standings_on_list([item]) == {}
    assert standings([item.case], standard.board) == {}


class TestOnAList:
    def test_its_own_standard_else_the_one_for_its_case(self, coordinator, standard):
        settled = make_protocol_item(by=coordinator, standard=standard)
        free = make_item(
            by=coordinator, meeting=settled.meeting, case=make_settled_case(by=coordinator)
        )
        other = make_item(by=coordinator, meeting=settled.meeting)

        found = standings_on_list([settled, free, other])

        assert found[settled.pk].standard == standard
        assert found[free.pk].holds
        assert other.pk not in found
        assert standings_on_list([]) == {}

    def test_queries_do_not_grow_with_the_items(
        self, coordinator, standard, django_assert_max_num_queries
    ):
        meeting = make_meeting(by=coordinator, board=standard.board)
        items = [
            make_item(by=coordinator, meeting=meeting, case=make_settled_case(by=coordinator))
            for _ in range(3)
        ]
        standings_on_list(items)

        with django_assert_max_num_queries(34):
            standings_on_list(items)


class TestOffers:
    def test_of_every_board_those_that_hold_first(self, coordinator, standard):
        case = make_settled_case(by=coordinator)
        other = make_standard(by=coordinator, name="Another")
        asking = make_asking_case(by=coordinator)
        make_standard(by=coordinator, scenario="SC-01", branch="")

        found = offers([case.pk, asking.pk])

        assert [o.standard for o in found[case.pk]] == [other, standard]
        assert found[asking.pk] == []

    def test_none_without_a_standard(self, coordinator, django_assert_num_queries):
        case = make_case(by=coordinator)

        with django_assert_num_queries(1):
            assert offers([case.pk]) == {case.pk: []}


def test_places_in_words():
    edition = shelf.adopted()

    name = edition.catalogue.scenarios["SC-03"].name
    assert place_words("SC-03", "", edition) == f"{name}, before any result"
    assert place_words("SC-03", "B-03-NEG", edition) == f"{name}: No sign of recurrence"
    assert place_words("SC-99", "B-99", edition) == "SC-99: B-99"
