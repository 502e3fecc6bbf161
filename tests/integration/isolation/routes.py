"""Every route of the site, read from the URL configuration, so that none can be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter

from cases.fhir.urls import LogicalId


@dataclass(frozen=True)
class Route:
    """One route: its pattern as text, its view, its parameters with their converters."""

    pattern: str
    view: Any
    name: str | None
    converters: dict[str, Any]

    @property
    def ids(self) -> list[str]:
        """Names of the parameters that hold the id of a row."""
        return [n for n, c in self.converters.items() if isinstance(c, UUIDConverter | LogicalId)]


def all_routes() -> list[Route]:
    """Every leaf of the URL configuration."""
    return list(_walk(get_resolver().url_patterns, "/", {}))


def _walk(patterns: list[Any], prefix: str, converters: dict[str, Any]) -> Iterator[Route]:
    for entry in patterns:
        known = {**converters, **entry.pattern.converters}
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, prefix + str(entry.pattern), known)
        elif isinstance(entry, URLPattern):
            yield Route(prefix + str(entry.pattern), entry.callback, entry.name, known)
