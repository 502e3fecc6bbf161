"""Whoever is shown a patient's data leaves an entry, on every route.

The routes come from the URL configuration, so that a new one cannot be forgotten: it is walked as
soon as its permission is none of those that show no patient. Writes leave theirs in their
services, whose tests hold that; here they are only asked for with a GET, which they refuse.
"""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter

from tests.factories.everything import one_of_everything
from tests.factories.people import add_member
from tests.integration.isolation.routes import Route, all_routes
from tests.integration.isolation.world import MACHINES
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.roles import Role
from tumorboard.accounts.tokens import issue
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

#: What these show is no patient's.
NO_PATIENT = {
    Permission.PEOPLE_MANAGE,
    Permission.CLIENT_MANAGE,
    Permission.INSTITUTION_MANAGE,
    Permission.GUIDANCE_MANAGE,
    Permission.TERMINOLOGY_MANAGE,
    Permission.TOKEN_USE,
}
#: Routes that leave no entry though their permission is one for patients' data, and why.
WITHOUT_ENTRY = {
    "api_code_systems": "codes of the standards",
    "boards": "boards and dates of meetings",
    "board": "who sits on a board and when it meets",
    "board_member": "who sits on a board",
    "board_standards": "protocols of a board",
    "standard_new": "an empty form of a protocol",
    "standard_change": "a protocol of a board",
    "meeting_new": "a date",
    "meeting_series": "dates",
    "meeting_move": "a date",
    "meeting_cancel": "a date",
    "calendar": "the person's own calendar addresses",
    "case_new": "an empty form; whom it finds while it is typed is noted",
    "form_drafts": "a token against forgery and nothing else",
    "decision_autosave": "a token against forgery and nothing else",
    "webhooks_restricted": "names of systems and of those who asked for them",
    "break_glass": "an empty form; what it finds is noted",
    "imports": "names of files and counts",
    "reading_watch": "a number that the institution chose",
    "live_bar": "whose names these are, the page that asks for them noted; the next case is noted",
    "live_state": "a number that says whether anything changed",
    "live_events": "numbers that say whether anything changed",
    "numbers_chart": "counts, noted by the page that shows them",
}
#: Routes whose entry names no patient, and why.
WITHOUT_PATIENT = {
    "api_code_mapping": "a code and its meaning",
    "api_code_mapping_versions": "what a code meant before",
    "api_code_mappings": "codes and their meanings",
    "api_unmapped_codes": "codes and counts",
    "inbox_source": "what a system may send",
    "inbox_sources": "which systems send",
    "api_boards": "boards",
    "api_board": "a board",
    "api_board_dates": "dates",
    "api_board_members": "who sits on boards",
    "api_board_member": "who sits on a board",
    "api_standards": "protocols of boards",
    "api_standard": "a protocol of a board",
    "api_attendances": "who was present at meetings",
    "api_attendance": "who was present at a meeting",
    "api_publications": "versions and their dates",
    "api_imports": "names of files and counts",
    "api_import": "headings of a file and counts",
    "api_exports": "counts",
    "fhir_export_status": "counts",
    "api_export": "counts",
    "api_meetings": "dates",
    "api_meeting": "a date",
    "numbers": "counts",
    "numbers_table": "counts",
    "numbers_evidence": "counts",
    "hook_numbers": "counts",
    "hook_cards": "cards without patients",
    "api_hook_numbers": "counts",
    "api_hook_cards": "cards without patients",
    "import_columns": "rows of a file that are nobody's yet",
    "import_bad_rows": "rows of a file that are nobody's yet",
    "audit": "names no patient",
}
#: What stands in an address beside ids.
WORDS = {
    "case_facts": {"group": "B"},
    "check_acknowledge": {"code": "W-NEC"},
    "gap_ask": {"item": "ki67"},
    "gap_accept": {"item": "ki67"},
    "numbers_chart": {"name": "months"},
    "numbers_table": {"ending": "csv"},
    "numbers_evidence": {"code": "coc-2-5"},
    "task_change": {"change": "order"},
}
#: Doors that let in neither a browser's session nor a person's token, or answer only once
#: somebody has come from an EHR; and what walks them.
OTHER_DOORS = {
    "fhir_export": "tests/integration/fhir/bulk/test_asking.py",
    "fhir_patient_export": "tests/integration/fhir/bulk/test_asking.py",
    "hooks_service": "tests/integration/hooks/test_cards.py",
    "hooks_feedback": "tests/integration/hooks/test_feedback.py",
    "launched": "tests/integration/web/launch/test_launching.py",
    "launched_link": "tests/integration/web/launch/test_launching.py",
}
#: Pages of what was signed.
OF_SIGNED = {
    "letters",
    "letter_pdf",
    "patient_pdf",
    "decision_pdf",
    "decision_version",
    "decision_version_pdf",
    "decision_amend",
}


