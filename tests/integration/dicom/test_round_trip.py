"""From a real archive into the case: listed, looked at, added, opened in the viewer."""

import datetime
import itertools
import json
import re
from base64 import b64decode

import numpy as np
import pytest
from pydicom.uid import generate_uid

from cases.dicom.pacs import Pacs, main_series
from cases.dicom.pacs_access import Access
from cases.dicom.pacs_faults import Fault, PacsError
from cases.models import Study
from cases.selectors.pacs import viewer_link
from cases.services import pacs_connections
from tests.archives import NAME, Archive, server, study
from tests.factories.cases import make_case
from tests.factories.dicom import dicom, dose_report
from tests.integration.dicom.orthanc import PASSWORD, USER
from tumorboard.tenancy.scope import institution_scope

VIEWER = "https://viewer.example/?StudyInstanceUIDs={study_uid}"

_numbers = itertools.count(1)


def send_study(orthanc, patient_id, *, modality="CT", instances=3, **given):
    """A study of a few objects; its UID."""
    uid, series = generate_uid(), generate_uid()
    elements = {
        "StudyInstanceUID": uid,
        "SeriesInstanceUID": series,
        "Modality": modality,
        "StudyDescription": "CT abdomen",
        "SeriesDescription": "Portal venous",
        "AccessionNumber": f"A-{next(_numbers)}",
        "PatientID": patient_id,
        "PatientBirthDate": "19670512",
        "SpecificCharacterSet": "ISO_IR 192",
        **given,
    }
    orthanc.send(*(dicom(InstanceNumber=n + 1, **elements) for n in range(instances)))
    return uid


@pytest.fixture
def case(institution, coordinator):
    """A case of Ana Rivera."""
    with institution_scope(institution):
        return make_case(by=coordinator)


@pytest.fixture
def connected(institution, coordinator, allowed):
    """The institution's archive is the Orthanc."""
    with institution_scope(institution):
        pacs_connections.save(
            by=coordinator,
            name="Orthanc",
            qido_url=allowed.dicomweb,
            credentials=NAME,
            viewer_template=VIEWER,
        )
    return allowed


def offered(page):
    return re.search(r'name="offered" value="([^"]+)"', page)[1]


@pytest.mark.django_db
def test_a_study_comes_from_the_archive_into_the_case(connected, browser, url, institution, case):
    uid = send_study(connected, case.patient.record_number, AccessionNumber="ACC-77")
    pet = send_study(connected, case.patient.record_number, modality="PT", StudyDate="20260220")
    page = url("case_pacs", case.pk)

    listed = browser.get(page).content.decode()
    assert "12 Jan 2026" in listed
    assert "CT abdomen" in listed
    assert "ACC-77" in listed
    assert "1 series, 3 objects" in listed
    assert "Rivera" in listed
    assert "born 12 May 1967" in listed
    assert listed.index("20 Feb 2026") < listed.index("12 Jan 2026")

    seen = browser.post(
        page, {"offered": offered(listed), "preview": uid}, headers={"HX-Request": "true"}
    ).content.decode()
    picture = b64decode(re.search(r"data:image/jpeg;base64,([^\"]+)", seen)[1])
    assert picture.startswith(b"\xff\xd8\xff")
    assert "Portal venous" in seen

    added = browser.post(
        page, {"offered": offered(listed), f"add-{uid}": "on", f"modality-{uid}": "CT"}
    )
    assert added.status_code == 302, added.content.decode()
    with institution_scope(institution):
        (made,) = Study.objects.filter(case=case)
        assert (made.study_uid, made.accession_number, made.modality) == (uid, "ACC-77", "CT")
        assert made.performed_on == datetime.date(2026, 1, 12)
        assert viewer_link(made) == f"https://viewer.example/?StudyInstanceUIDs={uid}"

    again = browser.get(page).content.decode()
    assert f'name="add-{uid}"' not in again
    assert f'name="add-{pet}"' in again
    assert "In the case: CT, 12 Jan 2026" in again


