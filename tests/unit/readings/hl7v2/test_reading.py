"""What messages of HL7 v2 say."""

import datetime
from decimal import Decimal

import pytest

from cases.readings.hl7v2 import read
from cases.readings.reading import Identifier, Kind
from tests.unit.readings.hl7v2.messages import LOCAL, PID, message

DAY = datetime.date(2026, 3, 3)
MR = Identifier("urn:oid:1.2.3", "4711", "MR")
SUBJECT = "urn:oid:1.2.3|4711"
LAB = "OBR|1|P1|F1|80053^Panel^LN|||20260303081500|||||||||||||||||CH|F"
RADIOLOGY = "OBR|1|P1|F1|CTAP^CT abdomen^99LAB|||20260303|||||||||||A-17||||20260304||RAD|F"
PATHOLOGY = "OBR|1|P1|H-26-1|11529-5^Surgical pathology^LN|||20260303|||||||||||||||20260309||SP|F"


def result(*segments):
    """What an ORU says, without the patient."""
    given = read(message("ORU^R01", PID, *segments), local=LOCAL)
    return given.readings[1:], given.unread


def values(*segments):
    """Kind and values of what an ORU says."""
    return [(one.kind.value, dict(one.values)) for one in result(*segments)[0]]


def reasons(*segments):
    """Path and reason of what was not read of an ORU."""
    return [(one.path, one.reason) for one in result(*segments)[1] if one.path[:3] != "PID"]


def test_a_patient():
    (reading,) = read(message("ADT^A08", PID)).readings

    assert (reading.kind, reading.origin, reading.subject) == (Kind.PATIENT, "PID[1]", SUBJECT)
    assert reading.values == {
        "record_number": "4711",
        "family_name": "Berger",
        "given_name": "Clara Maria",
        "birth_date": datetime.date(1961, 4, 5),
        "sex": "female",
    }
    assert reading.identifiers == (MR, Identifier("INS", "X9", "HC"))


def test_what_of_a_patient_is_not_read_is_told():
    pid = 'PID|1||1~2~^^^X||Arendt^^^^^^M~Berger^C^^^^^L||1961|Q|""||Street 1'
    given = read(message("ADT^A01", pid, "PV1|1|I", "DG1|1"))

    (reading,) = given.readings
    assert reading.values == {"family_name": "Berger", "given_name": "C"}
    assert [(one.path, one.reason) for one in given.unread] == [
        (
            "PID[1]-3",
            "Several identifiers are given, and none is marked as the record number (type MR).",
        ),
        ("PID[1]-5", "Another name is taken."),
        ("PID[1]-7", "Only the year is given, and a day is needed here."),
        ("PID[1]-8", "This code of sex is not known here."),
        ("PID[1]-9", "It says that this is to be emptied; a person decides that."),
        ("PID[1]-11", "This has no place here."),
        ("PV1[1]", "Segments of this kind are not read."),
        ("DG1[1]", "Segments of this kind are not read."),
    ]
    assert {one.origin for one in given.unread} == {"ADT^A01 M-1"}


def test_a_patient_without_anything():
    given = read(message("ADT^A08", "PID|1||||Arendt^^^^^^M"))

    assert dict(given.readings[0].values) == {}
    assert given.readings[0].subject == ""


def test_two_records_are_merged():
    prior = "MRG|12^^^HOSP&1.2.3&ISO^MR"
    merge = read(message("ADT^A40", "EVN|A40", PID, prior)).readings[1]

    assert (merge.kind, merge.subject) == (Kind.MERGE, SUBJECT)
    assert merge.values == {
        "prior": (Identifier("urn:oid:1.2.3", "12", "MR"),),
        "surviving": (MR, Identifier("INS", "X9", "HC")),
    }


