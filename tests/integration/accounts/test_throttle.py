"""Guessing is slowed down, and nobody is locked out by it for long."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import PASSWORD
from tests.integration.accounts.factors import add_app, code, wrong_code
from tumorboard.accounts import device, jobs, throttle
from tumorboard.accounts.models import SignInEvent, Throttle
from tumorboard.accounts.own_password import Answer, check_own
from tumorboard.accounts.secret import hash_of
from tumorboard.accounts.sign_in_history import Kind, note

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
TOO_MANY = "There were too many tries"


@pytest.fixture
def request_(rf: RequestFactory):
    request = rf.post("/", REMOTE_ADDR="192.0.2.7")
    request.session = {}
    return request


def guess(client: Client, email: str, password: str = "a wrong guess") -> str:
    answer = client.post(LOGIN, {"login": email, "password": password})
    return answer.content.decode() if answer.status_code == 200 else "signed in"


def wait_is_over() -> None:
    Throttle.objects.update(open_at=timezone.now() - timedelta(seconds=1))


def test_the_sixth_guess_is_not_looked_at(client, coordinator):
    """ASVS v5.0.0-6.3.1: brute force and credential stuffing are slowed down."""
    for _ in range(5):
        assert TOO_MANY not in guess(client, coordinator.email)
    assert TOO_MANY in guess(client, coordinator.email)
    # Not even when it is right.
    assert TOO_MANY in guess(client, coordinator.email, PASSWORD)
    wait_is_over()
    assert guess(client, coordinator.email, PASSWORD) == "signed in"


def test_an_unknown_address_gets_the_same_answers(client, coordinator):
    """ASVS v5.0.0-6.3.8: valid accounts cannot be told from answers."""
    known = [guess(Client(), coordinator.email) for _ in range(6)]
    unknown = [guess(Client(), "nobody@north.example") for _ in range(6)]

    def words(page: str) -> bool:
        return TOO_MANY in page

    assert list(map(words, known)) == list(map(words, unknown)) == [False] * 5 + [True]
    assert "not correct" in known[0]
    assert "not correct" in unknown[0]


def test_an_unknown_address_costs_as_much_hashing(client, coordinator, monkeypatch):
    """ASVS v5.0.0-6.3.8: valid accounts cannot be told from response times."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    plain = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    for email in (coordinator.email, "nobody@north.example"):
        hashed.clear()
        guess(Client(), email)
        counts.append(len(hashed))
    assert counts[0] == counts[1] == 1


def test_the_waits_grow_to_a_bound(request_):
    """ASVS v5.0.0-6.1.1: how guessing is slowed without locking people out is set down."""
    waits = []
    for _ in range(14):
        throttle.count(request_, purpose=throttle.PASSWORD, account="a@north.example")
        row = Throttle.objects.exclude(open_at__lte=timezone.now()).first()
        waits.append(int((row.open_at - row.last_at).total_seconds()) if row else 0)
        wait_is_over()
    assert waits[:9] == [0, 0, 0, 0, 15, 30, 60, 120, 240]
    assert set(waits[9:]) == {300}


def test_a_guess_while_waiting_does_not_lengthen_the_wait(request_):
    for _ in range(5):
        throttle.count(request_, purpose=throttle.PASSWORD, account="a@north.example")
    before = set(Throttle.objects.values_list("key", "open_at"))
    for _ in range(3):
        counted = throttle.count(request_, purpose=throttle.PASSWORD, account="a@north.example")
        assert counted is None
    after = set(Throttle.objects.values_list("key", "open_at"))
    assert len(before & after) >= 1
    assert Throttle.objects.get(failures=5).open_at > timezone.now() - timedelta(minutes=1)


def test_who_guesses_elsewhere_locks_nobody_out_of_their_own_browser(coordinator):
    """ASVS v5.0.0-6.3.1: controls against guessing do not let somebody lock an account."""
    own = Client(headers={"User-Agent": "Firefox/1 Windows"})
    assert guess(own, coordinator.email, PASSWORD) == "signed in"
    own.post(reverse("account_logout"))
    attacker = Client()
    for _ in range(8):
        guess(attacker, coordinator.email)
    assert TOO_MANY in guess(attacker, coordinator.email, PASSWORD)
    assert guess(own, coordinator.email, PASSWORD) == "signed in"


def test_a_made_up_device_cookie_is_no_known_browser(coordinator):
    attacker = Client()
    for number in range(6):
        attacker.cookies[device.COOKIE] = f"made up {number}"
        page = guess(attacker, coordinator.email)
    assert TOO_MANY in page


