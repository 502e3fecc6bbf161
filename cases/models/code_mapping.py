"""What a code means in one institution."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from cases.models.entered import Entered
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantModel

MOST_SYSTEM, MOST_CODE, MOST_DISPLAY = 200, 100, 300


@keep_history
class CodeMapping(Entered, TenantModel):
    """A code of a local system, or of a standard, and the concept of ours that it stands for.

    Only what is confirmed is read by machines. What is retired stays, as the history of a code.
    """

    class Status(models.TextChoices):
        """How far a mapping is trusted."""

        PROPOSED = "proposed", "Proposed"
        CONFIRMED = "confirmed", "Confirmed"
        RETIRED = "retired", "Retired"

    #: The canonical address of a code system we know, else whatever the institution calls it.
    system = models.CharField("code system", max_length=MOST_SYSTEM)
    code = models.CharField(max_length=MOST_CODE)
    display = models.CharField("name of the code", max_length=MOST_DISPLAY, blank=True)
    #: The path of a concept (`cases.selectors.concepts`).
    concept = models.CharField("what it stands for", max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    #: Where the mapping comes from: a table, a person's word, a catalogue of the laboratory.
    source = models.CharField("where it comes from", max_length=200, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "system", "code"],
                condition=~models.Q(status="retired"),
                name="code_mapping_once",
            ),
            models.CheckConstraint(
                condition=~(models.Q(system="") | models.Q(code="") | models.Q(concept="")),
                name="code_mapping_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed")
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="code_mapping_confirmed_by_somebody",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["institution", "status", "system", "code"], name="code_mapping_by_code"
            ),
        ]
