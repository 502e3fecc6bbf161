"""Files of studies: kept, held, confirmed, taken over from, discarded."""

import datetime
import hashlib
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydicom.sr.codedict import codes

from cases.dicom.reasons import WORDS, Reason
from cases.models import Study, StudyFile, StudyFilePart, StudySeries
from cases.selectors import study_files as selectors
from cases.selectors.offered_measurements import offered_for, offered_measurements
from cases.selectors.study_offers import offers
from cases.services import patients, studies, study_files
from cases.services.errors import Invalid, Refused
from tests.factories import dicom as make
from tests.factories.cases import make_case, make_study
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("kept_people", "scope", "inspected_here"),
]


@pytest.fixture(scope="module")
def kept_study(kept_people):
    by = kept_people.coordinator
    with institution_scope(kept_people.institution):
        return make_study(case=make_case(by=by), by=by, modality="CT")


@pytest.fixture
def study(kept_study, scope):
    return Study.objects.select_related("case__patient").get(pk=kept_study.pk)


@pytest.fixture
def case(study):
    return study.case


@pytest.fixture
def of_patient(case):
    """What the header of a file of this patient says."""
    return {"PatientID": case.patient.record_number}


@pytest.fixture
def put(study, coordinator):
    """Upload a file of the study."""

    def upload(content: bytes, name: str = "ct.dcm") -> StudyFile:
        return study_files.upload(
            study=study, name=name, content=io.BytesIO(content), by=coordinator
        )

    return upload


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("at").values_list("action", flat=True))


def test_a_file_is_kept_in_parts_and_comes_back_whole(put, monkeypatch):
    monkeypatch.setattr(study_files, "PART_SIZE", 100)
    content = make.pdf(pages=3)
    file = put(content, "C:\\scans\\re\x07port.pdf")
    assert (file.kind, file.state, file.name) == ("pdf", "stored", "report.pdf")
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert StudyFilePart.objects.count() > 5
    assert (file.findings, file.mismatches) == ({}, [])
    with selectors.content_of(file) as kept:
        assert kept.read() == content
    assert "case.study_file.uploaded" in actions()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("report.pdf", make.png(), Reason.CLAIM),
        ("ct.dcm", make.with_preamble(b"MZ", make.dicom()), Reason.EXECUTABLE),
        ("s.zip", make.encrypted_archive(make.dicom()), Reason.ENCRYPTED),
    ],
)
def test_of_a_refused_file_nothing_is_stored(put, case, name, content, reason):
    with pytest.raises(Invalid) as caught:
        put(content, name)
    assert caught.value.errors == {"file": [WORDS[reason]]}
    assert not StudyFile.objects.exists()
    assert not StudyFilePart.objects.exists()
    assert "case.study_file.uploaded" not in actions()


def test_the_same_file_is_there_once(put, of_patient):
    content = make.dicom(**of_patient)
    put(content)
    with pytest.raises(Invalid) as caught:
        put(content)
    assert "already" in caught.value.errors["file"][0]


def test_a_study_has_an_end(put, monkeypatch):
    monkeypatch.setattr(study_files, "MOST_FILES", 1)
    put(make.png(), "a.png")
    with pytest.raises(Invalid) as caught:
        put(make.jpeg(), "a.jpg")
    assert "at most 1 files" in caught.value.errors["file"][0]


