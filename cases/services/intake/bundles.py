"""Bundles of FHIR on their way in."""

import datetime
import hashlib
import re
from collections.abc import Iterator
from typing import Any

from django.utils.dateparse import parse_datetime

from cases.models import IntakeSource
from cases.r4.judging import faults
from cases.readings import fhir
from cases.selectors.code_maps import local_codes
from cases.services.intake.faults import TEST, Unacceptable
from cases.services.intake.incoming import MOST_BYTES, Incoming, checked
from cases.terminology.codes import LocalCodes
from guidance.engine.values import is_storable
from tumorboard.json_bodies import BadJson, exact, read_json

#: How deep a bundle may be nested: resources of R4 with extensions in extensions go some 20 deep.
DEEPEST = 40
MOST_ENTRIES = 1_000
#: "Test health data", in FHIR's terminology (npm hl7.terminology.r4 7.0.1).
TEST_DATA = ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST")
LEAP_SECOND = re.compile(r":60(?=[.Z+-])")
#: In which a message may have been made.
YEARS = range(1900, 2200)
#: Bundles that carry what a system says; a search's answer and a history are none.
TYPES = ("message", "collection", "document", "transaction", "batch")


def incoming(raw: bytes, source: IntakeSource) -> Incoming:
    """What a bundle says, by the codes of the current institution.

    Raises:
        Unacceptable: it is no bundle that is taken here.
    """
    bundle = parsed(raw)
    if found := faults(bundle):
        raise Unacceptable.of(found)
    check_meant(bundle, source)
    return _incoming(bundle, raw)


def check_meant(bundle: dict[str, Any], source: IntakeSource) -> None:
    """Whether a bundle is meant in earnest.

    Raises:
        Unacceptable: it, or something in it, is marked as test data, and the source is none for
            tests.
    """
    parts = [("Bundle", bundle)] + [
        (f"Bundle.entry[{number}].resource", resource)
        for number, resource in enumerate(_resources(bundle))
    ]
    place = next((f"{path}.meta" for path, part in parts if _is_test(part)), "")
    if place and not source.is_test:
        raise Unacceptable(TEST, place=place, code="business-rule")


def _is_test(resource: dict[str, Any]) -> bool:
    meta = resource.get("meta", {})
    labels = [*meta.get("security", ()), *meta.get("tag", ())]
    return any((label.get("system"), label.get("code")) == TEST_DATA for label in labels)


def again(raw: str, *, local: LocalCodes | None = None) -> Incoming:
    """What a bundle that was kept says by the codes of today, or by those that are given.

    It was judged when it came.

    Raises:
        Unacceptable: it can be read no more.
    """
    encoded = raw.encode()
    return _incoming(parsed(encoded), encoded, local=local)


def parsed(raw: bytes) -> dict[str, Any]:
    """The bundle as Python's values, numbers as they are written.

    Raises:
        Unacceptable: it is too long, no JSON, too deep, or no bundle; the reason quotes nothing.
    """
    if len(raw) > MOST_BYTES:
        raise Unacceptable(f"The bundle has more than {MOST_BYTES:,} bytes.", code="too-long")
    try:
        data = read_json(raw, deepest=DEEPEST, number=exact)
    except BadJson as error:
        raise Unacceptable(str(error)) from None
    text = raw.decode()
    if not is_storable(text) or "\\u0000" in text:
        raise Unacceptable("The bundle holds a character that cannot be stored.", code="value")
    _check(data)
    return dict(data)


def _incoming(bundle: dict[str, Any], raw: bytes, *, local: LocalCodes | None = None) -> Incoming:
    resources = list(_resources(bundle))
    return checked(
        Incoming(
            format="fhir",
            kind="Bundle",
            control_id=_id(bundle, raw),
            said_at=_made(bundle),
            raw=raw.decode(),
            read=fhir.read_all(resources, local=local_codes() if local is None else local),
        ),
        also_called=frozenset(_names_of_patient(bundle)),
    )


def _check(data: Any) -> None:
    """What every bundle must be beyond what R4 says of it.

    Raises:
        Unacceptable: what it is not, and where.
    """
    if not isinstance(data, dict) or data.get("resourceType") != "Bundle":
        raise Unacceptable("Send a Bundle.", place="resourceType", code="value")
    if data.get("type") not in TYPES:
        reason = f"Bundles of the types {', '.join(TYPES)} are taken."
        raise Unacceptable(reason, place="Bundle.type", code="value")
    for name, kind in (("id", str), ("timestamp", str), ("identifier", dict), ("entry", list)):
        if name in data and not isinstance(data[name], kind):
            raise Unacceptable(WRONG_TYPE, place=f"Bundle.{name}", code="structure")
    entries = data.get("entry") or []
    if not entries:
        raise Unacceptable("The bundle holds nothing.", place="Bundle.entry", code="required")
    if len(entries) > MOST_ENTRIES:
        reason = f"The bundle has more than {MOST_ENTRIES:,} entries."
        raise Unacceptable(reason, place="Bundle.entry", code="too-long")
    for number, entry in enumerate(entries):
        place = f"Bundle.entry[{number}]"
        if not isinstance(entry, dict):
            raise Unacceptable(WRONG_TYPE, place=place)
        resource = entry.get("resource")
        if not isinstance(resource, dict):
            reason = "The entry holds no resource."
            raise Unacceptable(reason, place=f"{place}.resource", code="required")
        if not isinstance(resource.get("resourceType"), str):
            reason = "The resource does not say what it is."
            raise Unacceptable(reason, place=f"{place}.resource.resourceType", code="required")


WRONG_TYPE = "This is of another type in FHIR."


def _resources(bundle: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in bundle["entry"]:
        yield entry["resource"]


def _names_of_patient(bundle: dict[str, Any]) -> Iterator[str]:
    """Under which addresses the bundle's own patient is referred to."""
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] != "Patient":
            continue
        if "fullUrl" in entry:
            yield entry["fullUrl"]
        if "id" in resource:
            yield f"Patient/{resource['id']}"
        yield "Patient"
        for each in resource.get("identifier", ()):
            yield f"{each.get('system', '')}|{each.get('value', '')}"


def _id(bundle: dict[str, Any], raw: bytes) -> str:
    """By which the sender knows it: its identifier, its id, else its content."""
    identifier = bundle.get("identifier", {})
    if "value" in identifier:
        return f"{identifier.get('system', '')}|{identifier['value']}"
    return str(bundle.get("id") or hashlib.sha256(raw).hexdigest())


def _made(bundle: dict[str, Any]) -> datetime.datetime | None:
    """When the sender made it.

    Raises:
        Unacceptable: the timestamp is none.
    """
    written = bundle.get("timestamp")
    if not written:
        return None
    # FHIR knows leap seconds, and Python does not.
    made = parse_datetime(LEAP_SECOND.sub(":59", written))
    # What no clock of a hospital shows is no time, and the database keeps none before year 1.
    if made is None or made.year not in YEARS:
        raise Unacceptable("This is no instant of FHIR.", place="Bundle.timestamp", code="value")
    return made
