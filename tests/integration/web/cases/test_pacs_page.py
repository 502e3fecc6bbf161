"""The page on which studies of the picture archive are looked at and added."""

import datetime
import json
import re
from contextlib import ExitStack

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.dicom.pacs_faults import Fault
from cases.models import Study
from cases.services import pacs_connections, virus_checks
from cases.web import pacs as pages
from tests.archives import Archive, send, series, server, study
from tests.factories.cases import make_case, make_study
from tests.factories.people import add_member
from tumorboard.audit.models import AuditEntry
from tumorboard.clamd import ScannerUnavailable
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_case")]

HTMX = {"HX-Request": "true"}
TICKED = {"add": "on", "modality": "CT"}


@pytest.fixture(scope="module")
def kept_case(house):
    """A case of Ana Rivera, record number R-1, born 12 May 1967."""
    with institution_scope(house.institution):
        case = make_case(by=house.coordinator)
        patient = case.patient
        patient.record_number, patient.birth_date = "R-1", datetime.date(1967, 5, 12)
        patient.save()
        return case


@pytest.fixture
def connect(institution, coordinator, settings):
    """Let an answering thing be the institution's archive."""
    with ExitStack() as stack:

        def connect(answer):
            address = stack.enter_context(server(answer))
            settings.PACS_HOSTS = f"north={address}"
            with institution_scope(institution):
                pacs_connections.save(by=coordinator, name="Archive", qido_url=f"{address}/d")
            return answer

        yield connect


@pytest.fixture
def page(browser, url, case):
    """The page, read and posted to."""

    class Page:
        address = url("case_pacs", case.pk)
        offered = ""

        def read(self):
            response = browser.get(self.address)
            assert response.status_code == 200
            text = response.content.decode()
            found = re.search(r'name="offered" value="([^"]+)"', text)
            self.offered = found[1] if found else ""
            return text

        def post(self, headers=None, **given):
            data = {"offered": self.offered, **given}
            return browser.post(self.address, data, headers=headers)

        def add(self, uid, **given):
            return self.post(**{f"{name}-{uid}": value for name, value in given.items()})

    return Page()


@pytest.fixture
def studies_of(institution, case):
    """The studies of the case."""

    def studies_of():
        with institution_scope(institution):
            return list(Study.objects.filter(case=case).order_by("id"))

    return studies_of


def test_a_study_is_added_as_it_was_confirmed(connect, page, studies_of):
    connect(Archive(study()))
    shown = page.read()
    assert "12 Jan 2026" in shown
    assert "Accession A-1" in shown
    assert "2 series, 300 objects" in shown
    assert '<option value="CT" selected>' in shown
    assert page.add("1.2.3", add="on", modality="CT").status_code == 302
    (made,) = studies_of()
    assert (made.modality, made.study_uid, made.accession_number) == ("CT", "1.2.3", "A-1")
    assert made.performed_on.isoformat() == "2026-01-12"


def test_nothing_is_added_that_is_not_ticked(connect, page, studies_of):
    connect(Archive(study("1.1"), study("1.2")))
    page.read()
    refused = page.post(**{"modality-1.1": "CT", "modality-1.2": "CT"})
    assert refused.status_code == 422
    assert "Tick the studies to add." in refused.content.decode()
    assert page.post(**{"add-1.2": "on", "modality-1.1": "CT", "modality-1.2": "CT"})
    assert [one.study_uid for one in studies_of()] == ["1.2"]


@pytest.mark.parametrize("codes", [["PT"], ["CT", "PT"], ["NM"], ["CT", "MR"], ["XA"], None])
def test_a_modality_that_the_archive_leaves_open_is_asked_for(codes, connect, page, studies_of):
    connect(Archive(study(modalities=codes)))
    assert not re.search(r'value="[^"]+" selected', page.read())
    refused = page.add("1.2.3", add="on", modality="")
    assert refused.status_code == 422
    assert "Choose the modality." in refused.content.decode()
    assert studies_of() == []
    assert page.add("1.2.3", add="on", modality="PET_SSTR").status_code == 302
    assert studies_of()[0].modality == "PET_SSTR"


