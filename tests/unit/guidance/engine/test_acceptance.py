"""A study that may not be diagnostic waits for someone to accept it (X-09)."""

import pytest

from tests.unit.guidance.cases import answer, on_base, read_data

STABLE = {"study_outcome": "stable", "study_modality": "MRI"}
ROUTINE = {"ordered_procedure": "MRI_AP_WWO", "ordered_multiphasic": False}
SIZE = {"response_basis": "size_only"}
UNREAD = {"extrahepatic_sites_reviewed": False}


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        (STABLE, []),
        (ROUTINE, []),
        (STABLE | ROUTINE, ["W-GENERIC-PROTOCOL"]),
        (STABLE | SIZE, []),
        (STABLE | UNREAD, []),
        (STABLE | SIZE | {"extrahepatic_sites_reviewed": "unknown"}, []),
        (STABLE | SIZE | UNREAD, ["W-RECIST-ONLY"]),
        (STABLE | ROUTINE | SIZE | UNREAD, ["W-GENERIC-PROTOCOL", "W-RECIST-ONLY"]),
        (ROUTINE | SIZE | UNREAD | {"study_outcome": "not_available"}, []),
    ],
)
def test_a_result_waits_because_of_its_checks(facts, because):
    acceptance = on_base("F", facts)["acceptance"]
    assert (acceptance["needed"], acceptance["because"]) == (bool(because), because)
    assert bool(acceptance["text"]) == bool(acceptance["source"]) == bool(because)


def test_the_interval_keeps_its_value_and_waits():
    vignette = next(entry for entry in read_data("vignettes") if entry["id"] == "V30")
    got = answer(read_data("d0"), vignette["facts"])
    assert got["next_interval"] == {"FU-05": [3, 12]}
    assert [row["awaits_acceptance"] for row in got["branch_detail"]["interval"]] == [True]


def test_an_interval_after_a_full_study_waits_for_nobody():
    got = on_base("F", STABLE | {"on_chemo_or_biologic": True})
    assert [row["awaits_acceptance"] for row in got["branch_detail"]["interval"]] == [False, False]


def test_a_routine_protocol_in_surveillance_waits_too():
    facts = {"study_outcome": "negative", "ordered_procedure": "CT_AP_W"}
    got = on_base("R", facts | {"ordered_multiphasic": False})
    assert got["acceptance"]["because"] == ["W-GENERIC-PROTOCOL"]
    assert all(row["awaits_acceptance"] for row in got["branch_detail"]["interval"])
