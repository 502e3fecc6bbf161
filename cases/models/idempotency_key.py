"""What a repeated request is answered from, so that it does nothing twice."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.case import Case
from cases.models.patient import Patient
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.fields import SealedJSONField
from tumorboard.vault.keyring import BLIND_BYTES


class IdempotencyKey(TenantModel):
    """One key of one caller, what it was used for, and the answer; kept for a day.

    Key and request are kept as keyed hashes: a caller may put anything into them. The row belongs
    to the case or patient that was written, so that it is hidden and erased with it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    key_token = models.BinaryField(max_length=BLIND_BYTES)
    #: Of method, address and body.
    request_token = models.BinaryField(max_length=BLIND_BYTES)
    #: The name of the route.
    route = models.CharField(max_length=80)
    patient = TenantForeignKey(Patient, null=True, related_name="+")
    case = TenantForeignKey(Case, null=True, related_name="+")
    #: None until the request is answered, in the same transaction.
    status = models.PositiveSmallIntegerField(null=True)
    #: {"headers": {name: value}, "body": JSON as text}; under the institution's key: what
    #: was answered may be about nobody, as by a search that found none.
    answer = SealedJSONField(purpose="idempotency_key.answer", null=True, db_column="sealed_answer")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "person", "key_token"], name="idempotency_key_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "made_at"], name="idempotency_key_by_time"),
        ]
