"""Codes over the wire: those that are shipped, the institution's own, and the unmapped ones.

What a code means a person confirms; a system proposes.
"""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, Endpoint, ReadList, ReadOne, Removes, adds, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code
from cases.api.replays import once
from cases.api.values import RowSerializer
from cases.models import CodeMapping, UnmappedCode
from cases.selectors import code_maps
from cases.services import code_maps as services
from cases.services.errors import Invalid
from cases.services.intake.code_effects import effects_of
from cases.terminology.reading import systems
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

Status = CodeMapping.Status
ONLY_PERSONS = "Only a person confirms what a code means. Leave this out: it is a proposal then."
EXAMPLE = {
    "system": "http://lab.example/codes",
    "code": "CGA",
    "display": "Chromogranin A",
    "concept": "analyte/chromogranin_a",
    "source": "Laboratory's list of 2026",
}


@shown_as(
    {
        "id": ID,
        **EXAMPLE,
        "meaning": "Chromogranin A",
        "status": "confirmed",
        "entered_at": AT,
        "confirmed_at": AT,
    },
    A_proposal=EXAMPLE,
    By_a_person=EXAMPLE | {"status": "confirmed"},
)
class CodeMappingSerializer(RowSerializer):
    """What a code means in this institution. Only what is confirmed is read by machines."""

    meaning = serializers.SerializerMethodField()
    status = serializers.ChoiceField(
        choices=CodeMapping.Status.choices,
        required=False,
        help_text="Write `confirmed` or leave it out: it is a proposal then. A person confirms.",
    )

    class Meta:
        model = CodeMapping
        fields = (
            "id", "system", "code", "display", "concept", "meaning", "status", "source",
            "entered_at", "confirmed_at",
        )  # fmt: skip
        read_only_fields = ("id", "entered_at", "confirmed_at")
        fixed = ("system", "code")
        # Somebody else may map the same code at the same time: the service says so.
        validators: ClassVar[list[Any]] = []

    def validate_status(self, value: str) -> str:
        """What a body may say of it."""
        if value == Status.RETIRED:
            message = "Retire it with DELETE."
            raise serializers.ValidationError(message)
        return value

    def get_meaning(self, row: CodeMapping) -> str:
        """The concept in words."""
        return code_maps.label_of(row.concept)


@shown_as(
    {
        "id": ID,
        "system": "http://lab.example/codes",
        "code": "XYZ",
        "display": "",
        "place": "ORU^R01",
        "times": 3,
        "first_seen_at": AT,
        "last_seen_at": AT,
    }
)
class UnmappedCodeSerializer(serializers.ModelSerializer):
    """A code that came in and that nobody has mapped."""

    class Meta:
        model = UnmappedCode
        fields = (
            "id", "system", "code", "display", "place", "times", "first_seen_at", "last_seen_at",
        )  # fmt: skip
        read_only_fields = fields


class CodeVersionSerializer(serializers.Serializer):
    """What a mapping said at one time."""

    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True)
    meaning = serializers.CharField()
    display = serializers.CharField(allow_blank=True)
    status = serializers.CharField()


class ShippedCodeSerializer(serializers.Serializer):
    """A code that is understood everywhere, and what it stands for."""

    code = serializers.CharField()
    display = serializers.CharField()
    concepts = serializers.ListField(child=serializers.CharField())
    in_only = serializers.BooleanField(help_text="Understood, and never sent.")


@shown_as(
    {
        "url": "http://loinc.org",
        "name": "LOINC",
        "version": "as the sources cite it",
        "licence": "Copyright Regenstrief Institute",
        "codes": [
            {
                "code": "9811-1",
                "display": "Chromogranin A [Mass/volume] in Serum or Plasma",
                "concepts": ["analyte/chromogranin_a"],
                "in_only": False,
            }
        ],
    }
)
class CodeSystemSerializer(serializers.Serializer):
    """A code system, its version and license, and the codes that are shipped of it."""

    url = serializers.CharField()
    name = serializers.CharField()
    version = serializers.CharField()
    licence = serializers.CharField()
    codes = ShippedCodeSerializer(many=True, source="entries")


class CodeList(ReadList):
    """Rows of codes, which belong to no case."""

    resource = "ConceptMap"
    permissions: ClassVar = {"GET": Permission.CASE_READ}
    interactions: ClassVar = {"GET": "s"}


class CodeMappingList(CodeList):
    """The institution's own codes."""

    model = CodeMapping
    serializer_class = CodeMappingSerializer
    one = "api_code_mapping"
    filters: ClassVar = {"status": by_code("status", Status)}
    permissions: ClassVar = {"GET": Permission.CASE_READ, "POST": Permission.TERMINOLOGY_MANAGE}
    interactions: ClassVar = {"GET": "s", "POST": "c"}

    def get_queryset(self) -> QuerySet[Any]:
        """Those in use; the retired ones where they are asked for."""
        rows = super().get_queryset()
        asked = self.request.query_params.get("status") if self.request else None
        return rows if asked == Status.RETIRED else rows.exclude(status=Status.RETIRED)

    @lists(CodeMappingSerializer)
    def get(self, request: Request) -> Response:
        """What codes mean in this institution, confirmed or proposed."""
        return self.answer_page()

    @adds(CodeMappingSerializer)
    @once
    def post(self, request: ApiRequest) -> Response:
        """Say what a code means; it is a proposal until a person confirms it."""
        values = self.parsed(request)
        is_confirmed = values.pop("status", "") == Status.CONFIRMED
        refuse_systems(request, is_confirmed=is_confirmed)
        new = services.add(by=request.user, is_confirmed=is_confirmed, **values)
        return self.created(new)


