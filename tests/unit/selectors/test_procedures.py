"""Which procedures stand in the way of liver-directed therapy."""

import datetime

import pytest

from cases.selectors.procedures import gate_of, is_gating
from guidance.engine import content
from guidance.engine.checks import load_checks
from tests.factories.history import some_procedure

CHECKS = load_checks(content.read_edition(content.versions()[-1])["checks"])["FULL"]
REMOVED = {"removed_on": datetime.date(2026, 1, 1)}


@pytest.mark.parametrize(
    ("kind", "columns", "expected"),
    [
        ("whipple", {}, True),
        ("bilioenteric_anastomosis", {}, True),
        ("biliary_drain", {}, True),
        ("biliary_stent", {}, True),
        ("biliary_drain", REMOVED, False),
        ("biliary_stent", REMOVED, False),
        ("distal_pancreatectomy", {}, False),
        ("sphincterotomy", {}, False),
        ("cholecystectomy", {}, False),
    ],
)
def test_which_one_gates(kind, columns, expected):
    assert is_gating(some_procedure(kind, **columns)) is expected


def test_the_gate_is_told_in_the_words_of_the_guidance():
    rows = [some_procedure("whipple"), some_procedure("biliary_drain", **REMOVED)]
    gate = gate_of(rows, CHECKS)
    assert gate is not None
    assert gate.text.startswith("Pancreatoduodenectomy (Whipple): A biliary anastomosis")
    assert gate.source.startswith("004 L749-L752")


def test_there_is_no_gate_without_one_of_them_or_without_the_check():
    assert gate_of([some_procedure("enucleation")], CHECKS) is None
    assert gate_of([some_procedure("whipple")], ()) is None
