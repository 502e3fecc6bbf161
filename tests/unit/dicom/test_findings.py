"""What is read out of DICOM files, for a person to confirm."""

import io

import numpy as np
import pytest
from highdicom.sr.coding import CodedConcept
from PIL import Image
from pydicom.sr.codedict import codes

from cases.dicom import archives, content_items, elements, instances, studies
from cases.dicom.judging import judge
from cases.dicom.reasons import Reason, Unfit
from tests.factories import dicom as make

MM = codes.UCUM.Millimeter
LONG, SHORT = codes.SCT.LongAxis, codes.SCT.ShortAxis
MAXIMUM = CodedConcept("56851009", "SCT", "Maximum")


def found(content: bytes, extension: str = "dcm") -> dict:
    return judge(io.BytesIO(content), extension)


def size_of(preview: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(preview)) as picture:
        return picture.size


def test_the_header_of_a_picture():
    said = found(
        make.dicom(
            PatientID=" R-00001 ",
            PatientBirthDate="19680502",
            AccessionNumber="ACC-1",
            StudyDescription="CT Abdomen\tmultiphasic",
            BodyPartExamined="ABDOMEN",
            InstitutionName="North Hospital",
            ContrastBolusAgent="Iomeprol 400",
            ContrastFlowRate=["4.0", "4.0"],
            SeriesDescription="late arterial",
        )
    )
    assert said["identity"] == {
        "patient_id": "R-00001",
        "name": "Rivera^Ana",
        "birth_date": "1968-05-02",
        "sex": "F",
    }
    study = {name: value for name, value in said["study"].items() if value}
    assert study == {
        "accession_number": "ACC-1",
        "description": "CT Abdomen multiphasic",
        "study_uid": make.STUDY_UID,
        "performing_site": "North Hospital",
        "modalities": ["CT"],
        "body_parts": ["ABDOMEN"],
        "contrast_agents": ["Iomeprol 400"],
        "protocols": ["late arterial"],
        "date": "2026-01-12",
        "contrast_flow_ml_s": 4.0,
    }
    (series,) = said["series"]
    assert (series["number"], series["modality"], series["instances"]) == (2, "CT", 1)
    assert (series["description"], series["body_part"]) == ("late arterial", "ABDOMEN")


@pytest.mark.parametrize("date", ["", "20261301", "2026", "soon", "20260230", "٢٠٢٦٠١٠١"])
def test_a_date_that_is_none_is_not_there(date):
    bad = make.with_study_date(date)
    assert found(bad)["study"]["date"] == ""


def test_private_elements_and_numbers_that_are_none_are_not_there():
    picture = make.instance(SeriesNumber=None, InstanceNumber=None)
    picture.add_new(0x00091001, "LO", "secret")
    picture.add_new(0x00180000 | 0x1046, "DS", None)
    said = found(make.written(picture))
    assert "secret" not in str(said)
    assert said["series"][0]["number"] is None
    assert said["study"]["contrast_flow_ml_s"] is None


def test_the_series_of_an_archive_each_with_its_middle_picture():
    late = {"SeriesInstanceUID": "1.2.3", "SeriesNumber": 3, "SeriesDescription": "PV"}
    instances = [make.dicom(InstanceNumber=number) for number in (3, 1, 2)]
    said = found(make.archive(*instances, make.dicom(side=700, **late)), "zip")
    first, second = said["series"]
    assert (first["instances"], second["instances"]) == (3, 1)
    assert size_of(first["preview"]) == (16, 16)
    assert size_of(second["preview"]) == (512, 512)
    assert said["study"]["protocols"] == ["PV"]


def test_only_some_series_of_a_large_study_get_a_picture(monkeypatch):
    monkeypatch.setattr(studies, "PREVIEWS", 1)
    other = make.dicom(SeriesInstanceUID="1.2.3", SeriesNumber=3)
    said = found(make.archive(make.dicom(), other), "zip")
    assert [bool(series["preview"]) for series in said["series"]] == [True, False]
    assert [series["has_pictures"] for series in said["series"]] == [True, True]


