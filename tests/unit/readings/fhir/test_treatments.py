"""Procedures, medication and specimens."""

import datetime

import pytest

from cases.readings.fhir import read, read_all
from cases.readings.naming import OTHER_MEANING
from cases.readings.reading import Kind
from tests.unit.readings.fhir.resources import (
    LAB,
    LN,
    LOCAL,
    MCODE,
    SCT,
    TABLES,
    UCUM,
    concept,
    resource,
)

DAY, LATER = datetime.date(2026, 3, 3), datetime.date(2026, 6, 3)
PERIOD = {"start": "2026-03-03", "end": "2026-06-03"}
CURATIVE = {
    "url": f"{MCODE}/mcode-procedure-intent",
    "valueCodeableConcept": concept(SCT, "373808002"),
}


def values(*given):
    """What was read, by kind and values."""
    return [(one.kind.value, dict(one.values)) for one in read_all(given, local=LOCAL).readings]


def reasons(*given):
    """Why something was not read."""
    return [one.reason for one in read_all(given, local=LOCAL).unread]


def procedure(code, **elements):
    """A Procedure that was done on 3 March 2026."""
    given = {"status": "completed", "performedDateTime": "2026-03-03", **elements}
    return resource("Procedure", code=code, **given)


def test_an_operation():
    given = procedure(concept(LAB, "WHIPPLE"), note=[{"text": "uneventful"}])

    assert values(given) == [
        ("procedure", {"kind": "whipple", "done_on": DAY, "note": "uneventful"})
    ]


def test_a_treatment():
    given = procedure(
        concept(LAB, "LIVERRES"),
        performedDateTime=None,
        performedPeriod=PERIOD,
        extension=[CURATIVE],
        note=[{"text": "n" * 301}],
    )

    assert values(given) == [
        (
            "treatment",
            {
                "type": "surgery_liver",
                "start": DAY,
                "end": LATER,
                "intent": "curative",
            },
        )
    ]
    assert reasons(given) == ["The note has more than 300 letters."]


@pytest.mark.parametrize(
    ("status", "ongoing"), [("completed", False), ("in-progress", True), ("on-hold", None)]
)
def test_whether_a_treatment_goes_on(status, ongoing):
    given = procedure(concept(LAB, "LU177"), status=status, performedDateTime=None)

    ((_, said),) = values(given)
    assert said.get("ongoing") is ongoing


OWN = "https://board.test/fhir"


def own_extension(name, **value):
    """An extension of ours."""
    return {"url": f"{OWN}/StructureDefinition/{name}", **value}


def test_a_resection_as_we_write_it():
    code = concept(f"{OWN}/CodeSystem/treatment", "surgery_primary", "Surgery of the primary")
    given = procedure(
        {**code, "text": "Surgery of the primary: robotic"},
        outcome=concept(f"{OWN}/CodeSystem/margin", "R0"),
        bodySite=[{"text": "pancreas"}, concept(SCT, "10200004", "Liver")],
        statusReason=concept(SCT, "105480006"),
    )

    assert values(given) == [
        (
            "treatment",
            {
                "type": "surgery_primary",
                "stop_reason": "patient_wish",
                "start": DAY,
                "agent": "robotic",
                "target": "pancreas, Liver",
                "margin": "R0",
            },
        )
    ]
    assert reasons(given) == []


def test_a_course_as_we_write_it():
    code = concept(f"{OWN}/CodeSystem/treatment", "PRRT", "PRRT")
    given = procedure(
        {**code, "text": "PRRT"},
        performedDateTime=None,
        performedPeriod=PERIOD,
        outcome=concept(f"{OWN}/CodeSystem/margin", "R0"),
        extension=[
            "odd",
            {"url": 5},
            own_extension("treatment-line", valuePositiveInt=2),
            own_extension("treatment-cycles", valuePositiveInt=4),
            own_extension(
                "treatment-activity",
                valueQuantity={"value": 29.6, "unit": "GBq", "code": "GBq", "system": UCUM},
            ),
            {"url": f"{MCODE}/mcode-radiotherapy-sessions", "valueUnsignedInt": 4},
        ],
    )

    ((_, said),) = values(given)
    assert (said["line"], said["cycles"], float(said["activity_gbq"])) == (2, 4, 29.6)
    assert {"agent", "margin"}.isdisjoint(said)


def test_sessions_of_radiotherapy_are_cycles():
    sessions = {"url": f"{MCODE}/mcode-radiotherapy-sessions", "valueUnsignedInt": 3}

    assert values(procedure(concept(LAB, "LU177"), extension=[sessions]))[0][1]["cycles"] == 3


@pytest.mark.parametrize("value", [{}, {"valuePositiveInt": True}, {"valuePositiveInt": 0}])
def test_a_number_of_cycles_that_is_none(value):
    given = procedure(concept(LAB, "LU177"), extension=[own_extension("treatment-cycles", **value)])

    assert "cycles" not in values(given)[0][1]
    assert "This is not a number from 1 on." in reasons(given)


