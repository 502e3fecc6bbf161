"""A restricted case is not there for who is not on its list, on every route.

The routes come from the URL configuration, so that a new one cannot be forgotten.
"""

import json
import re
import uuid
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import AgendaItem, Case, Task
from tests.factories.clients import Machine, make_client
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.integration.audit.test_every_route_leaves_an_entry import arguments
from tests.integration.isolation.routes import Route, all_routes
from tests.unit.documents.printed import text as printed_text
from tumorboard.accounts import scopes
from tumorboard.accounts.roles import Role
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

#: What an address can name that belongs to a case; the rest belongs to boards and people.
OF_A_CASE = {
    "patient_id",
    "case_id",
    "study_id",
    "result_id",
    "rereading_id",
    "gap_request_id",
    "gap_acceptance_id",
    "study_file_id",
    "series_id",
    "treatment_id",
    "lesion_id",
    "specimen_id",
    "procedure_id",
    "device_id",
    "allergy_id",
    "lab_result_id",
    "item_id",
    "audit_id",
    "task_id",
    "acknowledgment_id",
    "assessment_id",
    "inbox_id",
    "proposal_id",
}
#: Pages of those who judge why a restricted record was opened; they say its number.
OF_REVIEWERS = {"break_glass_reviews", "break_glass_review"}
#: Endpoints of boards, their meetings and files of many cases, which are of no single case.
OF_NO_CASE = {
    "api_attendance",
    "api_board",
    "api_board_dates",
    "api_board_member",
    "api_boards",
    "api_code_map_file",
    "api_code_mapping",
    "api_code_mapping_effects",
    "api_code_mapping_versions",
    "api_hook_client",
    "api_import",
    "api_import_rows",
    "api_meeting",
    "api_meeting_cases",
    "api_meeting_carry_over",
    "api_meeting_forecast",
    "api_meeting_order",
    "api_meetings",
    "api_publication",
    "api_publication_file",
    "api_standard",
}
#: What nobody else may read; the titles are the same in every case of the factory.
CANARIES = ("Canarysouth", "CANARY-1", "Canary diagnosis", "Canary lesion", "Canary agent")
SECRET = re.compile(rb"(?<=[\"'])[A-Za-z0-9]{64}(?=[\"'])")
ROUTES = [r for r in all_routes() if r.pattern.startswith("/i/") and r.name not in OF_REVIEWERS]
PAGES = [r for r in ROUTES if not getattr(r.view, "public_because", "")]
ENDPOINTS = [r for r in all_routes() if r.name and r.name.startswith("api_")]


@pytest.fixture
def rows(institution, chair) -> SimpleNamespace:
    """One row of everything, of two cases that only the chair may see."""
    by = add_member(institution, "COORDINATOR", email="by@north.example", name="By Whom")
    with institution_scope(institution):
        made = one_of_everything(by=by)
        decided = Task.objects.get(pk=made.task_id).case
        for case in (Case.objects.get(pk=made.case_id), decided):
            restricted(case, chair, by=by)
        made.canaries = (*CANARIES, decided.patient.record_number, str(decided.pk))
    return made


@pytest.fixture
def stranger(institution):
    """Somebody with every role who is on no list."""
    return add_member(
        institution, *(role.name for role in Role), email="all@north.example", name="All Roles"
    )


def browser_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def shown_by(response, canaries) -> str:
    """The first canary in an answer; empty for none."""
    body = b"".join(response) if response.streaming else response.content
    text = printed_text(body) if body.startswith(b"%PDF") else body.decode(errors="replace")
    return next((word for word in canaries if word in text), "")


def test_no_page_tells_a_restricted_case_from_a_missing_one(rows, stranger):
    """ASVS v5.0.0-8.2.2: data-specific access; HIPAA 164.312(a)(1): only those who were granted."""
    browser = browser_of(stranger)

    def fault_of(route: Route) -> str:
        given = arguments(route, rows)
        for name, converter in route.converters.items():
            given.setdefault(name, "B" if converter.regex != "[0-9]+" else 1)
        url = reverse(route.name, kwargs=given)
        answer = browser.get(url)
        if word := shown_by(answer, rows.canaries):
            return f"shows {word}"
        theirs = OF_A_CASE & set(route.ids)
        if not theirs or answer.status_code == 405:
            return ""
        missing = reverse(route.name, kwargs={**given, **{n: uuid.uuid4() for n in theirs}})
        nowhere = browser.get(missing)
        if (answer.status_code, nowhere.status_code) != (404, 404):
            return f"answers {answer.status_code}, and {nowhere.status_code} where nothing is"
        same = SECRET.sub(b"", answer.content) == SECRET.sub(b"", nowhere.content)
        return "" if same else "tells a restricted case from a missing one"

    assert len(PAGES) > 100
    assert {r.pattern: fault for r in PAGES if (fault := fault_of(r))} == {}


