"""Studies: performed, reported and ordered."""

import base64
import datetime

import pytest

from cases.readings.fhir import read
from cases.readings.reading import Kind
from tests.unit.readings.fhir.resources import (
    DCM,
    LAB,
    LN,
    LOCAL,
    SCT,
    TABLES,
    concept,
    resource,
)

DAY = datetime.date(2026, 3, 3)
CT = concept(LN, "36813-4", "CT abdomen and pelvis")
RADIOLOGY = [concept(f"{TABLES}/v2-0074", "RAD")]
ACCESSION = {"type": concept(f"{TABLES}/v2-0203", "ACSN"), "value": "A-17"}


def values(given):
    """What was read, by kind and values."""
    return [(one.kind.value, dict(one.values)) for one in read(given, local=LOCAL).readings]


def reasons(given):
    """Why something was not read."""
    return [one.reason for one in read(given, local=LOCAL).unread]


def study(**elements):
    """An ImagingStudy of 3 March 2026."""
    given = {"status": "available", "started": "2026-03-03T10:00:00Z", **elements}
    return resource("ImagingStudy", **given)


def report(**elements):
    """A final report of a CT of 3 March 2026."""
    given = {"status": "final", "code": CT, "effectiveDateTime": "2026-03-03", **elements}
    return resource("DiagnosticReport", **given)


def attached(text, kind="text/plain", charset="utf-8"):
    """A text as an Attachment."""
    return {"contentType": kind, "data": base64.b64encode(text.encode(charset)).decode()}


def test_a_study():
    given = study(
        identifier=[
            {"system": "urn:dicom:uid", "value": "urn:oid:1.2.840.1"},
            {"use": "usual", **ACCESSION},
        ],
        procedureCode=[CT],
        modality=[{"system": DCM, "code": "CT"}],
        location={"display": "Radiology North"},
    )

    assert values(given) == [
        (
            "study",
            {
                "modality": "CT",
                "procedure": "CT_AP_W",
                "performed_on": DAY,
                "study_uid": "1.2.840.1",
                "accession_number": "A-17",
                "performing_site": "Radiology North",
            },
        )
    ]
    assert reasons(given) == []


def test_the_modality_may_stand_in_the_series():
    given = study(series=[{"modality": {"system": DCM, "code": "MR"}, "numberOfInstances": 3}])

    assert values(given) == [("study", {"modality": "MRI", "performed_on": DAY})]
    assert reasons(given) == ["This has no place here."]


def test_registered_pictures_are_of_a_study_that_was_done():
    assert values(study(status="registered", modality=[{"system": DCM, "code": "CT"}]))


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        (
            {"modality": [{"system": DCM, "code": "PT"}]},
            "Which kind of study it was",
        ),
        (
            {"modality": [{"system": DCM, "code": "CT"}, {"system": DCM, "code": "MR"}]},
            "Which kind of study it was",
        ),
        ({"procedureCode": [CT], "started": None}, "The day of the study is not given."),
        ({"procedureCode": [concept(LAB, "NOSTUDY")]}, "Which kind of study it was"),
        ({"status": "cancelled", "procedureCode": [CT]}, "It was cancelled."),
    ],
)
def test_what_is_no_study(elements, reason):
    given = study(**elements)

    assert values(given) == []
    assert any(why.startswith(reason) for why in reasons(given))


def test_identifiers_that_do_not_fit():
    given = study(
        procedureCode=[CT],
        identifier=[
            {"system": "urn:dicom:uid", "value": "1" * 65},
            {"system": "urn:x", "value": "17"},
        ],
    )

    assert "study_uid" not in values(given)[0][1]
    assert reasons(given) == [
        "It has more than 64 letters.",
        "This identifier is neither a study's UID nor an accession number.",
    ]


def test_a_report_of_a_study():
    given = report(
        category=RADIOLOGY,
        imagingStudy=[{"reference": "ImagingStudy/9"}],
        issued="2026-03-04T08:00:00+01:00",
        conclusion="No new lesions.",
        conclusionCode=[concept(SCT, "359746009")],
        presentedForm=[attached("Findings:\r\nstable")],
    )

    (reading,) = read(given).readings
    assert (reading.kind, reading.belongs_to, reading.on) == (Kind.RESULT, "ImagingStudy/9", DAY)
    assert reading.values == {
        "outcome": "stable",
        "summary": "No new lesions.",
        "report": "Findings:\nstable",
        "reported_on": datetime.date(2026, 3, 4),
    }
    assert reasons(given) == []


@pytest.mark.parametrize(
    ("identifier", "belongs_to"),
    [
        ([], "DiagnosticReport/1"),
        ([{"value": "R-1"}], "DiagnosticReport/1"),
        ([ACCESSION], "A-17"),
    ],
)
def test_a_report_without_its_study_tells_of_the_study(identifier, belongs_to):
    given = report(identifier=identifier, conclusion="Progression.")

    of_study, of_result = read(given).readings
    assert of_study.kind is Kind.STUDY
    assert {
        "procedure": "CT_AP_W",
        "modality": "CT",
        "performed_on": DAY,
        "report": "Progression.",
    }.items() <= (of_study.values.items())
    assert (of_result.belongs_to, dict(of_result.values)) == (
        belongs_to,
        {"summary": "Progression."},
    )


def test_a_report_belongs_to_the_order_where_no_study_is_named():
    given = report(
        code=concept(LN, "18748-4"),
        category=RADIOLOGY,
        basedOn=[{"reference": "ServiceRequest/5"}],
        conclusion="x",
        effectiveDateTime=None,
        effectivePeriod={"start": "2026-03-03"},
    )

    (reading,) = read(given).readings
    assert (reading.belongs_to, reading.on) == ("ServiceRequest/5", DAY)


