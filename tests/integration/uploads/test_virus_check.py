"""What a virus scanner says of an upload, and what happens when it says nothing."""

import io
import logging

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from cases.models import ImportFile, StudyFile, StudyFilePart, StudySeries
from cases.models.study_file import VirusCheck
from cases.services import study_files, upload_quotas, virus_checks
from cases.services.errors import Invalid, Refused
from cases.services.imports import uploads
from cases.services.imports.limits import TableError
from cases.services.study_files import confirm, discard
from tests.factories import dicom as make
from tests.integration.uploads.clamd import EICAR, MOST_BYTES, SIGNATURE
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TABLE = b"Record number,Age\nR-9,60\n"


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["Record number", "Age"], ["R-9", 60]):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def infected_pdf() -> bytes:
    return make.pdf() + b"\n% " + EICAR


def state(file: StudyFile) -> tuple[str, str, str]:
    file.refresh_from_db()
    return file.state, file.virus_check, file.virus


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("at").values_list("action", flat=True))


@pytest.fixture
def nobody_answers(settings, tmp_path):
    """A scanner that is named and not there."""
    settings.CLAMD_ADDRESS = str(tmp_path / "none.sock")


def test_a_clean_file_is_stored(put, scanner):
    """ASVS v5.0.0-5.4.3: a real scanner has looked into a file before anybody is given it."""
    assert state(put(make.pdf())) == ("stored", "clean", "")


def test_of_an_infected_file_nothing_is_kept(put, scanner, caplog):
    """ASVS v5.0.0-5.4.3: known malicious content is never served, since it is never kept."""
    with caplog.at_level(logging.WARNING):
        file = put(infected_pdf())
    assert state(file) == ("infected", "infected", f"{SIGNATURE}.UNOFFICIAL")
    assert not StudyFilePart.objects.exists()
    assert "case.study_file.infected" in actions()
    assert "case.study_file.uploaded" not in actions()
    assert [record.event for record in caplog.records if hasattr(record, "event")] == [
        "upload.infected"
    ]
    with pytest.raises(Refused):
        confirm(file=file, by=file.uploaded_by)
    discard(file=file, by=file.uploaded_by)


def test_an_infected_picture_of_a_series_offers_nothing(put, scanner):
    file = put(make.dicom(ImageComments=EICAR.decode()), "ct.dcm")
    assert state(file)[0] == "infected"
    assert (file.findings, file.mismatches) == ({}, [])
    assert not StudySeries.objects.exists()


@pytest.mark.usefixtures("nobody_answers")
def test_without_an_answer_a_file_stays_in_quarantine(put, browser, url):
    """ASVS v5.0.0-16.5.3: where the scanner cannot be asked, the file is not let through."""
    file = put(make.pdf())
    assert state(file) == ("waiting", "waiting", "")
    page = browser.get(url("study_file", file.pk)).content.decode()
    assert "waits for the virus check" in page
    assert url("study_file_content", file.pk) not in page
    assert browser.get(url("study_file_content", file.pk)).status_code == 404
    with pytest.raises(Refused):
        confirm(file=file, by=file.uploaded_by)


