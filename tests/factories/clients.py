"""API clients with their keys, and assertions as they would sign them."""

import json
import time
import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from tumorboard.accounts import clients
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.accounts.smart import token_address
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EVERY_READ = ["system/Patient.rs", "system/Condition.rs"]


@cache
def ec_key(kid: str = "ec-1", curve: str = "P-384") -> ECKey:
    """One private key for each name; made once for all tests."""
    return ECKey.generate_key(curve, {"kid": kid})


@cache
def rsa_key(kid: str = "rsa-1", bits: int = 3072) -> RSAKey:
    """One private key for each name and size; made once for all tests."""
    return RSAKey.generate_key(bits, {"kid": kid})


def public(*keys: ECKey | RSAKey) -> str:
    """The JWK Set of the public halves."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def make_client(
    institution: Institution,
    by: User,
    *keys: ECKey | RSAKey,
    granted: list[str] | None = None,
    label: str = "RIS",
    requests_per_minute: int = 600,
) -> ApiClient:
    """A client that is registered."""
    with institution_scope(institution):
        return clients.register(
            label=label,
            jwks=public(*(keys or (ec_key(),))),
            granted=granted or EVERY_READ,
            requests_per_minute=requests_per_minute,
            by=by,
        )


@dataclass
class Machine:
    """What stands in front of a client's own system: it signs, asks and reads."""

    client_id: str
    slug: str = "north"
    key: Any = field(default_factory=ec_key)
    browser: Client = field(default_factory=Client)

    def claims(self, **other: Any) -> dict[str, Any]:
        """The claims of a good assertion; None takes one out."""
        given = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": token_address(self.slug),
            "exp": int(time.time()) + 240,
            "jti": uuid.uuid4().hex,
            **other,
        }
        return {name: value for name, value in given.items() if value is not None}

    def header(self, **other: Any) -> dict[str, Any]:
        """The header of a good assertion; None takes one out."""
        algorithm = "RS384" if isinstance(self.key, RSAKey) else "ES384"
        given = {"alg": algorithm, "kid": self.key.kid, "typ": "JWT", **other}
        return {name: value for name, value in given.items() if value is not None}

    def assertion(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A signed assertion."""
        return self.signed(json.dumps(self.claims(**claims)), header or {})

    def signed(self, payload: str, header: dict[str, Any]) -> str:
        """Any text, signed."""
        head = self.header(**header)
        registry = jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
        return jws.serialize_compact(head, payload, self.key, registry=registry)

    def form(self, assertion: str | None = None, **other: Any) -> dict[str, Any]:
        """What is posted; None takes a field out."""
        given = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion() if assertion is None else assertion,
            "scope": " ".join(EVERY_READ),
            **other,
        }
        return {name: value for name, value in given.items() if value is not None}

    def ask(self, assertion: str | None = None, **other: Any) -> Any:
        """The answer of the token endpoint."""
        return self.post(urlencode(self.form(assertion, **other)))

    def post(self, body: str | bytes, **more: Any) -> Any:
        """Any body for the token endpoint."""
        more.setdefault("content_type", "application/x-www-form-urlencoded")
        return self.browser.post(f"/api/v1/i/{self.slug}/oauth/token", body, **more)

    def token(self, **other: Any) -> str:
        """An access token."""
        answer = self.ask(**other)
        assert answer.status_code == 200, answer.content
        secret: str = answer.json()["access_token"]
        return secret

    def call(self, method: str, path: str, token: str, body: Any = None, slug: str = "") -> Any:
        """The answer of the API to a token."""
        return self.browser.generic(
            method,
            f"/api/v1/i/{slug or self.slug}/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )
