"""Signing in by SAML 2.0 with responses that are really signed."""

import base64
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants

from tests.integration.accounts.sso.conftest import configured
from tests.integration.accounts.sso.saml_provider import (
    SamlProvider,
    encoded,
    make_pair,
    metadata_of,
)
from tumorboard.accounts.models import Membership, User
from tumorboard.accounts.sso import addresses, providers, spent
from tumorboard.accounts.sso_models import IdentityProvider, SpentResponse
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ACS = reverse("saml_assertion_consumer", args=["north"])
KEY, CERTIFICATE = make_pair()


@pytest.fixture
def idp() -> SamlProvider:
    return SamlProvider(
        key=KEY,
        certificate=CERTIFICATE,
        audience=addresses.entity_id("north"),
        recipient=addresses.assertion_consumer("north"),
    )


@pytest.fixture
def provider(institution, administrator) -> IdentityProvider:
    with institution_scope(institution):
        added = providers.add_saml(
            label="Hospital account", metadata_xml=metadata_of(CERTIFICATE), by=administrator
        )
        return configured(added, by=administrator, domain="north.example")


@pytest.fixture
def begin(provider, idp) -> Callable:
    """Begins in a browser; the request's id."""

    def begin(client: Client) -> str:
        answer = client.get(reverse("provider_sign_in", args=["north", provider.pk]))
        assert answer.url.startswith("https://idp.north.example/sso?")
        return idp.request_id(answer.url)[0]

    return begin


def post(client: Client, xml: str) -> object:
    """As it comes from the provider's site: without the session's cookie."""
    answer = Client().post(ACS, {"SAMLResponse": encoded(xml)})
    return client.get(answer.url) if answer.status_code == 302 else answer


def is_nobody(client: Client, answer: object) -> bool:
    assert answer.status_code == 403, answer.content.decode()
    return "_auth_user_id" not in client.session


def test_a_signed_response_signs_in(client, institution, idp, begin):
    """HIPAA 164.312(d): the person is who they claim to be, by the hospital's own sign-in."""
    answer = post(client, idp.response(begin(client)))
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url == "/i/north/"
    assert client.get("/i/north/").status_code == 200
    nora = User.objects.get(email="nora@north.example")
    with institution_scope(institution):
        assert Membership.objects.get(user=nora).role == "COORDINATOR"


def test_a_response_in_a_browser_that_asked_for_nothing_is_nobodys(client, idp, begin):
    """ASVS v5.0.0-10.1.2, in SAML: whoever is lured into another's sign-in gets none."""
    xml = idp.response(begin(Client()))
    assert is_nobody(client, post(client, xml))


def test_an_assertion_counts_once(client, idp, begin):
    """ASVS v5.0.0-6.8.3: an assertion is processed once within its time."""
    xml = idp.response(begin(client))
    assert post(client, xml).status_code == 302
    again = Client().post(ACS, {"SAMLResponse": encoded(xml)})
    assert again.status_code == 403
    assert "was used already" in again.content.decode()


def test_an_assertion_in_another_response_is_the_same_assertion(client, idp, begin):
    """ASVS v5.0.0-6.8.3: what is around an assertion makes it no other one."""
    request_id = begin(client)
    assertion = idp.signed(idp.assertion(request_id))
    assert post(client, idp.response(request_id, assertion)).status_code == 302
    assert (
        Client()
        .post(ACS, {"SAMLResponse": encoded(idp.response(request_id, assertion))})
        .status_code
        == 403
    )


def test_the_ticket_between_two_requests_counts_once(client, idp, begin):
    answer = Client().post(ACS, {"SAMLResponse": encoded(idp.response(begin(client)))})
    assert client.get(answer.url).status_code == 302
    assert Client().get(answer.url).status_code == 403


def test_unsolicited_responses_are_refused(client, idp, provider):
    """ASVS v5.0.0-6.8.2: an assertion in answer to nothing is refused, however it is signed."""
    assert is_nobody(client, post(client, idp.response("")))


