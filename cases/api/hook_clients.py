"""EHRs that ask by CDS Hooks, over the wire: read, register, change, switch off and on.

This is a person's: a system that lets others in could not be ended by disabling it.
"""

import datetime
import json
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.replays import once
from cases.api.values import Strict, Text, Whole, YesNo
from cases.models import HookClient
from cases.services import hook_clients as services
from cases.services.hook_clients import Ways
from tumorboard.accounts.client_models import DEFAULT, FEWEST, MOST, ApiClient
from tumorboard.accounts.permissions import Permission

WAYS = {
    "issuer": "https://ehr.north.example/",
    "tenant": "north",
    "subject": "",
    "fhir_server": "https://fhir.north.example/r4",
    "origins": ["https://ehr.north.example"],
}
ENROLLED = {
    "label": "EHR of the hospital",
    **WAYS,
    "jwks_uri": "https://ehr.north.example/jwks.json",
    "requests_per_minute": DEFAULT,
}


def _length(name: str) -> int:
    return HookClient._meta.get_field(name).max_length or 0


class WaysSerializer(Strict):
    """How an EHR asks; as `Ways` of the service has it."""

    issuer = Text(max_length=_length("issuer"), help_text="The iss of its JWTs.")
    tenant = Text(
        max_length=_length("tenant"),
        allow_blank=True,
        default="",
        help_text="The tenant of its JWTs; empty: not looked at.",
    )
    subject = Text(
        max_length=_length("subject"),
        allow_blank=True,
        default="",
        help_text="The sub of its JWTs; empty: not looked at.",
    )
    fhir_server = Text(
        max_length=_length("fhir_server"),
        allow_blank=True,
        default="",
        help_text="Where it is asked for what it did not send; the operator allows the host.",
    )
    origins = serializers.ListField(
        child=Text(max_length=200),
        default=list,
        help_text="Of browsers whose pages may read the answers.",
    )


@shown_as(
    {
        "id": ID,
        **{name: value for name, value in ENROLLED.items() if name != "requests_per_minute"},
        "client": ID,
        "kids": ["2026-11"],
        "is_on": True,
        "registered_at": AT,
        "called_on": "2026-11-22",
    },
    An_EHR_that_keeps_its_keys_itself=ENROLLED,
)
class HookClientSerializer(WaysSerializer):
    """An EHR that asks by CDS Hooks. Give its public keys, `jwks`, or their address, `jwks_uri`."""

    id = serializers.UUIDField(read_only=True)
    client = serializers.UUIDField(source="client_id", read_only=True)
    label = Text(source="client.label", max_length=ApiClient._meta.get_field("label").max_length)
    jwks = serializers.JSONField(write_only=True, required=False, help_text="A JWK Set.")
    jwks_uri = Text(
        source="client.jwks_uri",
        max_length=ApiClient._meta.get_field("jwks_uri").max_length,
        allow_blank=True,
        default="",
    )
    requests_per_minute = Whole(write_only=True, min_value=FEWEST, max_value=MOST, default=DEFAULT)
    kids = serializers.SerializerMethodField(help_text="The kid of each key that is known now.")
    is_on = serializers.SerializerMethodField(help_text="Whether it is answered.")
    registered_at = serializers.DateTimeField(read_only=True)
    called_on = serializers.SerializerMethodField(help_text="The day of its last call.")

    def get_kids(self, row: HookClient) -> list[str]:
        """By what its keys are called."""
        return [key["kid"] for key in row.client.keys]

    def get_called_on(self, row: HookClient) -> datetime.date | None:
        """To the day: a version must not change with each call."""
        return timezone.localdate(row.called_at) if row.called_at else None

    def get_is_on(self, row: HookClient) -> bool:
        """Neither switched off nor disabled."""
        return row.switched_off_at is None and row.client.disabled_at is None


@shown_as(
    Another_FHIR_server={"fhir_server": "https://fhir.north.example/r5"},
    It_is_switched_off={"is_on": False},
    The_keys_from_now_on={
        "jwks": {"keys": [{"kty": "EC", "crv": "P-384", "kid": "2026-12", "x": "…", "y": "…"}]}
    },
)
class HookClientChangeSerializer(WaysSerializer):
    """Another way to ask; other keys, all that there shall be; or that it is switched off or on."""

    jwks = serializers.JSONField(required=False, help_text="A JWK Set: all keys from now on.")
    is_on = YesNo(required=False)


class HookClientList(ReadList):
    """EHRs."""

    model = HookClient
    noun = "hook_client"
    serializer_class = HookClientSerializer
    one = "api_hook_client"
    interactions: ClassVar = {}
    permissions: ClassVar = {"GET": Permission.CLIENT_MANAGE, "POST": Permission.CLIENT_MANAGE}

    def get_queryset(self) -> QuerySet[Any]:
        """With their clients."""
        return super().get_queryset().select_related("client")

    @lists(HookClientSerializer)
    def get(self, request: Request) -> Response:
        """EHRs that ask by CDS Hooks, those that are switched off too."""
        return self.answer_page()

    @adds(HookClientSerializer)
    @once
    def post(self, request: Request) -> Response:
        """Register an EHR: a new API client that may ask for guidance and do nothing else."""
        values = self.parsed(request)
        client = values.pop("client")
        keys = values.pop("jwks", None)
        limit = values.pop("requests_per_minute")
        row = services.enroll(
            label=client["label"],
            jwks="" if keys is None else json.dumps(keys),
            jwks_uri=client["jwks_uri"],
            requests_per_minute=limit,
            ways=Ways(**values),
            by=request.user,
        )
        return self.created(row)


class HookClientOne(Changes):
    """One EHR."""

    model = HookClient
    noun = "hook_client"
    interactions: ClassVar = {}
    serializer_class = HookClientSerializer
    permissions: ClassVar = {"GET": Permission.CLIENT_MANAGE, "PATCH": Permission.CLIENT_MANAGE}

    def get_queryset(self) -> QuerySet[Any]:
        """With its client."""
        return super().get_queryset().select_related("client")

    def lock(self, row: HookClient) -> None:
        """The API client, under whose lock how it asks is changed."""
        rows = ApiClient.objects.select_for_update().filter(pk=row.client_id)
        list(rows.values_list("pk"))

    @extend_schema(request=HookClientChangeSerializer(partial=True), responses=HookClientSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change how an EHR asks, its keys, or whether it is answered."""
        return super().patch(request, pk)

    def parsed(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """A change, which has other fields than an EHR that is registered."""
        serializer = HookClientChangeSerializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def change(self, row: HookClient, values: dict[str, Any]) -> HookClient:
        """Change how an EHR asks, its keys, or whether it is answered."""
        by = self.request.user
        if "jwks" in values:
            services.replace_keys(row=row, jwks=json.dumps(values.pop("jwks")), by=by)
        is_on = values.pop("is_on", None)
        if values:
            known = {name: getattr(row, name) for name in WAYS}
            services.register(client=row.client, ways=Ways(**{**known, **values}), by=by)
        if is_on is not None and is_on != (row.switched_off_at is None):
            (services.switch_on if is_on else services.switch_off)(row=row, by=by)
        return row
