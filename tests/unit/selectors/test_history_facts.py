"""Facts from treatments and procedures: only what a row says itself, never an absence."""

import datetime

import pytest

from cases.selectors.history_facts import LONG_AGO, History, history_facts
from guidance.engine.facts import parse_facts
from tests.factories.history import ENTERED, some_procedure
from tests.factories.history import some_treatment as given

TODAY = datetime.date(2026, 11, 21)
LATER = ENTERED + datetime.timedelta(days=1)
BILIARY = "bilioenteric_anastomosis_or_biliary_device"


def said(*treatments, procedures=(), written=None):
    history = History(treatments, procedures, written or {})
    found = dict(history_facts(history, on=TODAY))
    parse_facts({name: known.value for name, known in found.items()})
    return found


def values(*treatments, procedures=()):
    return {name: known.value for name, known in said(*treatments, procedures=procedures).items()}


def test_nothing_recorded_says_nothing():
    assert said() == {}


@pytest.mark.parametrize(
    "kind", ["whipple", "bilioenteric_anastomosis", "biliary_drain", "biliary_stent"]
)
def test_a_bilioenteric_anastomosis_or_a_device_says_so(kind):
    row = some_procedure(kind, "2024-05-01")
    known = said(procedures=[row])[BILIARY]
    assert known.value is True
    assert known.provenance == {"procedures": [str(row.id)]}
    assert known.origin == f"From the procedures: {row.get_kind_display()}, 1 May 2024"
    assert known.entered_at is None


def test_a_drain_that_was_removed_says_nothing_and_hides_no_other():
    removed = some_procedure("biliary_drain", removed_on=datetime.date(2025, 1, 1))
    assert values(procedures=[removed]) == {}
    whipple = some_procedure("whipple")
    known = said(procedures=[removed, whipple])[BILIARY]
    assert known.provenance == {"procedures": [str(whipple.id)]}
    assert known.origin.endswith("unknown")


def test_procedures_that_do_not_join_the_bile_duct_say_nothing_of_it():
    kinds = ("distal_pancreatectomy", "enucleation", "sphincterotomy", "cholecystectomy", "other")
    assert BILIARY not in values(procedures=[some_procedure(kind) for kind in kinds])


def test_a_total_pancreatectomy_is_read_on_the_safe_side_until_a_person_says_otherwise():
    row = some_procedure("total_pancreatectomy", entered_at=LATER)
    known = said(procedures=[row])[BILIARY]
    assert (known.value, known.entered_at) == (True, LATER)


def test_what_goes_on_is_treatment_of_the_current_disease():
    row = given("everolimus", "2025-01-01", ongoing=True)
    found = said(row, given("SSA", "2024-01-01", "2025-01-01"), written={row.id: LATER})
    assert {name: known.value for name, known in found.items()} == {
        "treated_for_current_disease": True,
        "current_management": "active_treatment",
    }
    known = found["current_management"]
    assert known.provenance == {"treatments": [str(row.id)]}
    assert known.entered_at == LATER
    assert known.origin == "From the treatments: Everolimus, from 1 Jan 2025, still going on"


def test_a_row_of_which_nobody_knows_when_it_was_written_yields_to_every_answer():
    known = said(given("SSA", ongoing=True))["current_management"]
    assert known.entered_at == LONG_AGO


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("chemo", True), ("platinum_chemo", True), ("IFN", None), ("everolimus", None), ("SSA", None)],
)
def test_only_chemotherapy_is_called_so(kind, expected):
    assert values(given(kind, ongoing=True)).get("on_chemo_or_biologic") is expected
    assert "on_chemo_or_biologic" not in values(given(kind, ongoing=False))


@pytest.mark.parametrize(
    "columns", [{"stop_reason": "progression"}, {"best_response": "PD", "ongoing": True}]
)
def test_progression_under_a_medical_therapy_is_its_failure(columns):
    found = values(given("SSA", "2024-01-01", **columns))
    assert found["progression_documented"] is True
    assert found["medical_therapy_failed"] is True


@pytest.mark.parametrize("kind", ["TACE", "PRRT", "ablation", "other"])
def test_progression_under_another_therapy_is_progression_only(kind):
    found = values(given(kind, "2024-01-01", stop_reason="progression"))
    assert found == {"progression_documented": True}


def test_other_reasons_to_stop_are_no_progression():
    assert values(given("SSA", "2024-01-01", stop_reason="toxicity", best_response="SD")) == {}
    assert values(given("debulking", "2024-01-01", best_response="PD")) == {}


@pytest.mark.parametrize(
    ("operated", "failed", "expected"),
    [
        ("2025-01-01", {"start": "2023-01-01", "end": "2024-01-01"}, None),
        ("2022-01-01", {"start": "2023-01-01", "end": "2024-01-01"}, True),
        ("", {"start": "2023-01-01", "end": "2024-01-01"}, None),
        ("2022-01-01", {}, None),
    ],
)
def test_progression_before_an_operation_says_nothing_of_the_disease_after_it(
    operated, failed, expected
):
    surgery = given("transplant", operated)
    found = values(surgery, given("SSA", stop_reason="progression", **failed))
    assert found.get("progression_documented") is expected


def test_the_last_resection_gives_its_date():
    primary = given("surgery_primary", "2023-02-01")
    liver = given("surgery_liver", "2024-02-01")
    known = said(primary, liver, written={primary.id: LATER, liver.id: ENTERED})["resection_date"]
    assert known.value == "2024-02-01"
    assert known.provenance == {"treatments": [str(liver.id)]}
    assert known.origin == "From the surgery of 1 Feb 2024"
    assert known.entered_at == LATER


def test_a_procedure_on_the_pancreas_gives_it_too():
    row = some_procedure("enucleation", "2023-02-01")
    known = said(procedures=[row])["resection_date"]
    assert known.value == "2023-02-01"
    assert known.provenance == {"procedures": [str(row.id)]}


@pytest.mark.parametrize(
    ("treatments", "procedures"),
    [
        pytest.param([given("surgery_liver", "2024-02-01")], [], id="not the primary"),
        pytest.param(
            [given("surgery_primary", "2024-02-01"), given("surgery_liver")], [], id="a day unknown"
        ),
        pytest.param(
            [given("surgery_primary", "2024-02-01")],
            [some_procedure("whipple")],
            id="the day of the procedure unknown",
        ),
        pytest.param(
            [given("surgery_primary", "2024-02-01"), given("debulking", "2025-02-01")],
            [],
            id="debulked",
        ),
        pytest.param([given("surgery_primary", "1970-02-01")], [], id="beyond the reckoning"),
    ],
)
def test_where_no_date_of_resection_is_told(treatments, procedures):
    assert "resection_date" not in values(*treatments, procedures=procedures)


def test_what_a_clinician_has_to_say_is_never_derived():
    found = values(
        given("surgery_primary", "2023-02-01", margin="R0", intent="curative"),
        given("TACE", "2024-02-01", "2024-03-01", ongoing=False),
        procedures=[some_procedure("whipple", "2023-02-01")],
    )
    assert not {"resection_status", "definitive_treatment_done", "treated_for_current_disease"} & (
        found.keys()
    )
