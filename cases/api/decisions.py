"""Signed decisions over the wire: read. To sign is a person's, on a page, with a password."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, ReadOne, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id, by_time
from cases.models import Decision, Participant, Recommendation
from cases.models.conclusion import Outcome, RecommendationKind
from tumorboard.accounts.permissions import Permission

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ASKED = {
    "id": ID,
    "position": 1,
    "kind": "imaging",
    "code": "MRI_AP_WWO",
    "text": "",
    "intent": "surveillance",
    "alternative_to": None,
    "due_on": "2027-02-12",
}


class AskedSerializer(serializers.ModelSerializer):
    """One thing that a decision asks for, inside the decision."""

    class Meta:
        model = Recommendation
        fields = ("id", "position", "kind", "code", "text", "intent", "alternative_to", "due_on")


class ParticipantSerializer(serializers.ModelSerializer):
    """Somebody who was present; `dissent` is empty where they agreed."""

    class Meta:
        model = Participant
        fields = ("name", "specialty", "specialty_code", "dissent")


@shown_as(
    {
        "id": ID,
        "agenda_item": ID,
        "case": ID,
        "board": ID,
        "version": 1,
        "assessment": ID,
        "board_name": "pNET board",
        "meeting_starts_at": AT,
        "question": "Resection first?",
        "track": "discussion",
        "standard_name": "",
        "outcome": "recommendation",
        "no_recommendation_reason": "",
        "no_recommendation_text": "",
        "concordance": "concordant",
        "deviation_reason": "",
        "deviation_text": "",
        "confidence": "high",
        "rationale": "Resectable, no distant disease.",
        "amendment_reason": "",
        "recommendations": [ASKED],
        "participants": [
            {"name": "Chris Chair", "specialty": "Surgery", "specialty_code": "surgery",
             "dissent": ""}
        ],
        "signer_name": "Chris Chair",
        "signer_role": "Board chair",
        "signed_at": AT,
        "meaning": "Signed as the board's decision",
        "content_hash": HASH,
        "assessment_hash": HASH,
        "chain_position": 12,
        "previous_hash": HASH,
        "chain_hash": HASH,
    }
)  # fmt: skip
class DecisionSerializer(serializers.ModelSerializer):
    """One signed version, with the hashes that tie it to what it says and to those before it."""

    agenda_item = serializers.UUIDField(source="agenda_item_id")
    case = serializers.UUIDField(source="case_id")
    board = serializers.UUIDField(source="board_id", allow_null=True)
    assessment = serializers.UUIDField(source="assessment_id")
    recommendations = AskedSerializer(many=True)
    participants = ParticipantSerializer(many=True)

    class Meta:
        model = Decision
        fields = (
            "id", "agenda_item", "case", "board", "version", "assessment", "board_name",
            "meeting_starts_at", "question", "track", "standard_name", "outcome",
            "no_recommendation_reason", "no_recommendation_text", "concordance",
            "deviation_reason", "deviation_text", "confidence", "rationale", "amendment_reason",
            "recommendations", "participants", "signer_name", "signer_role", "signed_at",
            "meaning", "content_hash", "assessment_hash", "chain_position", "previous_hash",
            "chain_hash",
        )  # fmt: skip


@shown_as({**ASKED, "decision": ID, "case": ID})
class RecommendationSerializer(serializers.ModelSerializer):
    """One coded thing that a signed decision asks for."""

    decision = serializers.UUIDField(source="decision_id")
    case = serializers.UUIDField(source="decision.case_id")

    class Meta:
        model = Recommendation
        fields = (*AskedSerializer.Meta.fields, "decision", "case")


class SignedDecisions:
    """The rows of both endpoints, with what stands inside each."""

    def get_queryset(self) -> QuerySet[Any]:
        """Every signed version, with its recommendations and who was there."""
        rows: QuerySet[Any] = super().get_queryset()  # type: ignore[misc]
        return rows.prefetch_related("recommendations", "participants")


class DecisionList(SignedDecisions, ReadList):
    """Signed decisions, every version."""

    model = Decision
    resource = "ClinicalImpression"
    serializer_class = DecisionSerializer
    filters: ClassVar = {
        "case": by_id("case_id"),
        "agenda_item": by_id("agenda_item_id"),
        "board": by_id("board_id"),
        "outcome": by_code("outcome", Outcome),
        "signed_since": by_time("signed_at__gte", "Only what was signed then or later."),
    }
    permissions: ClassVar = {"GET": Permission.BOARD_READ}

    @lists(DecisionSerializer)
    def get(self, request: Request) -> Response:
        """The signed decisions of the institution's boards, every version."""
        return self.answer_page()


class DecisionOne(SignedDecisions, ReadOne):
    """One signed version of a decision."""

    model = Decision
    resource = "ClinicalImpression"
    serializer_class = DecisionSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ}


class OfDecisions:
    """The rows of both endpoints, with the decision that each belongs to."""

    def get_queryset(self) -> QuerySet[Any]:
        """Everything that signed decisions ask for."""
        rows: QuerySet[Any] = super().get_queryset()  # type: ignore[misc]
        return rows.select_related("decision")


class RecommendationList(OfDecisions, ReadList):
    """Recommendations of signed decisions."""

    model = Recommendation
    resource = "ServiceRequest"
    serializer_class = RecommendationSerializer
    filters: ClassVar = {
        "decision": by_id("decision_id"),
        "case": by_id("decision__case_id"),
        "kind": by_code("kind", RecommendationKind),
    }
    permissions: ClassVar = {"GET": Permission.BOARD_READ}

    @lists(RecommendationSerializer)
    def get(self, request: Request) -> Response:
        """What the signed decisions of the institution's boards ask for."""
        return self.answer_page()

    def about(self, rows: Any) -> list[Any]:
        """The cases that were decided on."""
        return [row.decision.case_id for row in rows]


class RecommendationOne(OfDecisions, ReadOne):
    """One recommendation of a signed decision."""

    model = Recommendation
    resource = "ServiceRequest"
    serializer_class = RecommendationSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ}