@pytest.mark.parametrize(
    ("kind", "segments", "reason"),
    [
        ("ADT^A40", [PID], "MRG is missing, so nothing can be merged."),
        ("ADT^A40", [PID, "MRG|"], "The prior record is not named, so nothing can be merged."),
        ("ADT^A40", ["PID|1", "MRG|12"], "The surviving record is not named"),
        ("ADT^A08", [PID, "MRG|12"], "Only ADT^A40 merges records."),
    ],
)
def test_what_merges_nothing(kind, segments, reason):
    given = read(message(kind, *segments))

    assert Kind.MERGE not in [one.kind for one in given.readings]
    assert any(one.reason.startswith(reason) for one in given.unread)


def test_what_stands_before_a_patient_is_nobodys():
    obx = "OBX|1|NM|9811-1^^LN||345|ng/mL||||||F|||20260303"
    given = read(message("ORU^R01", LAB, obx, PID))

    assert [one.kind for one in given.readings] == [Kind.PATIENT]
    assert given.unread[0].path == "PID"


def test_two_patients_in_one_message():
    obx = "OBX|1|NM|9811-1^^LN||345|ng/mL|||||F"
    other = "PID|2||12^^^HOSP&1.2.3&ISO^MR"
    given = read(message("ORU^R01", PID, LAB, obx, other, LAB, obx))

    assert [(one.kind.value, one.subject) for one in given.readings] == [
        ("patient", SUBJECT),
        ("lab_result", SUBJECT),
        ("patient", "urn:oid:1.2.3|12"),
        ("lab_result", "urn:oid:1.2.3|12"),
    ]


def test_what_is_said_of_two_patients_is_never_joined():
    obr = "OBR|1|||X^Thorax^99X|||20260303|||||||||||||||||RAD|F"
    pain = "OBX|1|CWE|OUT^^99LAB||359746009^^SCT||||||F"
    other = "PID|2||12^^^HOSP&1.2.3&ISO^MR"
    given = read(message("ORU^R01", PID, obr, pain, other, obr, pain), local=LOCAL)

    results = [one.subject for one in given.readings if one.kind is Kind.RESULT]
    assert results == [SUBJECT, "urn:oid:1.2.3|12"]


def test_a_value_of_the_laboratory():
    obx = (
        "OBX|1|NM|9811-1^Chromogranin A^LN||345.5|ng/mL^^UCUM|0-102|H|||F|||20260302"
        "|||||||||Central"
    )
    readings, unread = result(LAB, obx, "NTE|1||Proton pump", "NTE|2||inhibitor")

    (reading,) = readings
    assert (reading.origin, reading.on) == ("OBX[1]", datetime.date(2026, 3, 2))
    assert reading.values == {
        "analyte": "chromogranin_a",
        "comparator": "",
        "value": Decimal("345.5"),
        "unit": "ng/mL",
        "taken_on": datetime.date(2026, 3, 2),
        "lower_limit": 0,
        "upper_limit": 102,
        "laboratory": "Central",
        "note": "Proton pump\ninhibitor",
    }
    assert [one.path for one in unread if one.path[:3] == "OBX"] == ["OBX[1]-8"]


@pytest.mark.parametrize(
    ("obx", "comparator", "value"),
    [
        ("NM|9811-1^^LN||<5|ng/mL", "<", "5"),
        ("SN|9811-1^^LN||>^5.5|ng/mL", ">", "5.5"),
        ("SN|9811-1^^LN||=^5|ng/mL", "", "5"),
        ("ST|9811-1^^LN||5|ng/mL", "", "5"),
        ("ST|9811-1^^LN||< 5 ng/mL", "<", "5"),
        ("NM|9811-1^^LN||5|^ng/mL", "", "5"),
    ],
)
def test_numbers_however_they_are_sent(obx, comparator, value):
    ((_, said),) = values(LAB, f"OBX|1|{obx}||||F")

    assert (said["comparator"], said["value"], said["unit"]) == (
        comparator,
        Decimal(value),
        "ng/mL",
    )
    assert said["taken_on"] == DAY