@pytest.mark.parametrize(
    ("codes", "offered"), [(["MR"], "MRI"), (["SR", "CT"], "CT"), (["US"], "US")]
)
def test_a_modality_that_is_plain_is_offered(codes, offered, connect, page):
    connect(Archive(study(modalities=codes)))
    assert f'<option value="{offered}" selected>' in page.read()


def test_the_tracers_of_a_pet_stand_first(connect, page):
    connect(Archive(study(modalities=["PT"])))
    shown = page.read()
    assert re.search(r'<optgroup label="As the archive says">\s*<option value="PET_SSTR">', shown)


def test_a_date_that_the_archive_does_not_say_is_asked_for(connect, page, studies_of):
    connect(Archive(study(date=None)))
    assert "unknown" in page.read()
    refused = page.add("1.2.3", add="on", modality="CT", performed_on="")
    assert "Give the date on which it was performed." in refused.content.decode()
    assert page.add("1.2.3", add="on", modality="CT", performed_on="5 Feb 2026").status_code == 302
    assert studies_of()[0].performed_on.isoformat() == "2026-02-05"


def test_a_date_that_cannot_be_is_refused_with_its_reason(connect, page, studies_of):
    connect(Archive(study(date="29990101")))
    page.read()
    refused = page.add("1.2.3", add="on", modality="CT")
    assert refused.status_code == 422
    assert "future" in refused.content.decode()
    assert studies_of() == []


def test_one_study_that_cannot_be_added_holds_back_all(connect, page, studies_of):
    connect(Archive(study("1.1"), study("1.2", date="29990101")))
    page.read()
    ticked = {f"{name}-{uid}": v for uid in ("1.1", "1.2") for name, v in TICKED.items()}
    assert page.post(**ticked).status_code == 422
    assert studies_of() == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "Rivers^Ana"}, "Archive: Rivers. Record: Rivera."),
        ({"name": "Rivera^Anna"}, "Archive: Anna. Record: Ana."),
        ({"birth_date": "19670521"}, "Archive: 21 May 1967. Record: 12 May 1967."),
        ({"patient_id": None}, "Archive: not given. Record: R-1."),
    ],
)
def test_another_patient_must_be_confirmed(said, words, connect, page, studies_of):
    # One that passes over the filter, for the entry without a record number.
    connect(lambda to: send(to, json.dumps([study(**said)]).encode()))
    assert words in page.read()
    refused = page.add("1.2.3", **TICKED)
    assert refused.status_code == 422
    assert "Confirm that it is the same person" in refused.content.decode()
    assert studies_of() == []
    assert page.add("1.2.3", **TICKED, is_same_patient="on").status_code == 302
    assert len(studies_of()) == 1


def test_a_confirmed_identity_is_audited(connect, page, institution, coordinator):
    connect(Archive(study(name="Rivers^Ana")))
    page.read()
    page.add("1.2.3", **TICKED)
    with institution_scope(institution):
        assert not AuditEntry.objects.filter(action="case.study.identity_confirmed").exists()
    page.add("1.2.3", **TICKED, is_same_patient="on")
    with institution_scope(institution):
        entry = AuditEntry.objects.get(action="case.study.identity_confirmed")
        assert entry.person == coordinator
        assert AuditEntry.objects.filter(action="case.archive.read").exists()


@pytest.mark.parametrize("said", [{"name": None}, {"birth_date": None}, {"name": "rivéra^ANA"}])
def test_what_is_not_known_or_only_spelled_otherwise_is_no_difference(said, connect, page):
    connect(Archive(study(**said)))
    shown = page.read()
    assert "Differs" not in shown
    assert page.add("1.2.3", **TICKED).status_code == 302


