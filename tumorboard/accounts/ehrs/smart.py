"""SMART App Launch as its app: discovery, the code flow with PKCE, and the patient in context.

As for OpenID providers nothing is believed for having come over TLS alone (`sso.oidc`); and what is
asked of an EHR is asked within one deadline, so that one that drips holds no worker.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from requests.auth import HTTPBasicAuth

from tumorboard.accounts.ehr_models import Ehr, Proof
from tumorboard.accounts.ehrs import addresses
from tumorboard.accounts.sso import oidc
from tumorboard.accounts.sso.faults import Fault, SignInFault
from tumorboard.accounts.sso.identity import Identity
from tumorboard.accounts.sso.pending import Pending
from tumorboard.accounts.sso.reach import Reach, ask
from tumorboard.timed_http import Deadline

WELL_KNOWN = "/.well-known/smart-configuration"
#: [INT] Seconds for all that a launch asks of an EHR at one step.
SECONDS = 15
#: [INT] Bytes of a Patient; one with a photograph in it is larger, and is not needed.
LARGEST_PATIENT = 1_000_000
#: [INT] Characters of what an EHR hands over to be handed back, and of a token.
LONGEST_LAUNCH, LONGEST_TOKEN = 4_000, 20_000
#: FHIR's rule for ids.
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)


@dataclass(frozen=True)
class Launched:
    """Who came, and the patient whom the EHR showed, as it describes them."""

    identity: Identity
    patient: dict[str, Any] = field(repr=False)


def authorization_url(slug: str, ehr: Ehr, begun: Pending, *, launch: str = "") -> str:
    """Where the person's browser goes.

    Args:
        launch: what an EHR's launch gave; empty where the person began themselves.

    Raises:
        SignInFault: the EHR cannot be asked, or does not offer what a launch needs.
    """
    found = _discover(slug, ehr, Deadline(SECONDS))
    asked = {
        "response_type": "code",
        "client_id": ehr.client_id,
        "redirect_uri": addresses.redirect_uri(slug, ehr),
        "scope": scopes(found, is_by_ehr=bool(launch)),
        "state": begun.key,
        "nonce": begun.nonce,
        "aud": ehr.fhir_base,
        "code_challenge": oidc.challenge(begun.verifier),
        "code_challenge_method": "S256",
    }
    if launch:
        asked["launch"] = launch
    endpoint = found["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def scopes(found: dict[str, Any], *, is_by_ehr: bool) -> str:
    """The least: who it is, and one patient to read; in SMART's second syntax where it is known."""
    capabilities = found.get("capabilities")
    is_second = isinstance(capabilities, list) and "permission-v2" in capabilities
    patient = "patient/Patient.r" if is_second else "patient/Patient.read"
    return f"{'launch' if is_by_ehr else 'launch/patient'} openid fhirUser {patient}"


def finish(slug: str, ehr: Ehr, begun: Pending, answer: dict[str, str]) -> Launched:
    """Who came and about whom, by what the browser brought back. The access token ends here.

    Args:
        answer: the parameters of the callback.

    Raises:
        SignInFault: whatever in it does not prove itself.
    """
    deadline = Deadline(SECONDS)
    found = _discover(slug, ehr, deadline)
    oidc.check_sender(ehr.issuer, found, answer)
    if "error" in answer or not answer.get("code"):
        raise SignInFault(Fault.DENIED)
    reach = Reach.of(slug)
    tokens = _tokens(reach, slug, ehr, begun, found, answer["code"], deadline)
    claims = oidc.claims_of(
        tokens.get("id_token"), ask(reach, found["jwks_uri"], deadline=deadline)
    )
    oidc.check(claims, issuer=ehr.issuer, client_id=ehr.client_id, nonce=begun.nonce)
    identity = oidc.identity_of(claims, groups_claim="")
    return Launched(identity, _patient(reach, ehr, tokens, deadline))


def _discover(slug: str, ehr: Ehr, deadline: Deadline) -> dict[str, Any]:
    """The EHR's configuration, every address of it within the operator's list."""
    reach = Reach.of(slug)
    found = ask(reach, ehr.fhir_base.rstrip("/") + WELL_KNOWN, deadline=deadline)
    if found.get("issuer", ehr.issuer) != ehr.issuer:
        raise SignInFault(Fault.ISSUER)
    methods = found.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise SignInFault(Fault.NOT_SMART)
    if "jwks_uri" not in found:
        # SMART asks for it only beside an issuer; OpenID's own discovery always has it.
        about = ask(reach, ehr.issuer.rstrip("/") + oidc.WELL_KNOWN, deadline=deadline)
        if about.get("issuer") != ehr.issuer:
            raise SignInFault(Fault.ISSUER)
        found["jwks_uri"] = about.get("jwks_uri")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(found.get(name), str):
            raise SignInFault(Fault.NOT_SMART)
        if not reach.allows(found[name]):
            raise SignInFault(Fault.NOT_ALLOWED)
    return dict(found)


def _tokens(
    reach: Reach,
    slug: str,
    ehr: Ehr,
    begun: Pending,
    found: dict[str, Any],
    code: str,
    deadline: Deadline,
) -> dict[str, Any]:
    endpoint = found["token_endpoint"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": addresses.redirect_uri(slug, ehr),
        "code_verifier": begun.verifier,
    }
    if ehr.proof == Proof.SECRET:
        proof = oidc.by_secret(reach, ehr.client_id, found)
    else:
        proof = oidc.by_key(ehr.client_id, endpoint)
    if isinstance(proof, HTTPBasicAuth):
        tokens = ask(reach, endpoint, form, auth=proof, deadline=deadline)
    else:
        tokens = ask(reach, endpoint, {**form, **proof}, deadline=deadline)
    return dict(tokens)


def _patient(reach: Reach, ehr: Ehr, tokens: dict[str, Any], deadline: Deadline) -> dict[str, Any]:
    """The patient in context, read with the token, and the very one that the context names."""
    patient_id, token = tokens.get("patient"), tokens.get("access_token")
    if not isinstance(patient_id, str) or not ID.fullmatch(patient_id):
        raise SignInFault(Fault.NO_PATIENT)
    kind = tokens.get("token_type")
    is_token = isinstance(token, str) and len(token) <= LONGEST_TOKEN and VISIBLE.fullmatch(token)
    if not is_token or not isinstance(kind, str) or kind.lower() != "bearer":
        raise SignInFault(Fault.MALFORMED)
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/fhir+json"}
    address = f"{ehr.fhir_base.rstrip('/')}/Patient/{patient_id}"
    try:
        patient = ask(reach, address, headers=headers, deadline=deadline, largest=LARGEST_PATIENT)
    except SignInFault as error:
        if error.fault == Fault.UNREACHABLE:
            raise SignInFault(Fault.NOT_READ) from None
        raise
    if patient.get("resourceType") != "Patient" or patient.get("id") != patient_id:
        raise SignInFault(Fault.NOT_READ)
    return dict(patient)
