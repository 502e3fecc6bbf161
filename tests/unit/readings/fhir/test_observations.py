"""What Observations say."""

import datetime
from decimal import Decimal

import pytest

from cases.readings.fhir import read, read_all
from cases.readings.reading import Kind
from tests.unit.readings.fhir.resources import (
    CHROMOGRANIN,
    DCM,
    KI67,
    LAB,
    LN,
    LOCAL,
    MCODE,
    SCT,
    TABLES,
    concept,
    observation,
    quantity,
)

DAY = datetime.date(2026, 3, 3)
ABSENT = f"{TABLES}/data-absent-reason"


def values(*resources):
    """What was read, by kind and values."""
    return [(one.kind.value, dict(one.values)) for one in read_all(resources, local=LOCAL).readings]


def reasons(*resources):
    """What was not read, by path and reason."""
    return [(one.path, one.reason) for one in read_all(resources, local=LOCAL).unread]


def test_a_laboratory_value_with_its_limits():
    given = observation(
        CHROMOGRANIN,
        category=[concept(f"{TABLES}/observation-category", "laboratory")],
        valueQuantity=quantity(345.5, "ng/mL"),
        referenceRange=[{"low": quantity(0, "ng/mL"), "high": quantity(102, "ug/L")}],
        performer=[{"display": "Central laboratory"}],
        note=[{"text": "Proton pump inhibitor"}],
    )

    (reading,) = read(given).readings
    assert read(given).unread == ()
    assert reading.kind is Kind.LAB_RESULT
    assert reading.values == {
        "analyte": "chromogranin_a",
        "comparator": "",
        "value": Decimal("345.5"),
        "unit": "ng/mL",
        "taken_on": DAY,
        "lower_limit": 0,
        "upper_limit": 102,
        "laboratory": "Central laboratory",
        "note": "Proton pump inhibitor",
    }
    assert (reading.origin, reading.subject, reading.on) == ("Observation/1", "Patient/p", DAY)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({}, "It has no value."),
        ({"valueString": "high"}, "It is not a number with a unit."),
        ({"valueInteger": 12}, "It has no unit."),
        ({"valueInteger": "12"}, "This is not a number."),
        ({"valueQuantity": {"unit": "ng/mL"}}, "It has no number."),
        ({"valueQuantity": quantity(5, "pmol/L")}, "The unit pmol/L does not fit the code 9811-1."),
        ({"valueQuantity": quantity(5, "furlong")}, "The unit furlong is not taken here."),
        ({"valueQuantity": quantity(-5, "ng/mL")}, "A value cannot be negative."),
        ({"valueQuantity": quantity(True, "ng/mL")}, "This is not a number."),
        ({"valueQuantity": quantity(10**30, "ng/mL")}, "This number is out of any range."),
        (
            {
                "valueQuantity": quantity(
                    Decimal("1.00000000000000000000000000000000000000000001"), "ng/mL"
                )
            },
            "This number has more digits than can be kept.",
        ),
        (
            {"valueQuantity": quantity(1.23456, "ng/mL")},
            "It has more decimals than are kept here (4).",
        ),
        (
            {"valueQuantity": quantity(5, "ng/mL", comparator="<=")},
            "It says <=; a value here is measured, below or above.",
        ),
        ({"valueQuantity": quantity(5, "ng/mL", comparator="ad")}, "This comparator is not known."),
        ({"valueRange": {"low": quantity(1, "ng/mL")}}, "It says a range; one number is needed."),
        ({"valueSampledData": {}}, "A value of this kind is not read here."),
        (
            {"dataAbsentReason": concept(ABSENT, "not-performed", "Not performed")},
            "It has no value: Not performed.",
        ),
    ],
)
def test_what_is_no_laboratory_value(answer, reason):
    given = observation(CHROMOGRANIN, **answer)

    assert values(given) == []
    assert reason in [why for _, why in reasons(given)]


def test_a_value_below_what_can_be_measured():
    ((_, said),) = values(
        observation(CHROMOGRANIN, valueQuantity=quantity(3, "ng/mL", comparator="<"))
    )

    assert (said["comparator"], said["value"]) == ("<", 3)


