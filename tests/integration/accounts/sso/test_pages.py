"""The pages of sign-in, and those on which an administrator names providers."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.people import add_member
from tests.integration.accounts.sso.conftest import confirmed
from tests.integration.accounts.sso.oidc_provider import SECRET
from tests.integration.accounts.sso.saml_provider import make_pair, metadata_of
from tumorboard.accounts import own_roles
from tumorboard.accounts.errors import RoleHeld, RoleMapped
from tumorboard.accounts.models import Membership, SignInPolicy
from tumorboard.accounts.sso import arrivals, metadata, providers
from tumorboard.accounts.sso_models import GroupRole, IdentityProvider
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

LIST = reverse("identity_providers", args=["north"])
ADD_SAML = reverse("identity_provider_add_saml", args=["north"])


@pytest.fixture
def admin(client, administrator) -> Client:
    client.force_login(administrator)
    return client


def at(name: str, provider: IdentityProvider, *more: object) -> str:
    return reverse(name, args=["north", provider.pk, *more])


class TestFinding:
    def test_the_sign_in_page_offers_it_and_lists_nobody(self, client, provider):
        """ASVS v5.0.0-15.3.1: only what is needed is said; strangers get no list of hospitals."""
        page = client.get(reverse("account_login")).content.decode()
        assert "Sign in with your hospital" in page
        assert "North Hospital" not in page

    def test_leads_to_the_institutions_buttons_and_keeps_the_way(self, client, provider):
        answer = client.post(
            reverse("institution_find"), {"institution": " North ", "next": "/i/north/cases/"}
        )
        assert answer.url == "/i/north/sign-in/?next=%2Fi%2Fnorth%2Fcases%2F"
        page = client.get(answer.url).content.decode()
        assert "Hospital account" in page
        assert f"{at('provider_sign_in', provider)}?next=/i/north/cases/" in page

    def test_an_institution_without_one_looks_like_one_that_is_not_there(self, client, institution):
        pages = [
            client.get(reverse("institution_sign_in", args=[slug])) for slug in ("north", "nowhere")
        ]
        assert pages[0].status_code == pages[1].status_code == 200
        assert "North Hospital" not in pages[0].content.decode()

    def test_what_is_no_short_name_is_kept_and_refused(self, client):
        answer = client.post(reverse("institution_find"), {"institution": "no such/../name"})
        assert answer.status_code == 422
        assert "no such/../name" in answer.content.decode()

    def test_many_tries_from_one_address_wait(self, client, provider, monkeypatch):
        """ASVS v5.0.0-2.4.1: what makes the server ask elsewhere is bounded."""
        from tumorboard.accounts.rate_limits import Limit
        from tumorboard.accounts.views import single_sign_on

        monkeypatch.setattr(single_sign_on, "MOST_A_MINUTE", Limit("single-sign-on", 1))
        answers = [client.get(at("provider_sign_in", provider)).status_code for _ in range(2)]
        assert answers == [302, 429]


class TestNaming:
    def test_an_oidc_provider(self, admin, institution, settings, actions):
        settings.IDENTITY_PROVIDERS = json.dumps(
            {"north": {"hosts": ["https://id.north.example"], "secrets": {"tb": SECRET}}}
        )
        page = reverse("identity_provider_add_oidc", args=["north"])
        assert "https://id.north.example" in admin.get(page).content.decode()
        given = {"label": "Ours", "issuer": "https://id.north.example/realm", "client_id": "tb"}
        answer = admin.post(page, given, follow=True)
        text = answer.content.decode()
        with institution_scope(institution):
            provider = IdentityProvider.objects.get()
        assert f"/i/north/sign-in/{provider.pk}/callback/" in text
        assert "client secret, kept by the operator" in text
        assert SECRET not in text
        assert not provider.is_on
        assert "provider.added" in [action for action, _ in actions()]
        assert "there already" in admin.post(page, given).content.decode()

    @pytest.mark.parametrize(
        "issuer", ["http://id.north.example", "ftp://x", "https://u:p@x.example", "https://a b", ""]
    )
    def test_no_issuer_that_is_no_safe_address(self, admin, issuer):
        """ASVS v5.0.0-12.3.1: providers are asked over TLS only."""
        page = reverse("identity_provider_add_oidc", args=["north"])
        answer = admin.post(page, {"label": "x", "issuer": issuer, "client_id": "y"})
        assert answer.status_code == 422

    def test_a_saml_provider_pasted_or_as_a_file(self, admin, institution):
        text = metadata_of(make_pair()[1])
        from django.core.files.uploadedfile import SimpleUploadedFile

        assert admin.post(ADD_SAML, {"label": "Ours", "metadata_xml": text}).status_code == 302
        file = SimpleUploadedFile("m.xml", text.replace("/saml", "/two").encode())
        assert admin.post(ADD_SAML, {"label": "Two", "file": file}).status_code == 302
        with institution_scope(institution):
            assert IdentityProvider.objects.count() == 2

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "Paste"),
            ("no xml", "not XML"),
            ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
            ("<a/>", "exactly one IDPSSODescriptor"),
            ("x" * 200_001, "at most"),
            (metadata_of("AAAA"), "cannot be read"),
            (metadata_of(make_pair(days=-1)[1]), "have expired"),
            (metadata_of(make_pair()[1], entity=""), "entityID"),
            (metadata_of(make_pair()[1], binding="SOAP"), "HTTP-Redirect"),
            (
                metadata_of(make_pair()[1]).replace(
                    "https://idp.north.example/sso", "javascript:1"
                ),
                "HTTP-Redirect",
            ),
        ],
        ids=range(10),
    )
    def test_no_metadata_that_cannot_be_taken(self, admin, text, reason):
        """ASVS v5.0.0-1.5.1: XML that somebody gives is read without entities, within bounds."""
        answer = admin.post(ADD_SAML, {"label": "Ours", "metadata_xml": text})
        assert answer.status_code == 422
        assert reason in answer.content.decode()

    def test_a_file_that_is_no_text(self, admin):
        from django.core.files.uploadedfile import SimpleUploadedFile

        for content in (b"\xff\xfe", b"x" * 200_001):
            file = SimpleUploadedFile("m.xml", content)
            assert admin.post(ADD_SAML, {"label": "Ours", "file": file}).status_code == 422


class TestChanging:
    def given(self, **changed: str) -> dict[str, str]:
        return {
            "label": "Hospital",
            "email_domains": "north.example, @Clinic.example",
            "groups_claim": "groups",
            "factor_values": "mfa\nhwk",
            "groups_RADIOLOGIST": "rad one\nrad two\n",
            **changed,
        }

    def test_groups_domains_and_factors(self, admin, institution, provider):
        answer = admin.post(at("identity_provider", provider), self.given())
        assert answer.status_code == 302
        with institution_scope(institution):
            confirmed(provider)
            provider.refresh_from_db()
            rows = set(GroupRole.objects.values_list("group", "role"))
        assert rows == {("rad one", "RADIOLOGIST"), ("rad two", "RADIOLOGIST")}
        assert provider.email_domains == ["clinic.example", "north.example"]
        assert provider.factor_values == ["hwk", "mfa"]
        page = admin.get(at("identity_provider", provider)).content.decode()
        assert "rad one\nrad two" in page

    def test_a_group_may_stand_for_an_own_role_which_then_stays(self, admin, institution, provider):
        with institution_scope(institution):
            role = own_roles.make(
                name="Reader", description="Reads.", permissions=["case.read"], by=None
            )
        field = f"groups_{role.key.replace(':', '_')}"
        assert admin.post(at("identity_provider", provider), self.given(**{field: "readers"}))
        with institution_scope(institution):
            confirmed(provider)
            assert GroupRole.objects.get(group="readers").role == role.key
            assert arrivals.labels_of({role.key}) == ["Reader"]
            with pytest.raises(RoleHeld):
                own_roles.retire(role=role, by=None)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"email_domains": "not_a_domain!"},
            {"label": ""},
            {"groups_claim": ""},
            {"groups_CLINICIAN": "\n".join(str(n) for n in range(201))},
            {"groups_CLINICIAN": "x" * 201},
        ],
        ids=range(5),
    )
    def test_nothing_half(self, admin, institution, provider, wrong):
        answer = admin.post(at("identity_provider", provider), self.given(**wrong))
        assert answer.status_code == 422
        with institution_scope(institution):
            assert GroupRole.objects.count() == 2

    def test_switching_needs_groups_and_domains(self, admin, institution, provider):
        empty = self.given(groups_RADIOLOGIST="")
        admin.post(at("identity_provider_switch", provider), {"off": "1"})
        admin.post(at("identity_provider", provider), empty)
        switch = at("identity_provider_switch", provider)
        page = admin.post(switch, {"on": "1"}, follow=True).content.decode()
        assert "nobody gets in" in page
        admin.post(at("identity_provider", provider), self.given(email_domains=""))
        page = admin.post(switch, {"on": "1"}, follow=True).content.decode()
        assert "for which mail addresses" in page
        admin.post(at("identity_provider", provider), self.given())
        with institution_scope(institution):
            confirmed(provider)
        assert "is offered" in admin.post(switch, {"on": "1"}, follow=True).content.decode()

    def test_metadata_of_the_same_provider_only(self, admin, institution):
        old, new = make_pair(days=10)[1], make_pair()[1]
        admin.post(ADD_SAML, {"label": "Ours", "metadata_xml": metadata_of(old)})
        with institution_scope(institution):
            provider = IdentityProvider.objects.get()
        assert "ask for a new one" in admin.get(LIST).content.decode()
        page = at("identity_provider_metadata", provider)
        other = metadata_of(new, entity="https://evil.example")
        assert admin.post(page, {"metadata_xml": other}).status_code == 422
        assert admin.post(page, {"metadata_xml": metadata_of(new)}).status_code == 302
        assert "ask for a new one" not in admin.get(LIST).content.decode()
        with institution_scope(institution):
            provider.refresh_from_db()
        assert provider.certificates == [new]
        assert metadata.expiry(new) - metadata.expiry(old) > timedelta(days=300)

    def test_somebody_who_came_is_listed_and_can_be_unlinked(
        self, admin, institution, provider, come
    ):
        come(browser := Client())
        page = admin.get(at("identity_provider", provider)).content.decode()
        assert "nora@north.example" in page
        key = browser.session["_auth_user_id"]
        path = at("identity_provider_unlink", provider, key)
        assert admin.post(path).status_code == 302
        assert admin.post(path).status_code == 404
        assert browser.get("/i/north/").status_code == 302
        with institution_scope(institution):
            assert not Membership.objects.filter(user=key).exists()


class TestTwoAdministrators:
    """ASVS v5.0.0-8.2.1: nobody gives themselves rights by what a provider says of them."""

    @pytest.fixture
    def other(self, institution) -> Client:
        """Another administrator's browser."""
        user = add_member(institution, "ADMINISTRATOR", email="otto@north.example", name="Otto")
        client = Client()
        client.force_login(user)
        return client

    def widen(self, admin, provider, **more: str) -> object:
        given = TestChanging().given(groups_RADIOLOGIST="", groups_CLINICIAN="it", **more)
        return admin.post(at("identity_provider", provider), given, follow=True)

    def rows(self, institution) -> set[tuple[str, str]]:
        with institution_scope(institution):
            return set(GroupRole.objects.values_list("group", "role"))

    def version(self, client, provider) -> str:
        page = client.get(at("identity_provider", provider)).content.decode()
        return page.partition('name="version" value="')[2].partition('"')[0]

    def answer(self, client, provider, **form: str) -> str:
        page = client.post(at("identity_provider_confirm", provider), form, follow=True)
        return page.content.decode()

    def test_a_line_of_the_mapping_gives_nothing_to_who_wrote_it(
        self, admin, institution, idp, provider, come, administrator
    ):
        idp.claims.update(groups=["it"], email=administrator.email)
        page = self.widen(admin, provider, email_domains="north.example").content.decode()
        assert "once another administrator has confirmed it" in page
        assert "Group “it” has the role Clinician." in page
        assert come(Client()).status_code == 403
        with institution_scope(institution):
            roles = Membership.objects.filter(user=administrator).values_list("role", flat=True)
            assert list(roles) == ["ADMINISTRATOR"]

    def test_nobody_confirms_their_own(self, admin, institution, provider):
        self.widen(admin, provider)
        before = self.rows(institution)
        form = {"confirm": "1", "version": self.version(admin, provider)}
        assert "Another administrator has to" in self.answer(admin, provider, **form)
        assert self.rows(institution) == before

    def test_another_confirms_what_they_have_seen(
        self, admin, institution, provider, other, actions
    ):
        self.widen(admin, provider)
        stale = self.version(other, provider)
        self.widen(admin, provider, groups_BOARD_CHAIR="it")
        text = self.answer(other, provider, confirm="1", version=stale)
        assert "changed meanwhile" in text
        version = self.version(other, provider)
        assert "Confirmed." in self.answer(other, provider, confirm="1", version=version)
        assert self.rows(institution) == {("it", "CLINICIAN"), ("it", "BOARD_CHAIR")}
        done = [action for action, _ in actions()]
        assert {"provider.change.proposed", "provider.change.confirmed"} <= set(done)
        assert "Nothing waits" in self.answer(other, provider, confirm="1", version=version)

    def test_a_role_that_waits_is_not_widened_unseen(self, admin, institution, provider, other):
        with institution_scope(institution):
            role = own_roles.make(
                name="Reader", description="Reads.", permissions=["board.read"], by=None
            )
        self.widen(admin, provider, **{f"groups_{role.key.replace(':', '_')}": "it"})
        version = self.version(other, provider)
        with institution_scope(institution):
            own_roles.change(
                role=role,
                name="Reader",
                description="Reads.",
                permissions=["board.read", "case.read"],
                by=None,
            )
        text = self.answer(other, provider, confirm="1", version=version)
        assert "changed meanwhile" in text

    def test_a_role_that_a_group_stands_for_is_not_widened(
        self, admin, institution, provider, administrator
    ):
        """Who holds it by their group alone, from the next sign-in on, would widen their own."""
        with institution_scope(institution):
            role = own_roles.make(
                name="Reader", description="Reads.", permissions=["board.read"], by=None
            )
            GroupRole.objects.create(provider=provider, group="it", role=role.key)
            words = {"role": role, "name": "Reader", "description": "Reads.", "by": administrator}
            with pytest.raises(RoleMapped):
                own_roles.change(permissions=["board.read", "case.read"], **words)
            own_roles.change(permissions=["case.read"], **{**words, "by": None})

    def test_it_can_be_taken_back(self, admin, institution, provider, other):
        before = self.rows(institution)
        self.widen(admin, provider)
        assert "taken back" in self.answer(other, provider, back="1")
        assert "Nothing waits" in self.answer(other, provider, back="1")
        assert self.rows(institution) == before
        assert "Waits to be confirmed" not in other.get(at("identity_provider", provider)).text

    def test_one_change_after_the_other(self, admin, provider, other):
        self.widen(admin, provider)
        answer = other.post(at("identity_provider", provider), TestChanging().given())
        assert answer.status_code == 422
        assert "confirm that, or take it back" in answer.content.decode()

    def test_what_takes_rights_away_holds_at_once(self, admin, institution, provider):
        given = {**TestChanging().given(groups_RADIOLOGIST=""), "groups_BOARD_CHAIR": "chairs"}
        given |= {"email_domains": "north.example", "factor_values": "mfa"}
        page = admin.post(at("identity_provider", provider), given, follow=True).content.decode()
        assert "next sign-in on" in page
        assert self.rows(institution) == {("chairs", "BOARD_CHAIR")}

    def test_a_provider_of_ones_own_is_not_switched_on(self, admin, institution, other):
        """Whoever runs the provider is whomever they like: its first form needs two, too."""
        admin.post(ADD_SAML, {"label": "Mine", "metadata_xml": metadata_of(make_pair()[1])})
        with institution_scope(institution):
            provider = IdentityProvider.objects.get()
        self.widen(admin, provider)
        switch = at("identity_provider_switch", provider)
        assert "Another administrator" in admin.post(switch, {"on": "1"}, follow=True).text
        with institution_scope(institution):
            assert not IdentityProvider.objects.get().is_on
        page = other.get(at("identity_provider", provider)).content.decode()
        assert "fingerprint" in page
        version = self.version(other, provider)
        assert "Confirmed" in self.answer(other, provider, confirm="1", version=version)
        assert "is offered" in admin.post(switch, {"on": "1"}, follow=True).text

    def test_new_certificates_sign_nothing_before(self, admin, institution, other):
        """Else whoever loads one could sign as anybody whom the provider knows."""
        old, new = make_pair()[1], make_pair()[1]
        admin.post(ADD_SAML, {"label": "Ours", "metadata_xml": metadata_of(old)})
        with institution_scope(institution):
            provider = IdentityProvider.objects.get()
        self.widen(admin, provider)
        with institution_scope(institution):
            confirmed(provider)
        admin.post(at("identity_provider_switch", provider), {"on": "1"})
        admin.post(at("identity_provider_metadata", provider), {"metadata_xml": metadata_of(new)})
        with institution_scope(institution):
            assert IdentityProvider.objects.get().certificates == [old]
        version = self.version(other, provider)
        self.answer(other, provider, confirm="1", version=version)
        with institution_scope(institution):
            assert IdentityProvider.objects.get().certificates == [new]


