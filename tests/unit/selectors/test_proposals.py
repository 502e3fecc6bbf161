"""What the guidance proposes, on the worked cases of the specification."""

import datetime

import pytest

from cases.selectors.branch_actions import parts_of, reading_of
from cases.selectors.due_dates import Follows
from cases.selectors.follow_up import Window, after, windows_of
from cases.selectors.proposals import Proposal, proposal_from
from cases.selectors.recommended import codes_in
from guidance.engine.edition import load_edition
from tests.unit.guidance.cases import answer, read_data

EDITION = load_edition()
CODES = codes_in(EDITION)
VIGNETTES = {entry["id"]: entry for entry in read_data("vignettes")}
STUDY_DAY = datetime.date(2026, 10, 1)
DAY_IN_A_YEAR = datetime.date(2027, 10, 1)
TODAY = datetime.date(2026, 11, 21)


def proposal(vignette, *, on=STUDY_DAY, is_accepted=True, own=(), **more):
    """What is proposed after a study on the day `on`; `own` are windows of the institution."""
    facts = {**read_data("d0"), **VIGNETTES[vignette]["facts"], **more}
    answered = answer(facts)
    windows = windows_of(answered, facts, result_on=on, edition=EDITION)
    follows = Follows(on=on, is_accepted=is_accepted, windows=(*own, *windows))
    return proposal_from(answered, facts, codes=CODES, follows=follows)


def said(found):
    return [(r.kind, r.code or r.text, r.alternative_to) for r in found.rows]


@pytest.mark.parametrize(
    ("vignette", "rows"),
    [
        ("V01", [("imaging", "MRI_AP_WWO", None)]),
        (
            "V03",
            [
                (
                    "other",
                    "Record stage IV (M1) and list number, size and location of the liver lesions.",
                    None,
                ),
                ("imaging", "PET_DOTATATE", None),
            ],
        ),
        (
            "V05",
            [
                ("imaging", "Repeat MRI after a short interval.", None),
                ("imaging", "PET_DOTATATE", 1),
            ],
        ),
        (
            "V22",
            [
                ("other", "Confirm whether this is recurrence, then restage.", None),
                ("imaging", "Liver MRI (multiphasic)", None),
                ("imaging", "PET_DOTATATE", 2),
            ],
        ),
        ("V10", []),
        ("V17", []),
        ("V32", []),
        ("V34", []),
        ("V36", []),
    ],
)
def test_proposes_what_the_guidance_says_and_nothing_else(vignette, rows):
    assert said(proposal(vignette)) == rows


def test_the_recommended_study_comes_with_its_order_and_its_intent():
    (row,) = proposal("V01").rows

    assert row.text.startswith("Order as multiphase liver protocol")
    assert row.intent == "diagnosis"


def test_a_long_order_stays_with_the_guidance():
    facts = {**read_data("d0"), **VIGNETTES["V01"]["facts"]}
    answered = answer(facts)
    answered["order_text"]["text"] = "x" * 501

    (row,) = proposal_from(answered, facts, codes=CODES, follows=Follows()).rows

    assert row.text == ""


def test_no_study_is_proposed_where_none_leads():
    facts = {**read_data("d0"), **VIGNETTES["V01"]["facts"]}
    answered = {**answer(facts), "top": None}

    assert proposal_from(answered, facts, codes=CODES, follows=Follows()) == Proposal()


