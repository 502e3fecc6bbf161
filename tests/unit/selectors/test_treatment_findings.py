"""What does not fit together among treatments, procedures and specimens."""

from cases.selectors.treatment_findings import findings_of
from tests.factories.history import some_procedure, some_specimen
from tests.factories.history import some_treatment as given


def texts(*treatments, procedures=(), specimens=()):
    return {f.code: f.text for f in findings_of(treatments, procedures, specimens)}


def test_an_orderly_history_says_nothing():
    assert (
        texts(
            given("surgery_primary", "2022-05-01", margin="R0"),
            given("SSA", "2023-01-01", "2024-01-01", line=1, stop_reason="progression"),
            given("everolimus", "2024-01-01", line=2, ongoing=True, best_response="SD"),
            given("TACE", "2024-03-01"),
            given("TACE", "2024-05-01"),
            procedures=[some_procedure("distal_pancreatectomy", "2022-05-01")],
            specimens=[some_specimen("2022-05-01", kind="resection", margin="R0")],
        )
        == {}
    )


def test_a_line_that_is_missing():
    assert texts(given("SSA", "2024-01-01", "2024-02-01", line=2)) == {
        "LINE-MISSING": "No treatment of line 1."
    }
    found = texts(given("SSA", "2024-01-01", "2024-02-01", line=4), given("TACE", line=2))
    assert found == {"LINE-MISSING": "No treatment of lines 1, 3."}


def test_a_later_line_that_began_first():
    found = texts(
        given("SSA", "2024-06-01", "2024-07-01", line=1),
        given("chemo", "2024-01-01", "2024-02-01", line=2, agent="CAPTEM"),
    )
    assert found == {
        "LINE-ORDER": "Line 2 began before line 1: Chemotherapy (CAPTEM), from 1 Jan 2024, "
        "to 1 Feb 2024; Somatostatin analog, from 1 Jun 2024, to 1 Jul 2024."
    }


def test_lines_that_overlap():
    found = texts(
        given("everolimus", "2025-01-01", line=2, ongoing=True),
        given("SSA", "2024-01-01", line=1, ongoing=True),
    )
    assert found["LINE-OVERLAP"].startswith("Lines 1 and 2 overlap: Somatostatin analog")


def test_two_treatments_of_one_line_belong_together():
    found = texts(
        given("chemo", "2025-01-01", line=1, ongoing=True),
        given("SSA", "2024-01-01", line=1, ongoing=True),
    )
    assert found == {}


def test_the_same_treatment_twice():
    found = texts(
        given("SSA", "2025-01-01", ongoing=True, agent="Lanreotide"),
        given("SSA", "2025-02-01", ongoing=True, agent="lanreotide"),
    )
    assert "stands twice for one time" in found["TREATMENT-TWICE"]
    assert "TREATMENT-TWICE" in texts(given("TACE", "2025-01-01"), given("TACE", "2025-01-01"))
    assert texts(given("TACE", "2025-01-01"), given("TAE", "2025-01-01")) == {}


def test_progression_under_what_still_goes_on():
    found = texts(given("SSA", "2025-01-01", ongoing=True, best_response="PD"))
    assert found == {
        "PROGRESSION-ONGOING": "Progression is its best response, and it still goes on: "
        "Somatostatin analog, from 1 Jan 2025, still going on."
    }


def test_not_known_whether_it_goes_on():
    assert "ONGOING-UNKNOWN" in texts(given("SSA", "2025-01-01"))
    assert texts(given("SSA", "2025-01-01", stop_reason="toxicity")) == {}
    assert texts(given("TACE", "2025-01-01")) == {}
    assert texts(given("SSA", "2025-01-01", ongoing=False)) == {}


def test_surgery_without_its_procedure_and_the_other_way_round():
    assert "PROCEDURE-MISSING" in texts(given("surgery_primary", "2022-05-01"))
    found = texts(procedures=[some_procedure("whipple"), some_procedure("biliary_drain")])
    assert found == {
        "SURGERY-MISSING": "Pancreatoduodenectomy (Whipple): no surgery of the primary stands "
        "among the treatments."
    }


def test_margins_of_one_day_that_differ():
    operation = given("surgery_liver", "2022-05-01", margin="R0")
    resected = some_specimen("2022-05-01", kind="resection", margin="R1")
    found = texts(operation, specimens=[resected])
    assert found == {
        "MARGIN-DISCORDANT": "The margin of 1 May 2022 is R0 among the treatments, "
        "R1 in the specimen."
    }
    elsewhere = some_specimen("2022-05-02", kind="resection", margin="R1")
    assert texts(operation, given("surgery_liver", margin="R1"), specimens=[elsewhere]) == {}
