"""OpenID Connect as a client: the code flow with PKCE, and an ID token that must prove itself.

Nothing is believed for having come over TLS: the ID token's signature is checked by the keys of the
issuer that the administrator named.
"""

import base64
import datetime
import hashlib
import time
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from requests.auth import HTTPBasicAuth

from tumorboard.accounts.sso import addresses, installation_key
from tumorboard.accounts.sso.faults import Fault, SignInFault
from tumorboard.accounts.sso.identity import LONGEST_SUBJECT, Identity, words_in
from tumorboard.accounts.sso.pending import Pending, Purpose
from tumorboard.accounts.sso.reach import Reach, ask
from tumorboard.accounts.sso_models import IdentityProvider

WELL_KNOWN = "/.well-known/openid-configuration"
SCOPES = "openid profile email"
#: What an ID token may be signed with: never `none`, never a shared secret.
KEYS: dict[str, tuple[str, type[RSAKey | ECKey | OKPKey]]] = {
    **{f"{kind}{bits}": ("RSA", RSAKey) for kind in ("RS", "PS") for bits in (256, 384, 512)},
    **{f"ES{bits}": ("EC", ECKey) for bits in (256, 384, 512)},
    "EdDSA": ("OKP", OKPKey),
}
#: [INT] Bits below which no RSA key is taken.
SHORTEST_RSA_BITS = 2048
#: [INT] Seconds by which clocks may differ.
LEEWAY = 60
#: [INT] An ID token that was issued longer ago is none of this sign-in.
OLDEST = 10 * 60
LONGEST_TOKEN = 50_000
#: Beyond this, a number is no time in seconds since 1970.
LATEST = 10**11
#: Claims about the token itself, which tell an administrator nothing about the person.
MECHANICS = {
    "sub",
    "iss",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "at_hash",
    "c_hash",
    "jti",
    "sid",
}


def discover(slug: str, provider: IdentityProvider) -> dict[str, Any]:
    """The provider's metadata, which must name the very issuer that was asked.

    Raises:
        SignInFault: they cannot be had, or lead elsewhere.
    """
    reach = Reach.of(slug)
    found = ask(reach, provider.issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != provider.issuer:
        raise SignInFault(Fault.ISSUER)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        address = found.get(name)
        if not isinstance(address, str):
            raise SignInFault(Fault.MALFORMED)
        if not reach.allows(address):
            raise SignInFault(Fault.NOT_ALLOWED)
    return found


def authorization_url(slug: str, provider: IdentityProvider, begun: Pending) -> str:
    """Where the person's browser goes.

    Raises:
        SignInFault: the provider's metadata cannot be had.
    """
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": addresses.redirect_uri(slug, provider),
        "scope": SCOPES,
        "state": begun.key,
        "nonce": begun.nonce,
        "code_challenge": challenge(begun.verifier),
        "code_challenge_method": "S256",
    }
    if begun.purpose == Purpose.CONFIRM:
        asked |= {"prompt": "login", "max_age": "0"}
    endpoint = discover(slug, provider)["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def identity(
    slug: str, provider: IdentityProvider, begun: Pending, answer: dict[str, str]
) -> Identity:
    """Who it is, by what the browser brought back.

    Args:
        answer: the parameters of the callback.

    Raises:
        SignInFault: whatever in it does not prove itself.
    """
    metadata = discover(slug, provider)
    check_sender(provider.issuer, metadata, answer)
    if "error" in answer or not answer.get("code"):
        raise SignInFault(Fault.DENIED)
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": addresses.redirect_uri(slug, provider),
        "code_verifier": begun.verifier,
    }
    reach = Reach.of(slug)
    proof = _proof(reach, provider, metadata)
    if isinstance(proof, HTTPBasicAuth):
        tokens = ask(reach, metadata["token_endpoint"], form, auth=proof)
    else:
        tokens = ask(reach, metadata["token_endpoint"], {**form, **proof})
    keys = ask(reach, metadata["jwks_uri"])
    claims = claims_of(tokens.get("id_token"), keys)
    check(claims, issuer=provider.issuer, client_id=provider.client_id, nonce=begun.nonce)
    return identity_of(claims, groups_claim=provider.groups_claim)


def challenge(verifier: str) -> str:
    """PKCE's challenge to a verifier, by S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def check_sender(issuer: str, metadata: dict[str, Any], answer: dict[str, str]) -> None:
    """That the answer is from this issuer, where it says so (RFC 9207).

    Raises:
        SignInFault: it is not.
    """
    says_so = metadata.get("authorization_response_iss_parameter_supported") is True
    if (says_so or "iss" in answer) and answer.get("iss") != issuer:
        raise SignInFault(Fault.ISSUER)


def _proof(
    reach: Reach, provider: IdentityProvider, metadata: dict[str, Any]
) -> HTTPBasicAuth | dict[str, str]:
    """How we prove to the provider who asks: by the operator's secret, else by our own key."""
    if reach.secrets.get(provider.client_id):
        return by_secret(reach, provider.client_id, metadata)
    return by_key(provider.client_id, metadata["token_endpoint"])


