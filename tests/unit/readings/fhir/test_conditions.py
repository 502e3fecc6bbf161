"""What Conditions say."""

import datetime

import pytest

from cases.readings.fhir import read
from cases.readings.reading import Kind
from tests.unit.readings.fhir.resources import (
    ICD_10_CM,
    ICD_O,
    LAB,
    LOCAL,
    MCODE,
    SCT,
    TABLES,
    concept,
    resource,
)

PNET = concept(SCT, "254612002", "Carcinoma of endocrine pancreas")


def condition(code, *, verification=None, clinical=None, **elements):
    """A Condition."""
    if verification:
        elements["verificationStatus"] = concept(f"{TABLES}/condition-ver-status", verification)
    if clinical:
        elements["clinicalStatus"] = concept(f"{TABLES}/condition-clinical", clinical)
    return resource("Condition", code=code, **elements)


def morphology(code, system=ICD_O):
    """mCODE's extension for what pathology called the tumor."""
    url = f"{MCODE}/mcode-histology-morphology-behavior"
    return {"url": url, "valueCodeableConcept": concept(system, code)}


def values(given):
    """What was read, by kind and values."""
    return [(one.kind, dict(one.values)) for one in read(given, local=LOCAL).readings]


def reasons(given):
    """Why something was not read."""
    return [one.reason for one in read(given, local=LOCAL).unread]


def test_a_tumor_with_morphology_site_and_date():
    given = condition(
        {**PNET, "text": "pNET of the tail"},
        verification="confirmed",
        clinical="active",
        category=[concept(f"{TABLES}/condition-category", "problem-list-item")],
        extension=[
            morphology("8240/3"),
            {
                "url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate",
                "valueDateTime": "2025-11-02",
            },
        ],
        bodySite=[concept(SCT, "73239005")],
        stage=[
            {"summary": {"text": "cT2 cN0 cM1"}, "assessment": [{"reference": "Observation/t"}]}
        ],
    )

    diagnosis, *stage = read(given).readings
    assert read(given).unread == ()
    assert (diagnosis.kind, diagnosis.on) == (Kind.DIAGNOSIS, datetime.date(2025, 11, 2))
    assert diagnosis.values == {
        "title": "pNET of the tail",
        "facts": {
            "primary_site": "pancreas",
            "histology_subtype": "NET",
            "diagnosis_date": "2025-11-02",
        },
    }
    assert [dict(one.values) for one in stage] == [
        {"fact": "regional_ln_metastasis", "value": False},
        {"fact": "distant_metastasis", "value": True},
    ]


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        (concept(ICD_10_CM, "C25.4", "x"), {"primary_site": "pancreas"}),
        (concept(ICD_10_CM, "C7A.8", "x"), {}),
        (concept(ICD_10_CM, "C7A.1", "x"), {"differentiation": "poor"}),
    ],
)
def test_what_a_diagnosis_code_says(code, facts):
    assert values(condition(code)) == [(Kind.DIAGNOSIS, {"title": "x", "facts": facts})]


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("8151/3", {"functional_subtype": "insulinoma"}),
        ("8246/3", {"differentiation": "poor"}),
        ("8150/3", {"histology_subtype": "NET", "primary_site": "pancreas"}),
    ],
)
def test_a_morphology_makes_a_tumor_of_a_code_that_says_nothing(code, facts):
    given = condition(concept("urn:x", "T1", "Tumor"), extension=[morphology(code)])

    assert values(given) == [(Kind.DIAGNOSIS, {"title": "Tumor", "facts": facts})]
    assert [one.code for one in read(given).unread] == ["T1"]


def test_a_morphology_of_another_tumor():
    given = condition(concept(SCT, "254637007", "NSCLC"), extension=[morphology("1187332001", SCT)])

    assert values(given) == []
    assert [one.code for one in read(given).unread] == ["1187332001", "254637007"]


