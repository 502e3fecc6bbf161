"""Words of one institution never appear in what another gets, whatever it asks for.

All texts of the second institution hold one word. It works at the same time in the same process:
before each request of the first one it asks for the same of its own, so that whatever a process
keeps was last used for the second.
"""

import io
import json
import logging
import pickle
import re
import tempfile
import zipfile
from base64 import b64decode
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase
from django.urls import reverse
from pypdf import PdfReader

from cases.services import calendar_feeds, patients, task_reminders
from tests.integration.isolation.answers import CANARY, IN_ANY_CASE, body_of
from tests.integration.isolation.fields import INSIDE
from tests.integration.isolation.matrix import Ask, answer_undone
from tests.integration.isolation.routes import Route, all_routes
from tests.integration.isolation.samples import row_of, sample
from tests.integration.isolation.world import EVERYTHING, THEIRS, Visitor, World
from tumorboard.logs import PlainFormatter
from tumorboard.outbox import queue
from tumorboard.outbox.models import OutboxSignal
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.usefixtures("undone")

#: A name or text of theirs, and not just the word that was typed to search for.
THEIR_TEXT = re.compile(rb"quagga(south|\s|-1|\.|@)", re.IGNORECASE)


@pytest.fixture
def north(world: World, settings) -> Visitor:
    """Everybody's rights in the first institution."""
    settings.RATE_PERSONAL_TOKEN = 10_000_000
    return world.visitor(EVERYTHING)


@pytest.fixture
def south(world: World) -> Visitor:
    """Everybody's rights in the second."""
    return world.visitor(THEIRS)


def address(route: Route, rows: SimpleNamespace, slug: str) -> str:
    given = {
        name: row_of(route, name, rows) if name in route.ids else sample(route, name)
        for name in route.converters
        if name != "slug"
    }
    return reverse(route.name or "", kwargs={**given, "slug": slug})


def shown(response) -> bytes:
    """All that a reader could find: texts of PDFs and of packed files too, and the headers."""
    body = body_of(response)
    kind = response.headers.get("Content-Type", "")
    if kind == "application/pdf" and body.startswith(b"%PDF-"):
        body += " ".join(p.extract_text() for p in PdfReader(io.BytesIO(body)).pages).encode()
    elif body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body += b"".join(packed.read(name) for name in packed.namelist())
    return body + repr(sorted(response.headers.items())).encode() + str(response.cookies).encode()


def test_no_page_file_or_answer_shows_them(world, north, south):
    """ASVS v5.0.0-8.4.1, ASVS v5.0.0-14.2.2, HIPAA 164.312(a)(1)."""
    found_at_home, faults = 0, {}
    for route in INSIDE:
        theirs = south.for_(route.pattern).get(address(route, world.theirs, "south"))
        found_at_home += bool(IN_ANY_CASE.search(shown(theirs)))
        ours = north.for_(route.pattern).get(address(route, world.ours, "north"))
        if IN_ANY_CASE.search(shown(ours)):
            faults[route.pattern] = ours.status_code
    assert faults == {}
    # Else nothing is proven: the word is there for those who may see it.
    assert found_at_home > 100


