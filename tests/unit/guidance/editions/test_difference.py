"""What another edition says differently, in the words of a clinician."""

import copy
import functools
import json
import operator
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance.editions.difference import difference
from guidance.engine.edition import load_edition
from tests.factories.editions import item, revised, with_content

EDITION = load_edition()
MRI = "MRI abdomen and pelvis without and with IV contrast"
CT = "CT abdomen and pelvis with IV contrast"


def found(revise) -> dict[str, Any]:
    """The difference that a change makes; it is JSON."""
    return json.loads(json.dumps(difference(EDITION, revised(revise))))


def texts(groups: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {group["id"]: [change["text"] for change in group["changes"]] for group in groups}


def staging(content):
    return content["ratings"]["ratings"]["SC-01"]


def branch(content, id_="B-01-POS"):
    return item(content["branches"]["branches"], id=id_)


def check(content, code):
    return item(content["checks"]["checks"], code=code)


def fact(content, name):
    return item(content["facts"]["facts"], name=name)


def criterion(content):
    scenario = item(content["scenarios"]["scenarios"], id="SC-01")
    return item(scenario["criteria"], id="SC-01.I1")


class TestWithinAScenario:
    @pytest.mark.parametrize(
        ("revise", "said"),
        [
            (
                lambda content: staging(content)[0].update(rating="MBA"),
                f"{MRI}, rating: Usually Appropriate → May be appropriate",
            ),
            (
                lambda content: staging(content)[0].update(radiation="four"),
                f"{MRI}, radiation: O, 0 mSv → ☢☢☢☢, 10-30 mSv",
            ),
            (
                lambda content: item(staging(content), procedure="CT_CHEST_WO").update(
                    role="fallback"
                ),
                "CT chest without IV contrast, role: add on → fallback",
            ),
            (
                lambda content: staging(content).insert(1, staging(content).pop(0)),
                f"Ratings, order: {MRI}; {CT} → {CT}; {MRI}",
            ),
            (
                lambda content: staging(content).insert(2, staging(content).pop(1)),
                f"Ratings, order: {CT}; DOTATATE PET/CT → DOTATATE PET/CT; {CT}",
            ),
            (
                lambda content: branch(content)["actions"].pop(0),
                "No longer there: B-01-POS Positive for distant disease: ACT-STAGE-IV Record "
                "stage IV (M1) and list number, size and location of the liver lesions",
            ),
            (
                lambda content: branch(content)["actions"].append(
                    {"code": "ACT-BIOPSY-RARE", "when": "age_years > 70"}
                ),
                "New: B-01-POS Positive for distant disease: ACT-BIOPSY-RARE Biopsy only in rare "
                "cases: condition: Age above 70 years",
            ),
            (
                lambda content: branch(content).update(intervals=["FU-08"]),
                "B-01-POS Positive for distant disease, intervals: none → FU-08 Repeat MRI after "
                "an indeterminate staging study",
            ),
            (
                lambda content: branch(content).update(escalation="E-02"),
                "B-01-POS Positive for distant disease, board reason: E-01 Metastatic disease at "
                "staging. → E-02 Suspected recurrence on a surveillance study.",
            ),
            (
                lambda content: criterion(content).update(when="age_years >= 16"),
                "SC-01 Initial staging for distant disease: SC-01.I1 Adult, threshold: "
                "Age at least 18 years → Age at least 16 years",
            ),
        ],
        ids=[
            "rating", "radiation", "role", "first", "second", "action gone", "action new",
            "interval", "board", "threshold",
        ],
    )  # fmt: skip
    def test_a_change_is_said_in_clinical_words(self, revise, said):
        got = found(revise)
        assert texts(got["scenarios"]) == {"SC-01": [said]}
        assert (got["general"], got["texts"], got["sources"], got["count"]) == ([], [], [], 1)

    def test_a_study_that_is_gone_says_what_it_was(self):
        gone = found(lambda content: staging(content).pop(0))
        (said,) = texts(gone["scenarios"])["SC-01"]
        assert said.startswith(f"No longer there: {MRI}: rating: Usually Appropriate; radiation")

    def test_actions_in_another_order(self):
        def swap(content):
            actions = branch(content)["actions"]
            actions[0], actions[1] = actions[1], actions[0]

        (said,) = texts(found(swap)["scenarios"])["SC-01"]
        assert said.startswith("B-01-POS Positive for distant disease, order: Record stage IV")
        assert "→ Present the case at the multidisciplinary tumor board; Record stage" in said

    def test_the_protocol_of_a_study(self):
        def revise(content):
            order = item(content["protocols"]["protocols"], id="PR-01")
            order["phases"].remove("delayed")
            order["dwi"] = True

        assert texts(found(revise)["scenarios"])["SC-01"] == [
            f"{MRI}, phases: late arterial, portal venous, delayed → late arterial, portal venous",
            f"{MRI}, diffusion-weighted imaging: no → yes",
        ]

    def test_an_interval_under_the_scenario_it_speaks_of(self):
        def revise(content):
            item(content["intervals"]["intervals"], id="FU-01")["rows"][0]["window"] = [3, 12]

        (said,) = texts(found(revise)["scenarios"])["SC-03"]
        assert said.startswith("FU-01 Surveillance after resection by grade and stage: every")
        assert said.endswith("window: 6 to 12 months → 3 to 12 months")

    def test_a_window_without_an_end_and_one_without_a_number(self):
        def revise(content):
            rows = item(content["intervals"]["intervals"], id="FU-01")["rows"]
            rows[0]["window"], rows[1]["window"] = [12, "longer"], "unspecified"

        first, second = texts(found(revise)["scenarios"])["SC-03"]
        assert first.endswith("window: 6 to 12 months → 12 months or longer")
        assert second.endswith("window: 12 months → unspecified")

    def test_rows_that_nothing_names_are_matched_by_what_stayed(self):
        def lose(content):
            item(content["intervals"]["intervals"], id="FU-01")["rows"].pop(0)

        def gain(content):
            rows = item(content["intervals"]["intervals"], id="FU-01")["rows"]
            rows.insert(0, {"window": [3, 3], "when": "age_years > 70", "words": "every 3 months"})

        (gone,) = texts(found(lose)["scenarios"])["SC-03"]
        assert gone.startswith("No longer there: FU-01 Surveillance after resection by grade")
        assert "window: 6 to 12 months" in gone
        (new,) = texts(found(gain)["scenarios"])["SC-03"]
        assert new.startswith("New: FU-01 Surveillance after resection by grade and stage: every 3")
        assert "window: 3 months; condition: Age above 70 years" in new

    def test_a_branch_of_two_scenarios_under_both(self):
        got = found(lambda content: branch(content, "B-03-POS")["invitees"].append("pathology"))
        assert texts(got["scenarios"]) == {
            scenario: [
                "B-03-POS A new suspicious lesion in the liver, the surgical bed or regional "
                "nodes, invitees: none → pathology"
            ]
            for scenario in ("SC-03", "SC-04")
        }
        assert got["count"] == 1


class TestForAllScenarios:
    @pytest.mark.parametrize(
        ("revise", "group", "said"),
        [
            (
                lambda content: check(content, "W-NAMED-ONLY").update(severity="CRITICAL"),
                "checks",
                "W-NAMED-ONLY The sources name this situation but rate no study for it, "
                "severity raised: Info → Critical",
            ),
            (
                lambda content: check(content, "W-NEC").update(severity="CAUTION"),
                "checks",
                "W-NEC The rated guidance covers well-differentiated tumors; only hints apply "
                "here, severity lowered: Critical → Caution",
            ),
            (
                lambda content: check(content, "W-NEC").update(when="@scenario = SC-04"),
                "checks",
                "W-NEC The rated guidance covers well-differentiated tumors; only hints apply "
                "here, condition: Scenario: poorly differentiated neuroendocrine carcinoma → "
                "Scenario: suspected recurrence after complete resection",
            ),
            (
                lambda content: fact(content, "ki67_percent").update(high=90),
                "facts",
                "Ki-67 index, highest value: 100 → 90",
            ),
            (
                lambda content: fact(content, "primary_site")["values"].pop("lung"),
                "facts",
                "No longer there: Primary site, value: Lung",
            ),
            (
                lambda content: fact(content, "primary_site")["values"].update(skin="Skin"),
                "facts",
                "New: Primary site, value: Skin",
            ),
            (
                lambda content: item(content["escalations"]["escalations"], code="E-01").update(
                    level="consider"
                ),
                "escalations",
                "E-01 Metastatic disease at staging, board: yes → consider",
            ),
        ],
        ids=["raised", "lowered", "trigger", "range", "value gone", "value new", "board"],
    )
    def test_a_change_is_said_in_clinical_words(self, revise, group, said):
        got = found(revise)
        assert texts(got["general"])[group] == [said]
        assert got["scenarios"] == []

    def test_a_check_that_is_new_and_one_that_is_gone(self):
        def revise(content):
            gone = check(content, "W-NAMED-ONLY")
            content["checks"]["checks"].remove(gone)
            content["checks"]["checks"].append({**gone, "code": "W-NEW", "severity": "CRITICAL"})

        gone, new = texts(found(revise)["general"])["checks"]
        assert gone.startswith("No longer there: W-NAMED-ONLY The sources name this situation")
        assert new.startswith("New: W-NEW The sources name this situation but rate no study for it")
        assert "severity: Critical" in new

    def test_a_substitution_that_is_gone(self):
        def revise(content):
            rules = content["substitutions"]["substitutions"]
            rules.remove(item(rules, id="SUB-06"))

        (said,) = texts(found(revise)["general"])["substitutions"]
        assert said.startswith("No longer there: SUB-06")
        assert "condition: Gadolinium permitted: no" in said

    def test_a_fact_that_is_gone(self):
        def revise(content):
            content["facts"]["facts"].remove(fact(content, "bone_pain"))

        (said,) = texts(found(revise)["general"])["facts"]
        assert said.startswith("No longer there: Bone pain")

    def test_a_row_of_a_reference_table(self):
        def revise(content):
            table = item(content["classification"]["tables"], id="grade-who2010")
            item(table["rows"], id="WHO2010-G2")["cells"]["mitoses"] = "2 to 19"

        assert texts(found(revise)["general"])["classification"] == [
            "grade-who2010 Grade by WHO 2010: WHO2010-G2 G2, mitoses per 10 hpf: 2 to 20 → 2 to 19"
        ]

    def test_groups_stand_in_the_order_in_which_they_are_read(self):
        def revise(content):
            content["edition"]["version"] = "2026.2"
            fact(content, "age_years")["high"] = 121
            check(content, "W-NEC")["severity"] = "CAUTION"

        got = found(revise)
        assert [group["name"] for group in got["general"]] == [
            "Checks", "Facts", "The edition itself",
        ]  # fmt: skip
        assert (got["before"]["version"], got["after"]["version"]) == ("2026.1", "2026.2")

    @pytest.mark.parametrize(("date", "said"), [("2027-03-01", "1 Mar 2027"), ("soon", "soon")])
    def test_the_date_of_the_edition(self, date, said):
        content = {**EDITION.content, "edition": {**EDITION.content["edition"], "date": date}}
        (group,) = difference(EDITION, with_content(EDITION, content))["general"]
        assert [change["after"] for change in group["changes"]] == [said]

    def test_a_table_that_is_new_names_its_rows(self):
        def revise(content):
            content["classification"]["tables"].append(
                {
                    "id": "t",
                    "title": "Another table",
                    "note": {"text": "A note.", "source": "INT"},
                    "columns": [{"key": "one", "label": "One"}],
                    "rows": [{"id": "ROW-1", "cells": {"one": "first"}, "source": "INT"}],
                }
            )

        assert texts(found(revise)["general"])["classification"] == [
            "New: t Another table: note: A note.; columns: One; rows: ROW-1 first"
        ]

    def test_of_what_is_new_or_gone_every_item_is_told_by_itself(self):
        def lose(content):
            del content["ratings"]["ratings"]["SC-05"]
            del content["substitutions"]["notes"]

        def gain(content):
            content["scenarios"]["later_gates"] = [
                {"id": "GATE-9", "text": "Another gate.", "when": "bone_pain = T"},
                {"id": "GATE-10", "text": "A further gate.", "when": "alp_elevated = T"},
            ]

        old = copy.deepcopy(dict(EDITION.content))
        lose(old)
        got = difference(EDITION, with_content(EDITION, old))
        gone = texts(got["scenarios"])["SC-05"]
        assert f"No longer there: {MRI}: rating: Usually Appropriate" in gone[0]
        assert len(gone) == len(EDITION.content["ratings"]["ratings"]["SC-05"])
        notes = EDITION.content["substitutions"]["notes"]
        assert texts(got["general"])["substitutions"] == [
            f"No longer there: Substitutions, notes, {name.replace('_', ' ')}, text: {note['text']}"
            for name, note in notes.items()
        ]
        assert texts(found(gain)["general"])["scenarios"] == [
            "New: GATE-9 Another gate: condition: Bone pain: yes",
            "New: GATE-10 A further gate: condition: Alkaline phosphatase raised: yes",
        ]

    def test_a_file_that_this_software_does_not_know(self):
        got = found(lambda content: content.update(drug_doses={"doses": [{"id": "D-1"}]}))
        (group,) = got["general"]
        assert group["name"] == "Drug doses"
        assert len(group["changes"]) == 1


class TestConditions:
    def words(self, before, after):
        def with_condition(raw):
            return revised(lambda content: check(content, "W-NAMED-ONLY").update(when=raw))

        got = difference(with_condition(before), with_condition(after))
        ((change,),) = (group["changes"] for group in got["general"])
        return change["aspect"], change["before"], change["after"]

    def test_only_the_part_that_differs_is_said(self):
        before = {"all": ["sex = female", {"any": ["bone_pain = T", "ki67_percent > 10"]}]}
        after = {"all": ["sex = female", {"any": ["bone_pain = T", "ki67_percent > 20"]}]}
        assert self.words(before, after) == (
            "threshold", "Ki-67 index above 10 % positive nuclei",
            "Ki-67 index above 20 % positive nuclei",
        )  # fmt: skip

    def test_a_part_below_a_not_keeps_it(self):
        assert self.words({"not": "ki67_percent > 10"}, {"not": "ki67_percent > 20"})[1:] == (
            "Ki-67 index: known, and not above 10 % positive nuclei",
            "Ki-67 index: known, and not above 20 % positive nuclei",
        )

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (
                {"all": ["sex = female", "bone_pain = T"]},
                {"any": ["sex = female", "bone_pain = T"]},
            ),
            ({"all": ["sex = female"]}, {"all": ["sex = female", "bone_pain = T"]}),
            ({"all": ["sex = female", "bone_pain = T"]}, {"all": ["sex = male", "bone_pain = F"]}),
            ("ki67_percent > 10", "bone_pain = T"),
            ("ki67_percent > 10", "primary_size_mm > 10"),
            ("ki67_percent > 10", {"all": ["ki67_percent > 10", "bone_pain = T"]}),
        ],
    )
    def test_what_differs_in_more_than_one_part_is_said_whole(self, before, after):
        aspect, *said = self.words(before, after)
        assert aspect == "condition"
        assert said[0] != said[1]

    def test_what_words_cannot_tell_apart_is_said_in_codes(self):
        assert self.words("ki67_percent > 10", {"all": ["ki67_percent > 10"]})[1:] == (
            "ki67_percent > 10", "all (ki67_percent > 10)",
        )  # fmt: skip

    def test_what_cannot_be_put_in_words_is_said_in_codes(self):
        broken = copy.deepcopy(dict(EDITION.content))
        check(broken, "W-NEC")["when"] = {"all": ["no_such_fact = T", "@scenario = SC-08"]}
        ((change,),) = (
            group["changes"]
            for group in difference(EDITION, with_content(EDITION, broken))["general"]
        )
        assert change["after"] == "all (no_such_fact = T, @scenario = SC-08)"