def test_a_file_larger_than_the_scanner_takes_stays_in_quarantine(put, scanner):
    """ASVS v5.0.0-5.4.3: a file that the scanner has not read to its end is not given out."""
    noise = bytes(range(256)) * (MOST_BYTES // 256 + 300)
    assert state(put(make.pdf() + b"\n% " + noise))[0] == "waiting"


def test_a_file_that_the_scanner_reads_in_part_is_not_judged(monkeypatch, settings):
    settings.CLAMD_ADDRESS = "/run/clamd"
    monkeypatch.setattr(
        "tumorboard.clamd._Line.__init__", lambda *_: setattr(_[0], "_socket", NoSocket())
    )
    answer = "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND"
    monkeypatch.setattr("tumorboard.clamd._Line.ask", lambda *_: answer)
    assert virus_checks.look(io.BytesIO(b"x")).check == "waiting"


class NoSocket:
    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def waiting(put, settings, tmp_path):
    """Put a file while no scanner answers, and name the real one again."""

    def bring(content, name="report.pdf"):
        named, settings.CLAMD_ADDRESS = settings.CLAMD_ADDRESS, str(tmp_path / "none.sock")
        file = put(content, name)
        settings.CLAMD_ADDRESS = named
        return file

    return bring


def again() -> None:
    """What the sweep asks for, done as a worker does it."""
    for message in OutboxMessage.objects.filter(topic=virus_checks.TOPIC):
        virus_checks.look_again(message.payload)


def test_a_job_lets_a_clean_file_out(scanner, waiting):
    file = waiting(make.pdf())
    virus_checks.sweep()
    again()
    again()
    assert state(file)[:2] == ("stored", "clean")
    assert actions().count("case.study_file.released") == 1


def test_a_file_of_somebody_else_is_held_once_it_is_clean(scanner, waiting):
    file = waiting(make.dicom(PatientID="OTHER-7"), "ct.dcm")
    virus_checks.sweep()
    again()
    assert state(file)[:2] == ("held", "clean")


def test_a_job_takes_away_what_is_infected(scanner, waiting):
    """ASVS v5.0.0-5.4.3: what a later look finds is gone from quarantine too."""
    file = waiting(make.dicom(PatientID="OTHER-7", ImageComments=EICAR.decode()), "ct.dcm")
    assert StudyFilePart.objects.exists()
    virus_checks.sweep()
    again()
    assert state(file)[0] == "infected"
    assert (file.findings, file.mismatches) == ({}, [])
    assert not StudyFilePart.objects.exists()
    assert not StudySeries.objects.exists()
    assert AuditEntry.objects.get(action="case.study_file.infected").person is None


@pytest.mark.usefixtures("nobody_answers")
def test_without_an_answer_a_job_leaves_it_to_the_next(put):
    file = put(make.pdf())
    virus_checks.sweep()
    again()
    assert state(file)[0] == "waiting"


def test_a_file_that_is_discarded_meanwhile_stays_gone(scanner, waiting, monkeypatch):
    file = waiting(make.pdf())
    virus_checks.sweep()
    look = virus_checks.look

    def slow(*args, **options):
        discard(file=StudyFile.objects.get(pk=file.pk), by=file.uploaded_by)
        return look(*args, **options)

    monkeypatch.setattr(virus_checks, "look", slow)
    again()
    assert not StudyFile.objects.exists()


def test_where_no_scanner_is_named_pages_say_so(put, browser, url, settings):
    settings.CLAMD_ADDRESS = ""
    file = put(make.pdf())
    virus_checks.sweep()
    assert state(file) == ("stored", "not_checked", "")
    assert not OutboxMessage.objects.filter(topic=virus_checks.TOPIC).exists()
    assert "Not checked for viruses" in browser.get(url("study_file", file.pk)).content.decode()
    assert "not checked for viruses" in browser.get(url("imports")).content.decode()


def test_the_database_refuses_a_usable_file_that_was_not_judged(put, scanner):
    """ASVS v5.0.0-15.4.2: no way around the check ends in a file that can be given out."""
    file = put(make.pdf())
    file.virus_check = "waiting"
    with pytest.raises(IntegrityError), transaction.atomic():
        file.save()


def test_an_infected_table_is_refused_and_that_stays_in_the_audit(
    scanner, browser, url, institution
):
    """ASVS v5.0.0-5.4.3: a table of cases is looked into like any other file."""
    given = SimpleUploadedFile("cases.csv", TABLE + b"R-10," + EICAR + b"\n")
    page = browser.post(url("imports"), {"file": given})
    assert page.status_code == 422
    assert SIGNATURE in page.content.decode()
    with institution_scope(institution):
        assert "import.infected" in actions()
        assert not ImportFile.objects.exists()


def test_a_clean_table_is_taken(scanner, coordinator):
    assert uploads.upload(name="cases.csv", content=TABLE, by=coordinator).row_count == 1


@pytest.mark.usefixtures("nobody_answers")
def test_a_table_is_not_taken_without_an_answer(coordinator):
    with pytest.raises(TableError, match="Try again"):
        uploads.upload(name="cases.csv", content=TABLE, by=coordinator)
    assert not ImportFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"), [("cases.xlsx", TABLE), ("cases.exe", TABLE), ("cases.csv", workbook())]
)
def test_a_table_whose_name_says_otherwise_is_refused(coordinator, name, content):
    """ASVS v5.0.0-5.2.2: the extension must be one that is expected, and fit the content."""
    with pytest.raises(TableError, match="says something else"):
        uploads.upload(name=name, content=content, by=coordinator)


@pytest.mark.parametrize("quota", ["A_DAY", "IN_ALL"])
@pytest.mark.parametrize("bound", [{"files": 1}, {"size": 1_000}])
def test_one_person_cannot_fill_the_storage(put, monkeypatch, quota, bound):
    """ASVS v5.0.0-5.2.4: files and bytes of one person have an end."""
    small = upload_quotas.Quota(**{"files": 10, "size": 10_000_000, **bound})
    if "files" in bound:
        put(make.pdf())
    monkeypatch.setattr(upload_quotas, quota, small)
    with pytest.raises(Invalid) as caught:
        put(make.png() + b"\x00" * 1_000, "a.png")
    assert "one person may" in caught.value.errors["file"][0]


def test_tables_of_one_person_have_an_end(coordinator, monkeypatch):
    """ASVS v5.0.0-5.2.4: tables of one person have an end."""
    monkeypatch.setattr("cases.services.upload_quotas.IMPORTS_A_DAY", 1)
    uploads.upload(name="cases.csv", content=TABLE, by=coordinator)
    with pytest.raises(TableError, match="tomorrow"):
        uploads.upload(name="cases.csv", content=TABLE, by=coordinator)


def test_what_changed_after_it_was_looked_at_is_not_stored(study, coordinator, monkeypatch):
    """ASVS v5.0.0-5.4.3: what is given out later is what was read and scanned."""

    def look(content, **_):
        content.seek(0)
        content.write(b"another")
        return virus_checks.Look(VirusCheck.CLEAN)

    monkeypatch.setattr(virus_checks, "look", look)
    with pytest.raises(Invalid, match="damaged"):
        study_files.upload(
            study=study, name="a.pdf", content=io.BytesIO(make.pdf()), by=coordinator
        )
    assert not StudyFile.objects.exists()
