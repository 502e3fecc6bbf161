"""Reading resources, bundles, and whatever else is sent."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.readings.fhir import READ, read, read_all
from cases.readings.reading import Read
from tests.unit.readings.fhir.resources import (
    CHROMOGRANIN,
    KI67,
    LAB,
    LN,
    LOCAL,
    SCT,
    concept,
    observation,
    quantity,
    resource,
)

#: One resource of every type that is read, with elements of every data type.
RESOURCES = [
    observation(
        CHROMOGRANIN,
        valueQuantity=quantity(5.5, "ng/mL", comparator="<"),
        referenceRange=[{"low": quantity(1, "ng/mL"), "type": concept("x", "normal")}],
        component=[{"code": KI67, "valueRatio": {"numerator": {}, "denominator": {}}}],
        focus=[{"reference": "BodyStructure/b"}],
        note=[{"text": "x"}],
    ),
    observation(concept(LN, "21889-1"), component=[{"code": concept(LN, "33728-7")}]),
    resource("Patient", identifier=[{"value": "1"}], name=[{"given": ["A"]}], link=[{"type": "x"}]),
    resource(
        "Condition",
        code=concept(SCT, "254612002"),
        bodySite=[concept(SCT, "10200004")],
        stage=[{"summary": {"text": "M1"}}],
        extension=[{"url": "x", "valueCodeableConcept": concept(SCT, "1")}],
    ),
    resource("ImagingStudy", modality=[{"code": "CT"}], series=[{"modality": {"code": "CT"}}]),
    resource("DiagnosticReport", code=concept(LN, "36813-4"), presentedForm=[{"data": "eA=="}]),
    resource("Procedure", code=concept(LAB, "LU177"), performedPeriod={"start": "2026-01-01"}),
    resource("MedicationStatement", medicationReference={"reference": "#m"}),
    resource(
        "MedicationAdministration",
        medicationCodeableConcept=concept(LAB, "LU177"),
        dosage={"dose": {"value": 7, "unit": "GBq"}},
    ),
    resource("MedicationRequest", medicationCodeableConcept=concept(LAB, "EVE")),
    resource("Specimen", collection={"method": concept(SCT, "129314006")}),
    resource("ServiceRequest", code=concept(LN, "36813-4"), orderDetail=[concept(SCT, "1")]),
    resource("AllergyIntolerance", code=concept(SCT, "426722004"), reaction=[{"severity": "x"}]),
    resource("Device", type=concept(SCT, "14106009"), safety=[concept("x", "C106047")]),
]
ODD = [None, True, -1, 0.5, 10**400, float("nan"), float("inf"), "", "2026", "9" * 400, "\ud800"]


@st.composite
def mutated(draw: Any) -> Any:
    """A resource in which some values are something else."""

    def change(value: Any) -> Any:
        if draw(st.integers(0, 12)) == 0:
            return draw(st.sampled_from([*ODD, {}, [], [None], [[]], {"a": 1}, {"coding": [5]}]))
        if isinstance(value, dict):
            return {name: change(inner) for name, inner in value.items()}
        return [change(inner) for inner in value] if isinstance(value, list) else value

    return change(draw(st.sampled_from(RESOURCES)))


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_nothing_that_is_sent_raises(document):
    found = read(document, local=LOCAL)

    assert isinstance(found, Read)
    assert all(one.path and one.reason for one in found.unread)
    assert all(one.origin for one in found.readings)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["resourceType", "id", "code", "contained", "entry", "resource"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_no_json_at_all_raises(document):
    assert isinstance(read_all([document, {"resourceType": "Bundle", "entry": document}]), Read)


def test_every_type_is_tried():
    assert {one["resourceType"] for one in RESOURCES} == set(READ)


@pytest.mark.parametrize("document", [None, 5, [], {}, {"resourceType": 5}])
def test_what_is_no_resource(document):
    (unread,) = read(document).unread

    assert (unread.path, unread.reason) == ("Resource", "This is not a resource.")


def test_a_type_that_is_not_read():
    (unread,) = read({"resourceType": "Coverage", "id": "1"}).unread

    assert (unread.path, unread.origin) == ("Coverage", "Coverage/1")


def test_a_modifier_extension_may_say_the_opposite():
    given_ = observation(
        KI67, valueQuantity=quantity(5, "%"), modifierExtension=[{"url": "urn:not"}]
    )

    assert read(given_).readings == ()
    assert [one.path for one in read(given_).unread] == ["Observation.modifierExtension"]


def test_a_bundle_is_what_its_entries_are():
    entries = [
        {"resource": observation(KI67, valueQuantity=quantity(5, "%"))},
        {"fullUrl": "urn:uuid:1"},
        "odd",
    ]
    bundle = {"resourceType": "Bundle", "entry": entries}

    assert len(read(bundle).readings) == 1
    assert read({"resourceType": "Bundle", "entry": "odd"}) == Read()


def test_a_contained_resource_is_about_whom_the_outer_one_is():
    inner = observation(KI67, valueQuantity=quantity(5, "%"), subject=None) | {"id": "k"}
    report = resource(
        "DiagnosticReport",
        status="final",
        code=concept("x", "1"),
        result=[{"reference": "#k"}],
        contained=[inner, {"resourceType": "Medication"}, 5],
    )

    (reading,) = read(report).readings
    assert (reading.origin, reading.subject) == ("DiagnosticReport/1#k", "Patient/p")


def test_a_patient_by_an_identifier():
    who = {"identifier": {"system": "urn:oid:1", "value": "4711"}, "display": "C. B."}
    given_ = observation(KI67, valueQuantity=quantity(5, "%"), subject=who)

    assert read(given_).readings[0].subject == "urn:oid:1|4711"
    assert read({**given_, "subject": {"display": "C. B."}}).readings[0].subject == ""


def test_wrong_shapes_are_told():
    shapes = observation("Ki-67", valueQuantity=5, component={"code": 1}, note=[{"text": 5}])

    assert {one.reason for one in read(shapes).unread} >= {
        "This must be an object.",
        "This must be a list.",
        "This must be text.",
    }


def test_what_is_read_is_plain_json():
    values = read(observation(KI67, valueQuantity=quantity(5, "%"))).readings[0].values

    assert json.dumps(values)
