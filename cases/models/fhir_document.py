"""A FHIR resource as it came in, kept beside what was written from it."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.patient import Patient
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.fields import Part, SealedJSONField

ABOUT_PATIENT, ABOUT_NOBODY = "about_patient", "about_nobody"


@keep_history_of(
    "resource_type",
    "resource_id",
    "patient",
    "case",
    "stands_alone",
    ABOUT_PATIENT,
    "received_at",
    attributes={
        "document": Part("document", sealed_in=ABOUT_PATIENT),
        "said": Part("said", sealed_in=ABOUT_PATIENT),
    },
)
class FhirDocument(TenantModel):
    """What another system said, to the letter, and what its row said right after it was written.

    Both are JSON as text, so that 1.50 stays 1.50, in one sealed column: under the patient's key
    where somebody is known whom it is about, so that erasure destroys it with its history; else
    under the institution's, and then in no history, or erasure could not reach what names a patient
    in there.
    """

    resource_type = models.CharField(max_length=40)
    #: The logical id, which is the row's; its own where it stands alone.
    resource_id = models.CharField(max_length=64)
    #: Whether nothing else here says what it says: there is no row beside it.
    stands_alone = models.BooleanField(default=False)
    patient = TenantForeignKey(Patient, null=True, related_name="+")
    case = TenantForeignKey(Case, null=True, related_name="+")
    about_patient = SealedJSONField(
        purpose="fhir_document.about_patient", holder="patient", null=True, editable=False
    )
    about_nobody = SealedJSONField(purpose="fhir_document.about_nobody", null=True, editable=False)
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "resource_type", "resource_id"], name="fhir_document_once"
            ),
            models.CheckConstraint(
                condition=models.Q(patient__isnull=False, about_nobody__isnull=True)
                | models.Q(patient__isnull=True, case__isnull=True, about_patient__isnull=True),
                name="fhir_document_sealed_for_its_patient",
            ),
        ]

    def write(self, *, document: str, said: str) -> None:
        """Take both texts, for whom it is about by now; saved with the row."""
        texts = {"document": document, "said": said}
        self.about_patient = texts if self.patient_id else None
        self.about_nobody = None if self.patient_id else texts

    @property
    def document(self) -> str:
        """The resource as JSON; empty where its key was destroyed."""
        return str(self._texts.get("document", ""))

    @property
    def said(self) -> str:
        """What the row said, as JSON; empty where there was none, or its key was destroyed."""
        return str(self._texts.get("said", ""))

    @property
    def _texts(self) -> dict[str, str]:
        return (self.about_patient if self.patient_id else self.about_nobody) or {}