@pytest.mark.parametrize(
    ("name", "value", "clause"),
    [
        ("audience", "https://other.example/", "9.2.3: it is meant for somebody else"),
        ("audience", addresses.entity_id("south"), "9.2.3: it is meant for another institution"),
        ("recipient", "https://other.example/acs", "9.2.3: it was sent elsewhere"),
        ("recipient", addresses.assertion_consumer("north") + "x", "9.2.3: compared whole"),
        ("issuer", "https://evil.example/saml", "6.8.1: another provider speaks"),
        ("minutes", -1, "9.2.1: it has expired"),
        ("minutes", 600, "6.8.3: it would have to be remembered for hours"),
        ("subject", "", "6.8.1: it names nobody"),
        ("name_id_format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "6.8.1: changes"),
    ],
)
def test_a_response_with_one_wrong_thing_signs_nobody_in(client, idp, begin, name, value, clause):
    """ASVS v5.0.0-6.8.1, 6.8.3, 9.2.1, 9.2.3: the clause of each stands beside it."""
    request_id = begin(client)
    setattr(idp, name, value)
    assert is_nobody(client, post(client, idp.response(request_id))), clause


class TestSignatures:
    """ASVS v5.0.0-6.8.2: unsigned, wrongly signed and wrapped assertions are refused."""

    def test_unsigned(self, client, idp, begin):
        request_id = begin(client)
        assert is_nobody(client, post(client, idp.response(request_id, idp.assertion(request_id))))

    def test_signed_by_somebody_else(self, client, idp, begin):
        request_id = begin(client)
        foreign = SamlProvider(*make_pair(), audience=idp.audience, recipient=idp.recipient)
        assertion = foreign.signed(foreign.assertion(request_id))
        assert is_nobody(client, post(client, idp.response(request_id, assertion)))

    def test_changed_after_it_was_signed(self, client, idp, begin):
        request_id = begin(client)
        xml = idp.response(request_id).replace("tumorboard-coordinators", "chairs")
        assert is_nobody(client, post(client, xml))

    def test_only_the_response_is_signed(self, client, idp, begin):
        request_id = begin(client)
        xml = idp.signed(idp.response(request_id, idp.assertion(request_id)))
        assert is_nobody(client, post(client, xml))

    def test_a_forged_assertion_before_the_signed_one(self, client, idp, begin):
        request_id = begin(client)
        signed = idp.signed(idp.assertion(request_id))
        idp.subject = "somebody-else"
        xml = idp.response(request_id, idp.assertion(request_id) + signed)
        assert is_nobody(client, post(client, xml))

    def test_the_signed_one_hidden_in_a_forged_one(self, client, idp, begin):
        request_id = begin(client)
        signed = idp.signed(idp.assertion(request_id))
        idp.subject = "somebody-else"
        forged = idp.assertion(request_id).replace(
            "</saml:Subject>", f"</saml:Subject><saml:Advice>{signed}</saml:Advice>"
        )
        assert is_nobody(client, post(client, idp.response(request_id, forged)))

    def test_the_signed_one_hidden_in_extensions(self, client, idp, begin):
        request_id = begin(client)
        signed = idp.signed(idp.assertion(request_id))
        idp.subject = "somebody-else"
        signature = signed[signed.index("<ds:Signature") : signed.index("</ds:Signature>") + 15]
        forged = idp.assertion(request_id).replace(
            "<saml:Subject>", f"{signature}<saml:Subject>", 1
        )
        xml = idp.response(request_id, forged).replace(
            "<samlp:Status>", f"<samlp:Extensions>{signed}</samlp:Extensions><samlp:Status>"
        )
        assert is_nobody(client, post(client, xml))

    def test_two_elements_of_one_id(self, client, idp, begin):
        request_id = begin(client)
        idp.assertion_id = "_same"
        signed = idp.signed(idp.assertion(request_id))
        xml = idp.response(request_id, signed)
        start = xml.index(' ID="') + 5
        xml = xml[:start] + "_same" + xml[xml.index('"', start) :]
        assert is_nobody(client, post(client, xml))

    def test_a_comment_that_cuts_the_name(self, client, idp, begin):
        request_id = begin(client)
        idp.subject = "ada.evil"
        xml = idp.response(request_id).replace(">ada.evil<", ">ada<!-- -->.evil<")
        assert is_nobody(client, post(client, xml))

    def test_a_signature_by_the_certificate_as_a_shared_secret(self, client, idp, begin):
        request_id = begin(client)
        signed = idp.signed(idp.assertion(request_id))
        hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
        xml = idp.response(request_id, signed.replace(Constants.RSA_SHA256, hmac))
        assert is_nobody(client, post(client, xml))

    def test_a_signature_of_something_else_in_the_assertion(self, client, idp, begin):
        request_id = begin(client)
        idp.assertion_id = "_signed"
        signed = idp.signed(idp.assertion(request_id))
        xml = idp.response(request_id, signed.replace('ID="_signed"', 'ID="_other"'))
        assert is_nobody(client, post(client, xml))

    def test_a_signed_assertion_of_another_institution(self, client, idp, begin, other_institution):
        """ASVS v5.0.0-9.2.3: one provider for both says for which of them it speaks."""
        idp.audience = addresses.entity_id("south")
        request_id = begin(client)
        assert is_nobody(client, post(client, idp.response(request_id)))

    def test_a_weak_algorithm(self, client, idp, begin):
        request_id = begin(client)
        signed = idp.signed(idp.assertion(request_id), Constants.RSA_SHA1, Constants.SHA1)
        assert is_nobody(client, post(client, idp.response(request_id, signed)))


@pytest.mark.parametrize(
    "xml",
    [
        "not xml",
        '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<a>" * 100 + "</a>" * 100,
        "<a>" + "x" * 300_000 + "</a>",
    ],
)
def test_dangerous_xml_is_not_read(client, xml, provider):
    """ASVS v5.0.0-1.5.1: no entities, no document types, no files; size and depth are bounded."""
    assert is_nobody(client, Client().post(ACS, {"SAMLResponse": encoded(xml)}))


def test_entities_in_another_encoding_are_not_read_either(client, provider):
    """ASVS v5.0.0-1.5.1: the words of a document type look different in UTF-16."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE a [<!ENTITY e0 "bomb">{levels}]><a b="&e9;">&e9;</a>'
    response = base64.b64encode(xml.encode("utf-16")).decode()
    assert is_nobody(client, Client().post(ACS, {"SAMLResponse": response}))


def test_a_response_for_an_institution_that_is_not_there_is_refused_alike(client, idp, begin):
    xml = idp.response(begin(client))
    nowhere = reverse("saml_assertion_consumer", args=["nowhere"])
    assert client.post(nowhere, {"SAMLResponse": encoded(xml)}).status_code == 403


def test_our_metadata_say_where_responses_go(client, institution):
    text = client.get(reverse("saml_our_metadata", args=["north"])).content.decode()
    assert addresses.assertion_consumer("north") in text
    assert 'WantAssertionsSigned="true"' in text


def test_what_was_spent_is_forgotten_once_it_would_be_too_old(
    client, institution, idp, begin, monkeypatch
):
    post(client, idp.response(begin(client)))
    spent.sweep()
    with institution_scope(institution):
        assert SpentResponse.objects.count() == 1
        SpentResponse.objects.update(expires_at=timezone.now() - spent.KEPT_FOR * 2)
    spent.sweep()
    with institution_scope(institution):
        assert not SpentResponse.objects.exists()


def test_a_confirmation_asks_the_person_again(client, idp, begin, provider):
    """ASVS v5.0.0-6.8.4: ForceAuthn, and an AuthnInstant that is not from before."""
    idp.attributes["groups"] = ["chairs"]
    assert post(client, idp.response(begin(client))).url == "/i/north/"
    asked = client.get(reverse("provider_confirm", args=["north"]), {"next": "/i/north/cases/"})
    request_id, again = idp.request_id(asked.url)
    assert again
    assert post(client, idp.response(request_id)).url == "/i/north/cases/"
    request_id, _ = idp.request_id(client.get(reverse("provider_confirm", args=["north"])).url)
    idp.authenticated_minutes_ago = 10
    assert post(client, idp.response(request_id)).status_code == 403