def test_no_write_reaches_a_restricted_case(rows, stranger):
    """ASVS v5.0.0-8.2.2."""
    browser = browser_of(stranger)

    def fault_of(route: Route) -> str:
        answer = browser.post(reverse(route.name, kwargs=arguments(route, rows)), {"words": "x"})
        return "" if answer.status_code in (404, 405) else f"answers {answer.status_code}"

    # What a list took off is told to whoever typed at it, whether it was there or not.
    told = {"opinion", "decision", "decision_sign", "live_show", "decision_autosave"}
    theirs = [r for r in PAGES if OF_A_CASE & set(r.ids) and r.name not in told]
    assert {route.pattern: fault for route in theirs if (fault := fault_of(route))} == {}


def test_no_search_and_no_export_finds_a_restricted_case(rows, stranger, institution):
    """ASVS v5.0.0-8.2.2; HIPAA 164.312(a)(1)."""
    browser = browser_of(stranger)
    asked = [
        ("case_list", {"q": "Canary"}),
        ("case_list", {"q": "CANARY-1"}),
        ("case_export", {"format": "csv"}),
        ("case_export", {"format": "csv", "case": str(rows.case_id)}),
        ("case_duplicates", {"family_name": "Canarysouth", "record_number": "x"}),
        ("audit", {"first": "2020-01-01", "last": "2100-01-01"}),
        ("audit_export", {"first": "2020-01-01", "last": "2100-01-01"}),
        ("audit_export", {"first": "2020-01-01", "last": "2100-01-01", "fhir": "1"}),
        ("gaps", {}),
        ("queue_put_on", {"case": str(rows.case_id)}),
        ("cases_put_on", {"case": str(rows.case_id)}),
    ]
    found = {}
    for name, data in asked:
        answer = browser.post(reverse(name, args=[institution.slug]), data, follow=True)
        # What was typed stands in the field that it was typed into.
        words = [w for w in (*rows.canaries, str(rows.case_id)) if w not in data.values()]
        words = [w for w in words if not any(w in str(v) or str(v) in w for v in data.values())]
        if word := shown_by(answer, [*words, str(rows.case_id)] if "q" in data else words):
            found[name, tuple(data)] = word
    assert found == {}


def test_the_api_shows_a_restricted_case_to_nobody_else(rows, stranger, institution):
    """ASVS v5.0.0-8.2.2, v5.0.0-8.3.1: a person's token and a machine see no more."""
    with institution_scope(institution):
        _, secret = issue(user=stranger, label="test", days=1, by=stranger)
        by = add_member(institution, "ADMINISTRATOR", email="a@north.example", name="A")
    every = [scope for scope, _ in scopes.choices()]
    client = make_client(institution, by, granted=every)
    machine = Machine(str(client.pk)).token(scope=" ".join(every))

    theirs = [str(key) for name, key in rows.api.items() if name not in OF_NO_CASE]

    def fault_of(route: Route, token: str) -> str:
        given = {"slug": "north"} | ({"pk": rows.api[route.name]} if "pk" in route.ids else {})
        is_search = route.name.endswith("_search")
        answer = Client().generic(
            "POST" if is_search else "GET",
            reverse(route.name, kwargs=given),
            json.dumps({"record_number": "CANARY-1"}) if is_search else "",
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )
        if word := shown_by(answer, [*rows.canaries, *theirs]):
            return f"shows {word}"
        if (
            "pk" in route.ids
            and route.name not in OF_NO_CASE
            and answer.status_code not in (404, 405)
        ):
            return f"answers {answer.status_code}"
        return ""

    routes = [r for r in ENDPOINTS if r.name != "api_description"]
    for token in (secret, machine):
        assert {r.pattern: fault for r in routes if (fault := fault_of(r, token))} == {}


def test_who_is_on_the_list_sees_the_case_everywhere(rows, chair, institution):
    browser = browser_of(chair)
    page = browser.get(reverse("case", args=[institution.slug, rows.case_id]))
    assert "Canarysouth" in page.content.decode()
    listed = browser.post(reverse("case_list", args=[institution.slug]), {"q": "Canary"})
    assert "CANARY-1" in listed.content.decode()
    with institution_scope(institution):
        item = AgendaItem.objects.get(pk=rows.item_id)
    agenda = browser.get(reverse("meeting", args=[institution.slug, item.meeting_id]))
    assert "Canarysouth" in agenda.content.decode()
