"""Keeping what came in beside the row that was written from it, or alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model

from cases.fhir.acceptance.belonging import Belonging
from cases.fhir.documents import parsed
from cases.fhir.formats import encoded
from cases.fhir.keeping import Json
from cases.fhir.linking import replaced
from cases.fhir.registry import sources
from cases.fhir.source import Source
from cases.models import FhirDocument
from cases.services import fhir_documents
from tumorboard.accounts.models import User

#: A source and one of its rows.
Home = tuple[Source, Any]


def home_of(resource: Json, rows: Sequence[Model]) -> Home | None:
    """The source and row that say what a resource says; None where none does.

    Args:
        rows: what was written from it, the row that it is about first.
    """
    for written in rows:
        fitting = []
        for source in sources(resource["resourceType"]):
            if source.model is type(written):
                row = source.rows().filter(pk=written.pk).first()
                if row is not None:
                    fitting.append((source, row))
        if len(fitting) > 1:
            wanted = _codes(resource)
            fitting = [each for each in fitting if wanted & _codes(each[0].project(each[1]))]
        if fitting:
            return fitting[0]
    return None


def _codes(resource: Json) -> set[tuple[str, str]]:
    codings = (resource.get("code") or {}).get("coding", [])
    return {(each.get("system", ""), each.get("code", "")) for each in codings}


def keep(resource: Json, whose: Belonging, home: Home | None, *, by: User) -> str:
    """Keep a document beside its row, with what the row says now, or alone; the resource's id."""
    if home is None:
        return keep_alone(resource, whose, by=by)
    source, written = home
    row = source.rows().get(pk=written.pk)
    kept = fhir_documents.keep(
        resource_type=source.resource_type,
        resource_id=source.id_of(row),
        document=encoded(_bare(resource)),
        said=encoded({"resourceType": source.resource_type, **source.project(row)}),
        patient=whose.patient,
        case=whose.case,
        by=by,
    )
    return kept.resource_id


def keep_alone(resource: Json, whose: Belonging, *, by: User, key: str = "") -> str:
    """Keep a document that nothing else here says; the resource's id.

    Args:
        key: the id that it has already; empty for a new one.
    """
    kept = fhir_documents.keep(
        resource_type=resource["resourceType"],
        resource_id=key,
        document=encoded(_bare(resource)),
        patient=whose.patient,
        case=whose.case,
        by=by,
    )
    return kept.resource_id


def link_anew(resource_type: str, resource_id: str, links: Mapping[str, str]) -> None:
    """Set references of a document that was just kept, to what got its id after it."""
    kept = FhirDocument.objects.get(resource_type=resource_type, resource_id=resource_id)
    linked = replaced(parsed(kept.document), links)
    kept.write(document=encoded(linked), said=kept.said)
    kept.save(update_fields=["about_patient", "about_nobody"])


def _bare(resource: Json) -> Json:
    """A resource without the id that it had elsewhere."""
    return {name: value for name, value in resource.items() if name != "id"}