def test_a_directory_of_a_disc_is_passed_over():
    disc = make.archive(make.bundled("dicomdirtests/DICOMDIR"), make.dicom())
    assert len(found(disc, "zip")["series"]) == 1
    with pytest.raises(Unfit) as caught:
        found(make.bundled("dicomdirtests/DICOMDIR"))
    assert caught.value.reason is Reason.EMPTY


@pytest.mark.parametrize(
    ("name", "is_shown"),
    [
        ("CT_small.dcm", True),
        ("MR_small_RLE.dcm", True),
        ("MR_small_jp2klossless.dcm", True),
        ("MR_small_bigendian.dcm", True),
        ("SC_rgb_small_odd.dcm", True),
        ("SC_rgb_rle_2frame.dcm", True),
        ("examples_palette.dcm", True),
        ("examples_ybr_color.dcm", True),
        ("image_dfl.dcm", True),
        ("no_meta_group_length.dcm", False),
        # JPEG, lossless: no decoder here.
        ("SC_rgb_jpeg_gdcm.dcm", False),
        # Says inside that it has millions of millions of pixels.
        ("JPEG2000-embedded-sequence-delimiter.dcm", False),
        ("reportsi.dcm", False),
        ("test-SR.dcm", False),
    ],
)
def test_real_files_with_and_without_a_picture_that_can_be_shown(name, is_shown):
    (series,) = found(make.bundled(name))["series"]
    assert bool(series["preview"]) == is_shown


def test_a_picture_is_windowed_as_it_says_and_turned_where_white_is_dark():
    def shades(**given):
        (series,) = found(make.dicom(**given))["series"]
        with Image.open(io.BytesIO(series["preview"])) as picture:
            return np.asarray(picture).ravel()

    plain = shades()
    assert plain[0] < plain[-1]
    turned = shades(PhotometricInterpretation="MONOCHROME1")
    assert turned[0] > turned[-1]
    narrow = shades(WindowCenter=100, WindowWidth=20)
    assert (narrow[0], narrow[-1]) == (0, 255)
    assert (narrow == 0).sum() > (plain == 0).sum()


def test_a_dose_report_of_ct():
    study = found(make.dose_report())["study"]
    assert (study["dlp_mgy_cm"], study["ctdi_vol_mgy"], study["ctdi_acquisitions"]) == (
        612.5,
        11.4,
        2,
    )
    assert study["dose_reports"] == 1


def test_a_dose_in_another_unit_is_not_offered():
    study = found(make.dose_report(unit="Gy.cm", ctdi=()))["study"]
    assert (study["dlp_mgy_cm"], study["ctdi_vol_mgy"]) == (None, None)


def test_of_two_dose_reports_nothing_is_offered_and_their_number_is_said():
    two = make.archive(make.dicom(), make.dose_report(), make.dose_report(dlp=100.0))
    study = found(two, "zip")["study"]
    assert (study["dose_reports"], study["dlp_mgy_cm"]) == (2, None)


def test_the_activity_in_a_radiopharmaceutical_report():
    study = found(make.activity_report(activity=0.185, unit="GBq"))["study"]
    assert (study["activity_mbq"], "DOTATOC" in study["tracer"]) == (185.0, True)
    assert found(make.activity_report(unit="mCi"))["study"]["activity_mbq"] is None


@pytest.mark.parametrize(
    ("modality", "total", "expected"), [("PT", 185_000_000, 185.0), ("NM", 111, 111.0)]
)
def test_the_activity_in_a_picture_by_the_unit_of_its_modality(modality, total, expected):
    given = make.radiopharmaceutical("DOTATATE Ga68", total)
    study = found(make.dicom(Modality=modality, RadiopharmaceuticalInformationSequence=given))[
        "study"
    ]
    assert (study["activity_mbq"], study["tracer"]) == (expected, "DOTATATE Ga68")