def test_a_number_with_its_unit_in_words():
    ((_, said),) = values(observation(CHROMOGRANIN, valueString="<3.5 ng/mL"))

    assert (said["comparator"], said["value"], said["unit"]) == ("<", Decimal("3.5"), "ng/mL")


def test_a_value_without_a_day_is_told():
    for day, reason in (
        (None, "The day on which it was taken is not given."),
        ("2026", "Only the year is given, and a day is needed here."),
        ("2026-03", "Only the month is given, and a day is needed here."),
        ("2026-02-30", "There is no such day."),
        ("yesterday", "This is not a date."),
        (20260303, "This must be a date."),
    ):
        given = observation(CHROMOGRANIN, valueQuantity=quantity(5, "ng/mL"), effectiveDateTime=day)
        assert values(given) == []
        assert reason in [why for _, why in reasons(given)]


@pytest.mark.parametrize(
    "when",
    [
        {"effectiveDateTime": "2026-03-03T23:30:00+02:00"},
        {"effectiveDateTime": None, "effectiveInstant": "2026-03-03T08:00:00.123Z"},
        {
            "effectiveDateTime": None,
            "effectivePeriod": {"start": "2026-03-03", "end": "2026-03-04"},
        },
    ],
)
def test_the_day_is_that_of_the_sender(when):
    ((_, said),) = values(observation(CHROMOGRANIN, valueQuantity=quantity(5, "ng/mL"), **when))

    assert said["taken_on"] == DAY


def test_limits_that_cannot_be_told_are_left_out():
    normal = {"low": quantity(1, "ng/mL")}
    treatment = {"type": concept("x", "treatment"), "high": quantity(9, "ng/mL")}
    both = observation(
        CHROMOGRANIN, valueQuantity=quantity(5, "ng/mL"), referenceRange=[normal, normal]
    )
    one = observation(
        CHROMOGRANIN, valueQuantity=quantity(5, "ng/mL"), referenceRange=[normal, treatment]
    )
    odd = observation(
        CHROMOGRANIN,
        valueQuantity=quantity(5, "ng/mL"),
        referenceRange=[{"high": quantity(9, "mm")}],
    )

    assert "lower_limit" not in values(both)[0][1]
    assert (
        "Observation.referenceRange",
        "It gives several reference ranges, and not which one is for this patient.",
    ) in reasons(both)
    assert values(one)[0][1]["lower_limit"] == 1
    assert "upper_limit" not in values(odd)[0][1]
    assert ("Observation.referenceRange[0].high", "The unit mm does not fit; ng/mL is needed.") in (
        reasons(odd)
    )


def test_words_that_do_not_fit_are_told():
    given = observation(
        CHROMOGRANIN,
        valueQuantity=quantity(5, "ng/mL"),
        performer=[{"display": "L" * 121}],
        note=[{"text": "n" * 301}],
    )

    assert {"laboratory", "note"}.isdisjoint(values(given)[0][1])
    assert ("Observation", "The note has more than 300 letters.") in reasons(given)


