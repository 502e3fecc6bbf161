"""Signing in by OpenID Connect, at a provider that signs real tokens over HTTP."""

import base64
import json
import time

import pytest
from django.test import Client
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tests.integration.accounts.sso.oidc_provider import SECRET, callback
from tumorboard.accounts.models import Membership, User
from tumorboard.accounts.sso import installation_key, providers
from tumorboard.accounts.sso_models import ProviderLink
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def is_nobody(client: Client, answer: object, words: str = "") -> bool:
    assert answer.status_code == 403, answer.status_code
    assert words in answer.content.decode()
    return "_auth_user_id" not in client.session


def test_a_first_sign_in_makes_the_person_with_the_roles_of_their_groups(
    client, institution, come, actions
):
    """HIPAA 164.312(d): the person is who they claim to be, by the hospital's own sign-in."""
    answer = come(client)
    assert answer.url == "/i/north/"
    assert client.get("/i/north/").status_code == 200
    nora = User.objects.get(email="nora@north.example")
    assert nora.name == "Nora North"
    assert not nora.has_usable_password()
    with institution_scope(institution):
        assert list(Membership.objects.filter(user=nora).values_list("role", flat=True)) == [
            "COORDINATOR"
        ]
    done = [action for action, _ in actions()]
    assert {"person.joined_by_provider", "person.signed_in_by_provider"} <= set(done)
    page = client.get(reverse("security")).content.decode()
    assert "single sign-on" in page


def test_the_way_back_goes_along(client, come):
    assert come(client, next_url="/i/north/cases/").url == "/i/north/cases/"


def test_no_way_leads_to_another_site(client, come):
    """ASVS v5.0.0-3.7.2: only to addresses of ours."""
    assert come(client, next_url="https://evil.example/").url == "/i/north/"


def test_the_request_carries_pkce_state_and_nonce(client, idp, come):
    """ASVS v5.0.0-10.2.1: the code flow is protected by PKCE and state."""
    come(client)
    come(Client())
    first, second = idp.asked
    assert first["code_challenge_method"] == "S256"
    assert first["response_type"] == "code"
    assert first["scope"] == "openid profile email"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]
    assert idp.token_requests[0]["authorization"].startswith("Basic ")
    assert SECRET not in json.dumps(idp.asked)


FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "https://evil.example/"},
]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_another_sites_link_leads_to_the_button_alone(client, idp, provider, headers):
    """ASVS v5.0.0-7.6.2: no session without an action of the person on a page of ours."""
    way = reverse("provider_sign_in", args=["north", provider.pk])
    answer = client.get(way, {"next": "/i/north/cases/"}, headers=headers)
    assert answer.url == "/i/north/sign-in/?next=%2Fi%2Fnorth%2Fcases%2F"
    assert "single_sign_on_begun" not in client.session
    page = client.get(answer.url, headers=headers)
    assert f"{way}?next=/i/north/cases/" in page.content.decode()


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_button_itself_and_a_bookmark_lead_to_the_provider(client, idp, provider, site):
    way = reverse("provider_sign_in", args=["north", provider.pk])
    headers = {"Sec-Fetch-Site": site}
    assert client.get(way, headers=headers).url.startswith(idp.issuer)


def test_the_secret_stands_in_no_table(provider):
    assert SECRET not in str(vars(provider))


def test_an_answer_for_another_browser_is_nobodys(client, idp, provider):
    """ASVS v5.0.0-10.1.2: only what this browser's own sign-in has brought about is taken."""
    begun = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
    answer = idp.authorize(begun.url)
    victim = Client()
    path = callback(reverse("oidc_callback", args=["north", provider.pk]), answer)
    assert victim.get(path).status_code == 404
    assert "_auth_user_id" not in victim.session
    assert not idp.token_requests


def test_an_answer_counts_once(client, idp, come, provider):
    """ASVS v5.0.0-10.1.2: an answer belongs to one transaction."""
    come(client)
    answer = {"code": "code-1", "state": idp.asked[0]["state"], "iss": idp.issuer}
    path = callback(reverse("oidc_callback", args=["north", provider.pk]), answer)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("twisted", "clause"),
    [
        ({"nonce": "another"}, "ASVS v5.0.0-10.5.1: the nonce is the one that was sent."),
        ({"nonce": None}, "ASVS v5.0.0-10.5.1: there is a nonce."),
        ({"aud": "another"}, "ASVS v5.0.0-10.5.4 and 9.2.3: the token is meant for us."),
        ({"aud": ["tumorboard", "another"]}, "ASVS v5.0.0-10.5.4: several, and none is named azp."),
        ({"azp": "another"}, "ASVS v5.0.0-10.5.4: it was given to somebody else."),
        ({"iss": "https://evil.example"}, "ASVS v5.0.0-6.8.1: another issuer speaks."),
        ({"exp": int(time.time()) - 600}, "ASVS v5.0.0-9.2.1: it has expired."),
        ({"exp": None}, "ASVS v5.0.0-9.2.1: it never expires."),
        ({"exp": float("nan")}, "ASVS v5.0.0-9.2.1: its end is no time."),
        ({"exp": float("inf")}, "ASVS v5.0.0-9.2.1: it never expires."),
        ({"iat": int(time.time()) - 3600}, "ASVS v5.0.0-9.2.1: it was issued long ago."),
        ({"nbf": int(time.time()) + 3600}, "ASVS v5.0.0-9.2.1: it is not valid yet."),
        ({"sub": ""}, "ASVS v5.0.0-10.5.2: it names nobody."),
        ({"sub": ["a"]}, "ASVS v5.0.0-10.5.2: it names nobody by a text."),
    ],
)
def test_a_token_with_a_wrong_claim_signs_nobody_in(client, idp, come, twisted, clause):
    """ASVS v5.0.0-9.2.1, 9.2.3, 10.5.1, 10.5.2, 10.5.4: the clause of each stands beside it."""
    idp.twisted = twisted
    assert is_nobody(client, come(client)), clause


