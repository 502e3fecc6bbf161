"""The page of the audit: what it finds, to whom, and that looking in is noted."""

import csv
import datetime
import io
import json

import pytest
from django.test import Client
from django.utils import timezone
from fhir.resources.R4B.auditevent import AuditEvent

from cases.web import audit as pages
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.integration.web.cases.reading import text_of
from tumorboard.accounts.roles import Role
from tumorboard.audit.kinds import Via
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.origin import arriving, give_reason
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(institution, coordinator):
    """A case that was read once by a page, in an emergency, and once shown on a list."""
    with institution_scope(institution), arriving(Via.PAGE, address="198.51.100.4"):
        case = make_case(by=coordinator)
        record(
            action="case.searched",
            subject=institution,
            by=coordinator,
            criteria=["text"],
            found=1,
            shown=[case.pk],
        )
        give_reason("Bleeding in theatre")
        record(action="case.timeline.read", subject=case, by=coordinator)
    return case


def asked(**given: str) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    return {"first": today, "last": today, **given}


def search(desk: Client, url, **given: str) -> str:
    response = desk.post(url("audit"), asked(**given))
    assert response.status_code == 200
    return text_of(response).partition("From where Why")[2]


def test_it_says_who_what_when_from_where_and_why(desk, url, case):
    """ASVS v5.0.0-16.2.1: each entry says when, where, who and what.

    HIPAA 164.308(a)(1)(ii)(D): records of activity can be reviewed.
    """
    words = text_of(desk.get(url("audit")))
    assert "Cora Coordinator cora@north.example Looked at the timeline of the case" in words
    assert "Page 198.51.100.4 Bleeding in theatre" in words
    assert "Searched the cases by text; 1 found; 1 case shown several" in words
    today = timezone.localdate()
    assert f"{today.day} {today:%b %Y}, " in words


def test_it_names_no_patient(desk, url, case):
    words = text_of(desk.get(url("audit")))
    assert case.patient.family_name not in words
    assert case.patient.record_number not in words


@pytest.mark.parametrize(
    ("given", "is_found", "is_not"),
    [
        ({"kind": "search"}, "Searched the cases", "Looked at the timeline"),
        ({"action": "case.timeline.read"}, "Looked at the timeline", "Searched the cases"),
        ({"via": "page"}, "Looked at the timeline", "Joined"),
        ({"address": "198.51.100.4"}, "Looked at the timeline", "192.0.2.9"),
        ({"via": "api"}, "Nothing was done", "Looked at the timeline"),
    ],
)
def test_it_is_searched(desk, url, case, given, is_found, is_not):
    desk.get(url("audit"))
    response = desk.post(url("audit"), asked(**given))
    table = response.content.decode().partition("<tbody>")[2]
    words = text_of(response)
    assert is_found in words
    assert is_not not in table


def test_by_person(desk, url, case, coordinator, officer):
    desk.get(url("audit"))
    assert "Pia Privacy" not in search(desk, url, person=str(coordinator.pk))
    assert "Looked at the timeline" not in search(desk, url, person=str(officer.pk))


def test_by_patient_with_the_lists_that_showed_them(desk, url, case, institution, coordinator):
    with institution_scope(institution):
        other = make_case(by=coordinator)
        record(action="decision.read", subject=other, by=coordinator)
    words = search(desk, url, record_number=case.patient.record_number)
    assert "Looked at the timeline" in words
    assert "Searched the cases" in words
    assert "Read the board's decision" not in words


def test_a_record_number_that_nobody_has(desk, url, case):
    response = desk.post(url("audit"), asked(record_number="nobody"))
    assert response.status_code == 422
    assert "No patient has this record number." in text_of(response)


def test_by_period(desk, url, case):
    yesterday = (timezone.localdate() - datetime.timedelta(days=1)).isoformat()
    response = desk.post(url("audit"), {"first": yesterday, "last": yesterday})
    assert "Nothing was done" in text_of(response)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("2026-02-02", "2026-02-01", "This is before the first day."),
        ("2010-01-01", "2026-02-01", "Ask for at most 7 years at once."),
        ("", "2026-02-01", "required"),
    ],
)
def test_a_period_that_cannot_be(desk, url, first, last, reason):
    response = desk.post(url("audit"), {"first": first, "last": last})
    assert response.status_code == 422
    assert reason in text_of(response)


