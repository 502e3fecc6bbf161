"""The body of a call, judged before anybody works with it."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cases.hooks.catalogue import PATIENT, PREFETCH, Service
from cases.services.errors import Invalid
from tumorboard.json_bodies import bounded, read_json

#: Bytes of a body, and how deep it may be nested.
LONGEST, DEEPEST = 2_500_000, 40
#: R4, datatypes.html#id.
ID = re.compile(r"\A[A-Za-z0-9.\-]{1,64}\Z")
USER = re.compile(r"\A(Practitioner|PractitionerRole|Patient|RelatedPerson)/[A-Za-z0-9.\-]{1,64}\Z")
ORDERERS = ("Practitioner/", "PractitionerRole/")
#: Elements of resources that name whom they are about.
SUBJECTS = ("subject", "patient")
TEXT, OBJECT = "Give a text.", "Give an object."
MOST_ENTRIES = 2_000
Orders = tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]


@dataclass(frozen=True)
class Authorization:
    """What opens the EHR's FHIR server for this one call."""

    server: str
    access_token: str = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """One call."""

    hook_instance: str
    patient_id: str
    #: Key of a template -> resource; None where the EHR says that there is nothing.
    prefetch: Mapping[str, Any]
    #: The draft orders that count: what was selected, or all that are to be signed.
    orders: tuple[dict[str, Any], ...] = ()
    #: Draft orders that were not selected.
    beside: tuple[dict[str, Any], ...] = ()
    authorization: Authorization | None = None


def read(raw: bytes, service: Service) -> Asked:
    """A call of a service.

    Raises:
        BadJson: the body is no JSON, or nested too deep.
        Invalid: by field, what cannot be.
    """
    body = read_json(raw, deepest=DEEPEST, number=bounded)
    if not isinstance(body, dict):
        raise Invalid({"": ["Send an object."]})
    faults: dict[str, list[str]] = {}
    if body.get("hook") != service.hook:
        faults["hook"] = [f"This service answers {service.hook}."]
    instance = _instance(body, faults)
    context = _object(body, "context", faults)
    patient_id = _context(context, service, faults)
    prefetch = _prefetch(body, patient_id, faults)
    none: Orders = ((), ())
    orders, beside = _orders(context, service, patient_id, faults) if service.has_orders else none
    authorization = _authorization(body, patient_id, faults)
    if faults:
        raise Invalid(faults)
    return Asked(instance, patient_id, prefetch, orders, beside, authorization)


def _instance(body: dict[str, Any], faults: dict[str, list[str]]) -> str:
    try:
        return str(uuid.UUID(body.get("hookInstance")))
    except (ValueError, TypeError, AttributeError):
        faults["hookInstance"] = ["Give a UUID."]
        return ""


def _object(body: dict[str, Any], name: str, faults: dict[str, list[str]]) -> dict[str, Any]:
    given = body.get(name)
    if isinstance(given, dict):
        return given
    faults[name] = [OBJECT]
    return {}


def _context(context: dict[str, Any], service: Service, faults: dict[str, list[str]]) -> str:
    """The patient's id, after all that is plain in the context."""
    if not context:
        faults.setdefault("context", [OBJECT])
        return ""
    user = context.get("userId")
    is_user = isinstance(user, str) and USER.match(user)
    if not is_user or (service.has_orders and not str(user).startswith(ORDERERS)):
        kinds = (
            "Practitioner or PractitionerRole" if service.has_orders else "Practitioner or other"
        )
        faults["context.userId"] = [f"Give a reference to a {kinds}, such as Practitioner/1."]
    encounter = context.get("encounterId", "1")
    if not (isinstance(encounter, str) and ID.match(encounter)):
        faults["context.encounterId"] = ["Give the id of an Encounter, or leave it out."]
    patient = context.get("patientId")
    if isinstance(patient, str) and ID.match(patient):
        return patient
    faults["context.patientId"] = ["Give the id of a Patient."]
    return ""


def _prefetch(
    body: dict[str, Any], patient_id: str, faults: dict[str, list[str]]
) -> Mapping[str, Any]:
    given = body.get("prefetch")
    if given is None:
        return {}
    if not isinstance(given, dict):
        faults["prefetch"] = [OBJECT]
        return {}
    # Keys of other services are none of ours, and nothing is read of them.
    known = {key: value for key, value in given.items() if key in PREFETCH}
    for key, value in known.items():
        if reason := fault_of(value, patient_id, of_patient=key == PATIENT):
            faults[f"prefetch.{key}"] = [reason]
    return known


