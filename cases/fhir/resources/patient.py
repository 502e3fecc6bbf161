"""Patient: who somebody is."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.fhir.resources.elements import Json, day, said
from cases.fhir.resources.mcode import STRUCTURE
from cases.fhir.source import Narrowing, Source, reference
from cases.models import FhirDocument, FhirIdentifier, Patient
from cases.models.fhir_identifier import identifier_token
from cases.models.patient import Sex
from cases.models.patient_token import (
    LONGEST,
    SHORTEST,
    PatientToken,
    birth_date_token,
    record_token,
    word_token,
)
from cases.models.search_key import search_key
from tumorboard.tenancy.scope import current_institution

CANCER_PATIENT = f"{STRUCTURE}/mcode-cancer-patient"
RECORD_NUMBER = {
    "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
    "code": "MR",
    "display": "Medical record number",
}
#: http://hl7.org/fhir/administrative-gender.
GENDERS = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.UNSPECIFIED: "other"}


def record_numbers() -> str:
    """The address of the numbers by which the current institution knows its patients."""
    return f"{settings.SITE_URL.rstrip('/')}/fhir/{current_institution().slug}/record-number"


def came_in() -> Q:
    """Rows beside which a document is kept: it may have further numbers, which no index knows."""
    kept = FhirDocument.objects.filter(resource_type="Patient", patient=OuterRef("pk"))
    return Q(Exists(kept))


def by_number(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    """Rows whose record number is one of these, or beside which one came in."""
    numbers = [value.rpartition("|")[2] for value in values]
    if not all(numbers):
        return rows
    tokens = [identifier_token("Patient", number) for number in numbers]
    came = FhirIdentifier.objects.filter(token__in=tokens).values("document__patient_id")
    mine = Q(record_blind__in=[record_token(number) for number in numbers])
    return rows.filter(mine | Q(pk__in=came))


def by_name(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    """Rows in whose name a word begins as the first one of any value."""
    words = [word for value in values for word in search_key(value).split()[:1]]
    if len(words) < len(values) or any(len(word) < SHORTEST for word in words):
        return rows
    return _with_tokens(rows, [word_token(word[:LONGEST]) for word in words], came_in())


def by_birth_date(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    """Rows with one of these dates of birth, where whole dates are given."""
    try:
        days = [datetime.date.fromisoformat(value.removeprefix("eq")) for value in values]
    except ValueError:
        return rows
    return _with_tokens(rows, [birth_date_token(day) for day in days], Q())


def _with_tokens(rows: QuerySet[Any], tokens: Sequence[bytes], others: Q) -> QuerySet[Any]:
    known = PatientToken.objects.filter(token__in=tokens).values("patient_id")
    return rows.filter(Q(pk__in=known) | others if others else Q(pk__in=known))


class PatientRow(Source):
    """A patient. One who was erased has neither name nor number, and is no longer active."""

    resource_type: ClassVar[str] = "Patient"
    model = Patient
    patient: ClassVar[str] = "id"
    case: ClassVar[str] = ""
    narrowings: ClassVar[Mapping[str, Narrowing]] = {
        "identifier": by_number,
        "birthdate": by_birth_date,
        "name": by_name,
        "family": by_name,
        "given": by_name,
    }

    def rows(self) -> QuerySet[Any]:
        """The institution's patients."""
        return Patient.objects.all()

    def project(self, row: Patient) -> Json:
        """Number, name, date of birth and sex, as far as they are known."""
        gender = GENDERS.get(Sex(row.sex)) if row.sex else "unknown"
        return said(
            resourceType=self.resource_type,
            meta={"profile": [CANCER_PATIENT]} if row.family_name or row.given_name else None,
            identifier=[] if row.is_erased else [_identifier(row)],
            active=not row.is_erased,
            name=_names(row),
            gender=gender,
            birthDate=day(row.birth_date),
            managingOrganization=reference("Organization", row.institution_id),
        )


def _identifier(patient: Patient) -> Json:
    return {
        "use": "usual",
        "type": {"coding": [RECORD_NUMBER]},
        "system": record_numbers(),
        "value": patient.record_number,
    }


def _names(patient: Patient) -> list[Json]:
    if patient.is_erased:
        return []
    name = said(family=patient.family_name, given=patient.given_name.split())
    return [{"use": "official", **name}] if name else []