class TestApart:
    def test_a_new_wording(self):
        got = found(lambda content: staging(content)[0].update(why="Shows more."))
        assert (got["scenarios"], got["general"]) == ([], [])
        (text,) = got["texts"]
        assert text["subject"] == MRI
        assert (text["aspect"], text["after"]) == ("why", "Shows more.")

    def test_a_new_label_of_a_value(self):
        got = found(lambda content: fact(content, "sex")["values"].update(female="Woman"))
        assert [text["text"] for text in got["texts"]] == ["Sex, value: Female → Woman"]

    def test_a_new_citation(self):
        got = found(lambda content: staging(content)[0].update(source="002 L7"))
        (source,) = got["sources"]
        assert (source["subject"], source["after"]) == (MRI, "002 L7")
        assert (got["scenarios"], got["texts"]) == ([], [])

    def test_another_document(self):
        got = found(lambda content: content["edition"]["sources"].pop())
        assert [source["change"] for source in got["sources"]] == ["removed"]


class TestNothingIsMissing:
    def test_the_same_content_has_no_difference(self):
        again = with_content(EDITION, json.loads(json.dumps(dict(EDITION.content))))
        assert difference(EDITION, again)["count"] == 0

    @given(st.data())
    def test_no_value_changes_without_a_line(self, data):
        content = json.loads(json.dumps(dict(EDITION.content)))
        *way, key = data.draw(st.sampled_from(LEAVES))
        place = functools.reduce(operator.getitem, way, content)
        place[key] = data.draw(
            st.sampled_from(["other", "", 7, 1.5, True, False, None]).filter(
                lambda value: json.dumps(value) != json.dumps(place[key])
            )
        )
        got = difference(EDITION, with_content(EDITION, content))
        _assert_said(got)
        back = difference(with_content(EDITION, content), EDITION)
        _assert_said(back)

    @given(st.data())
    def test_nothing_goes_comes_or_moves_without_a_line(self, data):
        content = json.loads(json.dumps(dict(EDITION.content)))
        items = data.draw(st.sampled_from(list(_lists(content))))
        how = data.draw(st.sampled_from(["drop", "repeat", "turn"]))
        before = json.dumps(items)
        if how == "drop":
            items.pop(data.draw(st.integers(0, len(items) - 1)))
        elif how == "repeat":
            items.append(copy.deepcopy(items[0]))
        else:
            items.reverse()
        if json.dumps(items) != before:
            _assert_said(difference(EDITION, with_content(EDITION, content)))


def _assert_said(got: dict[str, Any]) -> None:
    lines = [change for group in got["scenarios"] + got["general"] for change in group["changes"]]
    lines += got["sources"] + got["texts"]
    assert got["count"]
    assert lines
    assert all(line["text"] for line in lines)
    assert all(line["before"] != line["after"] or line["change"] != "changed" for line in lines)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every text, number and truth in the content."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner:
        if isinstance(each, dict | list):
            yield from _leaves(each, (*path, key))
        else:
            yield (*path, key)


LEAVES = tuple(_leaves(EDITION.content))


def _lists(value: Any) -> Iterator[list[Any]]:
    """Every list with something to drop or turn; two months are a window and no list."""
    if isinstance(value, list) and len(value) > 1 and not isinstance(value[0], int):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _lists(inner)
