"""Files of studies through the pages; above all those that are meant to do harm."""

import copy
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pydicom.sr.codedict import codes

from cases.dicom import inspection
from cases.dicom.reasons import WORDS, Reason
from cases.models import StudyFile, StudyFilePart, StudySeries
from cases.services import patients, studies, study_files
from cases.web import study_files as pages
from cases.web.forms import study_files as forms
from tests.factories import dicom as make
from tests.factories.cases import make_study
from tests.integration.web.cases.reading import error_at, text_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.usefixtures("kept_study")


@pytest.fixture(scope="module")
def kept_study(house, kept_case):
    case = copy.deepcopy(kept_case)
    with institution_scope(house.institution):
        return make_study(case=case, by=house.coordinator, modality="CT")


@pytest.fixture
def study(kept_study, scope):
    return copy.deepcopy(kept_study)


@pytest.fixture
def header(case):
    """What the header of a file of this patient says."""
    return {"PatientID": case.patient.record_number}


@pytest.fixture
def send(browser, at, study):
    """Upload a file through the page."""

    def post(content: bytes, name: str, content_type: str = "application/octet-stream"):
        file = SimpleUploadedFile(name, content, content_type)
        return browser.post(at("study_file_new", study.pk), {"file": file})

    return post


BOMB = make.deflated_bomb()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("report.pdf", make.png(), Reason.CLAIM, id="not what it claims"),
        pytest.param("report.pdf", make.pdf(password="x"), Reason.ENCRYPTED, id="encrypted PDF"),
        pytest.param(
            "s.zip", make.encrypted_archive(make.dicom()), Reason.ENCRYPTED, id="encrypted ZIP"
        ),
        pytest.param("ct.dcm", BOMB, Reason.BOMB, id="deflated bomb"),
        pytest.param("s.zip", make.archive(bytes(50_000_000)), Reason.BOMB, id="ZIP bomb"),
        pytest.param("scan.png", make.png_bomb(), Reason.BOMB, id="PNG bomb"),
        pytest.param("ct.dcm", make.nested(), Reason.NESTED, id="nested sequences"),
        pytest.param(
            "ct.dcm", make.with_preamble(b"MZ\x90", make.dicom()), Reason.EXECUTABLE, id="preamble"
        ),
        pytest.param("notes.txt", b"notes", Reason.UNKNOWN, id="unknown"),
    ],
)
def test_bad_input_is_refused_with_the_reason_and_nothing_is_stored(
    send, browser, at, study, header, name, content, reason
):
    response = send(content, name, "application/dicom")

    assert response.status_code == 422
    assert error_at(response, "file") == WORDS[reason]
    for model in (StudyFile, StudyFilePart, StudySeries):
        assert not model.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="case.study_file").exists()
    # The worker is unharmed: the next file goes through.
    assert send(make.dicom(**header), "ct.dcm").status_code == 302
    assert "ct.dcm" in text_of(browser.get(at("study", study.pk)))


def test_an_oversize_file_is_refused_before_anything_looks_inside(send, monkeypatch):
    monkeypatch.setattr(forms, "FILE_BYTES", 100)
    monkeypatch.setattr(inspection.subprocess, "Popen", None)
    response = send(make.dicom(), "ct.dcm")

    assert error_at(response, "file") == WORDS[Reason.TOO_LARGE]
    assert not StudyFile.objects.exists()


def test_no_file_and_an_empty_one_are_told(send, browser, at, study):
    response = browser.post(at("study_file_new", study.pk), {})
    assert error_at(response, "file") == "Choose a file."
    assert error_at(send(b"", "ct.dcm"), "file") == WORDS[Reason.EMPTY]
    assert browser.get(at("study_file_new", study.pk)).status_code == 200


def test_a_file_of_another_patient_is_held_until_a_person_says_whose_it_is(
    send, browser, at, study, case
):
    response = send(make.dicom(PatientID="OTHER-7", PatientName="Stranger^Sam"), "ct.dcm")
    file = StudyFile.objects.get()
    (series,) = StudySeries.objects.all()
    assert response["Location"] == at("study_file", file.pk)
    page = text_of(browser.get(at("study_file", file.pk)))
    assert "Is this the patient?" in page
    assert f"Record number OTHER-7 {case.patient.record_number}" in page
    assert "Family name Stranger Rivera" in page
    assert "Offered for the study" not in page
    assert "Held" in text_of(browser.get(at("study", study.pk)))
    # Not given out, not shown.
    assert browser.get(at("study_file_content", file.pk)).status_code == 404
    assert browser.get(at("series_preview", series.pk)).status_code == 404
    response = browser.post(at("study_file", file.pk), {"columns": ["study_uid"]})
    assert response.status_code == 422

    assert browser.get(at("study_file_confirm", file.pk)).status_code == 405
    browser.post(at("study_file_confirm", file.pk))
    file.refresh_from_db()
    assert (file.state, file.confirmed_by.name) == ("stored", "Cora Coordinator")
    assert "Offered for the study" in text_of(browser.get(at("study_file", file.pk)))
    given = browser.get(at("study_file_content", file.pk))
    assert b"".join(given.streaming_content).startswith(b"\x00")
    again = browser.post(at("study_file_confirm", file.pk), follow=True)
    assert "confirmed it already" in text_of(again)


