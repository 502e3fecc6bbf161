"""Examples of others go in and come out: what of what they said is lost, and what is refused."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from cases.fhir.documents import WRITTEN
from cases.fhir.formats import encoded
from cases.fhir.linking import based, replaced
from cases.r4.judging import faults
from tests.integration.fhir.writing.server import Server

Json = dict[str, Any]
#: The server that the examples refer to.
BASE = "http://hl7.org/fhir"
#: What the server alone says.
OURS = ("id", "meta")


class Journey(NamedTuple):
    """What became of examples."""

    arrived: list[str]
    #: Example -> why it was refused.
    refused: dict[str, str]
    #: Example -> elements that came back otherwise.
    lost: dict[str, list[str]]


def examples(folder: Path) -> list[Json]:
    """The resources in a folder that this server writes, numbers as they were written."""
    found = []
    for file in sorted(folder.rglob("*.json")):
        said = json.loads(file.read_bytes(), parse_float=Decimal)
        if isinstance(said, dict) and said.get("resourceType") in WRITTEN and "id" in said:
            found.append(said)
    return found


def sent(server: Server, resources: Iterable[Json]) -> Journey:
    """Send resources, those of one patient in one transaction, and compare what comes back."""
    journey = Journey([], {}, {})
    for group in _by_patient(resources).values():
        _send(server, group, journey)
    return journey


def name_of(resource: Mapping[str, Any]) -> str:
    """Type and id of an example."""
    return f"{resource['resourceType']}/{resource['id']}"


def _by_patient(resources: Iterable[Json]) -> dict[str, list[Json]]:
    groups: dict[str, list[Json]] = defaultdict(list)
    for each in resources:
        whom = each.get("subject") or each.get("patient") or {}
        of = name_of(each) if each["resourceType"] == "Patient" else whom.get("reference", "")
        groups[of].append(each)
    return groups


def _send(server: Server, group: list[Json], journey: Journey) -> None:
    left = []
    for each in group:
        found = faults(each)
        if found:
            journey.refused[name_of(each)] = f"{found[0].diagnostics} {found[0].expression}"
        else:
            left.append(each)
    while left:
        answer = server.post("", encoded(_bundle(left)), prefer="return=representation")
        if answer.status_code == 200:
            _compare(left, json.loads(answer.content, parse_float=Decimal), journey)
            return
        issue = answer.json()["issue"][0]
        number = int(issue["expression"][0].partition("[")[2].partition("]")[0])
        gone = left.pop(number)
        journey.refused[name_of(gone)] = f"{answer.status_code} {issue.get('diagnostics', '')}"


def _bundle(resources: list[Json]) -> Json:
    entries = [
        {
            "fullUrl": f"{BASE}/{name_of(each)}",
            "resource": each,
            "request": {"method": "POST", "url": each["resourceType"]},
        }
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _compare(resources: list[Json], answer: Json, journey: Journey) -> None:
    back = {
        name_of(entry["resource"]): f"{BASE}/{name_of(each)}"
        for each, entry in zip(resources, answer["entry"], strict=True)
    }
    for each, entry in zip(resources, answer["entry"], strict=True):
        wanted, got = based(each, base=BASE), replaced(entry["resource"], back)
        lost = [name for name in wanted if name not in OURS and wanted[name] != got.get(name)]
        said, kept = wanted.get("meta", {}), got["meta"]
        lost += [
            f"meta.{name}"
            for name, values in said.items()
            if name in ("profile", "tag", "security")
            and any(value not in kept.get(name, []) for value in values)
        ]
        journey.arrived.append(name_of(each))
        if lost:
            journey.lost[name_of(each)] = lost