def test_studies_of_the_case_are_seen_beside(
    connect, page, institution, case, coordinator, studies_of
):
    with institution_scope(institution):
        make_study(case=case, by=coordinator, modality="CT", study_uid="1.1")
        make_study(case=case, by=coordinator, modality="MRI", accession_number="A-2")
        make_study(case=case, by=coordinator, modality="CT", performed_on=datetime.date(2025, 5, 5))
        make_study(case=case, by=coordinator, modality="US", performed_on=datetime.date(2024, 4, 4))
    connect(
        Archive(
            study("1.1"),
            study("1.2", accession="A-2", modalities=["MR"]),
            study("1.3", date="20250505", accession="A-3"),
            study("1.4", accession="A-4"),
        )
    )
    shown = page.read()
    assert "In the case: CT, 12 Jan 2026" in shown
    assert 'name="add-1.1"' not in shown
    assert "by accession number, without its UID: MRI, 12 Jan 2026" in shown
    assert 'name="modality-1.2"' not in shown
    assert "The same one?" in shown
    assert shown.index("In the case, not in this list") < shown.index("Ultrasound, 4 Apr 2024")

    assert page.add("1.2", add="on").status_code == 302
    _, mri, *_ = studies_of()
    assert (mri.study_uid, mri.modality) == ("1.2", "MRI")


def test_two_uids_under_one_accession_number_are_two_studies(
    connect, page, institution, case, coordinator, studies_of
):
    with institution_scope(institution):
        make_study(case=case, by=coordinator, study_uid="1.1", accession_number="A-1")
    connect(Archive(study("1.2")))
    page.read()
    page.add("1.2", **TICKED)
    assert len(studies_of()) == 2


def test_a_study_that_somebody_added_meanwhile_is_not_added_again(
    connect, page, institution, case, coordinator, studies_of
):
    connect(Archive(study()))
    page.read()
    with institution_scope(institution):
        make_study(case=case, by=coordinator, modality="CT", study_uid="1.2.3")
    assert page.add("1.2.3", **TICKED).status_code == 422
    assert len(studies_of()) == 1


def test_the_archive_is_not_asked_again_when_something_is_added(connect, page):
    archive = connect(Archive(study()))
    page.read()
    page.add("1.2.3", **TICKED)
    assert len(archive.asked) == 1


def test_a_list_that_was_not_written_here_is_not_believed(
    connect, page, institution, coordinator, url, browser, studies_of
):
    connect(Archive(study()))
    page.read()
    true = page.offered
    for forged in ("", "x", true.rsplit(":", 1)[0] + ":" + "A" * 43):
        page.offered = forged
        assert page.add("1.2.3", **TICKED).status_code == 302
    with institution_scope(institution):
        other = make_case(by=coordinator)
    data = {"offered": true, "add-1.2.3": "on", "modality-1.2.3": "CT"}
    answer = browser.post(url("case_pacs", other.pk), data, follow=True)
    assert "The list was too old." in answer.content.decode()
    assert studies_of() == []
    with institution_scope(institution):
        assert not Study.objects.exists()


def test_a_picture_is_shown_under_its_study(connect, page):
    archive = connect(Archive(study()))
    archive.series = [series(), series("1.2.3.2", modality="SR", description="Dose", number=9)]
    page.read()
    part = page.post(preview="1.2.3", headers=HTMX)
    assert part.headers["Vary"].find("HX-Request") >= 0
    text = part.content.decode()
    assert "<html" not in text
    assert 'src="data:image/jpeg;base64,/9j/' in text
    assert "Middle of series 2, Portal venous" in text
    assert "Dose" in text


@pytest.mark.parametrize("said", [None, "Win.Test"])
def test_a_picture_that_the_scanner_does_not_clear_is_not_shown(connect, page, monkeypatch, said):
    """ASVS v5.0.0-5.4.3: what an archive sends is scanned as what a person uploads."""

    def scan(content, *, address, timeout_seconds):
        assert content.read(2) == b"\xff\xd8"
        if said is None:
            raise ScannerUnavailable("busy")
        return said

    connect(Archive(study())).series = [series()]
    monkeypatch.setattr(virus_checks, "scan", scan)
    monkeypatch.setattr(virus_checks, "are_looked_for", lambda: True)
    page.read()
    text = page.post(preview="1.2.3", headers=HTMX).content.decode()
    assert "data:image" not in text
    assert ("gave no answer" if said is None else "refused the picture") in text


