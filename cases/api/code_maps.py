"""Codes over the wire: those that are shipped, the institution's own, and the unmapped ones."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Endpoint, ReadList, ReadOne, lists
from cases.api.examples import AT, ID, shown_as
from cases.models import CodeMapping, UnmappedCode
from cases.selectors import code_maps
from cases.terminology.reading import systems
from tumorboard.accounts.permissions import Permission


@shown_as(
    {
        "id": ID,
        "system": "http://lab.example/codes",
        "code": "CGA",
        "display": "Chromogranin A",
        "concept": "analyte/chromogranin_a",
        "meaning": "Chromogranin A",
        "status": "confirmed",
        "source": "Laboratory's list of 2026",
        "entered_at": AT,
        "confirmed_at": AT,
    }
)
class CodeMappingSerializer(serializers.ModelSerializer):
    """What a code means in this institution."""

    meaning = serializers.SerializerMethodField()

    class Meta:
        model = CodeMapping
        fields = (
            "id", "system", "code", "display", "concept", "meaning", "status", "source",
            "entered_at", "confirmed_at",
        )  # fmt: skip
        read_only_fields = fields

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

    def get_queryset(self) -> QuerySet[Any]:
        """Those in use."""
        return super().get_queryset().exclude(status=CodeMapping.Status.RETIRED)

    @lists(CodeMappingSerializer)
    def get(self, request: Request) -> Response:
        """What codes mean in this institution, confirmed or proposed."""
        return self.answer_page()


class CodeMappingOne(ReadOne):
    """One of the institution's own codes, retired ones too."""

    model = CodeMapping
    resource = "ConceptMap"
    serializer_class = CodeMappingSerializer


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
