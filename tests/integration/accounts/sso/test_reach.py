"""A provider of one institution opens that institution and nothing else, whatever it says."""

import time
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.people import PASSWORD, add_member
from tests.integration.accounts.factors import add_app, code
from tests.integration.accounts.sso.conftest import configured
from tumorboard.accounts import invitations, jobs, second_factor, sessions, sign_in_history
from tumorboard.accounts.models import Membership, PersonSession, SignInEvent, User
from tumorboard.accounts.sso import arrivals, providers
from tumorboard.accounts.sso_models import ProviderLink
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

NORTH, SOUTH = "/i/north/", "/i/south/"


@pytest.fixture
def nora(idp, institution, other_institution) -> User:
    """Somebody with a password and roles in both institutions, whom the provider knows too."""
    user = add_member(institution, "CLINICIAN", email="nora@north.example", name="Nora North")
    return add_member(other_institution, "COORDINATOR", email=user.email, name=user.name)


@pytest.fixture
def bound(client, come, nora) -> Client:
    """A browser in which she came by the provider of the first."""
    assert come(client).url == NORTH
    return client


class TestASessionOfAProvider:
    """ASVS v5.0.0-6.8.1 and 8.4.1: one institution's provider speaks in no other institution."""

    def test_reaches_its_institution_alone(self, bound):
        assert bound.get(NORTH).status_code == 200
        there, nowhere = bound.get(SOUTH), bound.get("/i/nowhere/")
        assert there.status_code == nowhere.status_code == 404
        assert b"South Hospital" not in there.content
        assert len(there.content) == len(nowhere.content)

    def test_is_nobodys_where_an_open_page_asks(self, bound):
        left = [
            bound.get(reverse("session", args=[slug])).json()["left"] for slug in ("north", "south")
        ]
        assert left[0] > 0
        assert left[1] == 0

    def test_has_no_other_institution_to_choose(self, bound):
        assert bound.get("/").url == NORTH

    def test_accepts_no_invitation_of_another(self, bound, nora, other_institution):
        with institution_scope(other_institution):
            invitation, link = invitations.invite(
                email="new@south.example", name="New", role="BOARD_CHAIR", by=None
            )
            invitation.email = nora.email
            invitation.save()
        answer = bound.post(link[link.index("/i/") :])
        assert answer.status_code == 403
        with institution_scope(other_institution):
            assert not Membership.objects.filter(user=nora, role="BOARD_CHAIR").exists()

    @pytest.mark.parametrize(
        "name",
        [
            "account_change_password",
            "account_set_password",
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "mfa_generate_recovery_codes",
            "mfa_view_recovery_codes",
            "mfa_deactivate_totp",
        ],
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_changes_nothing_about_how_the_person_signs_in(self, bound, nora, name, method):
        """What it set up would open the other institution later."""
        answer = getattr(bound, method)(reverse(name))
        assert answer.status_code == 302
        assert answer.url == reverse("security")
        nora.refresh_from_db()
        assert nora.check_password(PASSWORD)

    def test_removes_no_passkey(self, bound):
        assert bound.post(reverse("mfa_remove_webauthn", args=[1])).url == reverse("security")

    def test_says_so_on_the_persons_own_page(self, bound):
        page = bound.get(reverse("security")).content.decode()
        assert "institution's sign-in" in page
        assert reverse("account_change_password") not in page

    def test_neither_sees_nor_ends_what_was_begun_elsewhere(self, bound, nora, other_institution):
        """From where she works elsewhere, and by whose sign-in, is none of its business."""
        elsewhere = Client(headers={"User-Agent": "Firefox/1 Windows"}, REMOTE_ADDR="192.0.2.99")
        elsewhere.force_login(nora)
        label = "South's own sign-in"
        kind = sign_in_history.Kind.LINKED
        south = other_institution.pk
        sign_in_history.note(user=nora, kind=kind, request=None, method=label, bound_to=south)
        for name in ("security", "signed_in_where"):
            page = bound.get(reverse(name)).content.decode()
            assert "192.0.2.99" not in page
            assert "South" not in page
        theirs = PersonSession.objects.get(session_key=elsewhere.session.session_key)
        for form in ({"session": str(theirs.pk)}, {"all": "yes"}):
            assert bound.post(reverse("sessions_end"), form).status_code == 302
            assert elsewhere.get(SOUTH).status_code == 200
        page = elsewhere.get(reverse("security")).content.decode()
        assert "single sign-on" in page

    def test_does_not_lend_its_factor_to_a_sign_in_of_the_persons_own(self, bound, nora, rf):
        """Else whoever runs the provider would spare themselves the person's factor elsewhere."""
        session = bound.session
        request = rf.get("/")
        request.session, request.user = session, nora
        assert second_factor.is_proven(request)
        sessions.begin(request, nora)
        assert not second_factor.is_proven(request)

    def test_takes_nothing_over_from_who_used_the_browser_before(self, client, come, nora, chair):
        client.force_login(chair)
        key = client.session.session_key
        come(client)
        assert client.session["_auth_user_id"] == str(nora.pk)
        assert not Session.objects.filter(session_key=key).exists()


class TestWhoIsFound:
    """ASVS v5.0.0-6.8.1: identities are told apart by provider and subject."""

    def test_a_member_by_their_confirmed_address_once(self, bound, institution, nora, actions):
        with institution_scope(institution):
            assert ProviderLink.objects.get().user == nora
        assert ("person.linked", nora) in actions()

    def test_nobody_of_another_institution(self, client, idp, come, other_institution):
        """Else an administrator could name another hospital's domain as their own."""
        sam = add_member(
            other_institution, "COORDINATOR", email="sam@north.example", name="Sam South"
        )
        idp.claims["email"] = "sam@north.example"
        answer = come(client)
        assert answer.status_code == 403
        assert "does not know yet" in answer.content.decode()
        assert not SignInEvent.objects.filter(user=sam).exists()

    def test_nobody_who_waits_in_an_account_of_that_address(self, client, come):
        """A first sign-in must not give rights to an account whose password somebody else has."""
        User.objects.create_user(email="nora@north.example", name="Mallory", password=PASSWORD)
        assert come(client).status_code == 403

    def test_nobody_by_an_address_outside_of_the_domains(self, client, idp, come):
        idp.claims["email"] = "nora@south.example"
        assert come(client).status_code == 403
        assert not User.objects.filter(email="nora@south.example").exists()

    @pytest.mark.parametrize("verified", [False, None, "true"])
    def test_nobody_by_an_address_that_is_not_confirmed(self, client, idp, come, verified):
        idp.claims["email_verified"] = verified
        assert come(client).status_code == 403

    @pytest.mark.parametrize("address", ["", "north.example", "a b@north.example"])
    def test_nobody_by_what_is_no_address(self, client, idp, come, address):
        idp.claims["email"] = address
        assert come(client).status_code == 403

    def test_nobody_who_is_linked_to_somebody_else_there(self, bound, idp, come):
        idp.claims["sub"] = "another"
        answer = come(Client())
        assert answer.status_code == 403
        assert "linked to another account" in answer.content.decode()

    def test_somebody_unlinked_by_their_address_again(
        self, bound, idp, come, institution, provider, nora, administrator
    ):
        with institution_scope(institution):
            providers.unlink(provider=provider, user_id=nora.pk, by=administrator)
        assert bound.get(NORTH).status_code == 302
        idp.claims["sub"] = "another"
        assert come(Client()).url == NORTH

    def test_nobody_whose_account_is_closed(self, bound, nora, come):
        """ASVS v5.0.0-7.4.2: who is deactivated here stays out, whatever the provider says."""
        nora.is_active = False
        nora.save()
        assert come(Client()).status_code == 403

    def test_the_same_subject_and_issuer_of_another_institution_is_somebody_else(
        self, bound, idp, other_institution, nora
    ):
        """Both institutions use one provider: its word in one is no word in the other."""
        boss = add_member(
            other_institution, "ADMINISTRATOR", email="boss@south.example", name="Boss South"
        )
        with institution_scope(other_institution):
            theirs = providers.add_oidc(
                label="Ours too", issuer=idp.issuer, client_id="tumorboard", by=boss
            )
            configured(theirs, by=boss, domain="south.example")
        idp.claims["email"] = "nina@south.example"
        browser = Client()
        begun = browser.get(reverse("provider_sign_in", args=["south", theirs.pk]))
        path = reverse("oidc_callback", args=["south", theirs.pk])
        answer = browser.get(path, idp.authorize(begun.url))
        assert answer.url == SOUTH
        assert browser.session["_auth_user_id"] != str(nora.pk)
        assert browser.get(NORTH).status_code == 404

    def test_a_provider_answers_only_at_its_own_institution(self, client, idp, provider):
        begun = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
        answer = idp.authorize(begun.url)
        for slug, key in (("south", provider.pk), ("north", uuid.uuid4()), ("none", provider.pk)):
            path = reverse("oidc_callback", args=[slug, key])
            assert client.get(path, answer).status_code == 404


class TestRoles:
    """ASVS v5.0.0-8.3.2: what a group gives and takes holds at the next sign-in, elsewhere too."""

    def roles(self, institution, user):
        with institution_scope(institution):
            return set(Membership.objects.filter(user=user).values_list("role", flat=True))

    def test_follow_the_groups(self, client, idp, come, institution, actions):
        come(client)
        nora = User.objects.get(email="nora@north.example")
        idp.claims["groups"] = ["chairs", "something else"]
        come(Client())
        assert self.roles(institution, nora) == {"BOARD_CHAIR"}
        done = [action for action, _ in actions()]
        assert "person.role.taken_by_provider" in done
        assert client.get(NORTH).status_code == 302, "the session elsewhere has ended"

    def test_that_stay_the_same_end_no_session(self, client, come):
        come(client)
        come(Client())
        assert client.get(NORTH).status_code == 200

    def test_given_by_hand_stay(self, bound, idp, come, institution, nora):
        idp.claims["groups"] = "chairs"
        come(Client())
        assert self.roles(institution, nora) == {"CLINICIAN", "BOARD_CHAIR"}

    @pytest.mark.parametrize("groups", [[], None, ["unknown"], {"chairs": 1}, [["chairs"]]])
    def test_nobody_without_a_group_gets_in(self, bound, idp, come, institution, nora, groups):
        idp.claims["groups"] = groups
        answer = come(Client())
        assert answer.status_code == 403
        assert "Ask your tumor board" in answer.content.decode()
        assert self.roles(institution, nora) == {"CLINICIAN"}
        assert bound.get(NORTH).status_code == 302
        kinds = SignInEvent.objects.filter(user=nora).values_list("kind", flat=True)
        assert "provider_refused" in kinds

    def test_of_somebody_who_comes_no_more_end(self, client, come, institution, nora, actions):
        """ASVS v5.0.0-7.4.2: who has left the hospital is not kept by what it once gave."""
        come(client)
        jobs._sweep_sign_ins()
        assert self.roles(institution, nora) == {"CLINICIAN", "COORDINATOR"}
        with institution_scope(institution):
            ProviderLink.objects.update(last_used_at=timezone.now() - arrivals.AWAY)
        jobs._sweep_sign_ins()
        assert self.roles(institution, nora) == {"CLINICIAN"}
        assert ("person.role.taken_by_provider", None) in actions()
        assert come(Client()).url == NORTH
        assert self.roles(institution, nora) == {"CLINICIAN", "COORDINATOR"}

    def test_of_another_institution_are_not_touched(
        self, bound, idp, come, nora, other_institution
    ):
        idp.claims["groups"] = []
        come(Client())
        assert self.roles(other_institution, nora) == {"COORDINATOR"}


class TestTheSecondFactor:
    """ASVS v5.0.0-6.8.4: what the provider says about how it asked is looked at."""

    @pytest.fixture(autouse=True)
    def _it_asked_for_a_password_alone(self, idp):
        idp.claims["amr"] = ["pwd"]

    def test_of_the_person_is_asked_for_where_the_provider_asked_for_none(self, client, come, nora):
        add_app(nora)
        come(client)
        answer = client.get(NORTH)
        assert answer.url.startswith(reverse("mfa_reauthenticate"))
        client.post(answer.url, {"code": code()})
        assert client.get(NORTH).status_code == 200
        assert client.get(SOUTH).status_code == 404

    def test_is_not_set_up_in_a_session_of_a_provider(self, client, come):
        come(client)
        answer = client.get(NORTH, follow=True)
        assert answer.status_code == 403
        assert "A second factor is missing" in answer.content.decode()

    def test_counts_by_acr_too(self, client, idp, come):
        idp.claims["acr"] = "mfa"
        come(client)
        assert client.get(NORTH).status_code == 200


class TestWhoMustComeByTheProvider:
    @pytest.fixture
    def required(self, institution, provider, administrator):
        with institution_scope(institution):
            providers.require(
                is_required=True, emergency_administrator=administrator, by=administrator
            )

    def test_is_led_there(self, client, required, coordinator, other_institution):
        add_member(other_institution, "CLINICIAN", email=coordinator.email, name="Cora")
        client.force_login(coordinator)
        answer = client.get(f"{NORTH}cases/")
        assert (
            answer.url == f"{reverse('institution_sign_in', args=['north'])}?next=/i/north/cases/"
        )
        part = client.get(NORTH, headers={"HX-Request": "true"})
        assert part.headers["HX-Redirect"].startswith("/i/north/sign-in/")
        assert client.get(reverse("session", args=["north"])).json()["left"] == 0
        assert client.get(SOUTH).status_code == 200, "elsewhere the password counts"

    def test_is_not_the_one_for_emergencies(self, client, required, administrator):
        client.force_login(administrator)
        assert client.get(reverse("people", args=["north"])).status_code == 200

    def test_is_a_stranger_as_before(self, client, required, other_institution):
        sam = add_member(other_institution, "CLINICIAN", email="s@south.example", name="Sam")
        client.force_login(sam)
        assert client.get(NORTH).status_code == 404

    def test_is_whoever_has_a_role_from_it(self, client, come):
        """Who has left the group must not come in by a password set by mail instead."""
        come(client)
        nora = User.objects.get(email="nora@north.example")
        nora.set_password(PASSWORD)
        nora.save()
        browser = Client()
        browser.force_login(nora)
        assert browser.get(NORTH).url.startswith("/i/north/sign-in/")


def test_a_provider_that_is_switched_off_ends_its_sessions(
    bound, institution, provider, administrator
):
    """ASVS v5.0.0-7.4.1: ended sessions are of no use."""
    with institution_scope(institution):
        providers.switch_off(provider=provider, by=administrator)
    assert bound.get(NORTH).status_code == 302


def test_the_person_is_told_when_their_account_is_linked(client, nora, come, commits_at_once):
    come(client)
    assert "institution's own sign-in" in mail.outbox[-1].body
    assert mail.outbox[-1].to == [nora.email]


def test_a_sign_in_that_took_too_long_is_none(client, idp, provider, monkeypatch):
    begun = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
    answer = idp.authorize(begun.url)
    late = time.time() + 16 * 60
    monkeypatch.setattr("tumorboard.accounts.sso.pending.time.time", lambda: late)
    path = reverse("oidc_callback", args=["north", provider.pk])
    assert client.get(path, answer).status_code == 404
    assert not mail.outbox
