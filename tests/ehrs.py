"""A stand-in EHR: a real server on loopback with SMART's configuration, sign-in and one Patient."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tumorboard.accounts.ehr_models import Ehr
from tumorboard.accounts.ehrs import registrations
from tumorboard.accounts.ehrs.terms import EHR_TERMS
from tumorboard.accounts.models import User

SECRET = "only the operator knows it"
CLIENT_ID = "tumorboard"
SYSTEM = "https://north.example/mrn"
#: What a launch hands over, and a token that opens one Patient.
LAUNCH, TOKEN = "xyz-123", "the-token-of-this-launch"

Answer = Callable[[BaseHTTPRequestHandler], None]


def person(number: str = "N-0001", *, system: str = SYSTEM, **changed: Any) -> dict[str, Any]:
    """A FHIR Patient of nobody."""
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [
            {"system": system, "value": number},
            {"system": "urn:oid:2.16.840.1.113883.4.1", "value": "N-0002"},
        ],
        "name": [{"use": "official", "family": "Nottareal", "given": ["Paula"]}],
        "birthDate": "1960-05-04",
        "gender": "female",
        **changed,
    }


@dataclass
class StandIn:
    """An EHR in whose browser somebody is signed in; what is wrong with it, a test sets."""

    issuer: str
    claims: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "ehr-248",
            "fhirUser": "Practitioner/248",
            "amr": ["pwd", "mfa"],
        }
    )
    patient: dict[str, Any] = field(default_factory=person)
    configuration: dict[str, Any] = field(default_factory=dict)
    #: What the token endpoint says beside the ID token, and claims that are made wrong.
    tokens: dict[str, Any] = field(default_factory=dict)
    twisted: dict[str, Any] = field(default_factory=dict)
    #: By path, what is answered instead.
    instead: dict[str, Answer] = field(default_factory=dict)
    #: What came in.
    authorized: list[dict[str, str]] = field(default_factory=list)
    token_requests: list[dict[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "1", "use": "sig"})
        self._codes: dict[str, dict[str, str]] = {}
        self.configuration = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "code_challenge_methods_supported": ["S256"],
            "capabilities": ["launch-ehr", "launch-standalone", "permission-v2"],
        }
        self.tokens = {
            "access_token": TOKEN,
            "token_type": "Bearer",
            "expires_in": 300,
            "patient": "p1",
            "scope": "launch openid fhirUser patient/Patient.r",
        }

    @property
    def fhir_base(self) -> str:
        """SMART's `iss`."""
        return f"{self.issuer}/fhir"

    def launch_query(self, **changed: str) -> dict[str, str]:
        """With what the EHR opens Tumorboard."""
        return {"iss": self.fhir_base, "launch": LAUNCH, **changed}

    def authorize(self, url: str) -> dict[str, str]:
        """What the browser brings back when its person has let Tumorboard in."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize", url
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.authorized.append(asked)
        code = f"code-{len(self.authorized)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, path: str, form: dict[str, str] | None, authorization: str) -> Any:
        """The JSON at a path; None for none."""
        if path == "/fhir/.well-known/smart-configuration":
            return self.configuration
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        if path == "/keys":
            return dict(KeySet([self.key]).as_dict(private=False))
        if path == "/token" and form is not None:
            return self._token(form, authorization)
        if path == "/fhir/Patient/p1" and authorization == f"Bearer {TOKEN}":
            return self.patient
        return None

    def _token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
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
            "nonce": asked["nonce"],
            **self.claims,
            **self.twisted,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        id_token = jwt.encode({"alg": "ES256", "kid": "1"}, said, self.key, algorithms=["ES256"])
        answer = {"id_token": id_token, **self.tokens}
        return {name: value for name, value in answer.items() if value is not None}

    def page(self, launch_url: str) -> bytes:
        """A patient's record in the EHR, with Tumorboard's button and a frame of it."""
        url = f"{launch_url}?{urlencode(self.launch_query())}"
        return (
            '<!doctype html><link rel="icon" href="data:,"><title>EHR</title><h1>EHR</h1>'
            f'<a href="{url}">Tumorboard</a><iframe src="{url}" width="600" height="500"></iframe>'
        ).encode()


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """An EHR that listens on this machine."""

    class Handler(BaseHTTPRequestHandler):
        ehr: StandIn

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                answer = self.ehr.authorize(f"{self.ehr.issuer}{self.path}")
                to = self.ehr.authorized[-1]["redirect_uri"]
                self.send_response(302)
                self.send_header("Location", f"{to}?{urlencode(answer)}")
                self.end_headers()
            elif parts.path == "/record":
                body = self.ehr.page(parse_qs(parts.query)["opens"][0])
                self._send(200, body, "text/html")
            else:
                self._say(parts.path, None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(self.path, form)

        def _say(self, path: str, form: dict[str, str] | None) -> None:
            authorization = self.headers.get("Authorization", "")
            self.ehr.asked.append((path, authorization))
            if path in self.ehr.instead:
                # The client may have heard enough.
                with suppress(BrokenPipeError, ConnectionResetError):
                    self.ehr.instead[path](self)
                return
            found = self.ehr.answer(path, form, authorization)
            body = json.dumps(found if found is not None else {"error": "invalid_grant"}).encode()
            self._send(200 if found is not None else 400, body, "application/json")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Handler.ehr = StandIn(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Handler.ehr
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def allowed(stand_in: StandIn, *slugs: str) -> str:
    """The operator's setting that lets institutions ask it."""
    entry = {"hosts": [stand_in.issuer], "secrets": {CLIENT_ID: SECRET}}
    return json.dumps(dict.fromkeys(slugs, entry))


def confirmed(ehr: Ehr) -> Ehr:
    """The same EHR, which another administrator has looked at."""
    found = Ehr.objects.get(pk=ehr.pk)
    other = User.objects.filter(email="other-admin@example.org").first()
    if other is None:
        other = User.objects.create_user(email="other-admin@example.org", name="Otto Other")
    return EHR_TERMS.confirm(found, version=EHR_TERMS.version_of(found), by=other)


def registered(stand_in: StandIn, *, by: User, **changed: Any) -> Ehr:
    """It is registered at the current institution, confirmed and on."""
    ehr = registrations.add(
        label="Hospital EHR",
        fhir_base=stand_in.fhir_base,
        issuer=stand_in.issuer,
        client_id=CLIENT_ID,
        by=by,
    )
    registrations.change(
        ehr=ehr,
        **{
            "label": ehr.label,
            "proof": "secret",
            "identifier_systems": [SYSTEM],
            "factor_values": ["mfa"],
            "frame_origins": [],
            "stands_for_provider": False,
            **changed,
        },
        by=by,
    )
    confirmed(ehr)
    return registrations.switch_on(ehr=ehr, by=by)