class TestOptions:
    @pytest.mark.parametrize(
        ("vignette", "rows", "options"),
        [
            (
                "V26",
                ["Check receptor status again before therapy is changed."],
                ["OPT-SWITCH-SYSTEMIC", "OPT-LDT", "OPT-PRRT"],
            ),
            (
                "V39",
                ["Check receptor status again before therapy is changed."],
                ["OPT-SWITCH-SYSTEMIC", "OPT-LDT"],
            ),
            (
                "V03",
                [
                    "Record stage IV (M1) and list number, size and location of the liver lesions.",
                    "PET_DOTATATE",
                ],
                ["OPT-SYSTEMIC", "OPT-LDT", "OPT-PRRT"],
            ),
        ],
    )
    def test_are_listed_and_none_is_taken_over(self, vignette, rows, options):
        found = proposal(vignette)

        assert [row.code or row.text for row in found.taken(today=TODAY)] == rows
        assert [option.code for option in found.options] == options
        assert {option.alternative_to for option in found.options} == {None}

    @pytest.mark.parametrize("vignette", VIGNETTES)
    def test_no_treatment_is_ever_taken_over(self, vignette):
        assert "treatment" not in {row.kind for row in proposal(vignette).taken(today=TODAY)}

    def test_a_single_option_is_no_recommendation_either(self):
        facts = {**read_data("d0"), **VIGNETTES["V26"]["facts"]}
        answered = answer(facts)
        actions = answered["branch_detail"]["actions"]
        only = [action for action in actions if action["code"] == "OPT-LDT"]
        answered["branch_detail"] = {**answered["branch_detail"], "actions": only}

        found = proposal_from(answered, facts, codes=CODES, follows=Follows())

        assert found.rows == ()
        assert [option.code for option in found.options] == ["OPT-LDT"]

    def test_one_is_picked_by_its_code(self):
        found = proposal("V26")

        (row,) = found.picked("OPT-LDT")
        assert (row.kind, row.code, row.intent) == ("treatment", "OPT-LDT", "disease_control")
        assert found.picked("OPT-SYSTEMIC") == []


def local(low, high):
    """An interval of the institution, counted as the others are."""
    return Window(
        rule="local-1",
        words="",
        text="",
        source="",
        is_chosen=False,
        first_on=after(STUDY_DAY, low),
        last_on=after(STUDY_DAY, high),
        low=low,
        high=high,
        is_local=True,
    )


def due(found, **chosen):
    return [row.due_on for row in found.taken(today=TODAY, **chosen)]