def test_ki67_of_a_specimen_and_ki67_alone():
    given = observation(KI67, valueQuantity=quantity(4.5, "%"))
    of_specimen = {**given, "specimen": {"reference": "Specimen/s"}}

    assert values(given) == [("fact", {"fact": "ki67_percent", "value": 4.5})]
    (reading,) = read(of_specimen).readings
    assert (reading.kind, reading.belongs_to) == (Kind.SPECIMEN, "Specimen/s")
    assert reading.values == {"ki67_percent": Decimal("4.5")}


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"valueQuantity": quantity(0.12, "1")}, 12),
        ({"valueRatio": {"numerator": {"value": 3}, "denominator": {"value": 100}}}, 3),
        ({"valueString": "12 %"}, 12),
        ({"valueString": "12%"}, 12),
    ],
)
def test_a_percentage_however_it_is_written(answer, value):
    assert values(observation(KI67, **answer)) == [
        ("fact", {"fact": "ki67_percent", "value": value})
    ]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"valueQuantity": quantity(120, "%")}, "Must be at most 100 % positive nuclei, not 120."),
        (
            {"valueQuantity": quantity(5, "mm")},
            "The unit mm does not fit; % positive nuclei is needed.",
        ),
        ({"valueQuantity": {"value": 5}}, "It has no unit; % positive nuclei is needed."),
        (
            {"valueQuantity": quantity(1, "%", comparator="<")},
            "It says only that the number lies below 1; a number is needed.",
        ),
        ({"valueString": "about 12 %"}, "It is said in words alone."),
        ({"valueString": "twelve %"}, "It is said in words alone."),
        ({"valueBoolean": True}, "It is not a number."),
        ({"valueRange": {}}, "It says a range; one number is needed."),
        (
            {"valueRatio": {"numerator": {"value": 3}, "denominator": {"value": 0}}},
            "This ratio is not one number.",
        ),
        (
            {"valueRatio": {"numerator": {"value": 3, "unit": "mm"}, "denominator": {"value": 1}}},
            "This ratio does not fit the unit that is needed.",
        ),
        ({"valueRatio": {"numerator": {}}}, "It has no number."),
    ],
)
def test_what_is_no_percentage(answer, reason):
    given = observation(KI67, **answer)

    assert values(given) == []
    assert reason in [why for _, why in reasons(given)]


def test_mitoses_in_other_than_ten_fields():
    own = concept("https://board.test/fhir/CodeSystem/fact", "mitoses_per_10hpf")
    ratio = {
        "numerator": {"value": 3},
        "denominator": {"value": 50, "system": "x", "code": "[HPF]"},
    }

    ((_, said),) = values(observation(own, valueRatio=ratio))
    assert said == {"fact": "mitoses_per_10hpf", "value": 0.6}


def test_a_number_with_more_decimals_than_the_column():
    given = observation(
        concept(LN, "21889-1"),
        valueQuantity=quantity(Decimal("2.345"), "cm"),
        specimen={"reference": "Specimen/s"},
    )

    assert values(given) == []
    assert reasons(given) == [
        ("Observation.valueQuantity", "It has more decimals than are kept here (1).")
    ]


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"valueCodeableConcept": concept(SCT, "1663004", "G2 grade")}, "G2"),
        ({"valueCodeableConcept": {"text": "g2"}}, "G2"),
        ({"valueString": "G2"}, "G2"),
    ],
)
def test_a_grade(answer, value):
    for code in (
        concept(SCT, "371469007"),
        concept("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C18000"),
    ):
        assert values(observation(code, **answer)) == [
            ("fact", {"fact": "pathologist_grade", "value": value})
        ]


def test_a_grade_that_is_none_of_ours():
    grade = concept(SCT, "371469007")
    other = observation(grade, valueCodeableConcept=concept(SCT, "1286893008", "Intermediate"))
    two = {"coding": [{"system": SCT, "code": "1663004"}, {"system": SCT, "code": "61026006"}]}

    (unread,) = read(other).unread
    assert (unread.path, unread.code, unread.display, unread.origin) == (
        "Observation.valueCodeableConcept.coding[0]",
        "1286893008",
        "Intermediate",
        "Observation/1",
    )
    assert values(observation(grade, valueCodeableConcept=two)) == []
    assert reasons(observation(grade, valueString="high")) == [
        ("Observation.valueString", "It is none of: G1, G2, G3.")
    ]
    assert reasons(observation(grade, valueBoolean=True)) == [
        ("Observation.valueBoolean", "It is none of: G1, G2, G3.")
    ]
    assert reasons(observation(grade)) == [("Observation", "It has no value.")]


def test_a_grade_says_its_edition_in_the_method():
    edition = concept("https://board.test/fhir/CodeSystem/fact", "who_version/WHO2022")
    given = observation(
        concept(SCT, "371469007"),
        valueCodeableConcept=concept(SCT, "1663004"),
        method=edition,
        specimen={"reference": "Specimen/s"},
    )

    assert values(given) == [("specimen", {"grade": "G2", "who_version": "WHO2022"})]


