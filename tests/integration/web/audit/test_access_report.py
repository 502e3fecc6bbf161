"""The patient's own report: who has seen their data."""

import datetime
import io

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from cases.services import restrictions
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.integration.web.cases.reading import text_of
from tumorboard.accounts.memberships import remove
from tumorboard.audit.kinds import Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.origin import arriving, give_reason
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(institution, coordinator):
    with institution_scope(institution), arriving(Via.PAGE):
        case = make_case(by=coordinator)
        for _ in range(2):
            record(action="case.timeline.read", subject=case, by=coordinator)
        record(action="queue.read", subject=institution, by=coordinator, shown=[case.pk])
    return case


@pytest.fixture
def report(desk, url, case):
    return lambda: text_of(desk.get(url("access_report", case.patient_id)))


def test_it_tells_who_did_what_how_often_and_in_which_role(report, case):
    """HIPAA 164.528(b)(2): date, who, and what, for each that saw the data."""
    words = report()
    day = f"{timezone.localdate():%-d %b %Y}"
    assert case.patient.name in words
    assert "Cora Coordinator Coordinator" in words
    assert f"{day} Looked at the timeline of the case 2 Page none asked for" in words
    assert "Listed the candidates for the board (on a list with others) 1" in words
    assert "Added the patient 1" in words


def test_a_reason_that_was_given_is_told(report, case, institution, chair):
    with institution_scope(institution), arriving(Via.PAGE):
        give_reason("Emergency at night")
        record(action="case.read", subject=case, by=chair)
    assert "Read the case 1 Page Emergency at night" in report()


def test_who_left_and_what_the_system_did(report, case, institution, coordinator):
    clinician = add_member(institution, "CLINICIAN", email="x@north.example", name="Xenia Gone")
    with institution_scope(institution), arriving(Via.JOB):
        record(action="case.read", subject=case, by=clinician)
        record(action="case.relisted", subject=case, by=None)
        remove(user=clinician, by=coordinator)
    words = report()
    assert "Xenia Gone no longer at the institution" in words
    assert "The system works by itself" in words


def test_another_patient_is_not_in_it(report, case, institution, coordinator):
    with institution_scope(institution), arriving(Via.PAGE):
        other = make_case(by=coordinator)
        record(action="decision.read", subject=other, by=coordinator)
    assert "Read the board's decision" not in report()


def test_a_period_without_anybody(desk, url, case):
    past = (timezone.localdate() - datetime.timedelta(days=900)).isoformat()
    page = url("access_report", case.patient_id)
    response = desk.post(page, {"first": past, "last": past})
    assert "Nobody in this period" in text_of(response)
    assert desk.post(page, {"first": "x", "last": past}).status_code == 422


def test_on_paper(desk, url, case, officer):
    """HIPAA 164.528(c): the accounting is given to the patient."""
    today = timezone.localdate().isoformat()
    page = url("access_report", case.patient_id)
    response = desk.post(page, {"first": today, "last": today, "print": "1"})
    assert response["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(response.content))
    words = " ".join(" ".join(p.extract_text() for p in pdf.pages).split())
    assert "Who has seen or changed your data" in words
    assert "Cora Coordinator" in words
    assert "looked at the timeline of the case" in words
    with institution_scope(case.institution):
        entry = AuditEntry.objects.get(action="patient.access_report.printed")
    assert (entry.person, entry.patient_id, entry.kind) == (officer, case.patient_id, "print")


def test_reading_it_is_noted(report, case, officer):
    report()
    assert "Read who has seen the patient's data 1" in report()


@pytest.mark.parametrize("role", ["ADMINISTRATOR", "COORDINATOR", "BOARD_CHAIR"])
def test_nobody_else_reads_it(institution, url, case, role):
    person = add_member(institution, role, email="one@north.example", name="One")
    client = Client()
    client.force_login(person)
    assert client.get(url("access_report", case.patient_id)).status_code == 403


def test_of_a_restricted_record_it_is_made_by_who_was_put_on_its_list(
    desk, officer, url, case, institution, coordinator, chair
):
    """HIPAA 164.528: the patient is told, whoever the record is hidden from."""
    page = url("access_report", case.patient_id)
    with institution_scope(institution):
        restricted(case, chair, by=coordinator)
    assert desk.get(page).status_code == 404
    with institution_scope(institution):
        restrictions.change_list(case=case, people=[chair.pk, officer.pk], by=chair)
    assert "Added the patient 1" in text_of(desk.get(page))
    # That is no way to the case.
    assert desk.get(url("case", case.pk)).status_code == 403
