"""Where the resources of an edition are published, and by which codes they speak."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guidance.engine.edition import Edition

PUBLISHER = "Tumorboard"
#: Where a site serves the resources.
PATH = "/guidance/fhir"
NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9.-]")
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]")


def base_at(site_url: str) -> str:
    """Return the address below which a site publishes the resources."""
    return f"{site_url.rstrip('/')}{PATH}"


def resource_id(code: str) -> str:
    """Return a code of the content as the id of a resource: letters, digits, hyphens and dots."""
    return NOT_IN_AN_ID.sub("-", code)


@dataclass(frozen=True, slots=True)
class Publication:
    """One edition at one address, such as `https://board.example.org/guidance/fhir`."""

    edition: Edition
    base: str

    def url(self, kind: str, code: str) -> str:
        """Return the canonical address of a resource, without its version."""
        return f"{self.base}/{kind}/{resource_id(code)}"

    def canonical(self, kind: str, code: str) -> str:
        """Return a reference to a resource of this edition."""
        return f"{self.url(kind, code)}|{self.edition.version}"

    def coding(self, system: str, code: str, display: str) -> dict[str, str]:
        """Return a code of one of this product's own code systems."""
        return {
            "system": self.url("CodeSystem", system),
            "version": self.edition.version,
            "code": code,
            "display": display,
        }

    def concept(self, system: str, code: str, display: str) -> dict[str, Any]:
        """Return a code with its words."""
        return {"coding": [self.coding(system, code, display)], "text": display}

    def head(self, kind: str, code: str, title: str, description: str) -> dict[str, Any]:
        """Return what every definitional resource of the edition begins with."""
        return {
            "resourceType": kind,
            "id": resource_id(code),
            "language": "en",
            "text": _narrative(title, description),
            "url": self.url(kind, code),
            "version": self.edition.version,
            "name": f"PNET_{NOT_IN_A_NAME.sub('_', code)}",
            "title": title,
            "status": "active",
            "experimental": False,
            "date": self.edition.date,
            "publisher": PUBLISHER,
            "description": description,
        }


def _narrative(title: str, description: str) -> Mapping[str, str]:
    words = "".join(f"<p>{_escaped(text)}</p>" for text in (title, description))
    div = f'<div xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">{words}</div>'
    return {"status": "generated", "div": div}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
