"""Sessions end: by time, at once when rights change, and by the person's own hand."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import PASSWORD, add_member
from tumorboard.accounts import jobs, memberships, sessions, sign_in_policies
from tumorboard.accounts.models import PersonSession, SignInEvent
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
CASES = "/i/north/"
MINUTE, HOUR = 60, 60 * 60


def back(client: Client, *, idle: float = 0, age: float = 0) -> None:
    """As if the person had done nothing for `idle` seconds, and signed in `age` seconds ago."""
    session = client.session
    session[sessions.ACTIVE_AT] -= idle
    session[sessions.SIGNED_IN_AT] -= max(idle, age)
    session.save()


def is_in(client: Client, path: str = CASES) -> bool:
    answer = client.get(path)
    assert answer.status_code in (200, 302)
    return answer.status_code == 200


@pytest.mark.parametrize(("minutes", "stays"), [(14, True), (16, False)])
def test_a_session_ends_after_15_minutes_without_activity(client, coordinator, minutes, stays):
    """ASVS v5.0.0-7.3.1: there is an inactivity timeout.

    HIPAA 164.312(a)(2)(iii): automatic logoff after a predetermined time of inactivity.
    """
    client.force_login(coordinator)
    back(client, idle=minutes * MINUTE)
    assert is_in(client) == stays


@pytest.mark.parametrize(("hours", "stays"), [(11.9, True), (12.1, False)])
def test_a_session_ends_after_12_hours_in_any_case(client, coordinator, hours, stays):
    """ASVS v5.0.0-7.3.2: there is an absolute maximum session lifetime."""
    client.force_login(coordinator)
    back(client, age=hours * HOUR)
    assert is_in(client) == stays


def test_the_way_back_goes_along_and_says_why(client, coordinator):
    client.force_login(coordinator)
    back(client, idle=HOUR / 2)
    answer = client.get(f"{CASES}cases/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{LOGIN}?next=/i/north/cases/"
    assert "nothing happened for a while" in answer.content.decode()


def test_nothing_of_the_old_session_is_left(client, coordinator):
    """ASVS v5.0.0-7.4.1: an ended session cannot be used any more."""
    client.force_login(coordinator)
    key = client.session.session_key
    back(client, idle=HOUR / 2)
    client.get(CASES)
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies["sessionid"] = key
    assert client.get(CASES).url.startswith(LOGIN)


def test_what_is_done_keeps_it_alive(client, coordinator):
    client.force_login(coordinator)
    back(client, idle=10 * MINUTE)
    client.get(CASES)
    assert time.time() - client.session[sessions.ACTIVE_AT] < MINUTE
    row = PersonSession.objects.get()
    assert timezone.now() - row.last_seen_at < timedelta(minutes=1)


def test_what_a_page_asks_by_itself_does_not(client, coordinator):
    """ASVS v5.0.0-7.3.1: only what the person does counts as activity."""
    client.force_login(coordinator)
    back(client, idle=10 * MINUTE)
    before = client.session[sessions.ACTIVE_AT]
    client.get(reverse("session", args=["north"]))
    live = "/i/north/meetings/018f0000-0000-7000-8000-000000000000/live/state/"
    assert client.get(live).status_code == 404
    assert client.session[sessions.ACTIVE_AT] == before


def test_typing_that_is_kept_as_a_draft_does(client, coordinator):
    client.force_login(coordinator)
    back(client, idle=10 * MINUTE)
    client.post("/i/north/drafts/", {"draft": "x", "fields": "{}"})
    assert time.time() - client.session[sessions.ACTIVE_AT] < MINUTE


@pytest.mark.parametrize("path", ["/", "/accounts/security/", "/nowhere/"])
def test_what_is_over_at_an_institution_no_other_page_brings_back(client, coordinator, path):
    """ASVS v5.0.0-7.3.1: a page that belongs to no institution gives no idle session new time."""
    client.force_login(coordinator)
    back(client, idle=40 * MINUTE)
    client.get(path)
    assert not is_in(client)


def test_what_is_over_at_an_institution_no_other_one_brings_back(
    client, coordinator, other_institution
):
    """ASVS v5.0.0-7.3.1: nor does one that allows more."""
    add_member(other_institution, "COORDINATOR", email=coordinator.email, name=coordinator.name)
    with institution_scope(other_institution):
        sign_in_policies.choose(idle_minutes=60, absolute_hours=12, by=None)
    client.force_login(coordinator)
    back(client, idle=40 * MINUTE)
    assert is_in(client, "/i/south/")
    left = client.get(reverse("session", args=["south"])).json()["left"]
    assert left > 50 * MINUTE
    assert not is_in(client)


def test_an_institution_chooses_its_limits_within_bounds(client, institution, administrator):
    """ASVS v5.0.0-7.1.1: inactivity and absolute lifetime follow a documented policy."""
    client.force_login(administrator)
    page = reverse("sign_in_settings", args=["north"])
    assert "5 to 60 minutes" in client.get(page).content.decode()
    for idle, hours in ((4, 12), (61, 12), (15, 0), (15, 25)):
        answer = client.post(page, {"idle_minutes": idle, "absolute_hours": hours})
        assert answer.status_code == 422
    client.post(page, {"idle_minutes": 30, "absolute_hours": 24})
    with institution_scope(institution):
        chosen = sign_in_policies.limits()
    assert chosen == (timedelta(minutes=30), timedelta(hours=24))
    back(client, idle=20 * MINUTE, age=20 * HOUR)
    assert is_in(client, page)
    back(client, idle=31 * MINUTE)
    assert not is_in(client, page)


def test_the_bounds_hold_in_the_service_too(institution, administrator):
    with institution_scope(institution):
        with pytest.raises(Exception, match="sign_in_policy_idle"):
            sign_in_policies.choose(idle_minutes=90, absolute_hours=12, by=administrator)


def test_each_door_has_its_own_limits(institution, other_institution, coordinator, client):
    add_member(other_institution, "CLINICIAN", email=coordinator.email, name=coordinator.name)
    with institution_scope(other_institution):
        sign_in_policies.choose(idle_minutes=5, absolute_hours=1, by=None)
    client.force_login(coordinator)
    back(client, idle=10 * MINUTE)
    assert is_in(client, "/i/north/")
    back(client, idle=10 * MINUTE)
    assert not is_in(client, "/i/south/")


def test_pages_of_no_institution_keep_the_longest_limits(client, coordinator):
    client.force_login(coordinator)
    back(client, idle=59 * MINUTE)
    assert is_in(client, reverse("security"))
    back(client, idle=61 * MINUTE)
    assert not is_in(client, reverse("security"))


def test_signing_in_brings_a_new_key(client, coordinator):
    """ASVS v5.0.0-7.2.4: a new session token at authentication."""
    client.get(LOGIN)
    client.session.save()
    before = client.session.session_key
    client.post(LOGIN, {"login": coordinator.email, "password": PASSWORD})
    first = client.session.session_key
    assert first != before
    client.logout()
    client.force_login(coordinator)
    assert client.session.session_key != first


def test_another_person_gets_a_clean_session(client, coordinator, chair):
    client.force_login(coordinator)
    session = client.session
    session["typed by"] = "the coordinator"
    session.save()
    client.force_login(chair)
    assert "typed by" not in client.session


def test_other_roles_end_the_sessions_at_once(client, institution, coordinator, administrator):
    """ASVS v5.0.0-8.3.2: changes of what somebody may do hold at once."""
    client.force_login(coordinator)
    with institution_scope(institution):
        memberships.set_roles(user=coordinator, roles=["CLINICIAN"], by=administrator)
    assert not is_in(client)
    assert not PersonSession.objects.filter(user=coordinator).exists()


def test_the_same_roles_end_nothing(client, institution, coordinator, administrator):
    client.force_login(coordinator)
    with institution_scope(institution):
        memberships.set_roles(user=coordinator, roles=["COORDINATOR"], by=administrator)
    assert is_in(client)


def test_removal_ends_the_sessions_at_once(client, institution, coordinator, administrator):
    """HIPAA 164.308(a)(3)(ii)(C): access ends with the employment."""
    client.force_login(coordinator)
    with institution_scope(institution):
        memberships.remove(user=coordinator, by=administrator)
    assert not is_in(client)


def test_deactivation_ends_the_sessions_at_once(client, coordinator):
    """ASVS v5.0.0-7.4.2: sessions end when an account is disabled."""
    client.force_login(coordinator)
    coordinator.is_active = False
    coordinator.save()
    assert client.get(CASES).url.startswith(LOGIN)


def test_whoever_changes_their_own_roles_goes_on_under_another_key(
    client, administrator, institution
):
    """ASVS v5.0.0-7.2.4: a new session token when what it may do changes."""
    add_member(institution, "CLINICIAN", "RADIOLOGIST", email=administrator.email, name="Ada Admin")
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(administrator)
    key = client.session.session_key
    page = reverse("person_roles", args=["north", administrator.pk])
    client.post(page, {"roles": ["ADMINISTRATOR", "CLINICIAN"]})
    assert is_in(client)
    assert client.session.session_key != key
    assert PersonSession.objects.get(user=administrator).session_key == client.session.session_key
    assert not is_in(elsewhere)


def test_a_new_password_ends_the_other_sessions(coordinator, django_capture_on_commit_callbacks):
    """ASVS v5.0.0-7.4.3: other sessions end after a change of the password."""
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        browser.force_login(coordinator)
    new = "three quiet herons wade"
    with django_capture_on_commit_callbacks(execute=True):
        here.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": new, "password2": new},
        )
    assert is_in(here)
    assert not is_in(elsewhere)
    assert PersonSession.objects.get(user=coordinator).session_key == here.session.session_key
    assert [m.subject for m in mail.outbox] == ["Tumorboard: password changed"]


def test_signing_out_forgets_the_session(client, coordinator):
    """ASVS v5.0.0-7.4.1: signing out ends the session on the server."""
    client.force_login(coordinator)
    key = client.session.session_key
    client.post(reverse("account_logout"))
    assert not PersonSession.objects.exists()
    assert not Session.objects.filter(session_key=key).exists()


def test_a_person_sees_and_ends_their_sessions(coordinator, chair):
    """ASVS v5.0.0-7.5.2: people see and end their own sessions."""
    here, elsewhere, another = (
        Client(),
        Client(headers={"User-Agent": "Firefox/1 Windows"}),
        Client(),
    )
    for browser, person in ((here, coordinator), (elsewhere, coordinator), (another, chair)):
        browser.force_login(person)
        browser.get(CASES)
    page = here.get(reverse("signed_in_where")).content.decode()
    assert page.count("this browser") == 1
    row = PersonSession.objects.get(session_key=elsewhere.session.session_key)
    theirs = PersonSession.objects.get(session_key=another.session.session_key)
    for wanted in (str(theirs.pk), "nonsense", str(row.pk)):
        here.post(reverse("sessions_end"), {"session": wanted})
    assert is_in(here)
    assert is_in(another)
    assert not is_in(elsewhere)
    assert SignInEvent.objects.filter(kind="session_ended").count() == 1


def test_a_person_ends_all_others_at_once(coordinator):
    here, one, two = Client(), Client(), Client()
    for browser in (here, one, two):
        browser.force_login(coordinator)
    answer = here.post(reverse("sessions_end"), {"all": "yes"}, follow=True)
    assert "2 sessions are ended" in answer.content.decode()
    assert [is_in(browser) for browser in (here, one, two)] == [True, False, False]


def test_ending_sessions_asks_again_after_a_while(client, coordinator):
    """ASVS v5.0.0-7.5.2: sessions are ended after authenticating again."""
    elsewhere = Client()
    elsewhere.force_login(coordinator)
    client.force_login(coordinator)
    back(client, age=10 * MINUTE)
    answer = client.post(reverse("sessions_end"), {"all": "yes"})
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert is_in(elsewhere)


def test_an_administrator_ends_a_persons_sessions(client, coordinator, administrator, stranger):
    """ASVS v5.0.0-7.4.5: administrators can end the sessions of a person."""
    theirs, other = Client(), Client()
    theirs.force_login(coordinator)
    other.force_login(stranger)
    client.force_login(administrator)
    client.post(reverse("person_sign_out", args=["north", coordinator.pk]))
    assert not is_in(theirs)
    assert client.post(reverse("person_sign_out", args=["north", stranger.pk])).status_code == 404
    assert is_in(other, "/i/south/")


def test_a_session_that_is_gone_is_not_listed(client, coordinator):
    gone = Client()
    for browser in (gone, client):
        browser.force_login(coordinator)
    Session.objects.filter(session_key=gone.session.session_key).delete()
    assert len(sessions.sessions_of(coordinator)) == 1
    assert PersonSession.objects.count() == 1


def test_an_open_page_is_told_how_long_it_lasts(client, coordinator, stranger):
    url = reverse("session", args=["north"])
    assert client.get(url).json() == {"left": 0}
    client.force_login(coordinator)
    back(client, idle=10 * MINUTE)
    told = client.get(url).json()
    assert 4 * MINUTE < told["left"] <= 5 * MINUTE
    assert told["person"] == str(coordinator.pk)
    assert told["csrf"]
    assert client.post(url).json()["left"] > 14 * MINUTE
    back(client, idle=16 * MINUTE)
    assert client.get(url).json() == {"left": 0}
    assert "_auth_user_id" not in client.session


def test_it_tells_nothing_about_institutions(client, stranger, institution):
    client.force_login(stranger)
    there, missing = (client.get(reverse("session", args=[s])) for s in ("north", "nowhere"))
    assert there.content == missing.content == b'{"left": 0}'


def test_what_is_over_is_swept(client, coordinator):
    client.force_login(coordinator)
    long_ago = timezone.now() - timedelta(days=3)
    PersonSession.objects.update(last_seen_at=long_ago)
    Session.objects.update(expire_date=long_ago)
    jobs._sweep_sign_ins()
    assert not PersonSession.objects.exists()
    assert not Session.objects.exists()