def test_a_file_of_the_patient_is_stored_with_its_series(put, of_patient):
    series = {"SeriesDescription": "late arterial", "BodyPartExamined": "ABDOMEN"}
    file = put(make.archive(*[make.dicom(**of_patient, **series)] * 2), "s.zip")
    assert (file.kind, file.state, file.mismatches) == ("dicom_zip", "stored", [])
    (kept,) = selectors.series_of([file])
    assert (kept.description, kept.body_part, kept.instances) == ("late arterial", "ABDOMEN", 2)
    assert (kept.number, kept.modality, kept.has_preview) == (2, "CT", True)
    assert bytes(StudySeries.objects.get().preview).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ({"PatientID": "OTHER-7"}, ["Record number"]),
        ({"PatientID": ""}, ["Record number"]),
        ({"PatientName": "Rivers^Ana"}, ["Family name"]),
        ({"PatientName": "Rivera^Anton"}, ["Given name"]),
        ({"PatientBirthDate": "19700101"}, ["Date of birth"]),
        ({"PatientName": "RIVERA^ANA=山田^花子", "PatientBirthDate": "19680502"}, []),
        ({"PatientName": ""}, []),
    ],
)
def test_another_patient_in_the_header_holds_the_file(
    put, case, coordinator, of_patient, header, fields
):
    born = datetime.date(1968, 5, 2)
    patients.change(patient=case.patient, birth_date=born, by=coordinator)
    file = put(make.dicom(**{**of_patient, **header}))
    assert [entry["field"] for entry in file.mismatches] == fields
    assert file.state == ("held" if fields else "stored")
    if fields == ["Record number"]:
        assert file.mismatches[0]["patient"] == case.patient.record_number


@pytest.mark.parametrize(
    ("date", "reason"),
    [("20991231", Reason.AFTER_TODAY), ("19670101", Reason.BEFORE_BIRTH)],
)
def test_a_study_of_an_impossible_day_is_refused_and_nothing_is_stored(
    put, case, coordinator, of_patient, date, reason
):
    born = datetime.date(1968, 5, 2)
    patients.change(patient=case.patient, birth_date=born, by=coordinator)
    with pytest.raises(Invalid) as caught:
        put(make.dicom(**of_patient, StudyDate=date))
    assert caught.value.errors == {"file": [WORDS[reason]]}
    assert not StudyFile.objects.exists()
    assert not StudyFilePart.objects.exists()


@pytest.mark.parametrize(
    ("columns", "header", "mismatches"),
    [
        ({}, {}, []),
        ({}, {"StudyDate": ""}, []),
        ({"study_uid": make.STUDY_UID}, {}, []),
        (
            {"performed_on": None, "ordered_on": datetime.date(2026, 1, 9)},
            {"StudyDate": "20260110"},
            [],
        ),
        (
            {"study_uid": "1.2.3"},
            {},
            [{"field": "Study instance UID", "header": make.STUDY_UID, "study": "1.2.3"}],
        ),
        (
            {},
            {"StudyDate": "20260110"},
            [{"field": "Study date", "header": "10 Jan 2026", "study": "12 Jan 2026"}],
        ),
    ],
)
def test_another_study_in_the_header_holds_the_file(
    put, study, coordinator, of_patient, columns, header, mismatches
):
    studies.change(study=study, by=coordinator, **columns)
    file = put(make.dicom(**{**of_patient, **header}))
    assert file.mismatches == mismatches
    assert file.state == ("held" if mismatches else "stored")


def test_a_held_file_offers_and_shows_nothing_until_a_person_confirms_it(put, study, coordinator):
    file = put(make.dicom(PatientID="OTHER-7", AccessionNumber="ACC-9"))
    assert (offers(file, study), offered_measurements(file)) == ([], [])
    assert selectors.series_of([file]) == []
    with pytest.raises(Refused):
        study_files.take_over(file=file, columns=["accession_number"], by=coordinator)

    confirmed = study_files.confirm(file=file, by=coordinator)
    assert (confirmed.state, confirmed.confirmed_by) == ("stored", coordinator)
    assert confirmed.confirmed_at is not None
    assert "accession_number" in [offer.column for offer in offers(confirmed, study)]
    assert len(selectors.series_of([confirmed])) == 1
    assert "case.study_file.confirmed" in actions()
    with pytest.raises(Refused) as caught:
        study_files.confirm(file=file, by=coordinator)
    assert "confirmed it already" in str(caught.value)


