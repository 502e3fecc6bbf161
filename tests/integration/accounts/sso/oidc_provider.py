"""A small real OpenID provider: discovery, keys and tokens over HTTP, signed by its own key."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

SECRET = "only the operator knows it"


class OidcProvider:
    """Its person is whoever `claims` say; what is wrong with it, a test sets."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = ECKey.generate_key("P-256", {"kid": "1", "use": "sig"})
        self.claims: dict[str, Any] = {
            "sub": "248289761001",
            "email": "nora@north.example",
            "email_verified": True,
            "name": "Nora North",
            "groups": ["tumorboard-coordinators"],
        }
        self.metadata: dict[str, Any] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "authorization_response_iss_parameter_supported": True,
        }
        #: Claims of the token that a test makes wrong, and how it is signed.
        self.twisted: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "1"}
        self.sign = self._sign
        self.asked: list[dict[str, str]] = []
        self.token_requests: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}

    def authorize(self, url: str) -> dict[str, str]:
        """What the browser brings back when its person has signed in."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize"
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append(asked)
        code = f"code-{len(self.asked)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def answer(self, path: str, form: dict[str, str] | None, authorization: str) -> dict | None:
        """The JSON at a path."""
        if path == "/.well-known/openid-configuration":
            return self.metadata
        if path == "/keys":
            keys = KeySet([self.key]).as_dict(private=False)
            return dict(keys)
        if path == "/token" and form is not None:
            return self._token(form, authorization)
        return None

    def _token(self, form: dict[str, str], authorization: str) -> dict | None:
        self.token_requests.append({**form, "authorization": authorization})
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": asked["nonce"],
            **self.claims,
            **self.twisted,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])


@contextmanager
def running() -> Iterator[OidcProvider]:
    """A provider that listens on this machine."""

    class Handler(BaseHTTPRequestHandler):
        provider: OidcProvider

        def do_GET(self) -> None:
            if self.path.startswith("/authorize"):
                # Its person is signed in there already.
                asked = f"{self.provider.issuer}{self.path}"
                answer = self.provider.authorize(asked)
                self.send_response(302)
                to = self.provider.asked[-1]["redirect_uri"]
                self.send_header("Location", callback(to, answer))
                self.end_headers()
                return
            self._say(self.provider.answer(self.path, None, ""))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(self.provider.answer(self.path, form, self.headers.get("Authorization", "")))

        def _say(self, found: dict | None) -> None:
            body = json.dumps(found if found is not None else {"error": "invalid_grant"}).encode()
            self.send_response(200 if found is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.provider = OidcProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Handler.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def callback(path: str, answer: dict[str, str]) -> str:
    """The address at which the browser comes back."""
    return f"{path}?{urlencode(answer)}"