def by_secret(
    reach: Reach, client_id: str, metadata: dict[str, Any]
) -> HTTPBasicAuth | dict[str, str]:
    """A client's proof by the operator's secret, in the form that a token endpoint takes.

    Raises:
        SignInFault: the operator gave none.
    """
    secret = reach.secrets.get(client_id)
    if not secret:
        raise SignInFault(Fault.NO_CREDENTIALS)
    methods = metadata.get("token_endpoint_auth_methods_supported")
    if isinstance(methods, list) and "client_secret_basic" not in methods:
        return {"client_id": client_id, "client_secret": secret}
    return HTTPBasicAuth(client_id, secret)


def by_key(client_id: str, token_endpoint: str) -> dict[str, str]:
    """A client's proof by the installation's own key.

    Raises:
        SignInFault: the operator gave none.
    """
    if not installation_key.is_there():
        raise SignInFault(Fault.NO_CREDENTIALS)
    return {
        "client_id": client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": installation_key.assertion(
            client_id=client_id, audience=token_endpoint
        ),
    }


def claims_of(token: Any, keys: dict[str, Any]) -> dict[str, Any]:
    """What an ID token says, once its signature is right.

    Raises:
        SignInFault: it is none, or none of these keys signed it.
    """
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise SignInFault(Fault.MALFORMED)
    chosen: dict[str, str] = {}

    def key_of(guest: Any) -> RSAKey | ECKey | OKPKey:
        header = guest.headers()
        chosen.update(alg=str(header.get("alg")), typ=str(header.get("typ", "JWT")))
        return _key(keys, header)

    try:
        claims = jwt.decode(token, key_of, algorithms=list(KEYS)).claims
    except (JoseError, ValueError, TypeError, KeyError):
        raise SignInFault(Fault.SIGNATURE) from None
    # An access or logout token of the same issuer is signed by the same key.
    if chosen.get("typ", "").upper() != "JWT" or not isinstance(claims, dict):
        raise SignInFault(Fault.MALFORMED)
    return claims


def _key(keys: dict[str, Any], header: dict[str, Any]) -> RSAKey | ECKey | OKPKey:
    """The issuer's key that a header chooses; what else the header offers is not looked at."""
    kind, make = KEYS[header["alg"]]
    kid = header.get("kid")
    fitting = [
        key
        for key in keys.get("keys", [])
        if isinstance(key, dict)
        and key.get("kty") == kind
        and key.get("use", "sig") == "sig"
        and key.get("alg", header["alg"]) == header["alg"]
        and (kid is None or key.get("kid") == kid)
    ]
    if len(fitting) != 1:
        raise SignInFault(Fault.SIGNATURE)
    public = {k: v for k, v in fitting[0].items() if k in ("kty", "n", "e", "crv", "x", "y")}
    if kind == "RSA" and len(str(public.get("n"))) * 6 < SHORTEST_RSA_BITS:
        raise SignInFault(Fault.SIGNATURE)
    return make.import_key(public)


def check(claims: dict[str, Any], *, issuer: str, client_id: str, nonce: str) -> None:
    """That the token is this issuer's, for us, for now and for this very sign-in.

    Raises:
        SignInFault: which of these it is not.
    """
    if claims.get("iss") != issuer:
        raise SignInFault(Fault.ISSUER)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    is_ours = client_id in audiences
    if not is_ours or (
        (len(audiences) > 1 or "azp" in claims) and (claims.get("azp") != client_id)
    ):
        raise SignInFault(Fault.AUDIENCE)
    now = time.time()
    expires, issued = _time(claims, "exp"), _time(claims, "iat")
    if expires is None or issued is None or expires <= now - LEEWAY:
        raise SignInFault(Fault.TIME)
    if not now - OLDEST < issued < now + LEEWAY or (_time(claims, "nbf") or 0) > now + LEEWAY:
        raise SignInFault(Fault.TIME)
    if claims.get("nonce") != nonce:
        raise SignInFault(Fault.NONCE)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise SignInFault(Fault.SUBJECT)


def _time(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # JSON of some libraries holds NaN, which no comparison refuses, and Infinity, which never ends.
    return value if is_number and 0 <= value < LATEST else None


def identity_of(claims: dict[str, Any], *, groups_claim: str) -> Identity:
    """The person whom checked claims name."""
    asked_at = _time(claims, "auth_time")
    email, name = claims.get("email"), claims.get("name")
    is_theirs = claims.get("email_verified") is True and isinstance(email, str)
    return Identity(
        subject=claims["sub"],
        email=str(email) if is_theirs else "",
        name=name if isinstance(name, str) else "",
        groups=words_in(claims.get(groups_claim)),
        strengths=words_in(claims.get("amr")) | words_in(claims.get("acr")),
        authenticated_at=(
            datetime.datetime.fromtimestamp(asked_at, datetime.UTC)
            if asked_at is not None
            else None
        ),
        shown={name: value for name, value in claims.items() if name not in MECHANICS},
    )
