"""Examples of mCODE STU 4 (npm hl7.fhir.us.mcode 4.0.0, CC0), without their narratives."""

import json
from pathlib import Path

import pytest

from cases.readings.fhir import read, read_all

LINES = Path(__file__).with_name("mcode").joinpath("examples.ndjson").read_text("utf-8")
EXAMPLES = {
    one["id"]: one
    for line in Path(__file__)
    .with_name("mcode")
    .joinpath("examples.ndjson")
    .read_text("utf-8")
    .splitlines()
    if (one := json.loads(line))
}
#: What of each example has a place here: kind and values; nothing for tumors of other organs.
READ = {
    "tumor-size-jenny-m": [("specimen", {"size_mm": 25})],
    "tnm-clinical-distant-metastases-category-cM0": [
        ("fact", {"fact": "distant_metastasis", "value": False})
    ],
    "tnm-clinical-regional-nodes-category-cN3": [
        ("fact", {"fact": "regional_ln_metastasis", "value": True})
    ],
    "cancer-disease-status-improved": [("result", {"outcome": "response"})],
    "secondary-cancer-condition-brain-mets": [
        ("fact", {"fact": "metastatic_sites", "value": ["brain"]})
    ],
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_mcode(name):
    found = read(EXAMPLES[name])

    if name in READ:
        assert [(one.kind.value, dict(one.values)) for one in found.readings] == READ[name]
    assert found.readings or found.unread


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("primary-cancer-condition-nsclc", "254637007"),
        ("cancer-related-surgical-procedure-lobectomy", "359615001"),
        ("histologic-grade-intermediate", "1286893008"),
        ("cancer-related-medication-request-cisplatin-stopped", "309311"),
    ],
)
def test_a_code_of_mcode_without_a_meaning_here_is_named(name, code):
    found = read(EXAMPLES[name])

    assert found.readings == ()
    assert code in [one.code for one in found.unread]


def test_all_examples_in_one_message():
    whole = read_all(EXAMPLES.values())

    assert {one.subject for one in whole.readings} >= {"Patient/cancer-patient-john-anyperson"}
    assert len(whole.readings) == 7