def test_a_discarded_file_leaves_only_its_history(put, study, coordinator):
    file = put(make.dicom(PatientID="OTHER-7"))
    study_files.discard(file=file, by=coordinator)
    for model in (StudyFile, StudyFilePart, StudySeries):
        assert not model.objects.exists()
    assert StudyFile.pgh_event_model.objects.filter(pgh_obj_id=file.pk).exists()
    assert "case.study_file.discarded" in actions()
    with pytest.raises(Refused) as caught:
        study_files.confirm(file=file, by=coordinator)
    assert "discarded meanwhile" in str(caught.value)


def test_what_a_header_offers_is_written_only_where_a_person_ticks_it(
    put, study, coordinator, of_patient
):
    file = put(
        make.archive(
            make.dicom(
                **of_patient,
                StudyDate="20260110",
                AccessionNumber="ACC-9",
                InstitutionName="East Clinic",
                ContrastBolusAgent="Iomeprol 400",
                ContrastFlowRate="4",
                SeriesDescription="Portal venous",
                BodyPartExamined="ABDOMENPELVIS",
            ),
            make.dose_report(**of_patient),
        ),
        "s.zip",
    )
    assert offers(file, study) == []
    file = study_files.confirm(file=file, by=coordinator)
    study.refresh_from_db()
    assert (study.accession_number, study.phases, study.dlp_mgy_cm) == ("", None, None)
    offered = {offer.column: offer for offer in offers(file, study)}
    assert {column: offer.value for column, offer in offered.items()} == {
        "performed_on": datetime.date(2026, 1, 10),
        "accession_number": "ACC-9",
        "performing_site": "East Clinic",
        "study_uid": make.STUDY_UID,
        "contrast": "iodinated",
        "contrast_flow_ml_s": Decimal("4.0"),
        "phases": ["portal_venous"],
        "coverage": ["abdomen", "pelvis"],
        "dlp_mgy_cm": Decimal("612.5"),
        "ctdi_vol_mgy": Decimal("11.40"),
    }
    assert (offered["performed_on"].words, offered["performed_on"].current) == (
        "10 Jan 2026",
        "12 Jan 2026",
    )
    assert offered["ctdi_vol_mgy"].origin == "Dose report: highest of 2 acquisitions"
    assert offered["coverage"].words == "Abdomen, Pelvis"

    ticked = ["accession_number", "dlp_mgy_cm", "phases"]
    changed = study_files.take_over(file=file, columns=ticked, by=coordinator)
    assert (changed.accession_number, changed.dlp_mgy_cm) == ("ACC-9", Decimal("612.5"))
    assert (changed.phases, changed.contrast) == (["portal_venous"], "")
    assert changed.performed_on == datetime.date(2026, 1, 12)
    assert {offer.column for offer in offers(file, changed)}.isdisjoint(ticked)
    assert "case.study_file.taken_over" in actions()
    with pytest.raises(Refused) as caught:
        study_files.take_over(file=file, columns=["phases"], by=coordinator)
    assert "changed meanwhile" in str(caught.value)


def test_what_is_offered_is_still_checked(put, study, coordinator, of_patient):
    file = put(make.dicom(**of_patient, StudyDate="19010101"))
    file = study_files.confirm(file=file, by=coordinator)
    with pytest.raises(Invalid) as caught:
        study_files.take_over(file=file, columns=["performed_on"], by=coordinator)
    assert "50 years" in caught.value.errors["performed_on"][0]