def test_stains_of_one_panel_are_one_reading():
    own = "https://board.test/fhir/CodeSystem"
    yes, no = {"valueBoolean": True}, {"valueBoolean": False}
    given = observation(
        concept(f"{own}/record", "pathology-findings"),
        specimen={"reference": "Specimen/s"},
        component=[
            {"code": concept(LN, "10471-1"), **yes},
            {"code": concept(LN, "10495-0"), "valueCodeableConcept": concept(SCT, "10828004")},
            {"code": concept(LN, "10483-6"), **yes},
            {"code": concept(f"{own}/record", "nodes-examined"), "valueQuantity": {"value": 12}},
            {"code": concept(f"{own}/record", "perineural-invasion"), **no},
            {
                "code": concept(f"{own}/record", "margin"),
                "valueCodeableConcept": concept(f"{own}/margin", "R0"),
            },
        ],
    )

    (reading,) = read(given).readings
    assert read(given).unread == ()
    assert reading.adds
    assert reading.values == {
        "chromogranin_a": True,
        "hormones": ["insulin", "gastrin"],
        "nodes_examined": 12,
        "perineural_invasion": False,
        "margin": "R0",
    }


@pytest.mark.parametrize(
    ("code", "answer", "reason"),
    [
        ("nodes-examined", {"valueQuantity": {"value": 1.5}}, "This is not a number of nodes."),
        ("nodes-examined", {"valueQuantity": {"value": 99999}}, "This number is out of any range."),
        ("nodes-positive", {"valueBoolean": True}, "This is not a number of nodes."),
        ("vascular-invasion", {"valueString": "perhaps"}, "It says neither yes nor no."),
        ("vascular-invasion", {}, "It has no value."),
        ("mood", {"valueBoolean": True}, "This is told of rows here, and not read back."),
    ],
)
def test_what_is_no_column_of_a_specimen(code, answer, reason):
    own = concept("https://board.test/fhir/CodeSystem/record", code)
    given = observation(own, **answer)

    assert values(given) == []
    assert reason in [why for _, why in reasons(given)]


def test_a_margin_that_is_none():
    own = concept("https://board.test/fhir/CodeSystem/record", "margin")

    for answer in ({"valueString": "free"}, {"valueCodeableConcept": concept("x", "R9")}):
        given = observation(own, **answer)
        assert values(given) == []
        assert "It is none of: R0, R1, R2, RX." in [why for _, why in reasons(given)]


def test_no_hormones_at_all_is_an_answer():
    own = "https://board.test/fhir/CodeSystem/fact"
    given = observation(
        concept(own, "hormone_ihc_positive"),
        valueCodeableConcept={"text": "None"},
    )

    (reading,) = read(given).readings
    assert reading.values == {"fact": "hormone_ihc_positive", "value": []}
    assert not reading.adds


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"valueBoolean": False}, "A list here says what was found"),
        ({"valueString": "unclear"}, "It says neither yes nor no."),
        ({}, "It has no value."),
    ],
)
def test_a_stain_that_is_not_positive(answer, reason):
    given = observation(concept(LN, "10495-0"), **answer)

    assert values(given) == []
    assert reasons(given)[0][1].startswith(reason)


def test_a_list_whose_values_are_unknown():
    code = concept("https://board.test/fhir/CodeSystem/fact", "new_symptoms")

    assert reasons(observation(code, valueString="itching"))[0][1].startswith("It is none of")
    assert reasons(observation(code, valueBoolean=True))[0][1].startswith("It is none of")
    assert values(observation(code, valueCodeableConcept=concept(SCT, "18165001"))) == [
        ("fact", {"fact": "new_symptoms", "value": ["jaundice"]})
    ]


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"valueBoolean": True}, True),
        ({"valueString": "No"}, False),
        ({"valueCodeableConcept": concept(SCT, "260385009")}, False),
        ({"valueCodeableConcept": {"text": "yes"}}, True),
    ],
)
def test_yes_and_no(answer, value):
    given = observation(concept(LAB, "BONEPAIN"), **answer)

    assert values(given) == [("fact", {"fact": "bone_pain", "value": value})]