def test_measurements_of_a_real_report():
    report = make.measurement_report(
        ("Target 1", [(LONG, 21.5, MM), (SHORT, 1.2, codes.UCUM.Centimeter)]),
        ("Target 2", [(codes.SCT.Length, 8.0, MM), (LONG, 11.0, MM)]),
        ("Other", [(codes.DCM.AttenuationCoefficient, -12.0, codes.UCUM.HounsfieldUnit)]),
        ("Wrong", [(LONG, 3.0, CodedConcept("kg", "UCUM", "kilogram")), (SHORT, -1.0, MM)]),
        PatientID="R-1",
    )
    said = found(report)
    assert said["identity"]["patient_id"] == "R-1"
    one, two, other, wrong = said["measurements"]
    assert one["tracking_id"] == "Target 1"
    assert one["tracking_uid"].startswith("1.")
    assert (one["finding"], one["site"]) == ("Neoplasm", "Liver")
    assert one["values"] == {"longest_mm": 21.5, "short_mm": 12.0}
    assert two["values"] == {"longest_mm": 11.0}
    assert other["values"] == {"attenuation_hu": -12.0}
    assert wrong["values"] == {}
    assert wrong["faults"] == [
        "Long axis is given in kg, which cannot be.",
        "Short axis is below zero.",
    ]


def test_of_uptake_only_the_maximum_and_of_attenuation_only_the_mean():
    suv = CodedConcept("126401", "DCM", "SUVbw")
    unit = CodedConcept("g/ml{SUVbw}", "UCUM", "SUV")
    deviation = CodedConcept("386136009", "SCT", "Standard Deviation")
    report = make.measurement_report(
        ("A", [(suv, 21.5, unit, MAXIMUM)]),
        ("B", [(suv, 9.0, unit)]),
        (
            "C",
            [
                (codes.DCM.AttenuationCoefficient, 40.0, codes.UCUM.HounsfieldUnit),
                (codes.DCM.AttenuationCoefficient, 9.0, codes.UCUM.HounsfieldUnit, deviation),
            ],
        ),
    )
    a, b, c = found(report)["measurements"]
    assert (a["values"], b["values"]) == ({"suvmax": 21.5}, {})
    assert c["values"] == {"attenuation_hu": 40.0}


def test_a_measurement_without_number_or_tracking():
    report = make.bare_measurement()
    (bare,) = found(report)["measurements"]
    assert (bare["tracking_id"], bare["site"], bare["values"]) == ("", "", {})
    assert bare["faults"] == ["Long axis has no number."]


def test_more_content_than_any_report_has_is_refused(monkeypatch):
    monkeypatch.setattr(content_items, "CONTENT_ITEMS", 3)
    with pytest.raises(Unfit) as caught:
        found(make.dose_report())
    assert caught.value.reason is Reason.BOMB


def test_the_size_of_a_member_is_what_is_unpacked_at_most():
    lying = make.archive_that_lies(make.dicom())
    with pytest.raises(Unfit) as caught:
        found(lying, "zip")
    assert caught.value.reason in (Reason.DAMAGED, Reason.NOT_DICOM)
    assert len(make.dicom()) < archives.INSTANCE_BYTES


def test_what_an_element_should_not_hold_is_not_there():
    class Broken(dict):
        def get(self, key, default=None):
            raise ValueError(key)

    assert elements.number_of({"PatientID": ["seven"]}, "PatientID") is None
    assert elements.number_of({"PatientID": "7"}, "PatientID") == 7.0
    assert elements.items_of({"ContentSequence": 7}, "ContentSequence") == []
    assert elements.items_of({"ContentSequence": ["x"]}, "ContentSequence") == []
    assert elements.text_of({"PatientID": ["a\ud800b", "c\x00d"]}, "PatientID") == "a b, c d"
    assert elements.text_of(Broken(), "PatientID") == ""
    assert elements.finite("inf") is None


def test_an_instance_is_dicom():
    with pytest.raises(Unfit) as caught:
        instances.read(io.BytesIO(make.png()))
    assert caught.value.reason is Reason.UNKNOWN


def test_a_compressed_picture_whose_pieces_do_not_fit_is_damaged():
    whole = make.bundled("MR_small_RLE.dcm")
    at = whole.rindex(b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff") + 12
    lengths = whole[:at] + whole[at:].replace(b"\xfe\xff\x00\xe0", b"\xfe\xff\xff\xe0", 1)
    for content in (whole[:-200], lengths):
        with pytest.raises(Unfit) as caught:
            found(content)
        assert caught.value.reason is Reason.DAMAGED
    # Without the delimiter at its very end it is whole all the same.
    assert found(whole.removesuffix(b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"))["series"]
