"""Markers beside chromogranin A in functioning tumors under surveillance (X-03)."""

import pytest

from guidance.calculators.function import SUBTYPES
from guidance.engine.edition import load_edition
from tests.unit.guidance.cases import on_base

FUNCTIONING = {"functional_status": "functioning"}


def items(base, facts):
    found = on_base(base, facts)["missing_markers"]
    return found and found["items"]


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, None),
        ({"functional_status": "non_functioning"}, None),
        ({"functional_status": "non_functioning", "functional_subtype": "insulinoma"}, None),
        (FUNCTIONING, ["the hormone of the tumor"]),
        (FUNCTIONING | {"functional_subtype": "insulinoma"}, ["insulin"]),
        ({"functional_subtype": "gastrinoma"}, ["gastrin"]),
        (FUNCTIONING | {"hormone_marker_trend": "not_measured"}, ["the hormone of the tumor"]),
        (FUNCTIONING | {"hormone_marker_trend": "stable"}, None),
        (FUNCTIONING | {"hormone_marker_trend": "not_applicable"}, None),
        (
            FUNCTIONING | {"functional_subtype": "vipoma", "cga_trend": "not_measured"},
            ["chromogranin A", "vasoactive intestinal peptide"],
        ),
    ],
)
def test_the_hormone_of_the_subtype_is_missing(facts, wanted):
    assert items("R", facts) == wanted


def test_it_is_information_with_its_source():
    found = on_base("R", FUNCTIONING)["missing_markers"]
    assert (found["id"], found["severity"]) == ("X-03", "INFO")
    assert found["source"].startswith("001 L54")


@pytest.mark.parametrize("base", ["S", "F"])
def test_it_belongs_to_surveillance(base):
    assert items(base, FUNCTIONING) is None


def test_it_is_no_warning_and_asks_for_nothing():
    plain, functioning = on_base("R"), on_base("R", FUNCTIONING)
    assert functioning["warnings"] == plain["warnings"]
    assert functioning["missing"] == plain["missing"]


def test_every_functioning_subtype_has_its_hormone():
    assert load_edition().markers.hormones.keys() == SUBTYPES.keys()