def test_reasons_and_margins_that_are_none_of_ours():
    given = procedure(
        concept(LAB, "LIVERRES"),
        statusReason=concept("x", "1"),
        outcome=concept("x", "2"),
        bodySite=[{"text": "x" * 121}],
    )

    assert {"stop_reason", "margin", "target"}.isdisjoint(values(given)[0][1])
    assert [one.code for one in read(given, local=LOCAL).unread if one.code] == ["1", "2"]


def test_a_stent_that_was_removed():
    code = concept(f"{OWN}/CodeSystem/procedure-kind", "biliary_stent")
    given = procedure(code, extension=[own_extension("removed-on", valueDate="2026-06-03")])

    assert values(given) == [
        ("procedure", {"kind": "biliary_stent", "done_on": DAY, "removed_on": LATER})
    ]


def test_an_examination_that_was_done():
    assert values(procedure(concept(LN, "36813-4"))) == [
        ("study", {"procedure": "CT_AP_W", "modality": "CT", "performed_on": DAY})
    ]
    assert values(procedure(concept(LAB, "MRI"))) == [
        ("study", {"modality": "MRI", "performed_on": DAY})
    ]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (procedure(concept("x", "1")), "This code has no meaning here."),
        (
            procedure(concept(LAB, "NOSTUDY")),
            OTHER_MEANING,
        ),
        (procedure(concept(LAB, "LU177"), status="not-done"), "It was not done."),
        (
            procedure(concept(LAB, "MRI"), performedDateTime=None),
            "The day of the study is not given, so no study is entered.",
        ),
    ],
)
def test_what_is_no_procedure(given, reason):
    assert values(given) == []
    assert reason in reasons(given)


def test_an_intent_that_is_none_of_ours():
    other = {**CURATIVE, "valueCodeableConcept": concept(SCT, "1")}

    ((_, said),) = values(procedure(concept(LAB, "LU177"), extension=[other]))
    assert "intent" not in said


def medication(kind, code=None, **elements):
    """Medication since 3 March 2026."""
    named = {"medicationCodeableConcept": code} if code else {}
    given = {"status": "active", "effectiveDateTime": "2026-03-03", **named, **elements}
    return resource(kind, **given)


def test_medication_that_is_taken():
    given = medication("MedicationStatement", concept(LAB, "EVE", "Everolimus 10 mg"))

    assert values(given) == [
        (
            "treatment",
            {"type": "everolimus", "start": DAY, "ongoing": True, "agent": "Everolimus 10 mg"},
        )
    ]


@pytest.mark.parametrize(
    ("system", "code", "name", "type_"),
    [
        ("http://www.whocc.no/atc", "H01CB03", "Lanreotide", "SSA"),
        ("urn:oid:2.16.840.1.113883.6.73", "L01EX01", "Sunitinib", "sunitinib"),
        ("http://www.whocc.no/atc", "L01AX03", "Temozolomide", "chemo"),
        (SCT, "57066004", "Cisplatin", "platinum_chemo"),
    ],
)
def test_a_medicine_by_its_code_is_the_kind_of_treatment_that_we_have(system, code, name, type_):
    given = resource(
        "MedicationStatement",
        status="active",
        medicationCodeableConcept=concept(system, code) | {"text": name},
    )
    ((_, found),) = values(given)
    assert (found["type"], found["agent"]) == (type_, name)


def test_an_operation_by_its_code():
    ((_, found),) = values(procedure(concept(SCT, "116241004")))
    assert found["kind"] == "whipple"


def test_medication_in_a_resource_of_its_own():
    there = {"resourceType": "Medication", "id": "m", "code": concept(LAB, "EVE", "Everolimus")}
    inner = medication(
        "MedicationStatement", medicationReference={"reference": "#m"}, contained=[there]
    )
    beside = medication("MedicationStatement", medicationReference={"reference": "Medication/m"})

    assert [kind for kind, _ in values(inner)] == ["treatment"]
    assert [kind for kind, _ in values(beside, there)] == ["treatment"]
    assert values(beside) == []
    assert "The medication that it refers to is not in the message." in reasons(beside)
    assert values(medication("MedicationStatement")) == []


@pytest.mark.parametrize(
    ("dose", "activity"),
    [
        ({"value": 7400, "system": UCUM, "code": "MBq"}, "7.4"),
        ({"value": 7.4, "unit": "GBq"}, "7.4"),
    ],
)
def test_radionuclides_have_an_activity(dose, activity):
    given = medication(
        "MedicationAdministration",
        concept(LAB, "LU177", "Lutetium"),
        status="completed",
        effectiveDateTime=None,
        effectivePeriod=PERIOD,
        dosage={"dose": dose},
    )

    ((_, said),) = values(given)
    assert str(said["activity_gbq"].normalize()) == activity
    assert said["end"] == LATER
    assert "ongoing" not in said


@pytest.mark.parametrize(
    "dosage",
    [
        {"dose": {"value": 200, "unit": "mCi"}},
        {"dose": {"value": "7.4", "unit": "GBq"}},
        {"dose": {"value": 7.4001, "unit": "GBq"}},
    ],
)
def test_an_activity_that_cannot_be_read_is_told(dosage):
    given = medication("MedicationAdministration", concept(LAB, "LU177"), dosage=dosage)

    ((_, said),) = values(given)
    assert "activity_gbq" not in said
    assert reasons(given)


