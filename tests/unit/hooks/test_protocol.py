"""What codes in an order say of how the study shall be made."""

import pytest

from cases.hooks.protocol import details
from cases.hooks.suggestions import _details

OWN = "https://board.example.org/fhir/CodeSystem"


def detail(kind: str, code: str):
    return {"orderDetail": [{"coding": [{"system": f"{OWN}/{kind}", "code": code}]}]}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (detail("sequence", "DWI"), {"sequences": ["DWI"], "dwi": True}),
        (detail("sequence", "T1"), {"sequences": ["T1"]}),
        (detail("fact", "ordered_dwi"), {"dwi": True}),
        (detail("fact", "ordered_multiphasic"), {"multiphasic": True}),
        (detail("fact", "ordered_phases/delayed"), {"phases": ["delayed"]}),
        (detail("fact", "ordered_phases/nonsense"), {}),
        (detail("unknown", "x"), {}),
        ({}, {}),
    ],
)
def test_codes_are_read(order, said):
    assert details(order, local={}) == said


def test_what_is_written_on_an_order_is_understood_when_it_comes_back():
    text = {"text": "Multiphasic", "phases": ["late_arterial"], "dwi": True}
    written = {"orderDetail": _details(text)}
    assert written["orderDetail"][0] == {"text": "Multiphasic"}
    assert details(written, local={}) == {"phases": ["late_arterial"], "dwi": True}