@pytest.mark.django_db
def test_another_patient_under_the_number_is_seen(connected, browser, url, case):
    uid = send_study(connected, case.patient.record_number, PatientName="Müller^Jörg")
    page = url("case_pacs", case.pk)

    listed = browser.get(page).content.decode()
    assert "Archive: Müller. Record: Rivera." in listed

    ticked = {"offered": offered(listed), f"add-{uid}": "on", f"modality-{uid}": "CT"}
    refused = browser.post(page, ticked)
    assert refused.status_code == 422
    assert "Confirm that it is the same person" in refused.content.decode()


@pytest.mark.django_db
def test_the_settings_page_tests_the_connection(connected, client, url, administrator):
    client.force_login(administrator)
    good = client.post(url("pacs_test"), follow=True).content.decode()
    assert "The picture archive answers as DICOMweb." in good

    wrong = {"name": "Orthanc", "qido_url": connected.dicomweb, "credentials": "wrong"}
    shown = client.get(url("pacs_settings")).content.decode()
    version = re.search(r'name="row_version" value="(\d+)"', shown)[1]
    saved = client.post(url("pacs_settings"), {**wrong, "row_version": version})
    assert saved.status_code == 302, saved.content.decode()
    bad = client.post(url("pacs_test"), follow=True).content.decode()
    assert str(Fault.REFUSED) in bad


def pacs_of(orthanc, *, path="/dicom-web", password=PASSWORD):
    access = Access.of(
        institution="north",
        hosts=f"north={orthanc.origin}",
        credentials=json.dumps({"a": {"institution": "north", "user": USER, "password": password}}),
    )
    return Pacs(access=access, qido_url=orthanc.origin + path, credentials="a")


def test_a_wrong_password_is_refused(orthanc):
    with pacs_of(orthanc, password="not it") as pacs, pytest.raises(PacsError) as caught:
        pacs.check()
    assert caught.value.fault == Fault.REFUSED


@pytest.mark.parametrize("path", ["", "/nowhere", "/app/explorer.html"])
def test_an_address_beside_its_services_is_no_dicomweb(orthanc, path):
    with pacs_of(orthanc, path=path) as pacs, pytest.raises(PacsError) as caught:
        pacs.studies_of("R-1")
    assert caught.value.fault in (Fault.NOT_DICOMWEB, Fault.REDIRECTED)


def test_frames_of_one_object_are_a_picture(orthanc):
    frames = (np.arange(5 * 16 * 16, dtype=np.uint16) % 4096).tobytes()
    uid = send_study(
        orthanc, "FRAMES-1", modality="PT", instances=1, NumberOfFrames=5, PixelData=frames
    )
    with pacs_of(orthanc) as pacs:
        series = main_series(pacs.series_of(uid))
        assert pacs.picture_of(uid, series).startswith(b"\xff\xd8\xff")


def test_what_is_no_picture_has_none(orthanc):
    uid = generate_uid()
    orthanc.send(dose_report(StudyInstanceUID=uid, PatientID="REPORT-1"))
    with pacs_of(orthanc) as pacs:
        assert main_series(pacs.series_of(uid)) is None


def test_the_archive_of_the_other_tests_answers_like_a_real_one(orthanc):
    """What `tests.archives` makes up has the form of what Orthanc answers."""
    uid = send_study(orthanc, "LIKE-1", AccessionNumber="A-1")
    made_up = Archive(study(uid, patient_id="LIKE-1", series=1, instances=3))
    with pacs_of(orthanc) as pacs, server(made_up) as address:
        (real,) = pacs.studies_of("LIKE-1")
        access = Access(origins=(address,))
        with Pacs(access=access, qido_url=address) as other:
            (fake,) = other.studies_of("LIKE-1")
            assert other.series_of(uid)[0].instances == pacs.series_of(uid)[0].instances
        assert pacs.studies_of("NOBODY-1") == []
    assert real.family_name.upper() == fake.family_name
    assert real == type(real)(**{**vars(fake), "family_name": real.family_name})
