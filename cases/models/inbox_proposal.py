"""What a message would change in the record, until somebody decides."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.models.inbox_message import InboxMessage
from cases.models.patient import Patient
from cases.readings.reading import Kind
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.keyring import BLIND_BYTES


class ProposalState(models.TextChoices):
    """What was decided."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    #: A newer message says it otherwise, or the message was read again and says it no more.
    SUPERSEDED = "superseded", "Superseded"


KINDS = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in Kind]


@keep_history_of("message", "patient", "case", "kind", "state", "by_rule", "decided_by")
class InboxProposal(TenantModel):
    """One reading of a message; what it says lies sealed in the message, at `number`.

    Patient and case are those of the message, so that it is hidden with them.
    """

    message = TenantForeignKey(InboxMessage, related_name="proposals")
    patient = TenantForeignKey(Patient, null=True, related_name="+")
    case = TenantForeignKey(Case, null=True, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=KINDS)
    #: Of what it says something: a newer message about the same supersedes it.
    about_token = models.BinaryField(max_length=BLIND_BYTES)
    said_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=ProposalState.choices, default=ProposalState.OPEN
    )
    by_rule = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True)
    #: The row that was written, where one was; no reference, since it may be taken back.
    written_id = models.UUIDField(null=True)
    #: The message that superseded it, also where it is open again because that one was given to
    #: somebody else; no reference, since it may be erased with them.
    superseding_id = models.UUIDField(null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "message", "number"], name="inbox_proposal_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ProposalState.values),
                name="inbox_proposal_state_known_value",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["institution", "about_token", "said_at"], name="inbox_proposal_by_about"
            ),
            models.Index(
                fields=["institution", "superseding_id"],
                condition=models.Q(superseding_id__isnull=False),
                name="inbox_proposal_by_superseding",
            ),
        ]