class TestDays:
    @pytest.mark.parametrize(
        ("vignette", "more", "own", "day"),
        [
            # All sources name the same day (7.3), also where one has no end.
            ("V13", {}, (), datetime.date(2027, 10, 1)),
            # One window with two ends: neither is chosen, not the last one either.
            ("V30", {}, (), None),
            ("V28", {}, (), None),
            ("V30", {"followup_policy": "FU-05"}, (), None),
            # Sources that differ.
            ("V14", {}, (), None),
            ("V14", {"followup_policy": "FU-01"}, (), None),
            ("V14", {"followup_policy": "FU-02"}, (), datetime.date(2027, 1, 1)),
            # One rule lacks a fact: it might name another day once that is known.
            ("V13", {"stage_class": None}, (), None),
            ("V13", {"stage_class": None, "followup_policy": "FU-01"}, (), None),
            ("V13", {"stage_class": None, "followup_policy": "FU-03"}, (), DAY_IN_A_YEAR),
            ("V13", {"stage_class": None}, (local(12, 12),), DAY_IN_A_YEAR),
            ("V13", {"stage_class": None, "followup_policy": "FU-01"}, (local(12, 12),), None),
            # An open end alone, and no number at all.
            ("V13", {"followup_policy": "FU-02"}, (), None),
            ("V05", {}, (), None),
            ("V37", {}, (), None),
            ("V37", {"followup_policy": "FU-01"}, (), None),
            # The interval of the institution.
            ("V30", {}, (local(6, 6),), datetime.date(2027, 4, 1)),
            ("V14", {}, (local(6, 6),), datetime.date(2027, 4, 1)),
            ("V30", {}, (local(6, 9),), None),
            ("V30", {}, (local(6, 6), local(9, 9)), None),
            # It lies in the window of the chosen policy, or contradicts it.
            ("V14", {"followup_policy": "FU-01"}, (local(6, 6),), datetime.date(2027, 4, 1)),
            ("V14", {"followup_policy": "FU-02"}, (local(6, 6),), None),
            ("V13", {"followup_policy": "FU-02"}, (local(18, 18),), datetime.date(2028, 4, 1)),
        ],
    )
    def test_is_preset_only_where_exactly_one_is_named(self, vignette, more, own, day):
        found = proposal(vignette, own=own, **more)

        assert [on for on in due(found) if on] == ([day] if day else [])

    def test_only_what_the_interval_is_about(self):
        assert due(proposal("V28"), chosen="FU-06:first") == [None, datetime.date(2026, 12, 1)]

    def test_both_ends_of_every_window_are_offered_the_local_one_first(self):
        found = proposal("V14", own=(local(6, 9),))

        assert [(end.value, end.words) for end in found.to_choose] == [
            ("local-1:first", "Local policy, earliest: 1 Apr 2027"),
            ("local-1:last", "Local policy, latest: 1 Jul 2027"),
            ("FU-01:first", "FU-01, earliest: 1 Apr 2027"),
            ("FU-01:last", "FU-01, latest: 1 Oct 2027"),
            ("FU-02", "FU-02: 1 Jan 2027"),
            ("FU-03", "FU-03: 1 Jan 2027"),
        ]
        assert due(found, chosen="FU-01:last") == [datetime.date(2027, 10, 1)]
        assert due(found, chosen="FU-99") == [None]

    def test_what_a_rule_lacks_is_named_and_the_others_are_offered(self):
        found = proposal("V13", stage_class=None)

        assert found.windows[0].months == "not determined (unknown: Stage class)"
        assert found.remarks == ("No day is set: FU-01 is not determined (unknown: Stage class).",)
        assert [end.value for end in found.to_choose] == ["FU-02:first", "FU-03"]
        assert proposal("V13", stage_class=None, followup_policy="FU-03").remarks == ()

    def test_an_open_window_has_one_end(self):
        found = proposal("V13", followup_policy="FU-02")

        assert [end.value for end in found.to_choose] == ["FU-01", "FU-02:first", "FU-03"]

    def test_a_source_without_a_number_offers_none(self):
        found = proposal("V05")

        assert [w.days for w in found.windows] == [""]
        assert [w.months for w in found.windows] == ["no number"]
        assert found.to_choose == []

    def test_a_day_that_has_passed_is_today(self):
        found = proposal("V30", on=datetime.date(2025, 1, 1))

        assert due(found, chosen="FU-05:first") == [TODAY]

    def test_a_study_without_a_day_sets_none(self):
        found = proposal("V13", on=None)

        assert due(found) == [None]
        assert found.to_choose == []

    def test_what_waits_for_acceptance_sets_none_and_says_so(self):
        found = proposal("V13", is_accepted=False)

        assert due(found) == [None]
        assert "has to be accepted first" in found.remarks[0]

    def test_nothing_to_choose_where_no_row_has_a_day(self):
        assert proposal("V03").to_choose == []

    def test_windows_in_months(self):
        words = [w.months for w in proposal("V13").windows]
        assert words == ["12 months", "12 months or longer", "12 months"]
        assert [w.days for w in proposal("V13").windows][1] == "from 1 Oct 2027"
        (window,) = proposal("V30").windows
        assert (window.months, window.days) == ("3 to 12 months", "1 Jan 2027 to 1 Oct 2027")
        assert local(1, 1).months == "1 month"


def test_what_a_check_takes_away_is_not_proposed_and_it_says_why():
    found = proposal("V05", sstr_pet_available=False)

    assert said(found) == [("imaging", "Repeat MRI after a short interval.", None)]
    assert found.remarks[0].startswith("DOTATATE PET/CT is not proposed. SUB-")


class TestReadings:
    def test_an_action_that_is_not_known_is_something_else_to_do(self):
        assert reading_of("ACT-NEW").kind == "other"
        assert [p.text for p in parts_of({"code": "ACT-NEW", "text": "Do."}, CODES)] == ["Do."]
