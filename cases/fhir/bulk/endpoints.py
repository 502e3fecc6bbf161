"""The addresses of exports: to ask for one, to follow it, to fetch its files, to delete it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.http import http_date
from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir.bulk.asked import PATIENTS, SYSTEM, of_parameters, read_asked
from cases.fhir.bulk.rights import NEEDED, may_export
from cases.fhir.endpoint import FhirEndpoint, MayInteract, check_method
from cases.fhir.finishing import instant
from cases.fhir.outcome import BadRequest, FhirError, Forbidden
from cases.fhir.search.query import Given
from cases.models import BulkExport, BulkExportPart
from cases.r4.issue import Code
from cases.services import bulk_exports as services
from tumorboard.accounts import scopes
from tumorboard.accounts.api_requests import ApiRequest, recognized
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: What the files are.
NDJSON = "application/fhir+ndjson"
ASYNC = "respond-async"
#: How long a program waits before it asks again, in seconds.
WAIT, WAIT_FOR_ROOM = 2, 60
STATUS, FILE = "$export-status", "$export-file"


class MayExport(MayInteract):
    """Grants what the right to export says; each type is asked for by itself."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller may export at all.

        Raises:
            NotAllowed: the address has no such method.
        """
        if request.auth is None:
            return False
        asked = recognized(request)
        check_method(asked, view)
        return {NEEDED, Permission.TOKEN_USE} <= asked.permissions


class Exporting(FhirEndpoint):
    """What all of them share: who may, and that each sees their own exports alone."""

    permissions: ClassVar[Mapping[str, Permission]] = dict.fromkeys(
        ("GET", "POST", "DELETE"), NEEDED
    )
    permission_classes = (MayExport,)

    def export_of(self, key: UUID) -> Any:
        """The caller's export with this id.

        Raises:
            Http404: there is none, or none of theirs, or it has expired.
        """
        export = services.kept(by=self.request.user).filter(pk=key).first()
        if export is None:
            raise Http404
        return export


class ExportsSystem(Exporting):
    """`$export`: of everything."""

    level = SYSTEM
    #: A HEAD would begin one.
    http_method_names = ["get", "post", "options"]

    def get(self, request: Request) -> Response:
        """Ask for an export, by parameters in the address."""
        lists = request.query_params.lists()
        return self._asked([(name, text) for name, texts in lists for text in texts], True)

    def post(self, request: Request) -> Response:
        """Ask for an export, by Parameters."""
        return self._asked(of_parameters(request.data), False)

    def _asked(self, given: list[Given], is_address: bool) -> Response:
        """A worker begins to collect.

        Raises:
            BadRequest: the program does not say that it will wait.
            FhirError: it has too many exports already.
        """
        if not self._is_async:
            message = f"Send Prefer: {ASYNC}: a worker collects what is exported."
            raise BadRequest(message, "http.Prefer", code=Code.REQUIRED)
        asked = read_asked(
            self.level,
            given,
            caller=self.caller,
            handling=self.preferences.get("handling"),
            is_address=is_address,
        )
        request = self.request
        path = request.get_full_path() if is_address else request.path
        try:
            export = services.ask(
                request=self._absolute(path),
                asked=asked.as_json(),
                permissions=request.permissions,
                scopes=scopes.words(request.grants) if request.grants is not None else "",
                by=request.user,
            )
        except services.TooManyExports as error:
            wait = {"Retry-After": str(WAIT_FOR_ROOM)}
            refused = FhirError(str(error), code=Code.THROTTLED, headers=wait)
            refused.status = HTTPStatus.TOO_MANY_REQUESTS
            raise refused from None
        address = f"{self.base}/{STATUS}/{export.pk}"
        return Response(None, status=HTTPStatus.ACCEPTED, headers={"Content-Location": address})

    @property
    def _is_async(self) -> bool:
        said = self.request.headers.get("Prefer", "").replace(";", ",").split(",")
        return ASYNC in [each.strip().lower() for each in said]

    def _absolute(self, path: str) -> str:
        """The address that was asked for, by the settings' name of this server."""
        _, _, rest = path.partition(f"/fhir/{self.slug}")
        return f"{self.base}{rest}"[:2_000]


class ExportsPatients(ExportsSystem):
    """`Patient/$export`: of what is about patients."""

    level = PATIENTS


class FollowsExport(Exporting):
    """`$export-status/<id>`: how far an export is, and its manifest."""

    def get(self, request: ApiRequest, bulk_export_id: UUID) -> Any:
        """202 with its progress while it is collected, then the manifest.

        Raises:
            Forbidden: the right to it was lost meanwhile.
            FhirError: the collecting failed for good.
        """
        export = self.export_of(bulk_export_id)
        record(action="bulk_export.read", subject=export, by=request.user)
        if export.state == BulkExport.State.STOPPED:
            message = "The right to export was lost while this was collected."
            raise Forbidden(message)
        if export.has_failed:
            failed = FhirError("The collecting failed. Ask anew.", code=Code.EXCEPTION)
            failed.status = HTTPStatus.INTERNAL_SERVER_ERROR
            raise failed
        if export.state == BulkExport.State.RUNNING:
            headers = {"X-Progress": _progress(export), "Retry-After": str(WAIT)}
            return Response(None, status=HTTPStatus.ACCEPTED, headers=headers)
        answer = JsonResponse(self._manifest(export))
        answer["Expires"] = http_date(export.expires_at.timestamp())
        return answer

    def delete(self, request: ApiRequest, bulk_export_id: UUID) -> Response:
        """Cancel the export, or delete its files."""
        services.remove(export=self.export_of(bulk_export_id), by=request.user)
        return Response(None, status=HTTPStatus.ACCEPTED)

    def _manifest(self, export: BulkExport) -> dict[str, Any]:
        files: dict[str, list[dict[str, Any]]] = {kind: [] for kind in BulkExportPart.Kind.values}
        for part in export.parts.defer("content", "subjects").order_by("number"):
            url = f"{self.base}/{FILE}/{part.pk}"
            files[part.kind].append({"type": part.resource_type, "url": url, "count": part.count})
        return {
            "transactionTime": instant(export.transaction_time),
            "request": export.request,
            "requiresAccessToken": True,
            **files,
        }


class FetchesFile(Exporting):
    """`$export-file/<id>`: one file."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever the caller accepts: there is one format of files."""
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: ApiRequest, bulk_export_part_id: UUID) -> HttpResponse:
        """The lines, for who asked for them, as long as they may see all of it.

        Raises:
            Http404: there is no such file of the caller's.
            Forbidden: a type in it is not theirs to read any more.
        """
        mine = services.kept(by=request.user).filter(state=BulkExport.State.DONE)
        part = BulkExportPart.objects.select_related("export").filter(export__in=mine)
        found = part.filter(pk=bulk_export_part_id).first()
        if found is None:
            raise Http404
        lost = [name for name in found.types if not may_export(self.caller, name)]
        if lost:
            message = "Your roles or scopes do not allow reading of this any more."
            raise Forbidden(message, *lost)
        answer = HttpResponse(services.fetch(part=found, by=request.user), content_type=NDJSON)
        answer["Expires"] = http_date(found.export.expires_at.timestamp())
        return answer


def _progress(export: BulkExport) -> str:
    if not export.place:
        return "0%"
    return f"{export.place['share']:.0%}, {export.done_count:,} resources"
