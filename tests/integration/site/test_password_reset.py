"""A forgotten password: what the mail's link does, and what it does not."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.factories.people import PASSWORD, add_member
from tests.integration.accounts.factors import add_app
from tumorboard.accounts.models import ApiToken
from tumorboard.accounts.tokens import issue
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

NEW = "  Ein Föhn über dem Rhein  "


@pytest.fixture
def browser() -> Client:
    return Client()


def reset(browser, person, password=NEW) -> str:
    """Ask for the mail, follow its link, set a password; the link's path."""
    browser.post(reverse("account_reset_password"), {"email": person.email})
    (letter,) = mail.outbox
    link = re.search(r"https?://[^/]+(\S+)", letter.body)[1]
    form = browser.get(link, follow=True).request["PATH_INFO"]
    assert browser.post(form, {"password1": password, "password2": password}).status_code == 302
    return link


def sign_in(browser, person, password):
    return browser.post(reverse("account_login"), {"login": person.email, "password": password})


def test_a_reset_opens_nothing_without_the_factor(browser, coordinator):
    """ASVS v5.0.0-6.4.3: who reads somebody's mail has a password, and no second factor."""
    add_app(coordinator)
    reset(browser, coordinator)
    assert browser.get("/i/north/").url.startswith(reverse("account_login"))
    assert sign_in(browser, coordinator, NEW).url.startswith(reverse("mfa_authenticate"))
    assert browser.get("/i/north/").status_code == 302


def test_the_link_counts_once(browser, coordinator):
    """ASVS v5.0.0-6.4.3: a mail that is found later resets nothing."""
    link = reset(browser, coordinator)
    assert b"password1" not in Client().get(link, follow=True).content


def test_nobody_says_whereto_the_link_of_somebodys_mail_leads(browser, coordinator):
    """ASVS v5.0.0-4.1.3: a host that is none of ours gets no answer, and sends no mail."""
    address = reverse("account_reset_password")
    asked = browser.post(address, {"email": coordinator.email}, headers={"Host": "evil.example"})
    assert asked.status_code == 400
    assert mail.outbox == []


def test_an_unknown_address_gets_the_same_answer(browser, coordinator):
    """ASVS v5.0.0-6.3.8: nobody learns who has an account by asking for a reset."""
    address = reverse("account_reset_password")
    known = browser.post(address, {"email": coordinator.email})
    unknown = browser.post(address, {"email": "nobody@north.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_password_counts_as_it_was_typed(browser, coordinator):
    """ASVS v5.0.0-6.2.8: nothing is trimmed, cut or turned into other letters."""
    reset(browser, coordinator)
    for other in (NEW.strip(), NEW.lower(), NEW[:-1], PASSWORD):
        assert sign_in(browser, coordinator, other).status_code == 200
    assert sign_in(browser, coordinator, NEW).status_code == 302


def test_tokens_end_in_every_institution(
    browser, institution, other_institution, coordinator, administrator
):
    """ASVS v5.0.0-7.4.3: what the lost password may have opened ends with it."""
    add_member(other_institution, "COORDINATOR", email=coordinator.email, name=coordinator.name)
    for each in (institution, other_institution):
        with institution_scope(each):
            issue(user=coordinator, label="script", days=30, by=coordinator)
    with institution_scope(institution):
        others, _ = issue(user=administrator, label="script", days=30, by=administrator)
    reset(browser, coordinator)
    for each in (institution, other_institution):
        with institution_scope(each):
            assert ApiToken.objects.get(user=coordinator).revoked_at is not None
            assert AuditEntry.objects.get(action="token.revoked").person == coordinator
    with institution_scope(institution):
        assert ApiToken.objects.get(pk=others.pk).revoked_at is None