def test_neither_yes_nor_no():
    bone_pain = concept(LAB, "BONEPAIN")
    both = {"coding": [{"system": SCT, "code": "10828004"}, {"system": SCT, "code": "260385009"}]}

    for answer in (
        {"valueString": "sometimes"},
        {"valueCodeableConcept": both},
        {"valueQuantity": quantity(1, "mm")},
    ):
        assert values(observation(bone_pain, **answer)) == []


def test_a_value_of_a_fact_in_the_code():
    mets = observation(concept(LAB, "MET"), valueBoolean=True)
    grade = observation(concept(SCT, "1663004"), valueBoolean=False)

    (reading,) = read(mets, local=LOCAL).readings
    assert (reading.values, reading.adds) == (
        {"fact": "metastatic_sites", "value": ["liver"]},
        True,
    )
    assert values(observation(concept(SCT, "1663004"), valueBoolean=True)) == [
        ("fact", {"fact": "pathologist_grade", "value": "G2"})
    ]
    assert reasons(grade)[0][1].startswith("It denies one value")


def test_dates_and_other_kinds_of_facts():
    own = "https://board.test/fhir/CodeSystem/fact"
    day = observation(concept(own, "resection_date"), valueDateTime="2025-01-31")

    assert values(day) == [("fact", {"fact": "resection_date", "value": "2025-01-31"})]
    assert values(observation(concept(own, "resection_date"), valueDateTime="2025")) == []
    assert reasons(observation(concept(own, "treatments"), valueString="x")) == [
        ("Observation.valueString", "A value of this kind is not taken for it.")
    ]
    assert reasons(observation(concept(own, "studies"), valueString="x"))[0][1].startswith(
        "The record says this by its rows"
    )
    assert values(observation(concept(own, "krenning_grade"), valueInteger=3)) == [
        ("fact", {"fact": "krenning_grade", "value": 3})
    ]
    assert values(observation(concept(LAB, "GONE"), valueBoolean=True)) == []


def test_pregnancy_in_codes_and_by_yes_and_no():
    code = concept(LN, "82810-3")

    for answer, value in (
        ({"valueCodeableConcept": concept(SCT, "77386006")}, "pregnant"),
        ({"valueBoolean": False}, "not_pregnant"),
        ({"valueBoolean": True}, "pregnant"),
    ):
        assert values(observation(code, **answer)) == [
            ("fact", {"fact": "pregnancy_status", "value": value})
        ]
    assert values(observation(code, valueString="maybe")) == []


def test_sex_is_the_patients():
    given = observation(concept(LN, "46098-0"), valueCodeableConcept=concept(SCT, "248152002"))

    assert values(given) == [("patient", {"sex": "female"})]


def test_asked_and_unknown_is_an_answer():
    asked = {"dataAbsentReason": concept(ABSENT, "asked-unknown")}
    given = observation(concept(LAB, "BONEPAIN"), **asked)
    of_specimen = observation(KI67, specimen={"reference": "Specimen/s"}, **asked)
    refused = observation(
        concept(LAB, "BONEPAIN"), dataAbsentReason=concept(ABSENT, "asked-declined")
    )

    assert values(given) == [("fact", {"fact": "bone_pain", "value": "unknown"})]
    assert values(of_specimen) == []
    assert reasons(refused) == [
        ("Observation.dataAbsentReason", "It has no value: asked-declined.")
    ]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (concept(SCT, "268910001"), "response"),
        (concept(DCM, "112043"), "progression"),
        (concept(DCM, "112044"), "stable"),
    ],
)
def test_the_status_of_the_disease_is_the_result_of_a_study(answer, outcome):
    given = observation(
        concept(LN, "97509-4"),
        valueCodeableConcept=answer,
        derivedFrom=[{"reference": "Observation/2"}, {"reference": "ImagingStudy/9"}],
    )

    (reading,) = read(given).readings
    assert (reading.kind, reading.belongs_to) == (Kind.RESULT, "ImagingStudy/9")
    assert reading.values == {"outcome": outcome}


