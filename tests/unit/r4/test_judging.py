"""Whether a resource is one of R4, told to the letter."""

from decimal import Decimal

import pytest

from cases.r4.issue import Code
from cases.r4.judging import MOST, faults

GOOD = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29593-1"}], "text": "Ki-67"},
    "subject": {"reference": "Patient/1"},
    "effectiveDateTime": "2026-11-21",
    "valueQuantity": {
        "value": Decimal("1.50"),
        "unit": "%",
        "system": "http://unitsofmeasure.org",
        "code": "%",
    },
    "component": [
        {"code": {"text": "a"}, "valueInteger": 3},
        {"code": {"text": "b"}, "valueString": "x"},
    ],
}


def told(resource):
    """Code and place of every fault."""
    return [(issue.code, *issue.expression) for issue in faults(resource)]


def test_a_resource_of_r4_has_no_faults():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"status": None}, Code.STRUCTURE, "Observation.status"),
        ({"status": "done"}, Code.CODE_INVALID, "Observation.status"),
        ({"status": 5}, Code.VALUE, "Observation.status"),
        ({"colour": "red"}, Code.STRUCTURE, "Observation.colour"),
        ({"category": {"text": "x"}}, Code.STRUCTURE, "Observation.category"),
        ({"category": []}, Code.STRUCTURE, "Observation.category"),
        ({"code": {}}, Code.STRUCTURE, "Observation.code"),
        ({"code": [GOOD["code"]]}, Code.STRUCTURE, "Observation.code"),
        ({"effectiveDateTime": "2026-02-30"}, Code.VALUE, "Observation.effective"),
        ({"effectiveDateTime": "21.11.2026"}, Code.VALUE, "Observation.effective"),
        ({"effectiveDateTime": "2026-11-21T09:30"}, Code.VALUE, "Observation.effective"),
        ({"valueString": "x"}, Code.STRUCTURE, "Observation.value"),
        ({"issued": "2026-11-21"}, Code.VALUE, "Observation.issued"),
        ({"subject": {"reference": "nobody"}}, Code.VALUE, "Observation.subject.reference"),
        ({"subject": {"reference": "Robot/1"}}, Code.VALUE, "Observation.subject.reference"),
        ({"subject": {"reference": "Specimen/1"}}, Code.STRUCTURE, "Observation.subject.reference"),
        ({"id": "a b"}, Code.VALUE, "Observation.id"),
        ({"note": [{"text": ""}]}, Code.VALUE, "Observation.note[0].text"),
        ({"note": [{"text": "a\x00b"}]}, Code.VALUE, "Observation.note[0].text"),
        ({"note": [{}]}, Code.STRUCTURE, "Observation.note[0]"),
        ({"note": [{"time": "2026"}]}, Code.REQUIRED, "Observation.note[0].text"),
        (
            {"component": [GOOD["component"][0], {"valueInteger": 1}]},
            Code.REQUIRED,
            "Observation.component[1].code",
        ),
        (
            {"component": [{"code": {"text": "a"}, "valueInteger": 1.5}]},
            Code.VALUE,
            "Observation.component[0].value",
        ),
        (
            {"valueQuantity": {"value": "12"}},
            Code.VALUE,
            "Observation.value.value",
        ),
        ({"valueQuantity": {"value": 12, "code": "%"}}, Code.INVARIANT, "Observation.value"),
        ({"dataAbsentReason": {"text": "x"}}, Code.INVARIANT, "Observation"),
        (
            {"extension": [{"url": "http://x", "valueString": "a", "extension": []}]},
            Code.STRUCTURE,
            "Observation.extension[0].extension",
        ),
        ({"extension": [{"valueString": "a"}]}, Code.REQUIRED, "Observation.extension[0].url"),
        (
            {"text": {"status": "generated", "div": "<b>x</b>"}},
            Code.INVALID,
            "Observation.text.div",
        ),
        (
            {"contained": [{"resourceType": "Robot"}]},
            Code.STRUCTURE,
            "Observation.contained[0].resourceType",
        ),
        (
            {"hasMember": [{"reference": "#gone"}], "contained": []},
            Code.STRUCTURE,
            "Observation.contained",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(change, code, where):
    assert (code, where) in told({**GOOD, **change})


def test_what_must_be_there_is_told():
    without = {name: value for name, value in GOOD.items() if name != "status"}
    assert told(without) == [(Code.REQUIRED, "Observation.status")]


def test_an_extension_stands_for_a_value_that_must_be_there():
    unknown = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}
    said = {"extension": [{**unknown, "valueCode": "unknown"}]}
    without = {name: value for name, value in GOOD.items() if name != "status"}
    assert faults({**without, "_status": said}) == []