@pytest.mark.parametrize(
    ("obx", "reason"),
    [
        ("NM|9811-1^^LN|||ng/mL", "It has no value."),
        ('NM|9811-1^^LN||""|ng/mL', "It says that the value is deleted."),
        ("NM|9811-1^^LN||many|ng/mL", "This is not a number."),
        ("NM|9811-1^^LN||5~6|ng/mL", "It says several values; one is needed."),
        ("NM|9811-1^^LN||5|furlong^^UCUM", "The unit furlong is not taken here."),
        ("SN|9811-1^^LN||^5^-^6|ng/mL", "It says a range; one number is needed."),
        ("SN|9811-1^^LN||^5~^6|ng/mL", "It says several values; one is needed."),
        ("SN|9811-1^^LN||^|ng/mL", "This is not a number."),
        ("SN|9811-1^^LN||?^5|ng/mL", "This comparator is not known."),
        ("SN|9811-1^^LN||^5^+^6|ng/mL", "It is not a number with a unit."),
        ("ST|9811-1^^LN||5 mm|ng/mL", "It is not a number with a unit."),
        ("ED|9811-1^^LN||^AP^^Base64^JVBE", "A value of the type ED is not read."),
        ("|9811-1^^LN||5", "A value of the type ? is not read."),
        ("DT|9811-1^^LN||soon", "This is not a date."),
    ],
)
def test_what_is_no_number(obx, reason):
    assert values(LAB, f"OBX|1|{obx}||||F") == []
    assert reason in [why for _, why in reasons(LAB, f"OBX|1|{obx}||||F")]


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        ("<102", (None, 102)),
        (">=5", (5, None)),
        ("5 - 102", (5, 102)),
        ("negative", (None, None)),
        ("low-high", (None, None)),
    ],
)
def test_reference_ranges(written, limits):
    ((_, said),) = values(LAB, f"OBX|1|NM|9811-1^^LN||5|ng/mL|{written}||||F")

    assert (said.get("lower_limit"), said.get("upper_limit")) == limits


@pytest.mark.parametrize(
    ("obx", "fact", "value"),
    [
        ("CWE|GRADE^^99LAB||1663004^G2^SCT", "pathologist_grade", "G2"),
        ("CE|GRADE^^99LAB||X^middle^99X^1663004^G2^SCT", "pathologist_grade", "G2"),
        ("CWE|GRADE^^99LAB||^^^^^^^^G2", "pathologist_grade", "G2"),
        ("IS|GRADE^^99LAB||G2", "pathologist_grade", "G2"),
        ("CWE|PAIN^^99LAB||Y^^HL70136", "bone_pain", True),
        ("ST|PAIN^^99LAB||no", "bone_pain", False),
        ("SN|29593-1^^LN||^3^/^100", "ki67_percent", 3),
        ("SN|29593-1^^LN||^3^:^100", "ki67_percent", 3),
        ("TS|OPON^^99LAB||202501311200", "resection_date", "2025-01-31"),
    ],
)
def test_values_of_every_type(obx, fact, value):
    assert values(LAB, f"OBX|1|{obx}|||||F") == [("fact", {"fact": fact, "value": value})]


@pytest.mark.parametrize("status", ["D", "W", "X", "N"])
def test_a_result_that_does_not_hold(status):
    obx = f"OBX|1|NM|9811-1^^LN||5|ng/mL|||||{status}"

    assert values(LAB, obx) == []
    assert [path for path, _ in reasons(LAB, obx)] == ["OBX[1]-11"]


def test_a_preliminary_result_is_read_and_told():
    obx = "OBX|1|NM|9811-1^^LN||5|ng/mL|||||P"

    assert len(values(LAB, obx)) == 1
    assert reasons(LAB, obx) == [("OBX[1]-11", "This is preliminary.")]


def test_an_examination_that_does_not_hold():
    obr = LAB.removesuffix("F") + "X"

    assert values(obr, "OBX|1|NM|9811-1^^LN||5|ng/mL|||||F") == []
    assert reasons(obr) == [("OBR[1]-25", "There is no result; it could not be obtained.")]


