"""The CapabilityStatement: what this server does, made from what there is."""

from functools import cache
from typing import Any

from django.urls import reverse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.fhir.endpoint import base_of
from cases.fhir.formats import JSON, FhirRenderer, Negotiation, PatchBody
from cases.fhir.levels import OfInstance, OfType
from cases.fhir.outcome import exception_handler
from cases.fhir.registry import SOURCES, sources, types
from cases.fhir.search.definitions import COMMON, Kind, Parameter, parameters
from cases.fhir.source import Source
from cases.fhir.subscriptions import guide
from cases.fhir.subscriptions.endpoints import TYPE as SUBSCRIPTION
from cases.fhir.subscriptions.endpoints import OfSubscription, OfSubscriptions
from cases.fhir.writable import WRITTEN
from cases.models.event import EventKind
from cases.selectors.topics import address_of
from tumorboard.accounts.access import public_view
from tumorboard.accounts.scopes import RESOURCES
from tumorboard.accounts.smart import token_address

Json = dict[str, Any]
#: When what is said here last changed.
CHANGED_ON = "2026-11-22"
FHIR_VERSION = "4.0.1"
READING = ("read", "vread", "history-instance", "history-type", "search-type")
#: By place and method: which interaction it is, where a class offers it, and its letter in scopes.
WRITING = (
    (0, "post", "create", "c"),
    (1, "put", "update", "u"),
    (1, "patch", "patch", "u"),
    (1, "delete", "delete", "d"),
)
OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
SECURITY_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
EVERYTHING = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
VALIDATE = "http://hl7.org/fhir/OperationDefinition/Resource-validate"
BULK_DATA = "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"
EXPORT = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"
PATIENT_EXPORT = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"
BY_POST = "By POST to _search only: addresses are logged."


class Metadata(APIView):
    """GET of what the server does; the same for everybody, with no institution's data."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (FhirRenderer,)
    content_negotiation_class = Negotiation
    schema = None

    def get(self, request: Request, slug: str) -> Response:
        """The statement."""
        return Response(statement(slug))

    def get_exception_handler(self) -> Any:
        """Errors are OperationOutcomes here."""
        return exception_handler

    @property
    def is_pretty(self) -> bool:
        """Whether the answer is to stand on many lines."""
        return bool(self.request.GET.get("_pretty") == "true")


metadata = public_view("what the server does holds no institution's data")(Metadata.as_view())


def statement(slug: str) -> Json:
    """The statement of one institution's server: only addresses differ."""
    smart = reverse("fhir_smart_configuration", args=[slug])
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CHANGED_ON,
        "kind": "instance",
        "instantiates": [BULK_DATA],
        "software": {"name": "Tumorboard"},
        "implementation": {
            "description": "Records and decisions of tumor boards",
            "url": base_of(slug),
        },
        "fhirVersion": FHIR_VERSION,
        "format": [JSON, "json"],
        "patchFormat": [PatchBody.media_type],
        "rest": [
            {
                "mode": "server",
                "documentation": (
                    "What says who a patient is, is searched by POST to _search alone. Unknown "
                    "parameters are passed over and told, and refused with Prefer: "
                    "handling=strict. A page may hold fewer matches than asked for; follow next."
                ),
                "security": {
                    "extension": [
                        {
                            "url": OAUTH,
                            "extension": [{"url": "token", "valueUri": token_address(slug)}],
                        }
                    ],
                    "cors": False,
                    "service": [
                        {"coding": [{"system": SECURITY_SERVICE, "code": "SMART-on-FHIR"}]}
                    ],
                    "description": (
                        "SMART Backend Services, or a person's token, in the header "
                        f"Authorization. Discovery: {smart}"
                    ),
                },
                "resource": list(_resources()),
                "interaction": [{"code": code} for code in system_interactions()],
                "searchParam": [_parameter(each) for each in COMMON],
                "operation": [{"name": "export", "definition": EXPORT}],
            }
        ],
    }


def system_interactions() -> list[str]:
    """What is done with the whole server, from its addresses."""
    return ["transaction", "batch", "history-system", "search-system"]


@cache
def _resources() -> tuple[Json, ...]:
    return tuple(_resource(each) for each in types())


def _resource(resource_type: str) -> Json:
    granted = RESOURCES[resource_type].permissions
    levels = _levels(resource_type)
    writing = [
        code
        for place, method, code, letter in WRITING
        if levels and hasattr(levels[place], method) and letter in granted
    ]
    is_conditional = resource_type in WRITTEN
    # Of what is published alone, nobody lists what changed when.
    reading = [code for code in READING if code != "history-type" or sources(resource_type)]
    references = sorted(
        f"{resource_type}:{each.code}"
        for each in parameters(resource_type).values()
        if each.kind is Kind.REFERENCE
    )
    profiles = sorted(
        {
            profile
            for source in SOURCES
            if isinstance(source, Source) and source.resource_type == resource_type
            for profile in source.profiles
        }
    )
    found: Json = {
        "type": resource_type,
        "supportedProfile": profiles,
        "interaction": [{"code": code} for code in (*reading, *writing)],
        "versioning": "versioned-update" if "update" in writing else "versioned",
        "readHistory": True,
        "conditionalCreate": "create" in writing,
        "conditionalRead": "full-support",
        "updateCreate": False,
        "conditionalUpdate": is_conditional and "update" in writing,
        "conditionalDelete": (
            "single" if is_conditional and "delete" in writing else "not-supported"
        ),
        "searchInclude": ["*", *references] if references else [],
        "searchRevInclude": _leading_to(resource_type),
        "searchParam": [_parameter(each) for _, each in sorted(parameters(resource_type).items())],
    }
    operations = [{"name": "validate", "definition": VALIDATE}]
    if resource_type == "Patient":
        operations.append({"name": "everything", "definition": EVERYTHING})
        operations.append({"name": "export", "definition": PATIENT_EXPORT})
    if resource_type == SUBSCRIPTION:
        operations += [
            {"name": "status", "definition": guide.STATUS_OPERATION},
            {"name": "events", "definition": guide.EVENTS_OPERATION},
        ]
        found["extension"] = [
            {"url": guide.TOPIC, "valueCanonical": address_of(kind)} for kind in EventKind
        ]
    found["operation"] = operations
    return {name: value for name, value in found.items() if value != []}


def _levels(resource_type: str) -> tuple[type, ...]:
    """What is done at the addresses of a type and of one resource; none where it is only read."""
    if resource_type == SUBSCRIPTION:
        return (OfSubscriptions, OfSubscription)
    return (OfType, OfInstance) if resource_type in WRITTEN else ()


def _parameter(parameter: Parameter) -> Json:
    said = {
        "name": parameter.code,
        "definition": parameter.definition,
        "type": parameter.kind.value,
    }
    return {**said, "documentation": BY_POST} if parameter.is_private else said


def _leading_to(resource_type: str) -> list[str]:
    return sorted(
        f"{other}:{each.code}"
        for other in types()
        for each in parameters(other).values()
        if each.kind is Kind.REFERENCE and resource_type in each.targets
    )