def test_nulls_stand_only_where_an_extension_stands_for_the_value():
    extension = {"extension": [{"url": "http://x", "valueString": "a"}]}
    name = {"given": ["Ada", None], "_given": [None, extension]}
    assert faults({"resourceType": "Patient", "name": [name]}) == []
    bare = {"given": ["Ada", None]}
    assert told({"resourceType": "Patient", "name": [bare]}) == [
        (Code.STRUCTURE, "Patient.name[0].given[1]")
    ]


@pytest.mark.parametrize("data", [None, 5, "x", [], {}, {"resourceType": 5}, {"resourceType": "X"}])
def test_what_is_no_resource_is_told(data):
    (issue,) = faults(data)
    assert issue.code is Code.STRUCTURE


def test_a_concept_needs_one_coding_of_the_set_that_it_is_bound_to():
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    condition = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}}
    good = {"coding": [{"system": "urn:x", "code": "y"}, {"system": system, "code": "active"}]}
    assert faults({**condition, "clinicalStatus": good}) == []
    for bad in ({"text": "active"}, {"coding": [{"system": system, "code": "well"}]}):
        assert told({**condition, "clinicalStatus": bad}) == [
            (Code.CODE_INVALID, "Condition.clinicalStatus")
        ]


def test_a_profile_that_nobody_knows_is_no_fault():
    assert faults({**GOOD, "meta": {"profile": ["http://example.org/none"]}}) == []


def test_faults_within_a_bundle_say_in_which_entry():
    entry = {"resource": {**GOOD, "status": "done"}}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": GOOD}, entry]}
    assert told(bundle) == [(Code.CODE_INVALID, "Bundle.entry[1].resource.status")]


def test_no_more_faults_are_told_than_anybody_reads():
    many = {**GOOD, "note": [{} for _ in range(10 * MOST)]}
    assert len(faults(many)) == MOST


def test_no_fault_quotes_what_was_sent():
    secret = "Ada Lovelace"
    bad = {**GOOD, "status": secret, secret: 1, "subject": {"reference": secret}}
    found = faults(bad)
    assert len(found) == 3
    assert secret not in str(found)


@pytest.mark.parametrize(
    "div",
    [
        "<div>no namespace</div>",
        '<div xmlns="http://www.w3.org/1999/xhtml"><script>x()</script></div>',
        '<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x()">a</p></div>',
        '<div xmlns="http://www.w3.org/1999/xhtml"><a href=" java\nscript:x()">a</a></div>',
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>a</div>',
        '<!DOCTYPE x [<!ENTITY a "b">]><div xmlns="http://www.w3.org/1999/xhtml">&a;</div>',
    ],
)
def test_a_narrative_does_nothing_but_tell(div):
    text = {"status": "generated", "div": div}
    assert told({**GOOD, "text": text}) == [(Code.INVALID, "Observation.text.div")]


def test_a_narrative_may_use_the_names_of_html():
    div = (
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>5&nbsp;mm &lt; 1&#160;cm</p><!-- a --></div>'
    )
    assert faults({**GOOD, "text": {"status": "generated", "div": div}}) == []