def permissions_of(route: Route) -> set[Permission]:
    cls = getattr(route.view, "cls", None)
    if cls is not None:
        return set(getattr(cls, "permissions", {}).values())
    permission = getattr(route.view, "permission", None)
    return {permission} if permission else set()


ROUTES = [
    route
    for route in all_routes()
    if permissions_of(route) - NO_PATIENT and route.name not in OTHER_DOORS
]


def arguments(route: Route, rows: SimpleNamespace) -> dict[str, object]:
    given: dict[str, object] = {"slug": "north", **WORDS.get(route.name, {})}
    for name, converter in route.converters.items():
        if name == "pk":
            given[name] = rows.api[route.name]
        elif name == "item_id" and route.name in OF_SIGNED:
            given[name] = rows.decided_item_id
        elif hasattr(rows, name):
            given[name] = getattr(rows, name)
        elif isinstance(converter, IntConverter):
            given[name] = 1
    return given


def fault_of(route: Route, status: int, left: list[AuditEntry], person: object) -> str:
    """What is wrong with what a GET of `route` left; empty where nothing is."""
    if status == 405:
        return ""
    if status not in (200, 204, 302):
        return f"answers {status}, so nothing is proven"
    if status == 302:
        return ""
    if route.name in WITHOUT_ENTRY:
        return "leaves an entry after all: take it off the list" if left else ""
    if not left:
        return "leaves no entry"
    via = "api" if route.pattern.startswith(MACHINES) else "page"
    if any((e.person, e.via, e.address) != (person, via, "127.0.0.1") for e in left):
        return "does not say who, by which way and from where"
    named = any(e.patient_id or e.case_id or e.shown is not None for e in left)
    if named == (route.name in WITHOUT_PATIENT):
        return "names a patient after all" if named else "names no patient"
    if any(e.case_id and not e.patient_id for e in left):
        return "names a case without its patient"
    return ""


def test_every_route_with_patients_data_leaves_an_entry(institution):
    """HIPAA 164.312(b): activity in systems that hold patients' data is recorded, all of it.

    ASVS v5.0.0-16.3.2 (sensitive data that is accessed) and 16.2.1 (when, where, who, what).
    """
    person = add_member(
        institution, *(role.name for role in Role), email="all@north.example", name="All Roles"
    )
    with institution_scope(institution):
        rows = one_of_everything(by=person)
        _, secret = issue(user=person, label="test", days=1, by=person)
    browser, script = Client(), Client(headers={"authorization": f"Bearer {secret}"})
    browser.force_login(person)
    faults, tried = {}, 0
    for route in ROUTES:
        client = script if route.pattern.startswith(MACHINES) else browser
        with institution_scope(institution):
            before = set(AuditEntry.objects.values_list("pk", flat=True))
        response = client.get(reverse(route.name, kwargs=arguments(route, rows)))
        if response.streaming and response.status_code == 200:
            b"".join(response.streaming_content)
        with institution_scope(institution):
            left = list(AuditEntry.objects.exclude(pk__in=before).select_related("person"))
        tried += response.status_code == 200
        if fault := fault_of(route, response.status_code, left, person):
            faults[route.name] = fault
    assert faults == {}
    assert tried > 90


def test_the_lists_of_exceptions_name_routes_that_are_there():
    names = {route.name for route in ROUTES}
    assert {*WITHOUT_ENTRY, *WITHOUT_PATIENT, *WORDS, *OF_SIGNED} <= names
    assert set(OTHER_DOORS) <= {route.name for route in all_routes()}