class CodeMappingOne(Changes, Removes):
    """One of the institution's own codes, retired ones too."""

    model = CodeMapping
    resource = "ConceptMap"
    serializer_class = CodeMappingSerializer
    permissions: ClassVar = {
        "GET": Permission.CASE_READ,
        "PATCH": Permission.TERMINOLOGY_MANAGE,
        "DELETE": Permission.TERMINOLOGY_MANAGE,
    }

    def change(self, row: CodeMapping, values: dict[str, Any]) -> CodeMapping:
        """Change its words, meaning or source; another meaning is a proposal. Confirm it."""
        by = self.request.user
        status = values.pop("status", "")
        is_confirmed = status == Status.CONFIRMED
        refuse_systems(self.request, is_confirmed=is_confirmed)
        if status == Status.PROPOSED and row.status == Status.CONFIRMED:
            message = "What is confirmed stays so until it means something else or is retired."
            raise Invalid({"status": [message]})
        if values:
            row = services.change(mapping=row, by=by, **values)
        return services.confirm(mapping=row, by=by) if is_confirmed else row

    def remove(self, row: CodeMapping) -> None:
        """Use it no longer; it stays to be read."""
        services.retire(mapping=row, by=self.request.user)


@shown_as(
    {
        "mapping": ID,
        "versions": [
            {
                "at": AT,
                "by": "Cora Coordinator",
                "meaning": "Laboratory value: Chromogranin A",
                "display": "Chromogranin A",
                "status": "Confirmed",
            }
        ],
    }
)
class CodeVersionsSerializer(serializers.Serializer):
    """What a mapping said, the newest first."""

    mapping = serializers.UUIDField()
    versions = CodeVersionSerializer(many=True)


class CodeMappingVersions(ReadOne):
    """What one of the institution's own codes meant before."""

    model = CodeMapping
    resource = "ConceptMap"
    serializer_class = CodeVersionsSerializer

    def shown(self, row: CodeMapping) -> dict[str, Any]:
        """Every version, with who said so and when."""
        said = {"mapping": row.pk, "versions": code_maps.history(row)}
        data: dict[str, Any] = self.get_serializer(said).data
        return data


class CodeEffectSerializer(serializers.Serializer):
    """One message that says something else; nothing of whom it is about."""

    message = serializers.UUIDField(help_text="Of the inbox.")
    kind = serializers.CharField()
    received_at = serializers.DateTimeField()
    comes = serializers.DictField(child=serializers.IntegerField())
    goes = serializers.DictField(child=serializers.IntegerField())


@shown_as(
    {
        "mapping": ID,
        "looked_at": 100,
        "found": [
            {
                "message": ID,
                "kind": "ORU^R01",
                "received_at": AT,
                "comes": {"Lab result": 1},
                "goes": {},
            }
        ],
    }
)
class CodeEffectsSerializer(serializers.Serializer):
    """What a mapping changes: kinds of readings that come and go by it, each with how often."""

    mapping = serializers.UUIDField()
    looked_at = serializers.IntegerField(help_text="The latest messages of the inbox.")
    found = CodeEffectSerializer(many=True)


class CodeMappingEffects(ReadOne):
    """Which messages read otherwise by one of the institution's own codes."""

    model = CodeMapping
    resource = "ConceptMap"
    serializer_class = CodeEffectsSerializer
    permissions: ClassVar = {"GET": Permission.TERMINOLOGY_MANAGE}
    interactions: ClassVar = {"GET": "c"}

    def shown(self, row: CodeMapping) -> dict[str, Any]:
        """The latest messages, each read with the mapping and without it."""
        effects = effects_of(row)
        said = {"mapping": row.pk, "looked_at": effects.looked_at, "found": effects.found}
        data: dict[str, Any] = self.get_serializer(said).data
        return data


class UnmappedCodeList(CodeList):
    """Codes that nobody has mapped."""

    model = UnmappedCode
    serializer_class = UnmappedCodeSerializer

    @lists(UnmappedCodeSerializer)
    def get(self, request: Request) -> Response:
        """Codes that came in and that nobody has said the meaning of."""
        return self.answer_page()


class CodeSystems(Endpoint):
    """The codes that every institution starts with."""

    model = CodeMapping
    resource = "ConceptMap"
    serializer_class = CodeSystemSerializer
    permissions: ClassVar = {"GET": Permission.CASE_READ}
    interactions: ClassVar = {"GET": "s"}
    pagination_class = None

    @extend_schema(responses=CodeSystemSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The shipped codes by code system; an institution's own go before them."""
        return Response(CodeSystemSerializer(list(systems().values()), many=True).data)


def refuse_systems(request: Request, *, is_confirmed: bool) -> None:
    """Let nobody but a person confirm what a code means: machines read by it from then on.

    Raises:
        Invalid: an API client asks for it.
    """
    if is_confirmed and getattr(request, "grants", None) is not None:
        raise Invalid({"status": [ONLY_PERSONS]})