@pytest.mark.parametrize("dosage", [None, {}, [{"text": "weekly"}]])
def test_no_activity_is_said(dosage):
    given = medication("MedicationAdministration", concept(LAB, "LU177"), dosage=dosage)

    assert "activity_gbq" not in values(given)[0][1]


def test_a_medicine_as_we_write_it():
    code = concept(f"{OWN}/CodeSystem/treatment", "SSA", "Somatostatin analog")
    given = medication(
        "MedicationStatement",
        {
            "coding": [*concept(f"{OWN}/CodeSystem/atc", "L", "ATC")["coding"], *code["coding"]],
            "text": "Somatostatin analog: lanreotide",
        },
        status="stopped",
        statusReason=[concept(f"{OWN}/CodeSystem/stop-reason", "progression")],
        note=[{"text": "120 mg"}],
    )

    assert values(given) == [
        (
            "treatment",
            {
                "type": "SSA",
                "ongoing": False,
                "stop_reason": "progression",
                "start": DAY,
                "agent": "lanreotide",
                "note": "120 mg",
            },
        )
    ]


def test_a_name_that_is_too_long():
    given = medication(
        "MedicationStatement", concept(LAB, "EVE", "x" * 121), effectiveDateTime=None
    )

    assert values(given) == [("treatment", {"type": "everolimus", "ongoing": True})]
    assert reasons(given)


def test_medication_that_is_ordered_is_proposed():
    given = medication(
        "MedicationRequest",
        concept(LAB, "EVE"),
        intent="order",
        effectiveDateTime=None,
        authoredOn="2026-03-03",
    )

    (reading,) = read(given, local=LOCAL).readings
    assert (reading.kind, reading.on) == (Kind.FACT, DAY)
    assert reading.values == {"fact": "proposed_treatment", "value": "everolimus"}


@pytest.mark.parametrize(
    ("kind", "elements", "reason"),
    [
        ("MedicationStatement", {"status": "not-taken"}, "It was not taken."),
        ("MedicationRequest", {"status": "cancelled"}, "It was cancelled."),
        (
            "MedicationRequest",
            {"status": "completed"},
            "It was ordered, and whether it was given is not said.",
        ),
    ],
)
def test_medication_that_says_nothing(kind, elements, reason):
    given = medication(kind, concept(LAB, "EVE"), **elements)

    assert values(given) == []
    assert reason in reasons(given)


def test_medication_without_a_meaning():
    for kind in ("MedicationStatement", "MedicationRequest"):
        assert values(medication(kind, concept("x", "1"))) == []


def test_an_order_of_what_cannot_be_proposed_is_told():
    given = resource("ServiceRequest", status="active", code=concept(f"{TABLES}/x", "1"))
    other = {(f"{TABLES}/x", "1"): "treatment/other"}

    assert read(given, local=other).readings == ()
    assert read(given, local=other).unread[0].reason.startswith("Must be one of")


def specimen(**elements):
    """A core biopsy of the liver of 3 March 2026."""
    collection = {
        "collectedDateTime": "2026-03-03",
        "method": concept(f"{TABLES}/v2-0488", "BIO"),
        "bodySite": concept(SCT, "10200004"),
    }
    return resource("Specimen", **{"collection": collection, **elements})


def test_a_specimen():
    given = specimen(status="available", accessionIdentifier={"system": "x", "value": "H-1"})

    (reading,) = read(given).readings
    assert reading.belongs_to == ""
    assert reading.values == {
        "taken_on": DAY,
        "kind": "biopsy",
        "site": "liver",
        "report_number": "H-1",
    }


def test_how_it_was_taken_in_our_own_code():
    own = concept("https://board.test/fhir/CodeSystem/specimen-kind", "resection")

    assert values(specimen(type=own))[0][1]["kind"] == "resection"


def test_a_specimen_of_which_not_all_is_known_is_a_part():
    given = specimen(
        accessionIdentifier={"value": "x" * 61},
        collection={"collectedPeriod": {"start": "2026-03"}, "method": concept(SCT, "129314006")},
    )

    (reading,) = read(given).readings
    assert (reading.belongs_to, dict(reading.values)) == ("Specimen/1", {"kind": "biopsy"})
    assert "It is not said or not known here when, from where it was taken." in reasons(given)


def test_blood_is_no_specimen_of_the_tumor():
    given = specimen(type=concept(SCT, "119297000"), collection={"collectedDateTime": "2026-03-03"})

    assert values(given) == []
    assert values(specimen(status="entered-in-error")) == []


def test_a_site_that_is_none_of_ours():
    collection = {
        "collectedDateTime": "2026-03-03",
        "bodySite": concept(SCT, "1"),
        "method": concept(SCT, "129304002"),
    }

    ((_, said),) = values(specimen(collection=collection))
    assert said == {"taken_on": DAY, "kind": "resection"}