def test_a_status_that_is_no_outcome():
    own = "https://board.test/fhir/CodeSystem"
    status = concept(LN, "97509-4")

    assert values(observation(status, valueCodeableConcept=concept(f"{own}/response", "NE"))) == []
    none = observation(
        status, valueCodeableConcept=concept(f"{own}/fact", "study_outcome/not_available")
    )
    assert [why for _, why in reasons(none)] == [
        "This code has a meaning here, but none at this place."
    ]
    assert values(observation(status, valueString="stable")) == [("result", {"outcome": "stable"})]


def test_uptake_is_of_a_study_where_one_is_named():
    own = concept("https://board.test/fhir/CodeSystem/fact", "sstr_result")
    study = {"derivedFrom": [{"reference": "ImagingStudy/9", "type": "ImagingStudy"}]}

    assert values(observation(own, valueString="positive", **study)) == [
        ("result", {"sstr_result": "positive"})
    ]
    assert values(observation(own, valueString="not_done", **study)) == [
        ("fact", {"fact": "sstr_result", "value": "not_done"})
    ]


def test_the_size_of_the_primary_stands_in_a_component():
    size = {
        "component": [
            {"code": concept(LN, "33729-5"), "valueQuantity": quantity(1.1, "cm")},
            {"code": concept(LN, "33728-7"), "valueQuantity": quantity(2.3, "cm")},
        ]
    }
    given = observation(concept(LN, "21889-1"), **size)

    assert values(given) == [("fact", {"fact": "primary_size_mm", "value": 23})]
    assert [one.code for one in read(given).unread] == ["33729-5"]


def test_the_size_of_another_lesion_is_not_that_of_the_primary():
    size = {"valueQuantity": quantity(2.3, "cm")}
    lesion = {"resourceType": "BodyStructure", "id": "b", "location": concept(SCT, "15776009")}
    focus = {"focus": [{"reference": "BodyStructure/b"}]}
    code = concept(LN, "21889-1")
    primary = [("fact", {"fact": "primary_size_mm", "value": 23})]

    assert values(observation(code, bodySite=concept(SCT, "10200004"), **size)) == []
    assert values(observation(code, bodySite=concept(SCT, "15776009"), **size)) == primary
    assert values(observation(code, **size, **focus)) == []
    assert values(observation(code, **size, **focus), lesion) == primary


@pytest.mark.parametrize(
    ("code", "display", "fact", "value"),
    [
        ("399387003", "American Joint Committee on Cancer cM0", "distant_metastasis", False),
        ("371497001", "pM1b", "distant_metastasis", True),
        ("371494008", "pN1", "regional_ln_metastasis", True),
        ("399534004", "AJCC cN0", "regional_ln_metastasis", False),
    ],
)
def test_nodes_and_metastases(code, display, fact, value):
    given = observation(
        concept(SCT, code), valueCodeableConcept=concept(SCT, "1229901006", display)
    )

    assert values(given) == [("fact", {"fact": fact, "value": value})]


@pytest.mark.parametrize(
    ("code", "answer", "reason"),
    [
        ("399534004", {"valueString": "cNX"}, "It could not be assessed."),
        ("399534004", {"valueString": "many"}, "No TNM category can be told from it."),
        ("399534004", {"valueString": "cM1"}, "No TNM category can be told from it."),
        ("399534004", {"valueBoolean": True}, "No TNM category can be told from it."),
        ("399534004", {}, "No TNM category can be told from it."),
        ("399504009", {"valueString": "cT2"}, "A T category has no place here"),
        ("399537006", {"valueString": "IIB"}, "A stage group has no place here"),
    ],
)
def test_what_of_tnm_has_no_place(code, answer, reason):
    given = observation(concept(SCT, code), **answer)

    assert values(given) == []
    assert reasons(given)[0][1].startswith(reason)


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered"])
def test_what_does_not_hold_says_nothing(status):
    given = observation(CHROMOGRANIN, valueQuantity=quantity(5, "ng/mL"), status=status)

    assert values(given) == []
    assert [path for path, _ in reasons(given)] == ["Observation.status"]