def test_a_file_is_discarded(send, browser, at, study):
    send(make.dicom(PatientID="OTHER-7"), "ct.dcm")
    file = StudyFile.objects.get()
    assert browser.get(at("study_file_discard", file.pk)).status_code == 405
    response = browser.post(at("study_file_discard", file.pk))

    assert response["Location"] == at("study", study.pk)
    assert not StudyFilePart.objects.exists()
    assert browser.get(at("study_file", file.pk)).status_code == 404


def test_what_a_file_offers_is_written_only_where_it_is_ticked(send, browser, at, study, header):
    content = make.dicom(**header, AccessionNumber="ACC-9", StudyDate="20260110")
    send(content, "ct.dcm")
    file = StudyFile.objects.get()
    page = text_of(browser.get(at("study_file", file.pk)))
    assert "Is this the study?" in page
    assert "Study date 10 Jan 2026 12 Jan 2026" in page
    browser.post(at("study_file_confirm", file.pk))
    page = text_of(browser.get(at("study_file", file.pk)))
    assert "Accession number: ACC-9 (from Accession number)" in page
    assert "Performed on: 10 Jan 2026 (from Study date; now 12 Jan 2026)" in page
    study.refresh_from_db()
    assert study.accession_number == ""

    response = browser.post(at("study_file", file.pk), {})
    assert "Tick what is right" in text_of(response)
    response = browser.post(at("study_file", file.pk), {"columns": ["accession_number"]})
    assert response["Location"] == at("study", study.pk)
    study.refresh_from_db()
    assert (study.accession_number, f"{study.performed_on}") == ("ACC-9", "2026-01-12")


def seen_in(response) -> str:
    """The version of the study that the page of a file carries."""
    return re.search(r'name="row_version" value="(\d+)"', response.content.decode())[1]


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(
    send, browser, at, study, header, coordinator
):
    send(make.dicom(**header, AccessionNumber="ACC-9", InstitutionName="East Clinic"), "ct.dcm")
    address = at("study_file", StudyFile.objects.get().pk)
    ticked = {"columns": ["accession_number"], "row_version": seen_in(browser.get(address))}
    studies.change(study=study, accession_number="ACC-7", by=coordinator)
    response = browser.post(address, ticked)

    assert response.status_code == 422
    page = text_of(response)
    assert "Changed by somebody else while this page was open" in page
    assert "Now: ACC-7 (Cora Coordinator," in page
    assert "You typed: ACC-9" in page
    study.refresh_from_db()
    assert study.accession_number == "ACC-7"
    # What nobody touched is taken over all the same.
    assert browser.post(address, {**ticked, "columns": ["performing_site"]}).status_code == 302
    # With the correction seen it is a choice.
    ticked["row_version"] = seen_in(response)
    assert browser.post(address, ticked).status_code == 302
    study.refresh_from_db()
    assert (study.accession_number, study.performing_site) == ("ACC-9", "East Clinic")


def test_values_ticked_on_a_page_that_says_no_version_overwrite_nothing(
    send, browser, at, study, header, coordinator
):
    studies.change(study=study, accession_number="ACC-7", by=coordinator)
    send(make.dicom(**header, AccessionNumber="ACC-9"), "ct.dcm")
    address = at("study_file", StudyFile.objects.get().pk)
    assert browser.post(address, {"columns": ["accession_number"]}).status_code == 422
    study.refresh_from_db()
    assert study.accession_number == "ACC-7"


def test_a_file_of_a_patient_who_became_another_says_so(
    send, browser, at, study, case, header, coordinator
):
    send(make.dicom(**header), "ct.dcm")
    file = StudyFile.objects.get()
    told = "Names another patient than the record does now"
    for address in (at("study_file", file.pk), at("study", study.pk)):
        assert told not in text_of(browser.get(address))
    patients.change(patient=case.patient, record_number="OTHER-8", by=coordinator)

    assert told in text_of(browser.get(at("study", study.pk)))
    page = text_of(browser.get(at("study_file", file.pk)))
    assert told in page
    assert f"{header['PatientID']} in the file, OTHER-8 in the record" in page
    file.refresh_from_db()
    assert (file.state, file.mismatches) == ("stored", [])