def test_a_code_without_a_meaning():
    obx = "OBX|1|ST|42^Mood^99X||fine||||||F"
    _, unread = result(LAB, "NTE|1||fasting", "SPM|1", obx)

    (code,) = [one for one in unread if one.code]
    assert (code.path, code.system, code.code, code.display) == ("OBX[1]-3.1", "99X", "42", "Mood")
    told = {one.path: one.reason for one in unread}
    assert told["SPM[1]"] == "This specimen is not one of pathology."
    assert told["OBR[1]"] == "What was examined cannot be told, so its text is not read."


def test_a_report_of_imaging():
    readings, unread = result(
        "ORC|RE|P1|F1||CM",
        RADIOLOGY,
        "NTE|1||Compared with 2025",
        "ZDS|1.2.840.1^^Application^DICOM",
        "OBX|1|FT|18782-3^Findings^LN||Liver\\.br\\12 mm lesion~no nodes||||||F",
        "NTE|1||Dictated",
        "OBX|2|TX|19005-8^Impression^LN||Stable disease||||||F",
        "OBX|3|TX|CTAP&IMP^Impression^99LAB||No progression||||||F",
        "OBX|4|CWE|OUT^^99LAB||359746009^^SCT||||||F",
    )

    outcome, study = readings
    assert study.values == {
        "procedure": "CT_AP_W",
        "modality": "CT",
        "performed_on": DAY,
        "accession_number": "A-17",
        "study_uid": "1.2.840.1",
        "report": (
            "Liver\n12 mm lesion\nno nodes\nDictated\nCompared with 2025\n"
            "Stable disease\nNo progression"
        ),
        "reported_on": datetime.date(2026, 3, 4),
    }
    assert (outcome.kind, outcome.belongs_to) == (Kind.RESULT, "A-17")
    assert outcome.values == {"outcome": "stable", "summary": "Stable disease\nNo progression"}
    assert [one.path for one in unread if one.path[:3] == "ORC"] == ["ORC[1]-5"]


def test_an_accession_number_in_ipc_goes_first():
    ((_, study),) = values(RADIOLOGY, "IPC|A-99|RP|1.2.840.2|SPS|CT")

    assert (study["accession_number"], study["study_uid"]) == ("A-99", "1.2.840.2")


def test_a_result_belongs_to_the_study_that_its_report_tells_of():
    obr = "OBR|1||F1|CTAP^^99LAB|||20260303"
    readings, _ = result(obr, "OBX|1|TX|X&IMP^^99X||Clear||||||F")

    assert [(one.origin, one.belongs_to) for one in readings] == [
        ("OBR[1]", ""),
        ("OBR[1]", "OBR[1]"),
    ]


def test_numbers_that_are_too_long():
    readings, unread = result(RADIOLOGY, f"IPC|{'9' * 61}|RP|{'1' * 65}")

    assert {"accession_number", "study_uid"}.isdisjoint(readings[0].values)
    assert ("IPC[1]-1", "It has more than 60 letters.") in [(u.path, u.reason) for u in unread]


def test_a_report_of_which_only_the_section_is_known():
    obr = "OBR|1|||X^Thorax^99X||||||||||||||||||||RAD|F"
    readings, unread = result(obr, "OBX|1|TX|X^^99X||Clear||||||F")

    (reading,) = readings
    assert (reading.kind, reading.belongs_to, dict(reading.values)) == (
        Kind.RESULT,
        "",
        {"report": "Clear"},
    )
    assert "No number says which specimen or study it belongs to." in [u.reason for u in unread]


def test_a_study_without_a_day():
    obr = "OBR|1||F1|CTAP^^99LAB|||2026"
    readings, unread = result(obr, "OBX|1|TX|X^^99X||Clear||||||F")

    assert [one.kind for one in readings] == [Kind.RESULT]
    assert "The day of the study is not given, so no study is entered." in [
        one.reason for one in unread
    ]


def test_a_report_that_is_too_long():
    line = f"OBX|1|TX|X^^99X||{'x' * 50_001}||||||F"

    assert "report" not in values(RADIOLOGY, line)[0][1]
    assert ("OBR[1]", "The report has more than 50,000 letters.") in reasons(RADIOLOGY, line)


