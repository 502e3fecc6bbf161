"""Nothing on any page changes for others when a restricted case comes into an institution.

Beside `test_restricted_cases`, which looks for words: counts, orders, charts, files, options of
filters and answers of the API are compared as they were before the case was there.
"""

import difflib
import re
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cases.models import AgendaItem, Meeting
from cases.services import agendas, opinions
from tests.factories.boards import draft, make_asking_case, make_item, sign
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.factories.tasks import PET, clock
from tests.integration.audit.test_every_route_leaves_an_entry import arguments
from tests.integration.isolation.routes import all_routes
from tests.unit.documents.printed import text as printed_text
from tumorboard.accounts.roles import Role
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

PAGES = [
    route
    for route in all_routes()
    if route.pattern.startswith("/i/") and not getattr(route.view, "public_because", "")
]
ENDPOINTS = [
    route
    for route in all_routes()
    if (route.name or "").startswith("api_") and route.name != "api_description"
]
SEARCHES = [
    ("case_list", {"q": ""}),
    ("case_list", {"q": "r"}),
    ("case_export", {"format": "csv"}),
    ("gaps", {}),
    ("case_duplicates", {"family_name": "Rivera", "given_name": "Ana"}),
]
#: What tells that something happened in a meeting, never what: see docs/decisions/0022.
TOLD = {"live", "live_bar", "live_state"}
#: What is of one answer alone: tokens, clocks, the nonce.
OF_THE_MOMENT = re.compile(r"[A-Za-z0-9+/=:_.-]{60,}|\b\d\d:\d\d(:\d\d(\.\d+)?)?\b")


def test_others_see_no_difference(institution, chair, settings, tmp_path):
    """ASVS v5.0.0-8.2.2; HIPAA 164.312(a)(1): not even that somebody is treated here."""
    settings.STATIC_ROOT = tmp_path
    by = add_member(institution, "COORDINATOR", email="by@north.example", name="By Whom")
    stranger = add_member(
        institution, *(role.name for role in Role), email="all@north.example", name="All Roles"
    )
    with institution_scope(institution):
        rows = one_of_everything(by=by, word="Visible")
    before = _everything(institution, rows, stranger)
    with institution_scope(institution):
        listed = make_asking_case(by=by)
        item = agendas.put_on(
            meeting=Meeting.objects.get(pk=rows.meeting_id), case=listed, question="?", by=by
        )
        opinions.give(item=item, text="Resect.", by=by)
        decided = _decided_beside(rows, by=by)
        for case in (listed, decided):
            restricted(case, chair, by=by)
    after = _everything(institution, rows, stranger)
    assert len(before) > 200
    assert {
        name: list(difflib.unified_diff(text.splitlines(), after[name].splitlines(), n=0))[:12]
        for name, text in before.items()
        if name not in TOLD and text != after[name]
    } == {}


def _decided_beside(rows: SimpleNamespace, *, by):
    """A case that was decided in the meeting in which the visible one was."""
    meeting = AgendaItem.objects.get(pk=rows.decided_item_id).meeting
    with clock(days_ago=30):
        item = make_item(by=by, meeting=meeting, case=make_asking_case(by=by))
        draft(item, by=by, recommendations=[PET])
        return sign(item, by=by).case


def _everything(institution, rows: SimpleNamespace, person) -> dict[object, str]:
    """Every page, search and endpoint as `person` sees it; what was noted of that is undone."""
    with transaction.atomic():
        before = transaction.savepoint()
        browser = Client()
        browser.force_login(person)
        found: dict[object, str] = {}
        for route in PAGES:
            given = arguments(route, rows)
            for name, converter in route.converters.items():
                given.setdefault(name, "B" if converter.regex != "[0-9]+" else 1)
            found[route.name] = _said(browser.get(reverse(route.name, kwargs=given)))
        for name, data in SEARCHES:
            url = reverse(name, args=[institution.slug])
            found[name, str(data)] = _said(browser.post(url, data, follow=True))
        with institution_scope(institution):
            _, secret = issue(user=person, label="test", days=1, by=person)
        for route in ENDPOINTS:
            given = {"slug": "north"} | ({"pk": rows.api[route.name]} if "pk" in route.ids else {})
            headers = {"authorization": f"Bearer {secret}"}
            url = reverse(route.name, kwargs=given)
            found[route.name] = _said(Client().get(url, headers=headers))
        transaction.savepoint_rollback(before)
    return found


def _said(answer) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    text = printed_text(body) if body.startswith(b"%PDF-") else body.decode(errors="replace")
    return OF_THE_MOMENT.sub("*", f"{answer.status_code}\n{text}")