def test_no_search_and_no_export_shows_them(world, north, south):
    """ASVS v5.0.0-8.4.1, ASVS v5.0.0-8.2.2: not even with their words in hand."""
    words = (f"{CANARY}south", f"{CANARY.upper()}-1", f"{CANARY} diagnosis")
    asked = [
        *(("case_list", {"q": word}) for word in words),
        *(("case_duplicates", {"family_name": w, "record_number": w}) for w in words),
        *(("case_export", {"format": ending, "q": ""}) for ending in ("csv", "xlsx")),
        *(("case_export", {"format": "csv", "q": word}) for word in words),
        *(("audit", {"person": "", "first": "", "last": "", "patient": w}) for w in words),
        ("audit_export", {"kind": ""}),
        ("audit_export", {"fhir": "1"}),
        ("tasks", {"q": words[0]}),
        ("numbers", {}),
    ]
    at_home = 0
    for name, data in asked:
        theirs = south.browser.post(reverse(name, args=["south"]), data)
        at_home += bool(THEIR_TEXT.search(shown(theirs)))
        ours = north.browser.post(reverse(name, args=["north"]), data)
        text = shown(ours)
        for word in words:
            text = text.replace(word.encode(), b"")
        assert not IN_ANY_CASE.search(text), (name, data)
        assert ours.status_code < 500
    assert at_home > 5
    for ending in ("csv", "json", "xlsx"):
        ours = north.browser.get(reverse("numbers_table", args=["north", ending]))
        assert not IN_ANY_CASE.search(shown(ours))
    for word in words:
        body = json.dumps({"record_number": word})
        ours = north.script.post(
            reverse("api_patient_search", args=["north"]), body, content_type="application/json"
        )
        assert ours.json() == {"results": []}


def test_no_calendar_shows_them(world):
    """ASVS v5.0.0-8.4.1: a secret is of one institution."""
    secrets = {}
    for institution, name in ((world.north, EVERYTHING), (world.south, THEIRS)):
        with institution_scope(institution):
            _, secrets[institution.slug] = calendar_feeds.make(by=world.people[name])
    ours = Client().get(reverse("calendar_feed", args=["north", secrets["north"]]))
    theirs = Client().get(reverse("calendar_feed", args=["south", secrets["south"]]))
    crossed = Client().get(reverse("calendar_feed", args=["north", secrets["south"]]))
    assert (ours.status_code, theirs.status_code, crossed.status_code) == (200, 200, 404)
    assert IN_ANY_CASE.search(shown(theirs))
    assert not IN_ANY_CASE.search(shown(ours) + shown(crossed))


def test_an_invitation_tells_nobody_who_is_known_elsewhere(world, north):
    """ASVS v5.0.0-8.4.1: a person of another institution is invited as somebody new is."""
    route = next(r for r in INSIDE if r.name == "person_invite")
    place = reverse("person_invite", args=["north"])
    answers = []
    for email in (f"{CANARY.lower()}@south.example", "nobody@south.example"):
        given = {"email": email, "name": "New Person", "role": "CLINICIAN"}
        answers.append(answer_undone(north, route, Ask("post", place, given), [email]))
    assert answers[0] == answers[1]
    assert answers[0].written


def test_no_page_of_the_site_shows_them(world, north, south):
    """ASVS v5.0.0-8.4.1: what lies outside any institution holds none's words."""
    tried = 0
    for route in all_routes():
        if "slug" in route.converters or route.name is None or "(?P" in route.pattern:
            continue
        given = {name: sample(route, name) for name in route.converters}
        place = reverse(route.name, kwargs=given)
        if place == reverse("account_logout"):
            continue
        south.browser.get(place)
        ours = north.browser.get(place)
        tried += 1
        assert not IN_ANY_CASE.search(shown(ours)), place
    assert tried > 40


