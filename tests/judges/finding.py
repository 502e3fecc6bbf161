"""What a judge has against a resource, and which of it is waived."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FILE = Path(__file__).with_name("waived.yaml")
KEYS = {"judge", "at", "says", "because"}
INDEX = re.compile(r"\[\d+\]")


class Finding(NamedTuple):
    """One complaint.

    Args:
        judge: "json-schema" or "medplum".
        resource: its type and id.
        profile: the address that was held against; empty for R4 itself.
        at: the element, without positions in lists: "Observation.hasMember".
        says: the judge's words.
    """

    judge: str
    resource: str
    profile: str
    at: str
    says: str


class Waiver(NamedTuple):
    """A kind of complaint that is none, and why; `at` and `says` are found in the complaint."""

    judge: str
    at: re.Pattern[str]
    says: re.Pattern[str]
    because: str

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this complaint."""
        is_there = self.at.search(finding.at) is not None
        return self.judge == finding.judge and is_there and bool(self.says.search(finding.says))


def place(path: str) -> str:
    """An element's path without positions in lists."""
    return INDEX.sub("", path)


@cache
def waivers() -> tuple[Waiver, ...]:
    """Every waiver of the file, each with its reason."""
    said: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert all(set(each) == KEYS and all(each["because"].split()) for each in said)
    return tuple(
        Waiver(
            each["judge"], re.compile(each["at"]), re.compile(each["says"]), each["because"].strip()
        )
        for each in said
    )


def unwaived(found: Iterable[Finding]) -> Iterator[Finding]:
    """Complaints that no waiver covers."""
    return (each for each in found if not any(one.covers(each) for one in waivers()))


def idle(found: Iterable[Finding]) -> Iterator[Waiver]:
    """Waivers of what no judge complains of any more."""
    known = list(found)
    return (each for each in waivers() if not any(each.covers(one) for one in known))
