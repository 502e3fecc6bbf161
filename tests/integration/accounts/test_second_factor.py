"""A second factor stands before every page of an institution."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.factories.people import PASSWORD, without_factor
from tests.integration.accounts.factors import (
    SECRET,
    add_app,
    add_codes,
    code,
    read_secret,
    wrong_code,
)
from tumorboard.accounts import recovery_codes, second_factor
from tumorboard.accounts.models import SignInEvent
from tumorboard.accounts.turned_away import safe_next

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
CASES = "/i/north/"


def sign_in(client: Client, user, *, to: str = CASES):
    return client.post(f"{LOGIN}?next={to}", {"login": user.email, "password": PASSWORD})


def test_the_password_alone_opens_no_page(client, coordinator):
    """ASVS v5.0.0-6.3.3: multi-factor authentication is used to access the application.

    HIPAA 164.312(d): a person who seeks access is the one claimed.
    """
    sign_in(client, coordinator)
    answer = client.get(f"{CASES}cases/")
    assert answer.status_code == 302
    assert answer.url == f"{reverse('factor_set_up')}?next=/i/north/cases/"


def test_a_part_of_a_page_leads_the_whole_page_there(client, coordinator):
    client.force_login(coordinator)
    without_factor(client)
    answer = client.get(CASES, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith(reverse("factor_set_up"))
    assert answer.content == b""


def test_somebody_elses_proof_does_not_count(client, coordinator, chair):
    """ASVS v5.0.0-7.2.4: a session is not taken over from one person by another."""
    client.force_login(coordinator)
    session = client.session
    session[second_factor.PROVEN] = str(chair.pk)
    session.save()
    assert client.get(CASES).status_code == 302


def test_without_a_proof_no_institution_looks_different_from_none(client, coordinator):
    client.force_login(coordinator)
    without_factor(client)
    there, missing = client.get("/i/north/"), client.get("/i/nowhere/")
    assert there.status_code == missing.status_code == 302
    assert there.url.replace("north", "x") == missing.url.replace("nowhere", "x")


def test_password_then_code_opens_the_page(client, coordinator):
    add_app(coordinator)
    answer = sign_in(client, coordinator)
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(CASES).url.startswith(LOGIN)
    answer = client.post(answer.url, {"code": code()})
    assert answer.url == CASES
    assert client.get(CASES).status_code == 200
    assert SignInEvent.objects.get(kind="signed_in").method == "password and authenticator app"


def test_a_wrong_code_opens_nothing_and_is_told(client, coordinator):
    add_app(coordinator)
    sign_in(client, coordinator)
    answer = client.post(reverse("mfa_authenticate"), {"code": wrong_code()})
    assert "This code is not right" in answer.content.decode()
    assert client.get(CASES).url.startswith(LOGIN)
    assert SignInEvent.objects.filter(kind="code_wrong", user=coordinator).exists()


def test_a_code_is_taken_once(coordinator):
    """ASVS v5.0.0-6.5.1: lookup secrets and time-based codes can be used only once."""
    add_app(coordinator)
    used = code()
    for expected in (CASES, None):
        browser = Client()
        sign_in(browser, coordinator)
        answer = browser.post(reverse("mfa_authenticate"), {"code": used})
        assert getattr(answer, "url", None) == expected


def test_codes_that_were_seen_are_hashed_and_work_once(client, coordinator):
    """ASVS v5.0.0-6.5.2: lookup secrets of little entropy are hashed like passwords."""
    add_app(coordinator)
    spare = add_codes(coordinator)
    recovery_codes.keep_hashes(coordinator)
    recovery_codes.keep_hashes(coordinator)
    data = str(Authenticator.objects.get(type="recovery_codes").data)
    assert "seed" not in data
    assert not any(code in data for code in spare)
    for typed, expected in ((spare[3], CASES), (spare[3], None), (f" {spare[4]} ", CASES)):
        browser = Client()
        sign_in(browser, coordinator)
        answer = browser.post(reverse("mfa_authenticate"), {"code": typed})
        assert getattr(answer, "url", None) == expected
    assert recovery_codes.left(Authenticator.objects.get(type="recovery_codes")) == 8


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_code_lives_30_seconds_and_no_longer(client, coordinator, steps):
    """ASVS v5.0.0-6.5.5: a time-based one-time password lives for 30 seconds at most."""
    add_app(coordinator)
    sign_in(client, coordinator)
    answer = client.post(reverse("mfa_authenticate"), {"code": code(steps=steps)})
    assert answer.status_code == 200


def test_a_recovery_code_stands_in_once_and_is_told_by_mail(coordinator, commits_at_once):
    """ASVS v5.0.0-6.4.4: a lost factor is replaced by evidence of the same level."""
    add_app(coordinator)
    spare = add_codes(coordinator)[0]
    for expected in (CASES, None):
        browser = Client()
        sign_in(browser, coordinator)
        answer = browser.post(reverse("mfa_authenticate"), {"code": spare})
        assert getattr(answer, "url", None) == expected
    assert any("recovery code used" in message.subject for message in mail.outbox)


def test_the_first_app_is_set_up_and_its_codes_must_be_seen(client, coordinator, commits_at_once):
    sign_in(client, coordinator)
    page = client.get(reverse("factor_set_up"), {"next": "/i/north/cases/"})
    assert "Set up an app" in page.content.decode()
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    codes_page = reverse("mfa_view_recovery_codes")
    assert answer.url == codes_page
    # Not before the recovery codes were seen.
    assert client.get(CASES).url.startswith(codes_page)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()
    assert len(codes) == 10
    assert codes[0] in client.get(codes_page).content.decode()
    assert codes[0] not in client.get(codes_page).content.decode()
    answer = client.post(reverse("recovery_codes_kept"))
    assert answer.url == "/i/north/cases/"
    assert client.get(CASES).status_code == 200
    assert "10 left" in client.get(reverse("security")).content.decode()
    assert [m.subject for m in mail.outbox] == ["Tumorboard: second factor added"]
    assert mail.outbox[0].to == [coordinator.email]


def test_the_way_back_leads_nowhere_else(client, coordinator):
    """ASVS v5.0.0-3.7.2: nobody is led to another site after signing in."""
    sign_in(client, coordinator)
    client.get(reverse("factor_set_up"), {"next": "https://evil.example/"})
    assert client.post(reverse("recovery_codes_kept")).url == reverse("security")


def test_the_apps_key_lies_encrypted(coordinator):
    """ASVS v5.0.0-11.3.3: seeds of one-time codes lie encrypted and authenticated."""
    app = add_app(coordinator)
    assert SECRET not in str(app.data)
    assert read_secret(app) == SECRET


def test_a_key_that_was_replaced_still_reads(coordinator, settings):
    app = add_app(coordinator)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the installation"
    assert read_secret(app) == SECRET


def test_the_last_factor_stays(client, coordinator):
    """ASVS v5.0.0-6.3.3: no session goes on with the password alone."""
    add_app(coordinator)
    client.force_login(coordinator)
    page = client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert "add another first" in page
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=coordinator, type="totp").exists()


def test_the_last_passkey_stays(client, coordinator):
    passkey = Authenticator.objects.create(user=coordinator, type="webauthn", data={"name": "Key"})
    client.force_login(coordinator)
    client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_where_none_is_required_the_last_factor_can_go(client, coordinator, settings):
    settings.SECOND_FACTOR = "optional"
    add_app(coordinator)
    client.force_login(coordinator)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=coordinator).exists()


def test_a_change_of_factors_asks_again_after_a_while(client, coordinator):
    """ASVS v5.0.0-7.5.1: full re-authentication before sensitive account attributes change."""
    add_app(coordinator)
    client.force_login(coordinator)
    session = client.session
    session["signed_in_at"] -= 10 * 60
    session.save()
    for page in ("mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert client.get(reverse(page)).url.startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize(
    "page", ["security", "signed_in_where", "mfa_add_webauthn", "account_change_password"]
)
def test_the_password_alone_changes_nothing_where_there_is_a_factor(client, coordinator, page):
    """ASVS v5.0.0-6.3.4: no way of signing in is weaker than the others."""
    add_app(coordinator)
    client.force_login(coordinator)
    without_factor(client)
    assert client.get(reverse(page)).url.startswith(reverse("mfa_reauthenticate"))
    assert client.get(CASES).url.startswith(reverse("mfa_reauthenticate"))
    # And the password is no way to prove it.
    assert client.get(reverse("account_reauthenticate")).url.startswith(
        reverse("mfa_reauthenticate")
    )
    client.post(reverse("mfa_reauthenticate"), {"code": code()})
    assert client.get(CASES).status_code == 200


def test_a_further_factor_ends_the_other_sessions(coordinator, commits_at_once):
    """ASVS v5.0.0-7.4.3: other sessions end after a change of an authentication factor."""
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        browser.force_login(coordinator)
    key = here.session.session_key
    here.get(reverse("mfa_activate_totp"))
    secret = here.session["mfa.totp.secret"]
    here.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    here.post(reverse("recovery_codes_kept"))
    assert here.get(CASES).status_code == 200
    assert here.session.session_key != key
    assert elsewhere.get(CASES).url.startswith(LOGIN)


def test_new_recovery_codes_replace_the_old_and_must_be_seen(client, coordinator, commits_at_once):
    add_app(coordinator)
    old = add_codes(coordinator)
    client.force_login(coordinator)
    assert "stop working" in client.get(reverse("mfa_generate_recovery_codes")).content.decode()
    client.post(reverse("mfa_generate_recovery_codes"))
    assert client.get(CASES).url.startswith(reverse("mfa_view_recovery_codes"))
    new = Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()
    assert not set(new) & set(old)


def test_a_machine_for_trying_out_says_that_it_asks_for_none(client, coordinator, settings):
    settings.SECOND_FACTOR = "optional"
    said = "no second factor is asked for"
    assert said in client.get(LOGIN).content.decode()
    client.force_login(coordinator)
    without_factor(client)
    assert said in client.get(CASES).content.decode()
    assert "No second factor is asked for here" in client.get(reverse("security")).content.decode()


def test_whoever_is_not_signed_in_gets_no_part_of_a_page(client, coordinator):
    answer = client.get(CASES, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_what_was_sent_leads_back_to_the_page_it_was_sent_from(client, coordinator):
    page = "http://testserver/i/north/cases/new/"
    answer = client.post("/i/north/drafts/", headers={"Referer": page})
    assert answer.url == f"{LOGIN}?next=/i/north/cases/new/"


@pytest.mark.parametrize(
    "wanted", ["10000-01-01", "home", "//evil.example/", "/\\evil.example", "https://evil.example/"]
)
def test_the_way_back_is_an_address_of_ours_and_no_word(wanted):
    """ASVS v5.0.0-3.7.2: nobody is led to an address that somebody else chose."""
    assert safe_next(RequestFactory().get("/"), wanted) == ""
    assert safe_next(RequestFactory().get("/"), "/i/north/") == "/i/north/"