def fault_of(value: Any, patient_id: str, *, of_patient: bool = False) -> str:
    """Why a resource or a bundle is not what a template asks for; empty where it is.

    Args:
        of_patient: whether it must be the patient.
    """
    if value is None:
        return ""
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        return "Give a FHIR resource."
    if value["resourceType"] == "OperationOutcome":
        return ""
    if of_patient:
        is_theirs = value["resourceType"] == "Patient" and value.get("id") == patient_id
        return "" if is_theirs else "Give the Patient whom context.patientId names."
    entries = resources_in(value)
    if entries is None:
        return "The entries of the Bundle are none."
    if len(entries) > MOST_ENTRIES:
        return f"Send at most {MOST_ENTRIES:,} resources."
    if any(_is_of_another(one, patient_id) for one in entries):
        return "It is about another patient than context.patientId."
    return ""


def resources_in(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """A resource, or those of a bundle; None where an entry is none."""
    if value.get("resourceType") != "Bundle":
        return [value]
    entries = value.get("entry", [])
    if not isinstance(entries, list):
        return None
    found = [entry.get("resource") if isinstance(entry, dict) else None for entry in entries]
    return found if all(isinstance(one, dict) for one in found) else None  # type: ignore[return-value]


def _is_of_another(resource: dict[str, Any], patient_id: str) -> bool:
    if resource.get("resourceType") == "Patient":
        return resource.get("id") != patient_id
    for name in SUBJECTS:
        subject = resource.get(name)
        named = subject.get("reference") if isinstance(subject, dict) else None
        if isinstance(named, str) and "Patient/" in named:
            return named.rsplit("Patient/", 1)[1].split("/")[0] != patient_id
    return False


def _orders(
    context: dict[str, Any], service: Service, patient_id: str, faults: dict[str, list[str]]
) -> Orders:
    """The draft orders that count, and those that were not selected."""
    drafts = context.get("draftOrders")
    found = None
    if isinstance(drafts, dict) and drafts.get("resourceType") == "Bundle":
        found = resources_in(drafts)
    if found is None:
        faults["context.draftOrders"] = ["Give a Bundle of draft orders."]
        return (), ()
    if any(_is_of_another(one, patient_id) for one in found):
        faults["context.draftOrders"] = ["An order is for another patient than context.patientId."]
        return (), ()
    if service.hook != "order-select":
        return tuple(found), ()
    chosen = context.get("selections")
    if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
        faults["context.selections"] = ["Give a list of references into draftOrders."]
        return (), ()
    by_reference = {f"{one.get('resourceType')}/{one.get('id')}": one for one in found}
    # Some EHRs name the id alone.
    by_reference |= {str(one.get("id")): one for one in found if one.get("id")}
    if missing := [place for place, one in enumerate(chosen) if one not in by_reference]:
        faults[f"context.selections[{missing[0]}]"] = ["There is no such order in draftOrders."]
        return (), ()
    named = [id(by_reference[one]) for one in chosen]
    selected = tuple(one for one in found if id(one) in named)
    return selected, tuple(one for one in found if id(one) not in named)


def _authorization(
    body: dict[str, Any], patient_id: str, faults: dict[str, list[str]]
) -> Authorization | None:
    server = body.get("fhirServer")
    if server is not None and not (isinstance(server, str) and server.startswith("http")):
        faults["fhirServer"] = ["Give the address of a FHIR server."]
    given = body.get("fhirAuthorization")
    if given is None:
        return None
    if not isinstance(given, dict):
        faults["fhirAuthorization"] = [OBJECT]
        return None
    if server is None:
        faults["fhirServer"] = ["It is needed where fhirAuthorization is given."]
    for name in ("access_token", "scope", "subject"):
        if not (isinstance(given.get(name), str) and given[name]):
            faults[f"fhirAuthorization.{name}"] = [TEXT]
    if given.get("token_type") != "Bearer":
        faults["fhirAuthorization.token_type"] = ["Give Bearer."]
    expires = given.get("expires_in")
    if not isinstance(expires, int) or isinstance(expires, bool):
        faults["fhirAuthorization.expires_in"] = ["Give a number of seconds."]
    if given.get("patient", patient_id) != patient_id:
        faults["fhirAuthorization.patient"] = ["It is another patient than context.patientId."]
    token = given.get("access_token")
    if isinstance(token, str) and not (token.isascii() and token.isprintable()):
        faults["fhirAuthorization.access_token"] = ["Give an access token in ASCII."]
    return None if faults else Authorization(str(server), str(token))