def test_a_preliminary_value_is_read_and_told():
    given = observation(CHROMOGRANIN, valueQuantity=quantity(5, "ng/mL"), status="preliminary")

    assert len(values(given)) == 1
    assert reasons(given) == [("Observation.status", "This is preliminary.")]


def test_a_panel_says_nothing_of_itself():
    member = observation(CHROMOGRANIN, valueQuantity=quantity(5, "ng/mL")) | {"id": "2"}
    panel = observation(concept("x", "PANEL"), hasMember=[{"reference": "Observation/2"}])

    assert [kind for kind, _ in values(panel, member)] == ["lab_result"]
    assert reasons(panel, member) == []


def test_codes_without_a_meaning_are_named():
    unknown = observation(concept("urn:x", "42", "Mood"), valueString="fine")
    words = observation({"text": "Mood"}, valueString="fine")
    nothing = observation(None, valueString="fine")
    treatment = observation(concept(DCM, "112043"), valueBoolean=True)
    no_place = observation(concept(LN, "36813-4"), valueBoolean=True)

    (unread,) = [one for one in read(unknown).unread if one.code]
    assert (unread.path, unread.system, unread.code, unread.display) == (
        "Observation.code.coding[0]",
        "urn:x",
        "42",
        "Mood",
    )
    assert ("Observation.code", "It is named in words alone, without a code.") in reasons(words)
    assert ("Observation.code", "It is not said what this is about.") in reasons(nothing)
    for given in (treatment, no_place):
        assert "This code has a meaning here, but none at this place." in [
            why for _, why in reasons(given)
        ]


def test_the_first_code_that_means_something_here_counts():
    code = {"coding": [{"system": LAB, "code": "??"}, *CHROMOGRANIN["coding"]], "text": "CgA"}

    assert len(values(observation(code, valueQuantity=quantity(5, "ng/mL")))) == 1


def test_everything_that_nobody_asked_for_is_told():
    given = observation(
        CHROMOGRANIN,
        valueQuantity=quantity(5, "ng/mL"),
        extension=[
            {"url": f"{MCODE}/mcode-related-condition", "valueReference": {}},
            {"url": "urn:new", "valueString": "x"},
            "odd",
        ],
        interpretation=[concept("x", "H")],
        method=concept("x", "RIA"),
    )

    assert reasons(given) == [
        ("Observation.method", "This has no place here."),
        ("Observation.extension[1]", "This extension is not known here."),
        ("Observation.extension[2]", "This extension is not known here."),
        ("Observation.interpretation", "This has no place here."),
    ]


def test_a_component_of_ours_that_is_no_column():
    own = "https://board.test/fhir/CodeSystem/record"
    component = {"code": concept(own, "mood"), "valueBoolean": True}
    given = observation(concept(own, "pathology-findings"), component=[component])

    assert reasons(given) == [
        ("Observation.component[0].code.coding[0]", "This code has no meaning here.")
    ]


def test_all_answers_to_a_list_are_the_whole_list():
    own = "https://board.test/fhir/CodeSystem/fact"
    given = observation(
        concept(own, "new_symptoms"),
        component=[
            {
                "code": concept(own, "new_symptoms"),
                "valueCodeableConcept": concept(own, f"new_symptoms/{value}"),
            }
            for value in ("jaundice", "flushing")
        ],
    )

    (reading,) = read(given).readings
    assert reading.values["value"] == ["jaundice", "flushing"]
    assert not reading.adds


def test_a_size_that_is_not_the_longest_is_no_size():
    other = {"code": concept(LN, "33729-5"), "valueQuantity": quantity(1.1, "cm")}
    given = observation(concept(LN, "21889-1"), component=[other])

    assert values(given) == []
    assert [one.code for one in read(given).unread] == ["33729-5"]
