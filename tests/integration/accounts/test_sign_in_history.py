"""A person reads what happened with their sign-in, and nobody rewrites it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import PASSWORD
from tumorboard.accounts import device, sign_in_history
from tumorboard.accounts.models import SignInEvent
from tumorboard.accounts.sign_in_history import Kind

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


def sign_in(client: Client, user, password: str = PASSWORD):
    return client.post(LOGIN, {"login": user.email, "password": password})


def test_successes_and_failures_stand_on_the_persons_page(coordinator):
    """ASVS v5.0.0-16.3.1: all authentication operations are logged, successful or not.

    HIPAA 164.308(a)(5)(ii)(C): log-in attempts are monitored, discrepancies reported.
    """
    client = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.9")
    sign_in(client, coordinator, "not the password")
    sign_in(client, coordinator)
    page = client.get(reverse("security")).content.decode()
    for words in ("Signed in", "Not signed in: wrong password", "Firefox on Windows", "192.0.2.9"):
        assert words in page


def test_nothing_secret_stands_in_it(client, coordinator):
    """ASVS v5.0.0-16.2.5: no credentials are logged."""
    sign_in(client, coordinator, "a secret that was mistyped")
    sign_in(client, coordinator)
    for event in SignInEvent.objects.values():
        assert "secret" not in str(event)
        assert PASSWORD not in str(event)


def test_whom_nobody_knows_leaves_nothing(client, coordinator):
    client.post(LOGIN, {"login": "my password by mistake@x.example", "password": "x"})
    assert not SignInEvent.objects.exists()


def test_another_person_reads_none_of_it(client, coordinator, chair):
    sign_in(Client(), coordinator, "wrong")
    client.force_login(chair)
    assert "wrong password" not in client.get(reverse("security")).content.decode()


def test_a_new_device_is_told_by_mail(coordinator, django_capture_on_commit_callbacks):
    """ASVS v5.0.0-6.3.5: people are notified of suspicious authentication attempts."""
    own = Client()
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(own, coordinator)
        own.post(reverse("account_logout"))
        sign_in(own, coordinator)
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(Client(headers={"User-Agent": FIREFOX}), coordinator)
    (message,) = mail.outbox
    assert message.subject == "Tumorboard: sign-in from a new device"
    assert message.to == [coordinator.email]
    assert "Firefox on Windows" in message.body
    assert PASSWORD not in message.body


def test_the_browsers_cookie_opens_nothing(client, coordinator):
    """ASVS v5.0.0-3.3.4 and 3.3.2: cookies carry HttpOnly and SameSite."""
    sign_in(client, coordinator)
    cookie = client.cookies[device.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    other = Client()
    other.cookies[device.COOKIE] = cookie.value
    assert other.get("/i/north/").status_code == 302
    assert cookie.value not in str(list(SignInEvent.objects.values()))


def test_a_mail_server_that_is_down_stops_nobody(
    client, coordinator, settings, caplog, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "no.such.Backend"
    sign_in(Client(), coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        assert sign_in(client, coordinator).status_code == 302
    assert "was not sent" in caplog.text
    assert coordinator.email not in caplog.text


def test_no_event_is_changed_or_removed_within_a_year(coordinator):
    """ASVS v5.0.0-16.4.2: logs are protected from modification.

    HIPAA 164.312(b): activity is recorded and can be examined.
    """
    event = sign_in_history.note(user=coordinator, kind=Kind.SIGNED_IN, request=None)
    with pytest.raises(ProgrammingError), transaction.atomic():
        SignInEvent.objects.update(kind="forged")
    SignInEvent.objects.all()._raw_delete("default")
    assert SignInEvent.objects.filter(pk=event.pk).exists()


def test_after_a_year_it_is_forgotten(coordinator):
    old = timezone.now() - timedelta(days=367)
    SignInEvent.objects.create(user=coordinator, kind=Kind.SIGNED_IN, device="", at=old)
    new = sign_in_history.note(user=coordinator, kind=Kind.SIGNED_IN, request=None)
    assert [line.event for line in sign_in_history.lines_of(coordinator)] == [new]
    assert sign_in_history.sweep() == 1
    assert list(SignInEvent.objects.all()) == [new]


def test_the_administrator_sees_the_last_sign_in(client, administrator, coordinator, chair):
    sign_in(Client(), coordinator)
    client.force_login(administrator)
    page = client.get(reverse("people", args=["north"])).content.decode()
    assert page.count("never") == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "macOS"),
        ("curl/8.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_called_as_people_call_it(rf, agent, words):
    assert device.words_of(rf.get("/", headers={"User-Agent": agent})) == words
