"""The blind index of what came in: by which identifiers of other systems it can be found."""

from typing import Any, ClassVar

from django.db import models

from cases.models.fhir_document import FhirDocument
from cases.models.patient import Patient
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.keyring import BLIND_BYTES, keyring

#: What a token is of.
IDENTIFIER = "fhir_identifier"


class FhirIdentifier(TenantModel):
    """One token of one document: a keyed hash of an identifier's value.

    A hospital's interface asks for what it sent by its own identifiers, before each write. They may
    say who somebody is, so only the hash is searched; the system is compared afterwards.
    """

    document = TenantForeignKey(FhirDocument, on_delete=models.CASCADE, related_name="identifiers")
    #: Repeated, so that a token is hidden with its patient.
    patient = TenantForeignKey(Patient, null=True, related_name="+")
    token = models.BinaryField(max_length=BLIND_BYTES)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "token", "document"], name="fhir_identifier_once"
            ),
        ]


def identifier_token(resource_type: str, value: str) -> bytes:
    """The token of an identifier's value, in resources of one type."""
    return keyring().blind(IDENTIFIER, f"{resource_type}|{value}")