def test_a_report_without_a_day_enters_no_study():
    given = report(effectiveDateTime=None, conclusion="x")

    assert [kind for kind, _ in values(given)] == ["result"]
    assert "The day of the study is not given, so no study is entered." in reasons(given)


def test_a_conclusion_by_a_code_that_says_nothing_here():
    given = report(
        conclusionCode=[concept(SCT, "1")], imagingStudy=[{"reference": "ImagingStudy/9"}]
    )

    assert "outcome" not in values(given)[0][1]
    assert reasons(given) == ["This code has no meaning here."]


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (attached("<p>x</p>", "text/html"), "Only plain text that comes with the report is read."),
        ({"contentType": "text/plain", "url": "http://x"}, "Only plain text that comes with"),
        (attached("x", "text/plain; charset=klingon"), "This character set is not read."),
        ({"contentType": "text/plain", "data": "%%%"}, "Its data is not text in base64."),
        ({"contentType": "text/plain", "data": "/w=="}, "Its data is not text in base64."),
        (attached("x" * 50_001), "It has more than 50,000 letters."),
    ],
)
def test_a_form_that_is_not_read(form, reason):
    given = report(imagingStudy=[{"reference": "ImagingStudy/9"}], presentedForm=[form])

    assert "report" not in values(given)[0][1]
    assert any(why.startswith(reason) for why in reasons(given))


def test_a_form_in_another_character_set():
    form = attached("Gr\u00f6\u00dfe", "text/plain;charset=ISO-8859-1", "latin-1")
    given = report(imagingStudy=[{"reference": "ImagingStudy/9"}], presentedForm=[form])

    assert values(given)[0][1]["report"] == "Größe"


def test_a_report_of_pathology():
    given = report(
        code=concept(LN, "11526-1"),
        category=[concept(f"{TABLES}/v2-0074", "SP")],
        identifier=[{"value": "H-26-1"}],
        specimen=[{"reference": "Specimen/s"}],
        performer=[{"display": "Pathology"}],
        issued="2026-03-09T08:00:00Z",
        presentedForm=[attached("NET G2")],
    )

    (reading,) = read(given).readings
    assert (reading.kind, reading.belongs_to) == (Kind.SPECIMEN, "Specimen/s")
    assert reading.values == {
        "reported_on": datetime.date(2026, 3, 9),
        "report": "NET G2",
        "laboratory": "Pathology",
        "report_number": "H-26-1",
    }


def test_the_day_of_a_report_as_we_write_it():
    url = "https://board.test/fhir/StructureDefinition/reported-on"
    given = report(
        imagingStudy=[{"reference": "ImagingStudy/9"}],
        issued="2026-03-12T08:00:00Z",
        extension=[{"url": url, "valueDate": "2026-03-04"}],
        conclusion="x",
    )

    assert values(given)[0][1]["reported_on"] == datetime.date(2026, 3, 4)


def test_a_report_of_pathology_that_names_no_specimen():
    given = report(category=[concept("HL70074", "PAT")], conclusion="x", code=concept("x", "1"))

    assert [one.belongs_to for one in read(given).readings] == ["DiagnosticReport/1"]


def test_a_panel_of_the_laboratory_says_nothing_of_itself():
    given = report(code=concept("x", "1"), conclusion="x", result=[{"reference": "Observation/1"}])

    assert values(given) == []
    assert "DiagnosticReport.result" not in [one.path for one in read(given).unread]


def test_a_report_of_which_nobody_knows_what_it_is():
    given = report(code=concept("x", "1"), conclusion="x")

    assert values(given) == []
    assert reasons(given)[:2] == [
        "This code has no meaning here.",
        "Neither its category nor its code says what was examined.",
    ]


def test_a_cancelled_report():
    assert reasons(report(status="cancelled")) == ["It was cancelled."]


def order(**elements):
    """An order of 3 March 2026."""
    given = {"status": "active", "intent": "order", "authoredOn": "2026-03-03", **elements}
    return resource("ServiceRequest", **given)


def test_an_order():
    given = order(
        code=CT,
        identifier=[ACCESSION],
        orderDetail=[concept(SCT, "426722004")],
        bodySite=[concept(SCT, "10200004")],
        reasonCode=[concept(LAB, "LIVER")],
    )

    assert values(given) == [
        (
            "study",
            {
                "procedure": "CT_AP_W",
                "modality": "CT",
                "ordered_on": DAY,
                "accession_number": "A-17",
                "contrast": "iodinated",
                "target": "liver_metastases",
            },
        )
    ]
    assert reasons(given) == ["This code has a meaning here, but none at this place."]


@pytest.mark.parametrize(("code", "proposed"), [("LU177", "PRRT"), ("LIVERRES", "liver_surgery")])
def test_an_ordered_treatment_is_proposed(code, proposed):
    assert values(order(code=concept(LAB, code))) == [
        ("fact", {"fact": "proposed_treatment", "value": proposed})
    ]


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"status": "revoked", "code": CT}, "It was revoked."),
        ({"doNotPerform": True, "code": CT}, "It asks not to do it."),
        ({"code": concept("x", "1")}, "This code has no meaning here."),
        ({"code": CT, "authoredOn": None}, "The day on which it was ordered is not given."),
    ],
)
def test_what_is_no_order(elements, reason):
    given = order(**elements)

    assert values(given) == []
    assert reason in reasons(given)