class TestRequiring:
    def choose(self, admin, who: object = "") -> object:
        page = reverse("identity_provider_required", args=["north"])
        return admin.post(page, {"is_required": "yes", "emergency_administrator": who})

    def test_needs_a_provider_and_somebody_for_emergencies(
        self, admin, institution, provider, administrator, coordinator
    ):
        assert "Name one administrator" in self.choose(admin).content.decode()
        assert self.choose(admin, coordinator.pk).status_code == 422
        assert self.choose(admin, administrator.pk).status_code == 302
        with institution_scope(institution):
            assert SignInPolicy.objects.get().requires_provider
        switch = at("identity_provider_switch", provider)
        page = admin.post(switch, {"off": "1"}, follow=True).content.decode()
        assert "must come through this provider" in page

    def test_not_while_all_are_off(self, admin, institution, provider, administrator):
        with institution_scope(institution):
            providers.switch_off(provider=provider, by=administrator)
        assert "Switch a provider on first" in self.choose(admin, administrator.pk).content.decode()

    def test_nobody_without_a_password_is_named(self, admin, institution, provider, administrator):
        administrator.set_unusable_password()
        administrator.save()
        admin.force_login(administrator)
        assert self.choose(admin, administrator.pk).status_code == 422


class TestTryingOut:
    def begin(self, admin, idp, provider) -> object:
        begun = admin.get(at("identity_provider_try", provider))
        return admin.get(at("oidc_callback", provider), idp.authorize(begun.url))

    def test_shows_what_it_says_of_oneself_and_signs_nobody_in(
        self, admin, institution, idp, provider, administrator, actions
    ):
        with institution_scope(institution):
            providers.switch_off(provider=provider, by=administrator, session_key=None)
        admin.force_login(administrator)
        page = self.begin(admin, idp, provider)
        text = page.content.decode()
        assert page.status_code == 200
        for words in ("nora@north.example", "Coordinator", "tumorboard-coordinators"):
            assert words in text
        assert admin.session["_auth_user_id"] == str(administrator.pk)
        assert "provider.tried" in [action for action, _ in actions()]
        with institution_scope(institution):
            assert not Membership.objects.filter(user__email="nora@north.example").exists()

    def test_is_for_who_began_alone(self, admin, idp, provider, chair, come):
        begun = admin.get(at("identity_provider_try", provider))
        answer = idp.authorize(begun.url)
        kept = admin.session["single_sign_on_begun"]
        admin.force_login(chair)
        session = admin.session
        session["single_sign_on_begun"] = kept
        session.save()
        assert admin.get(at("oidc_callback", provider), answer).status_code == 403

    def test_is_for_administrators(self, client, provider, coordinator):
        client.force_login(coordinator)
        for name in ("identity_provider", "identity_provider_try"):
            assert client.get(at(name, provider)).status_code == 403
        assert client.get(LIST).status_code == 403


def test_another_institutions_provider_is_not_there(client, provider, other_institution):
    boss = add_member(other_institution, "ADMINISTRATOR", email="b@south.example", name="Boss")
    client.force_login(boss)
    page = reverse("identity_provider", args=["south", provider.pk])
    assert client.get(page).status_code == 404
