"""Pages of the codes of hospital systems: what each means, and which nobody has mapped."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.documents.tables import CONTENT_TYPES, as_file
from cases.models import CodeMapFile, CodeMapping, UnmappedCode
from cases.selectors import code_maps as selectors
from cases.selectors.concepts import concepts
from cases.services import code_map_files, code_maps
from cases.services.errors import Invalid, Refused
from cases.services.imports.limits import TableError
from cases.services.intake.code_effects import effects_of
from cases.terminology.reading import systems
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.code_maps import (
    ChangeForm,
    MapForm,
    SearchForm,
    UploadForm,
    initial_concept,
)
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: How many rows a page shows; the search and the export reach the others.
MOST_SHOWN = 200


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: InstitutionRequest) -> HttpResponse:
    """What codes mean, and which came in that nobody has mapped; a POST searches.

    Anything may be typed into a search, so it stands in no address.
    """
    form = SearchForm(request.POST)
    asked = form.cleaned_data if form.is_valid() else {}
    found = selectors.mappings(text=asked.get("q", ""), status=asked.get("status", ""))
    shown = list(found[: MOST_SHOWN + 1])
    record(action="codemapping.listed", subject=request.institution, by=request.user)
    context = {
        "form": form,
        "is_search": any(asked.values()),
        "rows": selectors.code_rows(shown[:MOST_SHOWN]),
        "has_more": len(shown) > MOST_SHOWN,
        "most": MOST_SHOWN,
        "unmapped": [
            {"row": row, "system_name": selectors.system_name(row.system)}
            for row in selectors.unmapped()[:MOST_SHOWN]
        ],
        "systems": systems().values(),
    }
    return render(request, "code_maps/listing.html", context)


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest) -> HttpResponse:
    """Map a code."""
    return _map(request, {})


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def from_unmapped(request: InstitutionRequest, unmapped_id: UUID) -> HttpResponse:
    """Map a code that came in."""
    row = get_object_or_404(UnmappedCode, pk=unmapped_id)
    return _map(request, {"system": row.system, "code": row.code, "display": row.display})


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: InstitutionRequest, mapping_id: UUID) -> HttpResponse:
    """What one code means: change it, and see what it meant before."""
    row = get_object_or_404(
        CodeMapping.objects.select_related("entered_by", "confirmed_by"), pk=mapping_id
    )
    initial = {
        "display": row.display,
        "concept": initial_concept(row.concept),
        "source": row.source,
    }
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=initial)
    watch(form, row)
    if form.is_valid():
        with errors_on(form):
            code_maps.change(mapping=row, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return _back(request, "The mapping is changed.")
    record(action="codemapping.read", subject=row, by=request.user)
    context = {
        "form": form,
        "row": selectors.code_rows([row])[0],
        "history": selectors.history(row),
        "effects": effects_of(row) if row.status != CodeMapping.Status.RETIRED else None,
        "can_open": Permission.INTAKE_MANAGE in request.permissions,
        **_lists(),
    }
    return form_page(request, "code_maps/change.html", context)


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_POST
def confirm(request: InstitutionRequest, mapping_id: UUID) -> HttpResponse:
    """Let messages be read by a mapping."""
    row = get_object_or_404(CodeMapping, pk=mapping_id)
    try:
        code_maps.confirm(mapping=row, by=request.user)
    except (Invalid, Refused) as error:
        return _back(request, str(error), is_error=True)
    return _back(request, "The mapping is confirmed.")


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_POST
def retire(request: InstitutionRequest, mapping_id: UUID) -> HttpResponse:
    """Use a mapping no longer."""
    row = get_object_or_404(CodeMapping, pk=mapping_id)
    try:
        code_maps.retire(mapping=row, by=request.user)
    except Refused as error:
        return _back(request, str(error), is_error=True)
    return _back(request, "The mapping is retired.")


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: InstitutionRequest) -> HttpResponse:
    """A table of codes; nothing is mapped before its rows were seen."""
    is_post = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_post else UploadForm()
    if form.is_valid():
        given = form.cleaned_data["file"]
        try:
            file = code_map_files.upload(name=given.name, content=given.read(), by=request.user)
        except TableError as error:
            form.add_error("file", str(error))
        else:
            return redirect("code_map_file", request.institution.slug, file.pk)
    return form_page(request, "code_maps/upload.html", {"form": form})


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def uploaded(request: InstitutionRequest, code_file_id: UUID) -> HttpResponse:
    """What every row of a table would do; a POST writes all of them."""
    file = get_object_or_404(CodeMapFile, pk=code_file_id)
    if request.method == "POST":
        try:
            code_map_files.write(file=file, by=request.user)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("code_map_file", request.institution.slug, file.pk)
        return _back(request, "The table was taken over.")
    rows = code_map_files.preview(file)
    wrong = [row for row in rows if row.errors]
    good = [row for row in rows if not row.errors]
    context = {
        "file": file,
        "wrong": wrong[:MOST_SHOWN],
        "wrong_count": len(wrong),
        "counts": {does: sum(row.does == does for row in good) for does in ("add", "change")},
        "good": [row for row in good if row.does != "nothing"][:MOST_SHOWN],
        "can_be_written": not wrong and not file.written_at,
    }
    return render(request, "code_maps/uploaded.html", context)


@institution_view(Permission.TERMINOLOGY_MANAGE)
@require_safe
def export(request: InstitutionRequest, ending: str) -> HttpResponse:
    """Every mapping in use as a table that can be uploaded again."""
    ending = ending if ending in CONTENT_TYPES else "csv"
    rows = list(selectors.local_rows().order_by("system", "code"))
    table = code_map_files.table_of(rows, by=request.user)
    file = as_file(table, ending=ending, title="Codes")
    response = HttpResponse(file, content_type=CONTENT_TYPES[ending])
    name = f"codes-{timezone.localdate().isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _map(request: InstitutionRequest, initial: dict[str, Any]) -> HttpResponse:
    form = MapForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with errors_on(form):
            code_maps.add(by=request.user, **form.cleaned_data)
        if form.is_valid():
            return _back(request, "The code is mapped.")
    return form_page(request, "code_maps/new.html", {"form": form, **_lists()})


def _lists() -> dict[str, Any]:
    return {"concepts": concepts().values(), "systems": systems().values()}


def _back(request: InstitutionRequest, news: str, *, is_error: bool = False) -> HttpResponse:
    (messages.error if is_error else messages.success)(request, news)
    return redirect("codes", request.institution.slug)
