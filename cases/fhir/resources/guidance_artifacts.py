"""PlanDefinition, ActivityDefinition, CodeSystem: the guidance, as its editions are published."""

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from cases.fhir.published import Published
from cases.fhir.vocabulary import code_systems
from guidance.editions import shelf
from guidance.engine.edition import Edition
from guidance.fhir.bundle import resources
from guidance.fhir.publication import base_at

CODE_SYSTEM = "CodeSystem"


class Guidance(Published):
    """The resources of one type that the editions of the guidance give.

    They are the same in all institutions; which edition is the present one is the institution's
    choice. A version is an edition: its number is the edition's, and every edition that was ever
    loaded can be read by it, since decisions refer to the one that they were made on.
    """

    def __init__(self, resource_type: str) -> None:
        self.resource_type = resource_type  # type: ignore[misc]

    def newest(self) -> Sequence[dict[str, Any]]:
        """Those of the edition that the institution uses."""
        adopted = shelf.adopted()
        return [self._published(each, adopted) for each in self._of(adopted)]

    def versions(self, resource_id: str) -> Sequence[dict[str, Any]]:
        """One in every edition that has it, by date, that of the institution's edition last."""
        adopted = shelf.adopted()
        others = [
            shelf.edition(each.version)
            for each in reversed(shelf.versions())
            if each.version != adopted.version
        ]
        return [
            self._published(each, edition)
            for edition in [*others, adopted]
            for each in self._of(edition)
            if each["id"] == resource_id
        ]

    def _of(self, edition: Edition) -> Iterable[dict[str, Any]]:
        made = _resources(edition.version, edition.hash, base_at(settings.SITE_URL))
        return (each for each in made if each["resourceType"] == self.resource_type)

    def _published(self, resource: dict[str, Any], edition: Edition) -> dict[str, Any]:
        updated = f"{edition.date}T00:00:00+00:00"
        return {**resource, "meta": {"versionId": edition.version, "lastUpdated": updated}}


class Vocabularies(Guidance):
    """The code systems of the guidance, and those of the record, which no edition changes."""

    def __init__(self) -> None:
        super().__init__(CODE_SYSTEM)

    def newest(self) -> Sequence[dict[str, Any]]:
        """Both; those of the record have one version."""
        return [*super().newest(), *_of_record()]

    def versions(self, resource_id: str) -> Sequence[dict[str, Any]]:
        """Those of an edition in every edition; those of the record once."""
        ours = [each for each in _of_record() if each["id"] == resource_id]
        return ours or super().versions(resource_id)


@functools.cache
def _of_record() -> Sequence[dict[str, Any]]:
    return tuple({**each, "meta": {"versionId": "1"}} for each in code_systems())


@functools.cache
def _resources(version: str, content_hash: str, base: str) -> Sequence[dict[str, Any]]:
    """Everything of an edition, made once for each process; editions are never changed."""
    return tuple(resources(shelf.edition(version), base))