def test_without_a_script_the_picture_stands_in_the_page_and_ticks_stay(connect, page, studies_of):
    connect(Archive(study("1.1", modalities=["PT"]), study("1.2", date=None)))
    page.read()
    whole = page.post(
        preview="1.1",
        **{"add-1.1": "on", "modality-1.1": "PET_FDG", "performed_on-1.2": "half typed"},
    )
    text = whole.content.decode()
    assert whole.status_code == 200
    assert "data:image/jpeg" in text
    assert re.search(r'name="add-1.1"[^>]* checked', text)
    assert '<option value="PET_FDG" selected>' in text
    assert "half typed" in text
    assert studies_of() == []


def test_a_picture_of_a_study_that_was_not_offered_is_not_asked_for(connect, page):
    archive = connect(Archive(study()))
    page.read()
    assert page.post(preview="6.6.6", headers=HTMX).status_code == 404
    assert len(archive.asked) == 1


def test_without_a_picture_the_reason_stands_there(connect, page):
    archive = connect(Archive(study()))
    page.read()
    archive.picture = b"nonsense"
    assert str(Fault.NOT_DICOMWEB) in page.post(preview="1.2.3", headers=HTMX).content.decode()
    archive.series = [series(modality="SR", number=None)]
    text = page.post(preview="1.2.3", headers=HTMX).content.decode()
    assert "No series of it has pictures." in text
    archive.series = "nonsense"
    text = page.post(preview="1.2.3", headers=HTMX).content.decode()
    assert str(Fault.NOT_DICOMWEB) in text


def test_a_failure_is_said_in_plain_words(connect, page):
    connect(lambda to: send(to, b"", status=401))
    shown = page.read()
    assert str(Fault.REFUSED) in shown
    assert "Add a study by hand" in shown


def test_without_an_archive_the_page_says_so(page, settings):
    settings.PACS_HOSTS = ""
    assert str(Fault.OFF) in page.read()
    settings.PACS_HOSTS = "north=http://127.0.0.1:1"
    assert str(Fault.NOT_NAMED) in page.read()
    settings.PACS_HOSTS = "cannot be read"
    assert str(Fault.OFF) in page.read()


def test_what_the_operator_no_longer_allows_is_not_asked(connect, page, settings):
    archive = connect(Archive(study()))
    settings.PACS_HOSTS = "north=https://pacs.north.example"
    assert str(Fault.NOT_ALLOWED) in page.read()
    assert archive.asked == []


def test_an_archive_without_the_patient_says_so(connect, page):
    connect(Archive())
    assert "The archive has no study under this record number" in page.read()


def test_the_newest_are_offered_and_the_rest_is_counted(connect, page, monkeypatch):
    monkeypatch.setattr(pages, "MOST_OFFERED", 2)
    connect(Archive(*(study(f"1.{n}", date=f"2025010{n}") for n in range(1, 6))))
    shown = page.read()
    assert 'name="add-1.5"' in shown
    assert 'name="add-1.3"' not in shown
    assert "3 older studies of the archive are not shown." in shown


def test_queries_stay_the_same_however_many_studies(connect, page, institution, case, coordinator):
    archive = connect(Archive(study()))
    with CaptureQueriesContext(connection) as few:
        page.read()
    archive.studies = [study(f"1.{n}") for n in range(90)]
    with institution_scope(institution):
        for n in range(5):
            make_study(case=case, by=coordinator, study_uid=f"1.{n}")
    with CaptureQueriesContext(connection) as many:
        page.read()
    assert len(many) == len(few)


def test_another_institutions_archive_is_never_asked(
    connect, page, institution, other_institution, settings
):
    theirs = Archive(study())
    with server(theirs) as address:
        settings.PACS_HOSTS = f"south={address}"
        by = add_member(other_institution, "COORDINATOR", email="s@south.example", name="S")
        with institution_scope(other_institution):
            pacs_connections.save(by=by, name="South", qido_url=f"{address}/d")
        assert str(Fault.OFF) in page.read()
        settings.PACS_HOSTS = f"south={address},north={address}"
        assert str(Fault.NOT_NAMED) in page.read()
    assert theirs.asked == []


def test_a_reader_may_not_ask_the_archive(connect, client, url, case, institution):
    archive = connect(Archive(study()))
    admin = add_member(institution, "ADMINISTRATOR", email="ad@north.example", name="Ad")
    client.force_login(admin)
    assert client.get(url("case_pacs", case.pk)).status_code == 403
    assert archive.asked == []
