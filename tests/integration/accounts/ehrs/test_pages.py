"""The pages on which administrators register EHRs, two of them together."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tests.ehrs import SYSTEM, confirmed
from tests.factories.people import add_member
from tests.integration.web.boards.page import text, value
from tumorboard.accounts.ehr_models import Ehr, EhrLink
from tumorboard.accounts.ehrs import registrations
from tumorboard.accounts.ehrs.terms import EHR_TERMS, Terms
from tumorboard.accounts.models import PersonSession
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

LIST = reverse("ehrs", args=["north"])
ADD = reverse("ehr_add", args=["north"])
NEW = {
    "label": "Hospital EHR",
    "fhir_base": "https://ehr.north.example/fhir",
    "issuer": "https://ehr.north.example",
    "client_id": "tumorboard",
}
TERMS = {
    "label": "Hospital EHR",
    "proof": "secret",
    "identifier_systems": SYSTEM,
    "factor_values": "mfa",
    "frame_origins": "",
    "stands_for_provider": "no",
}


@pytest.fixture
def other(institution) -> Client:
    """The browser of a second administrator."""
    user = add_member(institution, "ADMINISTRATOR", email="otto@north.example", name="Otto Other")
    browser = Client()
    browser.force_login(user)
    return browser


def at(name: str, ehr: Ehr, *more: object) -> str:
    return reverse(name, args=["north", ehr.pk, *more])


def only(institution) -> Ehr:
    with institution_scope(institution):
        return Ehr.objects.select_related("unconfirmed_by").get()


class TestRegistering:
    def test_one_writes_and_another_confirms(self, admin, other, institution, actions):
        """ASVS v5.0.0-2.3.5: what opens the institution needs two people."""
        assert "No EHR yet" in text(admin.get(LIST))
        assert "must first allow your EHR's hosts" in text(admin.get(ADD))
        added = admin.post(ADD, NEW)
        ehr = only(institution)
        page = at("ehr", ehr)
        assert added.url == page
        assert admin.post(page, {**TERMS, "frame_origins": "https://ehr.north.example"}).url == page
        shown = text(admin.get(page))
        for words in (
            "Waits to be confirmed",
            f"Identifiers of {SYSTEM} are our record numbers.",
            "“mfa” counts as a second factor.",
            "Pages of https://ehr.north.example may show",
            "We prove who asks with a client secret",
            "http://localhost:8000/smart/north/launch",
            f"/smart/north/{ehr.pk}/callback",
            "the operator has given no secret",
            "does not let it ask https://ehr.north.example/fhir yet",
        ):
            assert words in shown, words
        admin.post(at("ehr_switch", ehr), {"on": "1"})
        assert not only(institution).is_on
        version = value(other.get(page), "version")
        admin.post(at("ehr_confirm", ehr), {"confirm": "1", "version": version})
        assert only(institution).unconfirmed_by is not None, "not by oneself"
        other.post(at("ehr_confirm", ehr), {"confirm": "1", "version": "old"})
        assert only(institution).unconfirmed_by is not None, "not unseen"
        other.post(at("ehr_confirm", ehr), {"confirm": "1", "version": version})
        admin.post(at("ehr_switch", ehr), {"on": "1"})
        assert only(institution).is_on
        assert "Hospital EHR" in text(admin.get(LIST))
        done = {action for action, _ in actions()}
        assert {"ehr.added", "ehr.changed", "ehr.change.confirmed", "ehr.switched_on"} <= done
        with institution_scope(institution):
            mail = OutboxMessage.objects.filter(topic="mail").first()
        assert mail.payload["to"] == "otto@north.example"

    def test_the_same_twice_is_refused(self, admin, institution):
        admin.post(ADD, NEW)
        answer = admin.post(ADD, NEW)
        assert answer.status_code == 422
        assert "This EHR is there already" in text(answer)

    @pytest.mark.parametrize("name", ["fhir_base", "issuer"])
    @pytest.mark.parametrize("address", ["http://ehr.example/fhir", "ehr", "https://x/?a=b"])
    def test_an_address_must_be_one(self, admin, institution, name, address):
        answer = admin.post(ADD, {**NEW, name: address})
        assert answer.status_code == 422
        assert "Give an address that begins with https://" in text(answer)

    def test_its_host_cannot_write_into_a_policy(self, admin, institution):
        answer = admin.post(ADD, {**NEW, "fhir_base": "https://a;script-src/fhir"})
        assert answer.status_code == 422
        assert "no address of a server" in text(answer)

    def test_it_is_not_switched_on_without_identifiers(self, institution, administrator):
        with institution_scope(institution):
            ehr = registrations.add(**NEW, by=administrator)
            confirmed(ehr)
            with pytest.raises(ValidationError, match="record numbers"):
                registrations.switch_on(ehr=ehr, by=administrator)

    def test_others_do_not_reach_it(self, client, institution, coordinator):
        client.force_login(coordinator)
        assert client.get(LIST).status_code == client.get(ADD).status_code == 403


class TestChanging:
    @pytest.mark.parametrize(
        "wider",
        [
            {"identifier_systems": f"{SYSTEM}\nurn:oid:1.2.3"},
            {"factor_values": "mfa\npwd"},
            {"frame_origins": "https://elsewhere.example"},
            {"stands_for_provider": "yes"},
        ],
    )
    def test_what_widens_it_waits_and_what_held_goes_on(
        self, admin, other, ehr, institution, wider
    ):
        page = at("ehr", ehr)
        admin.post(page, {**TERMS, **wider})
        now = only(institution)
        assert now.is_on
        assert (now.identifier_systems, now.factor_values) == ([SYSTEM], ["mfa"])
        assert (now.frame_origins, now.stands_for_provider) == ([], False)
        assert "wants this to change" in text(other.get(page))
        assert "Another administrator has changed this EHR" in text(other.post(page, TERMS))
        version = value(other.get(page), "version")
        other.post(at("ehr_confirm", ehr), {"confirm": "1", "version": version})
        now = only(institution)
        assert EHR_TERMS.in_force(now) != Terms()
        assert now.proposal is None
        assert "Waits to be confirmed" not in text(other.get(page))

    def test_what_narrows_it_holds_at_once(self, admin, ehr, institution):
        answer = admin.post(at("ehr", ehr), {**TERMS, "factor_values": "", "proof": "key"})
        assert answer.status_code == 302
        now = only(institution)
        assert (now.factor_values, now.proof, now.unconfirmed_by) == ([], "key", None)
        assert "has given no key" in text(admin.get(at("ehr", ehr)))

    def test_it_is_taken_back(self, admin, ehr, institution, actions):
        admin.post(at("ehr", ehr), {**TERMS, "stands_for_provider": "yes"})
        assert "counts as coming by an identity provider" in text(admin.get(at("ehr", ehr)))
        admin.post(at("ehr_confirm", ehr), {"back": "1"})
        now = only(institution)
        assert (now.proposal, now.unconfirmed_by, now.stands_for_provider) == (None, None, False)
        admin.post(at("ehr_confirm", ehr), {"back": "1"})
        admin.post(at("ehr_confirm", ehr), {"confirm": "1"})
        assert "ehr.change.taken_back" in {action for action, _ in actions()}

    def test_what_no_more_counts_is_told(self, admin, ehr, institution, administrator):
        with institution_scope(institution):
            Ehr.objects.filter(pk=ehr.pk).update(stands_for_provider=True)
        changed = {"stands_for_provider": "no", "identifier_systems": "urn:oid:1.2.3"}
        admin.post(at("ehr", ehr), {**TERMS, **changed})
        page = text(admin.get(at("ehr", ehr)))
        assert f"No more: Identifiers of {SYSTEM} are our record numbers." in page
        assert "counts no more as coming by an identity provider" in page

    @pytest.mark.parametrize(
        ("name", "lines"),
        [
            ("frame_origins", "https://ehr.north.example/path"),
            ("frame_origins", "http://ehr.north.example"),
            ("frame_origins", "https://a;script-src"),
            ("frame_origins", "*"),
            ("identifier_systems", "\n".join(f"urn:{i}" for i in range(21))),
            ("factor_values", "x" * 201),
        ],
    )
    def test_lines_that_cannot_be(self, admin, ehr, name, lines):
        answer = admin.post(at("ehr", ehr), {**TERMS, name: lines})
        assert answer.status_code == 422


class TestPeople:
    @pytest.fixture
    def linked(self, ehr, institution, coordinator):
        with institution_scope(institution):
            EhrLink.objects.create(ehr=ehr, subject="s", user=coordinator)
        return coordinator

    def test_unlinking_ends_their_sessions(self, admin, ehr, linked, institution, actions):
        browser = Client()
        browser.force_login(linked)
        assert "Cora Coordinator" in text(admin.get(at("ehr", ehr)))
        way = at("ehr_unlink", ehr, linked.pk)
        assert admin.post(way).status_code == 302
        assert not PersonSession.objects.filter(user=linked).exists()
        assert admin.post(way).status_code == 404
        assert "person.unlinked_from_ehr" in {action for action, _ in actions()}

    def test_switching_off_signs_everybody_out_but_who_asks(
        self, admin, ehr, linked, institution, administrator
    ):
        with institution_scope(institution):
            EhrLink.objects.create(ehr=ehr, subject="a", user=administrator)
        browser = Client()
        browser.force_login(linked)
        admin.post(at("ehr_switch", ehr), {"off": "1"})
        assert not PersonSession.objects.filter(user=linked).exists()
        assert admin.get(LIST).status_code == 200
        assert not only(institution).is_on