@pytest.mark.parametrize(
    ("verification", "basis"),
    [
        ("provisional", "highly_suspected"),
        ("unconfirmed", "suspected"),
        ("differential", "suspected"),
    ],
)
def test_how_certain_a_diagnosis_is(verification, basis):
    ((_, said),) = values(condition(PNET, verification=verification))

    assert said["facts"]["diagnosis_basis"] == basis


def test_a_recurrence_and_a_remission():
    ((_, back),) = values(condition(PNET, clinical="recurrence"))
    gone = condition(PNET, clinical="remission")

    assert back["facts"]["recurrence_status"] == "confirmed"
    assert "The disease is said to be remission." in reasons(gone)


def test_a_tumor_that_was_found_to_be_none():
    assert values(condition(PNET, verification="refuted")) == [
        (Kind.FACT, {"fact": "diagnosis_basis", "value": "not_pnet"})
    ]
    other = condition(concept(ICD_10_CM, "C25.9"), verification="refuted")
    assert (values(other), reasons(other)) == ([], ["It was found not to be so."])


def test_a_title_is_never_empty_and_never_cut():
    no_words = condition(concept(SCT, "254612002"))
    long = condition({**PNET, "text": "x" * 201})
    words_alone = condition({"text": "x" * 201}, extension=[morphology("8240/3")])

    assert values(no_words)[0][1]["title"] == "254612002"
    assert values(long)[0][1]["title"] == "254612002"
    assert values(words_alone)[0][1]["title"] == "Tumor"
    assert "The title has more than 200 letters." in reasons(long)


def test_a_site_and_a_stage_that_say_nothing():
    given = condition(
        PNET, bodySite=[concept(SCT, "39607009")], stage=[{"summary": {"text": "IIIC"}}, {}]
    )

    assert values(given)[0][1]["facts"] == {"primary_site": "pancreas"}
    assert "A stage group has no place here: it is reckoned from T, N and M." in reasons(given)


def test_a_stage_that_says_two_things_says_none():
    given = condition(PNET, stage=[{"summary": {"text": "cM0, pM1, NX"}}])

    assert [kind for kind, _ in values(given)] == [Kind.DIAGNOSIS]


@pytest.mark.parametrize(
    ("code", "fact", "value"),
    [
        (concept(SCT, "94381002"), "metastatic_sites", ["liver"]),
        (concept(ICD_10_CM, "E31.21"), "hereditary_syndrome", "MEN1"),
        (concept(LAB, "BONEPAIN"), "bone_pain", True),
    ],
)
def test_conditions_that_are_facts(code, fact, value):
    given = condition(code, verification="confirmed", onsetDateTime="2026-01-02")

    (reading,) = read(given, local=LOCAL).readings
    assert reading.values == {"fact": fact, "value": value}
    assert reading.on == datetime.date(2026, 1, 2)
    assert reading.adds == isinstance(value, list)


def test_a_condition_that_was_ruled_out():
    pain = condition(concept(LAB, "BONEPAIN"), verification="refuted")
    metastasis = condition(concept(SCT, "94381002"), verification="refuted")

    assert values(pain) == [(Kind.FACT, {"fact": "bone_pain", "value": False})]
    assert (values(metastasis), reasons(metastasis)) == ([], ["It was found not to be so."])


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"verification": "entered-in-error"}, "It was entered in error."),
        (
            {"verification": "provisional"},
            "It is not confirmed, and nothing here can say so of it.",
        ),
        ({"clinical": "resolved"}, "It is said to be resolved."),
    ],
)
def test_what_does_not_hold_says_nothing(status, reason):
    given = condition(concept(SCT, "94381002"), **status)

    assert (values(given), reasons(given)) == ([], [reason])


def test_conditions_that_have_no_place():
    assert reasons(condition(concept(ICD_10_CM, "E16.2"))) == [
        "This condition says nothing by itself that has a place here."
    ]
    for code in (concept(LAB, "GONE"), concept(SCT, "371469007")):
        assert reasons(condition(code)) == ["This code has a meaning here, but none at this place."]
    assert reasons(condition(concept(ICD_10_CM, "I10"))) == ["This code has no meaning here."]
