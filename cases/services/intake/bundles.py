"""Bundles of FHIR on their way in."""

import datetime
import hashlib
import json
from collections.abc import Iterator
from typing import Any, NoReturn

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.readings import fhir
from cases.selectors.code_maps import local_codes
from cases.services.intake.faults import Unacceptable
from cases.services.intake.incoming import MOST_BYTES, Incoming, checked
from cases.terminology.codes import LocalCodes
from guidance.engine.values import is_storable

#: How deep a bundle may be nested: resources of R4 with extensions in extensions go some 20 deep.
DEEPEST = 40
MOST_ENTRIES = 1_000
#: Bundles that carry what a system says; a search's answer and a history are none.
TYPES = ("message", "collection", "document", "transaction", "batch")


def incoming(raw: bytes, *, local: LocalCodes | None = None) -> Incoming:
    """What a bundle says, by the codes of the current institution.

    Args:
        local: what the institution says of codes; as it has confirmed where not given.

    Raises:
        Unacceptable: it is no bundle that is taken here.
    """
    bundle = parsed(raw)
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


def parsed(raw: bytes) -> dict[str, Any]:
    """The bundle as Python's values.

    Raises:
        Unacceptable: it is too long, no JSON, too deep, or no bundle; the reason quotes nothing.
    """
    if len(raw) > MOST_BYTES:
        raise Unacceptable(f"The bundle has more than {MOST_BYTES:,} bytes.", code="too-long")
    try:
        text = raw.decode()
        data = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
        json.dumps(data, ensure_ascii=False).encode()
    except RecursionError:
        raise Unacceptable(TOO_DEEP) from None
    except UnicodeError:
        raise Unacceptable("The body is not text in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Unacceptable(f"The body is not JSON: {error.msg}, line {error.lineno}.") from None
    except ValueError as error:
        raise Unacceptable(str(error)) from None
    _check_depth(data)
    if not is_storable(text) or "\\u0000" in text:
        raise Unacceptable("The bundle holds a character that cannot be stored.", code="value")
    _check(data)
    return dict(data)


TOO_DEEP = f"The bundle is nested more than {DEEPEST} deep."


def _no_number(name: str) -> NoReturn:
    message = f"The body is not JSON: {name} is not a number."
    raise ValueError(message)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "The body gives a name twice in one object."
        raise ValueError(message)
    return found


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(DEEPEST):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise Unacceptable(TOO_DEEP)


def _check(data: Any) -> None:
    """What every bundle must be.

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
        if isinstance(entry.get("fullUrl"), str):
            yield entry["fullUrl"]
        if isinstance(resource.get("id"), str):
            yield f"Patient/{resource['id']}"
        yield "Patient"
        for each in resource.get("identifier") or ():
            if isinstance(each, dict):
                yield f"{each.get('system', '')}|{each.get('value', '')}"


def _id(bundle: dict[str, Any], raw: bytes) -> str:
    """By which the sender knows it: its identifier, its id, else its content."""
    identifier = bundle.get("identifier") or {}
    if isinstance(identifier.get("value"), str) and identifier["value"]:
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
    try:
        made = parse_datetime(written)
    except ValueError:
        made = None
    if made is None:
        raise Unacceptable("This is no instant of FHIR.", place="Bundle.timestamp", code="value")
    return made if made.tzinfo else timezone.make_aware(made)