def test_no_error_page_and_no_log_line_shows_them(world, north, south, monkeypatch):
    """ASVS v5.0.0-16.5.1, ASVS v5.0.0-14.2.4, ASVS v5.0.0-8.4.1."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(PlainFormatter("%(name)s %(message)s"))
    logging.disable(logging.NOTSET)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [handler])
    case = reverse("case", args=["north", world.theirs.case_id])
    run = reverse("live_run", args=["north", world.ours.meeting_id])
    officer = world.visitor("PRIVACY_OFFICER")
    asked = {
        404: lambda: north.browser.get(case),
        403: lambda: officer.browser.get(reverse("overview", args=["north"])),
        405: lambda: north.browser.put(case),
        400: lambda: north.browser.post(run, {"do": str(world.theirs.item_id)}),
    }
    for status, ask in asked.items():
        south.browser.get(reverse("case", args=["south", world.theirs.case_id]))
        response = ask()
        assert response.status_code == status
        assert not IN_ANY_CASE.search(shown(response))
    big = north.script.post(
        reverse("api_patients", args=["north"]), "x" * 3_000_000, content_type="application/json"
    )
    assert big.status_code in (400, 413)
    assert not IN_ANY_CASE.search(shown(big))

    def fails(**_):
        raise ValueError(f"{CANARY} diagnosis")

    # An error whose words quote them, where somebody of theirs asked, and one of ours after it.
    monkeypatch.setattr(patients, "add", fails)
    for visitor, slug in ((south, "south"), (north, "north")):
        visitor.script.raise_request_exception = False
        failed = visitor.script.post(
            reverse("api_patients", args=[slug]),
            json.dumps({"record_number": "X-1"}),
            content_type="application/json",
        )
        assert failed.status_code == 500
        assert not IN_ANY_CASE.search(shown(failed))
    assert "ValueError" in lines.getvalue()
    assert CANARY.lower() not in lines.getvalue().lower()


def test_a_limit_that_was_reached_shows_nothing_of_them(world, north, south, settings):
    """ASVS v5.0.0-8.4.1, ASVS v5.0.0-16.5.1: what one uses up is not counted for the other."""
    settings.RATE_PERSONAL_TOKEN = 3
    place = reverse("api_patients", args=["south"])
    statuses = [south.script.get(place).status_code for _ in range(5)]
    assert statuses[-1] == 429
    ours = north.script.get(reverse("api_patients", args=["north"]))
    assert ours.status_code == 200
    for _ in range(5):
        ours = north.script.get(reverse("api_patients", args=["north"]))
    assert ours.status_code == 429
    assert not IN_ANY_CASE.search(shown(ours))


def test_no_mail_message_cache_or_file_shows_them(
    world, north, south, settings, tmp_path, monkeypatch
):
    """ASVS v5.0.0-14.2.2, ASVS v5.0.0-14.2.3, ASVS v5.0.0-8.4.1."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "accounts_cache",
        }
    }
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    messages: list[object] = []
    monkeypatch.setattr(queue.deliver, "apply_async", lambda *a, **k: messages.append((a, k)))
    with TestCase.captureOnCommitCallbacks(execute=True):
        for visitor, slug, rows in ((south, "south", world.theirs), (north, "north", world.ours)):
            invited = {"email": f"new@{slug}.example", "name": "New Person", "role": "CLINICIAN"}
            visitor.browser.post(reverse("person_invite", args=[slug]), invited)
            visitor.browser.post(reverse("agenda_publish", args=[slug, rows.meeting_id]))
            cancelled = reverse("meeting_cancel", args=[slug, rows.meeting_id])
            visitor.browser.post(cancelled, {"reason": "Snow"})
            visitor.browser.get(reverse("agenda_pdf", args=[slug, rows.meeting_id]))
            visitor.browser.get(reverse("case_timeline", args=[slug, rows.case_id]))
        task_reminders.sweep()
        for signal_id in OutboxSignal.objects.values_list("id", flat=True):
            queue.deliver(str(signal_id))
    assert messages
    for given in messages:
        assert re.fullmatch(r"\(\(\['[0-9a-f-]{36}'\],\), \{'retry': False\}\)", repr(given))
    assert mail.outbox
    to_ours = [m for m in mail.outbox if not m.to[0].endswith("@south.example")]
    assert to_ours
    for message in to_ours:
        assert not IN_ANY_CASE.search(message.message().as_bytes())
    # Even to their own people mail says no patient's name.
    for message in mail.outbox:
        assert not re.search(rb"quagga(south|-1| diagnosis)", message.message().as_bytes(), re.I)
    assert not IN_ANY_CASE.search(b"".join(cached()))
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or not IN_ANY_CASE.search(path.read_bytes())


def cached() -> list[bytes]:
    """Keys and values of the shared cache, as they were put there."""
    cache.set("probe", "of the test")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM accounts_cache")
        rows = cursor.fetchall()
    assert any("probe" in key for key, _ in rows)
    return [repr((key, pickle.loads(b64decode(value)))).encode() for key, value in rows]
