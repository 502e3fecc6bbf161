"""Somebody without a password signs a decision: the provider asks them once more."""

import datetime
import time

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Decision
from tests.factories.boards import ACCEPTED, draft, make_item, make_meeting
from tests.integration.accounts.sso.oidc_provider import callback
from tests.integration.web.boards.page import text, value
from tumorboard.accounts.models import SignInEvent, User
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

SEEN = ("assessment_id", "draft_version", "seen")
CONFIRM = reverse("provider_confirm", args=["north"])


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def page(institution, coordinator) -> str:
    """Where a decision waits to be signed."""
    with institution_scope(institution):
        item = make_item(by=coordinator, meeting=make_meeting(by=coordinator), question="Resect?")
        draft(item, by=coordinator)
        return reverse("decision_sign", args=["north", item.pk])


@pytest.fixture
def bound(client, idp, come) -> Client:
    """A chair, made by the provider, without a password."""
    idp.claims["groups"] = ["chairs"]
    come(client)
    assert not User.objects.get(email="nora@north.example").has_usable_password()
    return client


def confirm(browser: Client, idp, provider, to: str, **claims: object) -> object:
    """The person proves themselves at the provider again."""
    begun = browser.get(CONFIRM, {"next": to})
    asked = idp.authorize(begun.url)
    assert (idp.asked[-1]["prompt"], idp.asked[-1]["max_age"]) == ("login", "0")
    idp.twisted = claims
    path = reverse("oidc_callback", args=["north", provider.pk])
    return browser.get(callback(path, asked))


def sign(browser: Client, page: str, **more: str) -> object:
    shown = browser.get(page)
    reasons = {f"{group}_reason": reason for group, reason in ACCEPTED.items()}
    given = {**reasons, **{name: value(shown, name) for name in SEEN}, **more}
    return browser.post(page, given)


def test_signs_once_confirmed_at_the_provider(bound, idp, provider, page, institution):
    """ASVS v5.0.0-7.5.3: a step of such weight asks for authentication again.

    ASVS v5.0.0-6.8.4: its recency is what the provider says in auth_time.
    """
    before = text(bound.get(page))
    assert "Confirm that it is you" in before
    assert "Your password" not in before
    assert confirm(bound, idp, provider, page).url == page
    assert "has confirmed that it is you" in text(bound.get(page))
    assert sign(bound, page).status_code == 302
    with institution_scope(institution):
        assert Decision.objects.get().signed_by.email == "nora@north.example"
    assert "single_sign_on_confirmed" not in bound.session, "it counts for one signature"
    kinds = SignInEvent.objects.values_list("kind", flat=True)
    assert "confirmed" in kinds


@pytest.mark.parametrize("password", ["", "anything", "correct horse battery staple"])
def test_not_without_it(bound, come, page, institution, password):
    user = User.objects.get(email="nora@north.example")
    user.set_password("correct horse battery staple")
    user.save()
    come(bound)
    answer = sign(bound, page, password=password)
    assert answer.status_code == 422
    assert "Confirm again that it is you" in text(answer)
    assert ACCEPTED["quorum"] in answer.content.decode(), "what was typed stays"
    with institution_scope(institution):
        assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"auth_time": int(time.time()) - 3600}, "did not ask you again"),
        ({"auth_time": None}, "did not ask you again"),
        ({"auth_time": int(time.time()) + 3600}, "did not ask you again"),
        ({"sub": "somebody else"}, "Somebody else confirmed"),
    ],
)
def test_the_provider_must_have_asked_the_same_person_again(
    bound, idp, provider, page, claims, words
):
    """ASVS v5.0.0-6.8.4: without a word about how recently, it counts as long ago."""
    answer = confirm(bound, idp, provider, page, **claims)
    assert answer.status_code == 403
    assert words in text(answer)
    assert sign(bound, page).status_code == 422


def test_a_confirmation_runs_out(bound, idp, provider, page):
    confirm(bound, idp, provider, page)
    session = bound.session
    session["single_sign_on_confirmed"] -= datetime.timedelta(minutes=6).total_seconds()
    session.save()
    assert sign(bound, page).status_code == 422


def test_signing_in_is_no_confirmation(bound, come, page):
    come(bound)
    assert sign(bound, page).status_code == 422


def test_another_site_cannot_have_it_confirmed(bound, page):
    """ASVS v5.0.0-7.6.2: what counts for a signature begins on a page of ours."""
    answer = bound.get(CONFIRM, {"next": page}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.url == page
    assert "single_sign_on_begun" not in bound.session


def test_who_has_a_password_here_is_sent_nowhere(client, chair, provider, page):
    client.force_login(chair)
    assert client.get(CONFIRM, {"next": page}).url == page
    assert client.get(CONFIRM).url == "/i/north/"