def test_one_address_is_bounded_over_many_accounts(request_):
    """ASVS v5.0.0-6.3.1: password spraying over many accounts is slowed down too."""
    counted = [
        throttle.count(request_, purpose=throttle.PASSWORD, account=f"{n}@north.example")
        for n in range(70)
    ]
    assert all(counted[:60])
    assert not any(counted[60:])


def test_a_right_one_takes_its_count_back(request_):
    for _ in range(100):
        guess = throttle.count(request_, purpose=throttle.PASSWORD, account="a@north.example")
        assert guess is not None
        guess.right()


def test_codes_are_counted_too(client, coordinator):
    """ASVS v5.0.0-6.3.1: guessing one-time codes is slowed down too."""
    add_app(coordinator)
    guess(client, coordinator.email, PASSWORD)
    page = reverse("mfa_authenticate")
    answers = [client.post(page, {"code": wrong_code()}).content.decode() for _ in range(6)]
    assert [TOO_MANY in answer for answer in answers] == [False] * 5 + [True]
    assert TOO_MANY in client.post(page, {"code": code()}).content.decode()
    kinds = set(SignInEvent.objects.values_list("kind", flat=True))
    assert {Kind.CODE_WRONG, Kind.WAITED} <= kinds


def test_proving_again_is_counted(client, coordinator):
    client.force_login(coordinator)
    page = reverse("account_reauthenticate")
    answers = [client.post(page, {"password": "a guess"}).content.decode() for _ in range(6)]
    assert [TOO_MANY in answer for answer in answers] == [False] * 5 + [True]
    wait_is_over()
    assert client.post(page, {"password": PASSWORD}).status_code == 302


def test_the_password_for_signing_is_counted_with_the_others(request_, coordinator):
    """ASVS v5.0.0-7.5.3: signing asks for the password anew, and guessing it is slowed down."""
    request_.user = coordinator
    answers = [check_own(request_, "a guess") for _ in range(6)]
    assert answers == [Answer.WRONG] * 5 + [Answer.WAIT]
    assert check_own(request_, PASSWORD) is Answer.WAIT
    wait_is_over()
    assert check_own(request_, PASSWORD) is Answer.RIGHT
    assert SignInEvent.objects.filter(kind=Kind.SIGNATURE_REFUSED).count() == 5


def test_a_reset_by_mail_ends_the_wait(request_, coordinator):
    for _ in range(5):
        throttle.count(request_, purpose=throttle.PASSWORD, account=coordinator.email)
    throttle.forget(coordinator)
    counted = throttle.count(request_, purpose=throttle.PASSWORD, account=coordinator.email)
    assert counted is not None


def test_the_table_names_nobody(request_, coordinator):
    throttle.count(request_, purpose=throttle.PASSWORD, account=coordinator.email)
    assert not any("@" in key for key in Throttle.objects.values_list("key", flat=True))


def test_after_an_hour_the_count_begins_anew(request_):
    for _ in range(5):
        throttle.count(request_, purpose=throttle.PASSWORD, account="a@north.example")
    long_ago = timezone.now() - timedelta(hours=2)
    Throttle.objects.update(last_at=long_ago, open_at=long_ago)
    throttle.count(request_, purpose=throttle.PASSWORD, account="a@north.example")
    assert set(Throttle.objects.values_list("failures", flat=True)) == {1}


def test_what_no_wait_depends_on_is_swept(request_):
    throttle.count(request_, purpose=throttle.PASSWORD, account="a@north.example")
    Throttle.objects.update(last_at=timezone.now() - timedelta(days=2))
    jobs._sweep_sign_ins()
    assert not Throttle.objects.exists()


def test_a_known_browser_is_known_for_its_person_only(request_, coordinator, chair):
    request_.COOKIES[device.COOKIE] = "one browser"
    browser = hash_of("one browser")
    note(user=coordinator, kind=Kind.SIGNED_IN, request=request_, browser=browser)
    assert throttle._known_browser(request_, coordinator.email) == browser
    assert throttle._known_browser(request_, str(coordinator.pk)) == browser
    assert throttle._known_browser(request_, chair.email) == ""


def test_the_shared_cache_is_a_table_that_all_processes_see(settings, db):
    """ASVS v5.0.0-6.3.1: what counts is counted once for all processes."""
    from django.core.cache import caches

    from tumorboard import settings as real

    settings.CACHES = real.CACHES
    caches["default"].set("asked", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_cache")
        assert cursor.fetchone() == (1,)
    assert caches["default"].get("asked") == 1