@pytest.mark.parametrize(
    ("modality", "header", "offered"),
    [
        ("CT", {"Modality": "MR"}, {"modality": "MRI"}),
        ("MRI", {"Modality": "MR"}, {}),
        ("MRI", {"Modality": "PT"}, {}),
        ("EUS", {"Modality": "US"}, {}),
        ("CT", {"Modality": "US"}, {"modality": "US"}),
        (
            "PET_SSTR",
            {"Modality": "PT", "tracer": "Ga-68 DOTA-TATE"},
            {"tracer": "DOTATATE"},
        ),
        (
            "PET_SSTR",
            {"Modality": "PT", "tracer": "Fluorodeoxyglucose F^18^"},
            {"modality": "PET_FDG", "tracer": "FDG"},
        ),
        ("PET_FDOPA", {"Modality": "PT", "tracer": "FDOPA"}, {"tracer": "FDOPA"}),
        ("CT", {"Modality": "CT", "tracer": "FDG"}, {"tracer": "FDG"}),
        ("PET_SSTR", {"Modality": "PT", "tracer": "something new"}, {}),
        ("MRI", {"Modality": "MR", "ContrastBolusAgent": "Primovist"},
         {"contrast": "gadolinium_hepatobiliary"}),
        ("MRI", {"Modality": "MR", "ContrastBolusAgent": "Gadovist 1.0"},
         {"contrast": "gadolinium"}),
        ("CT", {"ContrastBolusAgent": "ORAL & IV"}, {}),
        (
            "MRI",
            {"Modality": "MR", "SeriesDescription": "ep2d_diff_b800"},
            {"sequences": ["DWI"]},
        ),
        (
            "MRI",
            {"Modality": "MR", "SeriesDescription": "t1_vibe_dixon_HBP"},
            {"sequences": ["chemical_shift", "T1"], "phases": ["hepatobiliary"]},
        ),
        ("CT", {"SeriesDescription": "T2 scout", "StudyDate": ""}, {}),
    ],
)  # fmt: skip
def test_words_of_a_header_as_codes(put, case, coordinator, of_patient, modality, header, offered):
    study = make_study(case=case, by=coordinator, modality=modality)
    given = {**of_patient, **header}
    tracer = given.pop("tracer", "")
    if tracer:
        given["RadiopharmaceuticalInformationSequence"] = make.radiopharmaceutical(tracer, 0)
    file = study_files.upload(
        study=study, name="x.dcm", content=io.BytesIO(make.dicom(**given)), by=coordinator
    )
    found = {offer.column: offer.value for offer in offers(file, study)}
    assert found.pop("study_uid") == make.STUDY_UID
    assert found == offered


def test_codes_are_added_to_those_that_are_noted(put, study, coordinator, of_patient):
    studies.change(study=study, phases=["unenhanced"], by=coordinator)
    study.refresh_from_db()
    file = put(make.dicom(**of_patient, SeriesDescription="late arterial"))
    (phases,) = [offer for offer in offers(file, study) if offer.column == "phases"]
    assert phases.value == ["unenhanced", "late_arterial"]
    assert phases.current == "Unenhanced"


def test_measurements_of_a_report_are_offered_and_not_written(put, study, of_patient):
    long, mm = codes.SCT.LongAxis, codes.UCUM.Millimeter
    file = put(
        make.measurement_report(
            ("Target 1", [(long, 21.54, mm), (codes.SCT.ShortAxis, 12.0, mm)]),
            ("Giant", [(long, 2_000_000.0, mm)]),
            ("Wrong", [(long, 3.0, make_kilogram())]),
            **of_patient,
        )
    )
    one, giant, wrong = offered_measurements(file)
    assert (one.file, one.place, one.tracking_id) == (file, 0, "Target 1")
    assert (one.site, one.site_words, one.finding) == ("liver", "Liver", "Neoplasm")
    assert one.values == {"longest_mm": Decimal("21.5"), "short_mm": Decimal("12.0")}
    assert (giant.values, giant.faults) == (
        {},
        ("Longest diameter is larger than anything that is kept.",),
    )
    assert wrong.faults == ("Long axis is given in kg, which cannot be.",)
    assert offered_for(study) == [one, giant, wrong]
    assert study.measurements.count() == 0


def make_kilogram():
    from highdicom.sr.coding import CodedConcept

    return CodedConcept("kg", "UCUM", "kilogram")


def test_counting_files_takes_one_query(put, case, study, coordinator, of_patient):
    other = make_study(case=case, by=coordinator, modality="MRI")
    put(make.png(), "a.png")
    put(make.dicom(PatientID="OTHER-7"))
    with CaptureQueriesContext(connection) as queries:
        found = selectors.counts([study, other])
    assert len(queries) == 1
    assert found == {study.pk: selectors.FileCount(stored=1, held=1)}
    assert [file.kind for file in selectors.files_of(study)] == ["dicom", "png"]
