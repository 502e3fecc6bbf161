"""EHRs that ask by CDS Hooks, over the wire: read alone.

They are registered and changed at pages: a token lets no further one in. To read them is a
person's, as for every API client.
"""

import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, ReadOne, lists
from cases.api.examples import AT, ID, shown_as
from cases.models import HookClient
from tumorboard.accounts.permissions import Permission


@shown_as(
    {
        "id": ID,
        "client": ID,
        "label": "EHR of the hospital",
        "issuer": "https://ehr.north.example/",
        "tenant": "north",
        "subject": "",
        "fhir_server": "https://fhir.north.example/r4",
        "origins": ["https://ehr.north.example"],
        "jwks_uri": "https://ehr.north.example/jwks.json",
        "kids": ["2026-11"],
        "is_on": True,
        "registered_at": AT,
        "called_on": "2026-11-22",
    }
)
class HookClientSerializer(serializers.ModelSerializer):
    """An EHR that asks by CDS Hooks."""

    client = serializers.UUIDField(source="client_id")
    # Fields do not stay on the class.
    label = serializers.CharField(source="client.label")  # type: ignore[assignment]
    jwks_uri = serializers.CharField(
        source="client.jwks_uri", help_text="Where it keeps its keys; empty: they were pasted."
    )
    kids = serializers.SerializerMethodField(help_text="The kid of each key that is known now.")
    is_on = serializers.SerializerMethodField(help_text="Whether it is answered.")
    called_on = serializers.SerializerMethodField(help_text="The day of its last call.")

    class Meta:
        model = HookClient
        fields = (
            "id", "client", "label", "issuer", "tenant", "subject", "fhir_server", "origins",
            "jwks_uri", "kids", "is_on", "registered_at", "called_on",
        )  # fmt: skip
        read_only_fields = fields

    def get_kids(self, row: HookClient) -> list[str]:
        """By what its keys are called."""
        return [key["kid"] for key in row.client.keys]

    def get_called_on(self, row: HookClient) -> datetime.date | None:
        """To the day: a version must not change with each call."""
        return timezone.localdate(row.called_at) if row.called_at else None

    def get_is_on(self, row: HookClient) -> bool:
        """Neither switched off nor disabled."""
        return row.switched_off_at is None and row.client.disabled_at is None


class HookClientList(ReadList):
    """EHRs."""

    model = HookClient
    noun = "hook_client"
    serializer_class = HookClientSerializer
    interactions: ClassVar = {}
    permissions: ClassVar = {"GET": Permission.CLIENT_MANAGE}

    def get_queryset(self) -> QuerySet[Any]:
        """With their clients."""
        return super().get_queryset().select_related("client")

    @lists(HookClientSerializer)
    def get(self, request: Request) -> Response:
        """EHRs that ask by CDS Hooks, those that are switched off too."""
        return self.answer_page()


class HookClientOne(ReadOne):
    """One EHR."""

    model = HookClient
    noun = "hook_client"
    interactions: ClassVar = {}
    serializer_class = HookClientSerializer
    permissions: ClassVar = {"GET": Permission.CLIENT_MANAGE}

    def get_queryset(self) -> QuerySet[Any]:
        """With its client."""
        return super().get_queryset().select_related("client")
