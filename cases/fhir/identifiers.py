"""Rows found by the identifiers that came in with them."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from cases.fhir.documents import WRITTEN
from cases.fhir.source import Source
from cases.models import FhirIdentifier, Lesion, Study
from cases.models.fhir_identifier import identifier_token

#: The search parameter.
IDENTIFIER = "identifier"


def by_identifier(source: Source, rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    """Rows beside which a document with one of these identifiers is kept.

    All of `rows` where a value names a system alone, which no index knows.

    Args:
        values: as a search has them: `value`, `|value` or `system|value`.
    """
    numbers = [value.rpartition("|")[2] for value in values]
    if not all(numbers):
        return rows
    tokens = [identifier_token(source.resource_type, number) for number in numbers]
    found = FhirIdentifier.objects.filter(token__in=tokens)
    named = found.values_list("document__resource_id", flat=True)
    keys = [key for each in named if (key := source.row_id(each)) is not None]
    mine = OWN.get(source.model)
    if mine is None and source.resource_type not in WRITTEN:
        return rows  # They come from here alone, with numbers of ours.
    return rows.filter(Q(pk__in=keys) | mine(numbers) if mine else Q(pk__in=keys))


def _of_study(numbers: Sequence[str]) -> Q:
    uids = [number.removeprefix("urn:oid:") for number in numbers]
    return Q(accession_number__in=numbers) | Q(study_uid__in=uids)


def _of_lesion(numbers: Sequence[str]) -> Q:
    keys = []
    for number in numbers:
        with contextlib.suppress(ValueError):
            keys.append(UUID(number.removeprefix("urn:uuid:")))
    return Q(pk__in=keys)


#: Numbers that rows have by themselves.
OWN: Mapping[type[Model], Callable[[Sequence[str]], Q]] = {Study: _of_study, Lesion: _of_lesion}
