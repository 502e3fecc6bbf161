"""The metadata of a SAML provider: what it is called, where it is asked, how it signs."""

import base64
import binascii
import datetime
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.core.exceptions import ValidationError
from django.utils import timezone

from tumorboard.accounts.sso.reach import origin_of
from tumorboard.accounts.sso.xml import LONGEST, BadXml, read

NAMES = {
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
LONGEST_NAME = 400
MOST_CERTIFICATES = 5
#: [INT] Bits below which no RSA key is taken.
SHORTEST_RSA_BITS = 2048
#: Before a certificate runs out, the page warns for so long.
WARNED = datetime.timedelta(days=45)


@dataclass(frozen=True)
class Metadata:
    """Entity id, the address for HTTP-Redirect, signing certificates as base64 of DER."""

    entity_id: str
    sso_url: str
    certificates: list[str]


def parse(text: str) -> Metadata:
    """What an identity provider's metadata say.

    Raises:
        ValidationError: what is missing or wrong, in words for who pasted them.
    """
    if len(text) > LONGEST:
        raise ValidationError("This is too long: give the metadata of your own provider alone.")
    try:
        root = read(text.encode())
    except BadXml:
        raise ValidationError("This is not XML of metadata, or has a DOCTYPE.") from None
    descriptors = root.xpath("descendant-or-self::md:IDPSSODescriptor", namespaces=NAMES)
    if len(descriptors) != 1:
        raise ValidationError("There must be exactly one IDPSSODescriptor in it.")
    descriptor = descriptors[0]
    entity = descriptor.getparent().get("entityID", "").strip()
    if not 0 < len(entity) <= LONGEST_NAME:
        raise ValidationError("Its entityID is missing or too long.")
    return Metadata(entity, _sso_url(descriptor), _certificates(descriptor))


def expiry(certificate: str) -> datetime.datetime:
    """When a kept certificate runs out."""
    return x509.load_der_x509_certificate(base64.b64decode(certificate)).not_valid_after_utc


def runs_out_soon(until: datetime.datetime) -> bool:
    """Whether it is time to ask for a new certificate."""
    return until - timezone.now() < WARNED


def _sso_url(descriptor: object) -> str:
    path = f"md:SingleSignOnService[@Binding='{REDIRECT}']/@Location"
    found = descriptor.xpath(path, namespaces=NAMES)  # type: ignore[attr-defined]
    url = str(found[0]).strip() if found else ""
    if not url or len(url) > LONGEST_NAME or not origin_of(url):
        raise ValidationError("It has no SingleSignOnService for HTTP-Redirect with https://.")
    return url


def _certificates(descriptor: object) -> list[str]:
    path = "md:KeyDescriptor[not(@use='encryption')]//ds:X509Certificate"
    found = descriptor.xpath(path, namespaces=NAMES)  # type: ignore[attr-defined]
    texts = list(dict.fromkeys("".join((node.text or "").split()) for node in found))
    if not texts or len(texts) > MOST_CERTIFICATES:
        raise ValidationError(f"It needs one to {MOST_CERTIFICATES} signing certificates.")
    for text in texts:
        _check_certificate(text)
    if all(expiry(text) <= timezone.now() for text in texts):
        raise ValidationError("Its signing certificates have expired.")
    return texts


def _check_certificate(text: str) -> None:
    try:
        key = x509.load_der_x509_certificate(base64.b64decode(text, validate=True)).public_key()
    except (ValueError, binascii.Error):
        raise ValidationError("A certificate in it cannot be read.") from None
    is_strong = isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_RSA_BITS
    if not is_strong and not isinstance(key, EllipticCurvePublicKey):
        raise ValidationError(f"A certificate in it is weak: RSA needs {SHORTEST_RSA_BITS} bits.")