def test_a_report_of_pathology():
    readings, _ = result(
        PATHOLOGY,
        "OBX|1|TX|22637-3^Diagnosis^LN||NET G2 of the liver||||||F",
        "OBX|2|NM|29593-1^Ki-67^LN||4.5|%|||||F",
        "OBX|3|CWE|10471-1^CgA^LN||LA6576-8^Positive^LN||||||F",
        "SPM|1|PL-1&&&^S-9&PATH||TISS^^HL70487|||BIO^^HL70488|LI^^99LAB|||||||||202603021000",
    )

    (reading,) = readings
    assert (reading.kind, reading.belongs_to) == (Kind.SPECIMEN, "S-9")
    assert reading.values == {
        "ki67_percent": Decimal("4.5"),
        "chromogranin_a": True,
        "taken_on": datetime.date(2026, 3, 2),
        "kind": "biopsy",
        "site": "liver",
        "report_number": "S-9",
        "report": "NET G2 of the liver",
        "reported_on": datetime.date(2026, 3, 9),
    }


def test_a_report_of_pathology_without_a_specimen():
    readings, _ = result(PATHOLOGY, "OBX|1|TX|X^^99X||NET G2||||||F", "SPM|1")

    assert {one.belongs_to for one in readings} == {"H-26-1"}
    nameless = PATHOLOGY.replace("H-26-1", "")
    readings, unread = result(nameless, "OBX|1|TX|X^^99X||NET G2||||||F", "SPM|1")
    assert {one.belongs_to for one in readings} == {"OBR[1]", "SPM[1]"}
    assert "No number says which specimen or study it belongs to." in [u.reason for u in unread]


def test_two_values_of_one_thing_stay_two():
    readings, _ = result(
        PATHOLOGY,
        "OBX|1|NM|29593-1^Ki-67^LN||4|%|||||F",
        "OBX|2|NM|29593-1^Ki-67^LN||9|%|||||F",
    )

    assert [one.values["ki67_percent"] for one in readings[:2]] == [4, 9]


def ordered(kind, *segments):
    """What an order says, without the patient."""
    given = read(message(kind, PID, *segments), local=LOCAL)
    return [(one.kind.value, dict(one.values)) for one in given.readings[1:]], given.unread


ORC = "ORC|NW|P1|F1||||||20260301"


@pytest.mark.parametrize("kind", ["ORM^O01", "OMI^O23"])
def test_an_order_of_imaging(kind):
    obr = "OBR|1|P1||CTAP^CT^99LAB" + "|" * 27 + "LIVER^^99LAB"
    said, unread = ordered(kind, ORC, "TQ1|1", obr, "IPC|A-17|RP|1.2.840.1")

    assert said == [
        (
            "study",
            {
                "procedure": "CT_AP_W",
                "modality": "CT",
                "ordered_on": datetime.date(2026, 3, 1),
                "target": "liver_metastases",
                "accession_number": "A-17",
                "study_uid": "1.2.840.1",
            },
        )
    ]
    assert "TQ1[1]" in [one.path for one in unread]


def test_an_order_of_a_treatment():
    said, _ = ordered("ORM^O01", ORC, "OBR|1|||LU177^PRRT^99LAB")

    assert said == [("fact", {"fact": "proposed_treatment", "value": "PRRT"})]


@pytest.mark.parametrize(
    ("segments", "reason"),
    [
        (["ORC|CA|P1", "OBR|1|||CTAP^^99LAB"], "The order control CA orders nothing"),
        (["ORC|NW|P1", "OBR|1|||CTAP^^99LAB"], "The day on which it was ordered is not given."),
        (["OBR|1|||CTAP^^99LAB"], "The day on which it was ordered is not given."),
        ([ORC, "OBR|1|||X^^99X"], "This code has no meaning here."),
        ([ORC], "It is not said what this is about."),
    ],
)
def test_what_is_no_order(segments, reason):
    said, unread = ordered("ORM^O01", *segments)

    assert said == []
    assert any(one.reason.startswith(reason) for one in unread)


def test_a_result_with_an_order_and_no_request():
    readings, _ = result(ORC)

    assert readings == ()
