"""A message of another system, as it came."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.intake_source import IntakeSource
from cases.models.patient import Patient
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.fields import SealedJSONField
from tumorboard.vault.keyring import BLIND_BYTES


class MessageFormat(models.TextChoices):
    """In which standard it is written."""

    HL7V2 = "hl7v2", "HL7 v2"
    FHIR = "fhir", "FHIR"


class MessageState(models.TextChoices):
    """What is still to do with it."""

    NEEDS_PERSON = "needs_person", "Needs a person"
    MATCHED = "matched", "Matched"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"


#: States in which something waits.
WAITING = (MessageState.NEEDS_PERSON, MessageState.MATCHED)


@keep_history_of("source", "patient", "case", "state", "handled_by")
class InboxMessage(TenantModel):
    """One message about one person.

    While nobody knows whom it is about, it is sealed under the institution's key; from then on
    under the patient's, so that erasing the patient takes it along. What it says in plain columns
    is nobody's: its kind, its times, keyed hashes of its id and of its content.
    """

    source = TenantForeignKey(IntakeSource, related_name="messages")
    format = models.CharField(max_length=10, choices=MessageFormat.choices)
    #: "ADT^A08", "Bundle".
    kind = models.CharField(max_length=20)
    #: Of the id that the sender gave it.
    control_token = models.BinaryField(max_length=BLIND_BYTES)
    #: Of all that was sent.
    content_token = models.BinaryField(max_length=BLIND_BYTES)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    #: When the sender made it; when it came, where it does not say so.
    said_at = models.DateTimeField()
    patient = TenantForeignKey(Patient, null=True, related_name="+")
    case = TenantForeignKey(Case, null=True, related_name="+")
    #: Whether it came from a source that tries the connection; it stays so.
    is_test = models.BooleanField(default=False, db_default=False, editable=False)
    state = models.CharField(
        max_length=15, choices=MessageState.choices, default=MessageState.NEEDS_PERSON
    )
    #: Of these two one is empty: `content` says which.
    loose = SealedJSONField(purpose="inbox_message.loose", null=True, db_column="sealed_loose")
    kept = SealedJSONField(
        purpose="inbox_message.kept", holder="patient", null=True, db_column="sealed_kept"
    )
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "source", "control_token"], name="inbox_message_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=MessageState.values),
                name="inbox_message_state_known_value",
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=MessageFormat.values),
                name="inbox_message_format_known_value",
            ),
            # A case is somebody's.
            models.CheckConstraint(
                condition=models.Q(case=None) | models.Q(patient__isnull=False),
                name="inbox_message_case_of_patient",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["institution", "state", "received_at", "id"], name="inbox_message_by_state"
            ),
        ]

    @property
    def content(self) -> dict[str, Any]:
        """The original and what was read of it (`cases.selectors.inbox_contents`)."""
        return dict((self.kept if self.patient_id else self.loose) or {})

    @content.setter
    def content(self, value: dict[str, Any]) -> None:
        if self.patient_id:
            self.kept, self.loose = value, None
        else:
            self.kept, self.loose = None, value