def test_a_file_confirmed_by_a_person_is_told_again_only_with_what_is_new(
    send, browser, at, case, coordinator
):
    send(make.dicom(PatientID="OTHER-7"), "ct.dcm")
    file = StudyFile.objects.get()
    told = "Names another patient than the record does now"
    assert told not in text_of(browser.get(at("study_file", file.pk)))
    study_files.confirm(file=file, by=coordinator)
    assert told not in text_of(browser.get(at("study_file", file.pk)))
    patients.change(patient=case.patient, family_name="Rivers", by=coordinator)
    page = text_of(browser.get(at("study_file", file.pk)))
    assert told in page
    assert "Rivera in the file, Rivers in the record" in page
    assert "OTHER-7 in the file" not in page


def test_the_second_of_two_who_discard_a_file_is_told(
    send, browser, at, study, header, coordinator, monkeypatch
):
    send(make.dicom(**header), "ct.dcm")
    file = StudyFile.objects.select_related("study__case").get()
    study_files.discard(file=file, by=coordinator)
    monkeypatch.setattr(pages, "_file_or_404", lambda _id: file)
    response = browser.post(at("study_file_discard", file.pk), follow=True)
    assert response.redirect_chain == [(at("study", study.pk), 302)]
    assert "This file was discarded meanwhile." in text_of(response)


def test_an_offer_that_cannot_be_says_why(send, browser, at, study, header):
    send(make.dicom(**header, StudyDate="19010101"), "ct.dcm")
    browser.post(at("study_file_confirm", StudyFile.objects.get().pk))
    address = at("study_file", StudyFile.objects.get().pk)
    seen = seen_in(browser.get(address))
    response = browser.post(address, {"columns": ["performed_on"], "row_version": seen})
    assert response.status_code == 422
    assert "50 years" in text_of(response)


def test_measurements_and_several_dose_reports_are_said(send, browser, at, study, header):
    long, mm = codes.SCT.LongAxis, codes.UCUM.Millimeter
    report = make.measurement_report(("Target 1", [(long, 21.5, mm)]), **header)
    send(make.archive(report, make.dose_report(**header), make.dose_report(**header)), "s.zip")
    page = text_of(browser.get(at("study_file", StudyFile.objects.get().pk)))

    assert "Target 1 Neoplasm Liver 21.5" in page
    assert "The file holds 2 dose reports." in page
    assert "1 measurement offered" in text_of(browser.get(at("study", study.pk)))


def test_a_file_is_given_out_as_it_came_and_cannot_run_in_a_browser(
    send, browser, at, study, header, monkeypatch
):
    """ASVS v5.0.0-3.2.1 and 5.4.1: as a download of our naming, in a sandbox."""
    content = make.dicom(**header)
    send(content, "Rivera Ana.dcm")
    file = StudyFile.objects.get()
    response = browser.get(at("study_file_content", file.pk))

    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == "application/dicom"
    assert response["Content-Disposition"] == 'attachment; filename="study-file.dcm"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(action="case.study_file.downloaded").count() == 1


def test_the_picture_of_a_series_is_shown_and_noted(send, browser, at, study, header):
    send(make.dicom(**header), "ct.dcm")
    series = StudySeries.objects.get()
    address = at("series_preview", series.pk)
    assert f'<img src="{address}"' in browser.get(at("study", study.pk)).content.decode()
    response = browser.get(address)

    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert AuditEntry.objects.filter(action="case.study_series.viewed").count() == 1


def test_pictures_that_cannot_be_decoded_are_said_to_be_such(browser, at, study, case, coordinator):
    file = study_files.upload(
        study=study,
        name="x.dcm",
        content=io.BytesIO(make.bundled("SC_rgb_jpeg_gdcm.dcm")),
        by=coordinator,
    )
    study_files.confirm(file=file, by=coordinator)
    assert "cannot be decoded" in text_of(browser.get(at("study_file", file.pk)))
    assert browser.get(at("series_preview", StudySeries.objects.get().pk)).status_code == 404


def test_a_reader_sees_files_and_may_not_write(send, sign_in_as, at, study, header, institution):
    send(make.dicom(**header, AccessionNumber="ACC-9"), "ct.dcm")
    file = StudyFile.objects.get()
    client = sign_in_as("PATHOLOGIST")
    page = text_of(client.get(at("study_file", file.pk)))

    assert "Offered for the study" not in page
    assert client.post(at("study_file_confirm", file.pk)).status_code == 403
    assert client.post(at("study_file_discard", file.pk)).status_code == 403
    response = client.post(at("study_file", file.pk), {"columns": ["accession_number"]})
    assert response.status_code == 422
    with institution_scope(institution):
        study.refresh_from_db()
    assert study.accession_number == ""
