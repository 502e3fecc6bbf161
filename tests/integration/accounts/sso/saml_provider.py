"""A SAML provider as far as a test needs one: it reads our request and signs real responses."""

import base64
import datetime
import uuid
import zlib
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

ENTITY = "https://idp.north.example/saml"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


def make_pair(days: int = 365) -> tuple[str, str]:
    """A private key as PEM, and a certificate of it as base64 of DER."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=400))
        .not_valid_after(now + datetime.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return pem.decode(), base64.b64encode(der).decode()


def metadata_of(certificate: str, *, entity: str = ENTITY, binding: str = "HTTP-Redirect") -> str:
    """Its metadata."""
    return (
        f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">'
        f'<IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}"><KeyDescriptor use="signing">'
        '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>'
        f"{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
        f'<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" '
        'Location="https://idp.north.example/sso"/></IDPSSODescriptor></EntityDescriptor>'
    )


@dataclass
class SamlProvider:
    """What it says of whom; a test changes one thing to make it wrong."""

    key: str
    certificate: str
    audience: str
    recipient: str
    issuer: str = ENTITY
    subject: str = "n-4711"
    name_id_format: str = PERSISTENT
    attributes: dict[str, list[str]] = field(
        default_factory=lambda: {
            "email": ["nora@north.example"],
            "displayName": ["Nora North"],
            "groups": ["tumorboard-coordinators"],
        }
    )
    context: str = "mfa"
    minutes: float = 5
    assertion_id: str = ""
    authenticated_minutes_ago: float = 0

    def request_id(self, url: str) -> tuple[str, bool]:
        """The id of our request, and whether it asks to ask the person again."""
        text = parse_qs(urlsplit(url).query)["SAMLRequest"][0]
        request = etree.fromstring(zlib.decompress(base64.b64decode(text), -15))
        return request.get("ID"), request.get("ForceAuthn") == "true"

    def assertion(self, request_id: str) -> str:
        """The assertion, unsigned."""
        now = datetime.datetime.now(datetime.UTC)
        asked = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        until = (now + datetime.timedelta(minutes=self.minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
        authenticated = (now - datetime.timedelta(minutes=self.authenticated_minutes_ago)).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
        begins = (now - datetime.timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        answers = f' InResponseTo="{request_id}"' if request_id else ""
        attributes = "".join(
            f'<saml:Attribute Name="{name}">'
            + "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
            + "</saml:Attribute>"
            for name, values in self.attributes.items()
        )
        own_id = self.assertion_id or f"_{uuid.uuid4().hex}"
        return (
            f'<saml:Assertion xmlns:saml="{ASSERTION}" ID="{own_id}" '
            f'Version="2.0" IssueInstant="{asked}"><saml:Issuer>{self.issuer}</saml:Issuer>'
            f'<saml:Subject><saml:NameID Format="{self.name_id_format}">{self.subject}'
            "</saml:NameID>"
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{self.recipient}"'
            f"{answers}/></saml:SubjectConfirmation></saml:Subject>"
            f'<saml:Conditions NotBefore="{begins}" NotOnOrAfter="{until}">'
            f"<saml:AudienceRestriction><saml:Audience>{self.audience}</saml:Audience>"
            "</saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{authenticated}"><saml:AuthnContext>'
            f"<saml:AuthnContextClassRef>{self.context}</saml:AuthnContextClassRef>"
            "</saml:AuthnContext></saml:AuthnStatement>"
            f"<saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        )

    def signed(self, xml: str, *algorithms: str) -> str:
        """The same, with its signature; SHA-256 unless a test says otherwise."""
        pem = Utils.format_cert(self.certificate)
        made = Utils.add_sign(xml, self.key, pem, False, *algorithms)
        return str(made.decode())

    def response(self, request_id: str, inner: str | None = None) -> str:
        """A response, with a signed assertion or with what a test puts into it."""
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        answers = f' InResponseTo="{request_id}"' if request_id else ""
        inner = self.signed(self.assertion(request_id)) if inner is None else inner
        return (
            f'<samlp:Response xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" '
            f'ID="_{uuid.uuid4().hex}" Version="2.0" IssueInstant="{now}" '
            f'Destination="{self.recipient}"{answers}><saml:Issuer>{self.issuer}</saml:Issuer>'
            "<samlp:Status><samlp:StatusCode "
            'Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f"{inner}</samlp:Response>"
        )


def encoded(xml: str) -> str:
    """As a browser posts it."""
    return base64.b64encode(xml.encode()).decode()
