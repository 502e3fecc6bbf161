"""SAML 2.0 as a service provider: requests by redirect, signed responses by POST.

`python3-saml` checks signatures, and reads nothing but what they cover. What it leaves to taste, or
compares loosely, is asked for here exactly: one assertion, itself signed, in answer to a request,
for this address and this institution, for now, once.
"""

import base64
import binascii
import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from tumorboard.accounts.sso import addresses, metadata, spent
from tumorboard.accounts.sso.faults import Fault, SignInFault
from tumorboard.accounts.sso.identity import LONGEST_SUBJECT, Identity, words_in
from tumorboard.accounts.sso.xml import LONGEST, BadXml, read
from tumorboard.accounts.sso_models import IdentityProvider

NAMES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
#: [INT] How far ahead an assertion may expire: so long it is remembered.
LONGEST_AHEAD = datetime.timedelta(minutes=15)
#: Attributes by which providers name a mail address and a name, the usual first.
EMAILS = (
    "email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
PERSON_NAMES = (
    "displayName",
    "name",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
)


def request_of(slug: str, provider: IdentityProvider, *, again: bool) -> tuple[str, str]:
    """A request to the provider: its id, and the address to send the browser to.

    Args:
        again: ask the person again, even if they are signed in there.
    """
    auth = OneLogin_Saml2_Auth(_here(slug), old_settings=_settings(slug, provider))
    url = auth.login(force_authn=again, set_nameid_policy=False)
    return auth.get_last_request_id(), url


def our_metadata(slug: str) -> str:
    """What the provider's people load."""
    config = _config(slug)
    settings = OneLogin_Saml2_Settings(config, sp_validation_only=True)
    made = settings.get_sp_metadata()
    return made.decode() if isinstance(made, bytes) else str(made)


def issuer_of(response: str) -> str:
    """Who a response says it is from; nothing is proven yet.

    Raises:
        SignInFault: it cannot be read.
    """
    found = _root(response).xpath("/samlp:Response/saml:Issuer", namespaces=NAMES)
    text = (found[0].text or "").strip() if len(found) == 1 else ""
    if not text:
        raise SignInFault(Fault.MALFORMED)
    return text


def identity(slug: str, provider: IdentityProvider, response: str) -> tuple[str, Identity]:
    """Who a response proves it is, and the id of the request that it answers; it is spent now.

    Whether this browser made that request, the caller asks.

    Args:
        response: base64, as it was posted.

    Raises:
        SignInFault: whatever in it does not prove itself.
    """
    root = _root(response)
    _check_shape(root)
    assertion = root.xpath("/samlp:Response/saml:Assertion", namespaces=NAMES)[0]
    try:
        made = OneLogin_Saml2_Response(_settings(slug, provider), response)
        if not made.is_valid(_here(slug)):
            raise SignInFault(_fault_of(made.get_error() or ""))
        found = _identity(made, assertion, provider)
    except (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError):
        raise SignInFault(Fault.MALFORMED) from None
    request_id, until = _check_bearer(root, assertion, slug)
    _check_audience(assertion, slug)
    spent.spend(provider, assertion.get("ID"), until=until)
    return request_id, found


def _root(response: str) -> Any:
    # Base64 is a third longer than what it holds.
    if len(response) > LONGEST * 2:
        raise SignInFault(Fault.MALFORMED)
    try:
        return read(base64.b64decode("".join(response.split()), validate=True))
    except (BadXml, binascii.Error, ValueError):
        raise SignInFault(Fault.MALFORMED) from None


def _check_shape(root: Any) -> None:
    """One assertion in the whole document, in clear, and its own signature right below it.

    A second one somewhere, or a signature that lies elsewhere, is how signatures are wrapped.
    """
    everywhere = root.xpath("//saml:Assertion | //saml:EncryptedAssertion", namespaces=NAMES)
    there = root.xpath("/samlp:Response/saml:Assertion", namespaces=NAMES)
    if len(everywhere) != 1 or len(there) != 1:
        raise SignInFault(Fault.MALFORMED)
    if len(there[0].xpath("ds:Signature", namespaces=NAMES)) != 1:
        raise SignInFault(Fault.SIGNATURE)
    ids = root.xpath("//@ID")
    # A comment cuts a text in two for some readers, and no signature covers it.
    if len(ids) != len(set(ids)) or root.xpath("//comment() | //processing-instruction()"):
        raise SignInFault(Fault.MALFORMED)


def _check_bearer(root: Any, assertion: Any, slug: str) -> tuple[str, datetime.datetime]:
    """The request it answers and until when it holds: for this address, in answer, for now."""
    here = addresses.assertion_consumer(slug)
    if root.get("Destination", here) != here:
        raise SignInFault(Fault.AUDIENCE)
    path = f"saml:Subject/saml:SubjectConfirmation[@Method='{BEARER}']/saml:SubjectConfirmationData"
    for data in assertion.xpath(path, namespaces=NAMES):
        request_id = data.get("InResponseTo", "")
        until = _moment(data.get("NotOnOrAfter"))
        if data.get("Recipient") != here:
            continue
        if not request_id or root.get("InResponseTo") != request_id:
            raise SignInFault(Fault.NOT_BEGUN)
        now = timezone.now()
        if until is None or not now < until <= now + LONGEST_AHEAD:
            raise SignInFault(Fault.TIME)
        return request_id, until
    raise SignInFault(Fault.AUDIENCE)


def _check_audience(assertion: Any, slug: str) -> None:
    path = "saml:Conditions/saml:AudienceRestriction"
    restrictions = assertion.xpath(path, namespaces=NAMES)
    ours = addresses.entity_id(slug)
    for restriction in restrictions:
        named = restriction.xpath("saml:Audience", namespaces=NAMES)
        if ours not in [(audience.text or "").strip() for audience in named]:
            raise SignInFault(Fault.AUDIENCE)
    if not restrictions:
        raise SignInFault(Fault.AUDIENCE)


def _identity(
    made: OneLogin_Saml2_Response, assertion: Any, provider: IdentityProvider
) -> Identity:
    name_id = made.get_nameid_data()
    subject = name_id.get("Value") or ""
    # A transient one names somebody else tomorrow.
    if name_id.get("Format") == TRANSIENT or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise SignInFault(Fault.SUBJECT)
    attributes = made.get_attributes()
    moments = assertion.xpath("saml:AuthnStatement/@AuthnInstant", namespaces=NAMES)
    return Identity(
        subject=subject,
        email=_first(attributes, EMAILS) or (subject if name_id.get("Format") == EMAIL else ""),
        name=_first(attributes, PERSON_NAMES),
        groups=words_in(attributes.get(provider.groups_claim, [])),
        strengths=words_in(made.get_authn_contexts()),
        authenticated_at=_moment(moments[0]) if moments else None,
        shown={**attributes, "AuthnContext": made.get_authn_contexts()},
    )


def _first(attributes: dict[str, list[Any]], names: tuple[str, ...]) -> str:
    values = (value for name in names for value in attributes.get(name, []))
    return next((value for value in values if isinstance(value, str)), "")


def _moment(text: str | None) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _fault_of(reason: str) -> Fault:
    """The library's reason, coarsely: it may quote what a stranger wrote."""
    words = {
        "audience": Fault.AUDIENCE,
        "ssuer": Fault.ISSUER,
        "expired": Fault.TIME,
        "timing": Fault.TIME,
        "early": Fault.TIME,
        "status code": Fault.DENIED,
        "ignature": Fault.SIGNATURE,
        "signed": Fault.SIGNATURE,
    }
    return next((fault for word, fault in words.items() if word in reason), Fault.MALFORMED)


def _here(slug: str) -> dict[str, Any]:
    parts = urlsplit(addresses.assertion_consumer(slug))
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
        "get_data": {},
        "post_data": {},
    }


def _settings(slug: str, provider: IdentityProvider) -> OneLogin_Saml2_Settings:
    valid = [c for c in provider.certificates if metadata.expiry(c) > timezone.now()]
    if not valid:
        raise SignInFault(Fault.TIME)
    idp = {
        "entityId": provider.issuer,
        "singleSignOnService": {
            "url": provider.sso_url,
            "binding": OneLogin_Saml2_Constants.BINDING_HTTP_REDIRECT,
        },
        "x509certMulti": {"signing": valid},
    }
    return OneLogin_Saml2_Settings({**_config(slug), "idp": idp})


def _config(slug: str) -> dict[str, Any]:
    return {
        "strict": True,
        "sp": {
            "entityId": addresses.entity_id(slug),
            "assertionConsumerService": {
                "url": addresses.assertion_consumer(slug),
                "binding": OneLogin_Saml2_Constants.BINDING_HTTP_POST,
            },
            "NameIDFormat": OneLogin_Saml2_Constants.NAMEID_PERSISTENT,
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False,
            "allowSingleLabelDomains": True,
            "allowRepeatAttributeName": True,
        },
    }
