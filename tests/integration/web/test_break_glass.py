"""Opening a restricted record with a reason, and reviewing who did."""

import datetime
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import BreakGlass, Case
from tests.factories.cases import make_case
from tests.factories.people import PASSWORD, add_member
from tests.factories.restrictions import restricted
from tumorboard.accounts import throttle
from tumorboard.accounts.models import Throttle
from tumorboard.accounts.tokens import issue
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(scope, coordinator, chair) -> Case:
    """A case that only the chair may see."""
    case = make_case(by=coordinator, family_name="Canary")
    restricted(case, chair, by=coordinator)
    return case


@pytest.fixture
def officer(institution):
    return add_member(
        institution, "PRIVACY_OFFICER", email="olga@north.example", name="Olga Officer"
    )


@pytest.fixture
def desk(officer) -> Client:
    """A browser in which the privacy officer is signed in."""
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def ask(browser, url, case):
    """Ask for the record as the coordinator, who is not on its list."""

    def asked(**other: str):
        given = {
            "record_number": case.patient.record_number.lower(),
            "cause": "emergency",
            "words": "Bleeding in the ward.",
            "password": PASSWORD,
            **other,
        }
        return browser.post(url("break_glass"), given)

    return asked


def test_a_reason_and_the_password_open_the_record(
    ask, browser, url, case, coordinator, officer, desk
):
    """HIPAA 164.312(a)(2)(ii): access in an emergency; ASVS v5.0.0-16.3.2: reading is logged."""
    page = url("case", case.pk)
    assert browser.get(page).status_code == 404
    answer = ask()
    assert (answer.status_code, answer["Location"]) == (302, page)
    glass = BreakGlass.objects.get()
    assert glass.ends_at - glass.began_at == datetime.timedelta(minutes=60)
    shown = browser.get(page).content.decode()
    assert "Canary" in shown
    assert "A restricted record is open to you" in shown
    assert "60 minutes more" in shown
    entry = AuditEntry.objects.filter(action="case.read", person=coordinator).last()
    assert entry.reason == "Break-glass, Emergency care of this patient: Bleeding in the ward."
    opened = AuditEntry.objects.get(action="break_glass.opened")
    assert (opened.patient_id, opened.reason) == (case.patient_id, entry.reason)
    # The privacy officer is told at once, and nothing of the patient stands in the mail.
    (message,) = OutboxMessage.objects.filter(payload__to=officer.email)
    text = message.payload["subject"] + message.payload["body"]
    assert "Cora Coordinator opened a restricted record" in text
    for secret in ("Canary", case.patient.record_number, "Bleeding"):
        assert secret not in text
    overview = desk.get(url("audit")).content.decode()
    assert "<strong>1</strong> opened restricted record to be reviewed" in overview


def test_it_closes_by_itself_and_by_a_button(ask, browser, url, case):
    """HIPAA 164.312(a)(2)(ii)."""
    ask()
    BreakGlass.objects.update(
        began_at=timezone.now() - datetime.timedelta(hours=2),
        ends_at=timezone.now() - datetime.timedelta(seconds=1),
    )
    assert browser.get(url("case", case.pk)).status_code == 404
    ask()
    assert browser.get(url("case", case.pk)).status_code == 200
    glass = BreakGlass.objects.order_by("began_at").last()
    assert browser.post(url("break_glass_end", glass.pk)).status_code == 302
    assert browser.get(url("case", case.pk)).status_code == 404
    assert AuditEntry.objects.filter(action="break_glass.ended").count() == 1
    # Closed, it is no more theirs to close.
    assert browser.post(url("break_glass_end", glass.pk)).status_code == 404


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"words": " "}, "Say it in words."),
        ({"cause": "curious"}, "Select a valid choice"),
        ({"password": "wrong"}, "This is not your password. Nothing was opened."),
        ({"record_number": "X-1"}, "There is no restricted record with this number."),
    ],
)
def test_what_is_not_whole_opens_nothing(other, words, ask):
    answer = ask(**other)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not BreakGlass.objects.exists()


def test_a_record_that_is_not_hidden_needs_no_glass(ask, coordinator):
    open_to_all = make_case(by=coordinator)
    answer = ask(record_number=open_to_all.patient.record_number)
    assert "This record is not hidden from you" in answer.content.decode()


def test_guessing_numbers_is_slow_and_stands_in_the_audit(ask, case, coordinator):
    """ASVS v5.0.0-2.4.1: what could be tried in bulk is slowed down."""
    for number in range(throttle.ACCOUNT.free):
        assert "no restricted record" in ask(record_number=f"X-{number}").content.decode()
    assert "Too many tries" in ask(record_number="X-9").content.decode()
    # Not even when it is right.
    assert "Too many tries" in ask().content.decode()
    tried = AuditEntry.objects.filter(action="break_glass.refused", person=coordinator)
    assert tried.count() == throttle.ACCOUNT.free
    # For the database it is still the moment in which the test began.
    Throttle.objects.update(open_at=timezone.now() - datetime.timedelta(hours=1))
    assert ask().status_code == 302


