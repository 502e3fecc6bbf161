"""Addresses of the FHIR server, below `/fhir/<slug>/`; none ends with a slash."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cases.fhir.bulk.endpoints import ExportsPatients, ExportsSystem, FetchesFile, FollowsExport
from cases.fhir.capability import metadata
from cases.fhir.everything import Everything
from cases.fhir.history import InstanceHistory, ManyHistory
from cases.fhir.levels import Nowhere, OfInstance, OfSystem, OfType
from cases.fhir.reading import ReadsVersion
from cases.fhir.searchset import SearchesByPost
from cases.fhir.subscriptions.endpoints import OfSubscription, OfSubscriptions
from cases.fhir.subscriptions.operations import TellsEvents, TellsStatus
from cases.fhir.system_search import SearchesAllByPost
from cases.fhir.write_endpoints import Validates
from tumorboard.accounts.views import oauth


class TypeName(StringConverter):
    """The name of a type, known here or not."""

    regex = "[A-Z][A-Za-z]{1,60}"


class LogicalId(StringConverter):
    """An id as FHIR has them (R4, datatypes.html#id)."""

    regex = r"[A-Za-z0-9.\-]{1,64}"


register_converter(TypeName, "fhir_type")
register_converter(LogicalId, "fhir_id")
ONE = "<fhir_type:resource_type>/<fhir_id:resource_id>"
SUBSCRIPTION = "Subscription/<fhir_id:resource_id>"
OF_SUBSCRIPTION = {"resource_type": "Subscription"}

institution_patterns = [
    path("metadata", metadata, name="fhir_metadata"),
    path(".well-known/smart-configuration", oauth.configuration, name="fhir_smart_configuration"),
    path("_search", SearchesAllByPost.as_view(), name="fhir_search_all"),
    path("$export", ExportsSystem.as_view(), name="fhir_export"),
    path("Patient/$export", ExportsPatients.as_view(), name="fhir_patient_export"),
    path(
        "$export-status/<uuid:bulk_export_id>", FollowsExport.as_view(), name="fhir_export_status"
    ),
    path("$export-file/<uuid:bulk_export_part_id>", FetchesFile.as_view(), name="fhir_export_file"),
    path("_history", ManyHistory.as_view(), name="fhir_history"),
    path("Subscription", OfSubscriptions.as_view(), OF_SUBSCRIPTION, name="fhir_subscriptions"),
    path(
        "Subscription/$status",
        TellsStatus.as_view(),
        OF_SUBSCRIPTION,
        name="fhir_subscriptions_status",
    ),
    path(SUBSCRIPTION, OfSubscription.as_view(), OF_SUBSCRIPTION, name="fhir_subscription"),
    path(
        f"{SUBSCRIPTION}/$status",
        TellsStatus.as_view(),
        OF_SUBSCRIPTION,
        name="fhir_subscription_status",
    ),
    path(
        f"{SUBSCRIPTION}/$events",
        TellsEvents.as_view(),
        OF_SUBSCRIPTION,
        name="fhir_subscription_events",
    ),
    path("<fhir_type:resource_type>", OfType.as_view(), name="fhir_type"),
    path("<fhir_type:resource_type>/_search", SearchesByPost.as_view(), name="fhir_search"),
    path("<fhir_type:resource_type>/_history", ManyHistory.as_view(), name="fhir_type_history"),
    path(
        "Patient/<fhir_id:resource_id>/$everything",
        Everything.as_view(),
        {"resource_type": "Patient"},
        name="fhir_everything",
    ),
    path("<fhir_type:resource_type>/$validate", Validates.as_view(), name="fhir_type_validate"),
    path(f"{ONE}/$validate", Validates.as_view(), name="fhir_validate"),
    path(ONE, OfInstance.as_view(), name="fhir_instance"),
    path(f"{ONE}/_history", InstanceHistory.as_view(), name="fhir_instance_history"),
    path(f"{ONE}/_history/<str:version>", ReadsVersion.as_view(), name="fhir_version"),
    path("", OfSystem.as_view(), name="fhir_base"),
    path("<path:rest>", Nowhere.as_view(), name="fhir_nowhere"),
]
#: The address of the server itself, as it is said without a slash behind.
base = OfSystem.as_view()