def unsigned(claims: dict) -> str:
    parts = [{"alg": "none"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts]
    return f"{texts[0]}.{texts[1]}."


def of_another_key(claims: dict) -> str:
    return jwt.encode({"alg": "ES256", "kid": "1"}, claims, ECKey.generate_key("P-256"))


def with_its_own_key(claims: dict) -> str:
    key = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key)


def by_the_secret(claims: dict) -> str:
    key = OctKey.import_key(SECRET.ljust(32, "."))
    return jwt.encode({"alg": "HS256", "kid": "1"}, claims, key, algorithms=["HS256"])


@pytest.mark.parametrize("sign", [unsigned, of_another_key, with_its_own_key, by_the_secret])
def test_a_token_that_the_issuer_did_not_sign_signs_nobody_in(client, idp, come, sign):
    """ASVS v5.0.0-6.8.2: unsigned and wrongly signed tokens are refused.

    ASVS v5.0.0-9.1.1, 9.1.2, 9.1.3: by the issuer's keys, never `none` or a shared secret, and
    never by a key that the token brings along.
    """
    idp.sign = sign
    assert is_nobody(client, come(client), "could not be trusted")


def test_an_access_token_is_no_id_token(client, idp, come):
    """ASVS v5.0.0-9.2.2: a token of another type proves nothing."""
    idp.header["typ"] = "at+jwt"
    assert is_nobody(client, come(client))


@pytest.mark.parametrize("iss", ["https://evil.example", ""])
def test_an_answer_of_another_provider_is_refused(client, idp, come, iss):
    """ASVS v5.0.0-10.2.2: mix-up is noticed before the code is given to anybody."""
    assert is_nobody(client, come(client, iss=iss))
    assert not idp.token_requests


def test_metadata_of_another_issuer_are_refused(client, idp, provider):
    """ASVS v5.0.0-10.5.3: metadata must name the very issuer that was configured."""
    idp.metadata["issuer"] = "https://accounts.example"
    answer = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
    assert is_nobody(client, answer)


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "authorization_endpoint"])
def test_metadata_cannot_lead_the_server_elsewhere(client, idp, provider, name):
    """ASVS v5.0.0-13.2.4: the server asks only what the operator allows."""
    idp.metadata[name] = "https://169.254.169.254/latest/meta-data/"
    answer = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
    assert is_nobody(client, answer, "cannot be reached")


def test_where_the_operator_allows_nothing_nothing_is_asked(client, settings, provider):
    """ASVS v5.0.0-13.2.4: denied unless allowed."""
    settings.IDENTITY_PROVIDERS = json.dumps({"south": json.loads("{}")})
    answer = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
    assert is_nobody(client, answer, "cannot be reached")


def test_what_the_provider_refuses_is_refused(client, come):
    assert is_nobody(client, come(client, code="", error="access_denied"), "did not let you")


def test_without_a_secret_the_installations_key_proves_who_asks(
    client, settings, tmp_path, idp, come
):
    """ASVS v5.0.0-10.4.16: private_key_jwt, so that no secret is shared."""
    key = ECKey.generate_key("P-384")
    (tmp_path / "key.pem").write_bytes(key.as_pem(private=True))
    settings.IDENTITY_KEY_FILE = str(tmp_path / "key.pem")
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": [idp.issuer]}})
    assert come(client).url == "/i/north/"
    published = client.get(reverse("identity_key_set")).json()["keys"][0]
    assert "d" not in published
    sent = idp.token_requests[0]["client_assertion"]
    claims = jwt.decode(sent, ECKey.import_key(published), algorithms=["ES384"]).claims
    assert claims["iss"] == claims["sub"] == "tumorboard"
    assert claims["aud"] == f"{idp.issuer}/token"
    assert claims["exp"] - claims["iat"] <= 60
    installation_key._key.cache_clear()


def test_with_neither_it_says_so(client, settings, idp, come):
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": [idp.issuer]}})
    assert is_nobody(client, come(client), "cannot be reached")


def test_a_provider_that_is_off_is_not_there(client, institution, provider, administrator):
    with institution_scope(institution):
        providers.switch_off(provider=provider, by=administrator)
    page = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
    assert page.status_code == 404


def test_a_provider_that_is_switched_off_meanwhile_signs_nobody_in(
    client, institution, idp, provider, administrator
):
    """ASVS v5.0.0-7.4.1: who is still at the provider when it is switched off stays out."""
    begun = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
    answer = idp.authorize(begun.url)
    with institution_scope(institution):
        providers.switch_off(provider=provider, by=administrator)
    path = callback(reverse("oidc_callback", args=["north", provider.pk]), answer)
    assert is_nobody(client, client.get(path))
    assert not User.objects.filter(email="nora@north.example").exists()


def test_a_person_is_known_by_the_subject_whatever_their_address_says(
    client, institution, idp, come
):
    """ASVS v5.0.0-10.5.2: by sub, which is never given to anybody else."""
    come(client)
    idp.claims["email"] = "other@north.example"
    come(Client())
    assert not User.objects.filter(email="other@north.example").exists()
    with institution_scope(institution):
        assert ProviderLink.objects.get().user.email == "nora@north.example"
