"""The board's signed conclusion on one agenda item. Append-only in the database."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from cases.models.agenda_item import AgendaItem, Track
from cases.models.assessment import Assessment
from cases.models.board import Board
from cases.models.case import Case
from cases.models.conclusion import Asked, Conclusion
from cases.models.specialty import Specialty
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class Decision(Conclusion, TenantModel):
    """A signed decision; amended only by a further version.

    `content_hash` is the SHA-256 of everything that was signed, see `services.decisions`.
    `chain_hash` ties it to the decision that was signed before it on the same board; what was
    signed before there were chains has none.
    """

    agenda_item = TenantForeignKey(AgendaItem, related_name="decisions")
    case = TenantForeignKey(Case, related_name="decisions")
    version = models.PositiveSmallIntegerField()
    assessment = TenantForeignKey(Assessment, related_name="+")
    #: SHA-256 of what the assessment held when it was signed, see `services.content_hash`; empty
    #: where it was signed before this was kept, as are the two below.
    assessment_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    board_name = models.CharField(max_length=120, blank=True, default="", db_default="")
    meeting_starts_at = models.DateTimeField(null=True)
    question = models.CharField(max_length=500, blank=True)
    rationale = models.TextField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    signer_name = models.CharField(max_length=120)
    signer_role = models.CharField(max_length=80)
    signed_at = models.DateTimeField()
    meaning = models.CharField(max_length=200)
    #: What stood beside the assessment when it was signed: local words and acknowledgments, see
    #: `selectors.annotations`. None where it was signed before these were quoted.
    quoted = models.JSONField(null=True)
    #: What the case was settled by: a discussion, or a named standard on the protocol track.
    track = models.CharField(
        max_length=20,
        choices=Track.choices,
        default=Track.DISCUSSION,
        db_default=Track.DISCUSSION,
    )
    standard_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    standard_source = models.CharField(max_length=300, blank=True, default="", db_default="")
    #: What the signer accepted by name: [{"what": code, "text": words, "reason": words}].
    accepted = models.JSONField(default=list, db_default=[])
    #: Opinions that were given before: [{"name", "specialty", "text", "given_at"}].
    opinions = models.JSONField(default=list, db_default=[])
    #: Which columns `content_hash` covers; see `services.content_hash`.
    hash_scheme = models.PositiveSmallIntegerField(default=1, db_default=1)
    content_hash = models.CharField(max_length=64)
    board = TenantForeignKey(Board, null=True, related_name="+")
    #: Counted from 1 on each board, over all versions.
    chain_position = models.PositiveIntegerField(null=True)
    previous_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    chain_hash = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "board", "chain_position"], name="decision_chained_once"
            ),
            models.UniqueConstraint(
                fields=["institution", "agenda_item", "version"], name="decision_version_once"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "case", "-signed_at"], name="decision_by_case"),
        ]


class Recommendation(Asked, TenantModel):
    """One coded thing that a signed decision asks for."""

    decision = TenantForeignKey(Decision, related_name="recommendations")
    #: Who sees to it, named by the board or chosen as the sheet of the signer said; None: not kept.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "decision", "position"], name="recommendation_position_once"
            ),
        ]


class Participant(TenantModel):
    """Somebody who was present when the decision was taken."""

    decision = TenantForeignKey(Decision, related_name="participants")
    name = models.CharField(max_length=120)
    specialty = models.CharField(max_length=80, blank=True)
    specialty_code = models.CharField(
        max_length=40, choices=Specialty.choices, blank=True, default="", db_default=""
    )
    #: What they would have decided instead; empty where they agreed.
    dissent = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