def test_it_is_leafed_by_where_the_last_page_ended(desk, url, case, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_SIZE", 1)
    seen, after = [], ""
    for _ in range(30):
        response = desk.post(
            url("audit"), asked(kind="change", **({"after": after} if after else {}))
        )
        seen += [line.entry.pk for line in response.context["lines"]]
        if response.context["older"] is None:
            break
        after = response.context["older"].text
    with institution_scope(case.institution):
        changes = AuditEntry.objects.filter(kind="change").order_by("-at", "-id")
        assert seen == list(changes.values_list("pk", flat=True))
    assert len(seen) > 1
    assert "Newest" in text_of(response)


@pytest.mark.parametrize(
    "after", ["nonsense", "2026-01-01 nonsense", "2026-01-01T00:00:00 " + "0" * 32]
)
def test_a_place_that_is_none_is_the_first(desk, url, case, after):
    response = desk.post(url("audit"), asked(after=after))
    assert "Looked at the timeline" in text_of(response)


def test_looking_in_is_noted_and_never_for_what(desk, url, case, officer):
    """HIPAA 164.312(b): those who watch are watched (ASVS v5.0.0-16.2.5: without the words)."""
    search(desk, url, record_number=case.patient.record_number)
    with institution_scope(case.institution):
        entry = AuditEntry.objects.get(action="audit.searched")
    assert (entry.person, entry.patient_id, entry.address) == (
        officer,
        case.patient_id,
        "192.0.2.9",
    )
    assert entry.criteria == "since until whose"


def test_csv(desk, url, case, officer):
    response = desk.post(url("audit_export"), asked(kind="read"))
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["Action"], row["Person"], row["Reason"]) for row in rows] == [
        ("case.timeline.read", "Cora Coordinator", "Bleeding in theatre")
    ]
    assert rows[0]["Patient's id"] == str(case.patient_id)
    with institution_scope(case.institution):
        entry = AuditEntry.objects.get(action="audit.exported")
    assert (entry.person, entry.kind, entry.found) == (officer, "export", 1)


def test_fhir(desk, url, case):
    response = desk.post(url("audit_export"), asked(fhir="1"))
    assert response["Content-Type"] == "application/fhir+ndjson"
    events = [AuditEvent.model_validate(json.loads(line)) for line in response.content.splitlines()]
    whom = f"Patient/{case.patient_id}"
    about = [e for e in events if any(x.what and x.what.reference == whom for x in e.entity)]
    # Read, listed, added, opened, answered.
    assert len(about) >= 4
    assert {e.action for e in about} >= {"R", "E", "C"}
    text = response.content.decode()
    assert case.patient.family_name not in text
    assert case.patient.record_number not in text


def test_too_much_for_one_file_is_refused(desk, url, case, monkeypatch):
    monkeypatch.setattr(pages, "MOST_EXPORTED", 1)
    response = desk.post(url("audit_export"), asked())
    assert response.status_code == 422
    assert "These are more than 1 entries. Export shorter periods." in text_of(response)


def test_an_export_of_nonsense_is_refused(desk, url):
    assert desk.post(url("audit_export"), {"first": "x", "last": "x"}).status_code == 422


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("PRIVACY_OFFICER", 200),
        ("ADMINISTRATOR", 200),
        ("COORDINATOR", 403),
        ("CLINICIAN", 403),
        ("BOARD_CHAIR", 403),
    ],
)
def test_who_may_look_in(institution, url, role, status):
    """ASVS v5.0.0-16.4.2: logs are read by those whose work it is."""
    person = add_member(institution, role, email="one@north.example", name="One")
    client = Client()
    client.force_login(person)
    assert client.get(url("audit")).status_code == status


def test_the_privacy_officer_reads_and_writes_no_case(desk, url, case):
    """HIPAA 164.502(b): no more than the work needs."""
    for name, ids in (("case_list", []), ("case", [case.pk]), ("case_history", [case.pk])):
        assert desk.get(url(name, *ids)).status_code == 403
    may = Role.PRIVACY_OFFICER.value.permissions
    assert sorted(may) == [
        "audit.read",
        "break_glass.review",
        "disclosure.read",
        "patient.erase",
    ]


def test_another_institutions_entries_are_not_found(desk, url, case, other_institution):
    by = add_member(other_institution, "COORDINATOR", email="s@south.example", name="Sam South")
    with institution_scope(other_institution):
        make_case(by=by)
    assert "Sam South" not in text_of(desk.get(url("audit")))


def test_the_privacy_officer_lands_here_after_signing_in(desk, url):
    assert desk.get("/")["Location"] == url("audit")