def test_an_administrator_breaks_no_glass(url, administrator):
    """ASVS v5.0.0-8.2.1: who administers reads no patient."""
    client = Client()
    client.force_login(administrator)
    assert client.get(url("break_glass")).status_code == 403
    assert client.get(url("break_glass_reviews")).status_code == 403


def test_a_privacy_officer_reviews(ask, browser, desk, url, case, officer):
    ask()
    browser.get(url("case", case.pk))
    glass = BreakGlass.objects.get()
    waiting = desk.get(url("break_glass_reviews")).content.decode()
    assert "To be reviewed: 1" in waiting
    page = desk.get(url("break_glass_review", glass.pk)).content.decode()
    assert case.patient.record_number in page
    assert "Canary" not in page
    assert "read the case" in page
    # The officer's desk does not become a way to the case.
    assert desk.get(url("case", case.pk)).status_code == 403
    refused = desk.post(url("break_glass_review", glass.pk), {"verdict": "justified"})
    assert refused.status_code == 422
    given = {"verdict": "not_justified", "verdict_words": "No emergency was found."}
    assert desk.post(url("break_glass_review", glass.pk), given).status_code == 302
    glass.refresh_from_db()
    assert (glass.verdict, glass.reviewed_by) == ("not_justified", officer)
    done = desk.get(url("break_glass_reviews")).content.decode()
    assert "No emergency was found." in done
    assert "To be reviewed: 0" in done
    # A second verdict changes nothing; the page shows the first.
    given["verdict"] = "justified"
    assert desk.post(url("break_glass_review", glass.pk), given).status_code == 422
    assert "Not justified" in desk.get(url("break_glass_review", glass.pk)).content.decode()


def test_nobody_reviews_their_own(ask, browser, url, coordinator, institution):
    """ASVS v5.0.0-2.3.5: what is grave needs two people."""
    ask()
    with institution_scope(institution):
        add_member(institution, "PRIVACY_OFFICER", email=coordinator.email, name="")
    glass = BreakGlass.objects.get()
    page = browser.get(url("break_glass_review", glass.pk)).content.decode()
    assert "Somebody else has to review it" in page
    answer = browser.post(
        url("break_glass_review", glass.pk), {"verdict": "justified", "verdict_words": "Mine."}
    )
    assert "Somebody else has to review it" in answer.content.decode()
    glass.refresh_from_db()
    assert glass.verdict == ""


def test_a_record_is_restricted_and_shown_again_on_its_page(
    browser, url, scope, coordinator, chair
):
    case = make_case(by=coordinator)
    page = url("case_restriction", case.pk)
    assert "Restrict the record" in browser.get(page).content.decode()
    refused = browser.post(page, {"reason": "", "people": [str(chair.pk)]})
    assert refused.status_code == 422
    assert "Say why it is restricted." in refused.content.decode()
    answer = browser.post(
        page, {"reason": "Works here.", "people": [str(chair.pk), str(coordinator.pk)]}
    )
    assert answer["Location"] == url("case", case.pk)
    assert "its list only" in browser.get(url("case", case.pk)).content.decode()
    assert "Works here." in browser.get(page).content.decode()
    browser.post(url("case_restriction_lift", case.pk))
    assert "everybody here" in browser.get(url("case", case.pk)).content.decode()
    again = browser.post(url("case_restriction_lift", case.pk), follow=True)
    assert "not restricted any more" in again.content.decode()
    # Whoever leaves themselves off the list does not see it any more.
    answer = browser.post(page, {"reason": "Works here.", "people": [str(chair.pk)]})
    assert answer["Location"] == reverse("case_list", args=["north"])
    assert browser.get(page).status_code == 404
    assert mail.outbox == []


def test_a_token_sees_nothing_of_what_was_opened_at_a_page(ask, case, coordinator, institution):
    """ASVS v5.0.0-8.3.3: a token that was stolen is no part of an emergency."""
    with institution_scope(institution):
        _, secret = issue(user=coordinator, label="script", days=1, by=coordinator)
    assert ask().status_code == 302
    detail = reverse("api_case", args=[institution.slug, case.pk])
    answer = Client().get(detail, headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 404


def test_the_list_is_not_changed_by_who_opened_the_record(ask, browser, url, case):
    ask()
    page = browser.get(url("case_restriction", case.pk)).content.decode()
    assert "changed by those on its list" in page
    assert "Save the list" not in page
    lifted = browser.post(url("case_restriction_lift", case.pk), follow=True).content.decode()
    assert "You are not on this list" in lifted
    assert "its list only" in lifted


def test_the_bar_says_how_long_is_left_to_the_script_too(ask, browser, url, case):
    ask()
    page = browser.get(url("case", case.pk)).content.decode()
    (left,) = re.findall(r'data-left="([0-9]+)"', page)
    assert 3500 < int(left) <= 3600
    assert "js/opening" in page
