"""Pages of an import: the file, its columns, the check of every row, the writing."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from cases.documents.tables import CONTENT_TYPES, as_csv
from cases.models import ImportFile, ImportRow
from cases.selectors import imports as selectors
from cases.services import virus_checks
from cases.services.errors import Invalid, Refused
from cases.services.imports import uploads
from cases.services.imports.fields import guess, memory_key
from cases.services.imports.limits import TableError
from cases.services.imports.preview import previews
from cases.web.forms.imports import ColumnsForm, UploadForm
from tumorboard.accounts.access import institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sessions import asks_by_itself
from tumorboard.audit.record import record

INVALID = 422
#: How many rows a page shows; the others are in the download.
SHOWN_BAD_ROWS = 200
SHOWN_GOOD_ROWS = 5
SHOWN_CASES = 20
STEPS = ("Upload", "Columns", "Check", "Write")

RowState = ImportRow.State
FileState = ImportFile.State


@require_http_methods(["GET", "HEAD", "POST"])
@institution_view(Permission.CASE_IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    """Past imports, and the upload of a new one."""
    is_post = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_post else UploadForm()
    if form.is_valid():
        uploaded = form.cleaned_data["file"]
        try:
            file = uploads.upload(name=uploaded.name, content=uploaded.read(), by=request.user)
        except TableError as error:
            form.add_error("file", str(error))
        else:
            return redirect("import_columns", request.institution.slug, file.pk)
    context = {
        "form": form,
        "files": selectors.newest(),
        "steps": _steps(0),
        "is_unchecked": not virus_checks.are_looked_for(),
    }
    return render(request, "imports/imports.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@institution_view(Permission.CASE_IMPORT)
def columns(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """What each column means."""
    file = _file_or_404(file_id)
    if file.state in (FileState.RUNNING, FileState.DONE):
        return redirect("import_progress", request.institution.slug, file.pk)
    record(action="import.read", subject=file, by=request.user)
    remembered = selectors.remembered(memory_key(heading) for heading in file.columns)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        headings=file.columns,
        guesses=guess(file.columns, remembered),
        samples=selectors.samples(file),
        chosen=file.mapping,
    )
    if form.is_valid():
        try:
            uploads.choose_columns(file=file, mapping=form.mapping, by=request.user)
        except Invalid as error:
            form.add_reasons(error)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return redirect("import_check", request.institution.slug, file.pk)
    context = {"form": form, "file": file, "steps": _steps(1, request, file)}
    return render(request, "imports/columns.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@institution_view(Permission.CASE_IMPORT)
def check(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """What would be written and what would not, before anything is; a POST starts the writing."""
    file = _file_or_404(file_id)
    if request.method == "POST":
        return _started(request, file)
    if file.state == FileState.UPLOADED:
        return redirect("import_columns", request.institution.slug, file.pk)
    if file.state != FileState.CHECKED:
        return redirect("import_progress", request.institution.slug, file.pk)
    record(action="import.read", subject=file, by=request.user)
    context = {
        "file": file,
        "steps": _steps(2, request, file),
        "counts": selectors.counts(file),
        "bad_rows": selectors.rows(file, RowState.BAD)[:SHOWN_BAD_ROWS],
        "previews": previews(file, selectors.rows(file, RowState.GOOD)[:SHOWN_GOOD_ROWS]),
    }
    return render(request, "imports/check.html", context)


@require_safe
@institution_view(Permission.CASE_IMPORT)
def progress(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """How far the writing has come, and what came of it; only that part for a poll."""
    file = _file_or_404(file_id)
    if file.state == FileState.UPLOADED:
        return redirect("import_columns", request.institution.slug, file.pk)
    if file.state == FileState.CHECKED:
        return redirect("import_check", request.institution.slug, file.pk)
    is_part = request.htmx and not request.htmx.history_restore_request
    if is_part:
        asks_by_itself(request)
    context = _progress(request, file)
    if not is_part or context["is_done"]:
        shown = [row.case_id for row in context["rows"]]
        record(action="import.read", subject=file, by=request.user, shown=shown)
    template = "imports/parts/progress.html" if is_part else "imports/progress.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@institution_view(Permission.CASE_IMPORT)
def bad_rows(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The rows that were not written, as a table to mend and upload again."""
    file = _file_or_404(file_id)
    record(action="import.bad_rows.downloaded", subject=file, by=request.user)
    content = as_csv(list(_bad_table(file)))
    response = HttpResponse(content, content_type=CONTENT_TYPES["csv"])
    response["Content-Disposition"] = 'attachment; filename="rows-to-mend.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _file_or_404(file_id: UUID) -> ImportFile:
    try:
        return selectors.one(file_id)
    except ImportFile.DoesNotExist:
        raise Http404 from None


def _status(form: UploadForm | ColumnsForm) -> int:
    return INVALID if form.errors else 200


def _started(request: HttpRequest, file: ImportFile) -> HttpResponse:
    try:
        uploads.start(file=file, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("import_progress", request.institution.slug, file.pk)


def _progress(request: HttpRequest, file: ImportFile) -> dict[str, Any]:
    is_done = file.state == FileState.DONE
    written = selectors.rows(file, RowState.WRITTEN)
    return {
        "file": file,
        "steps": _steps(4 if is_done else 3),
        "is_done": is_done,
        "has_stopped": selectors.has_stopped(file),
        "counts": selectors.counts(file),
        "bad_rows": selectors.rows(file, RowState.BAD)[:SHOWN_BAD_ROWS] if is_done else [],
        "rows": written.select_related("case__patient")[:SHOWN_CASES] if is_done else [],
        "shown_cases": SHOWN_CASES,
    }


def _steps(
    current: int, request: HttpRequest | None = None, file: ImportFile | None = None
) -> list[dict[str, str]]:
    """Where in the import one is; with a file, there is a way back to upload and columns."""
    states = ["done"] * current + ["current"] + ["todo"] * len(STEPS)
    steps = [{"label": label, "state": states[n], "url": ""} for n, label in enumerate(STEPS)]
    if request and file:
        slug = request.institution.slug
        steps[0]["url"] = reverse("imports", args=[slug])
        steps[1]["url"] = reverse("import_columns", args=[slug, file.pk])
    return steps


def _bad_table(file: ImportFile) -> Iterator[Sequence[str]]:
    yield [*file.columns, "Reason"]
    for row in selectors.rows(file, RowState.BAD):
        reasons = " ".join(
            f"{error['column']}: {error['reason']}" if error["column"] else error["reason"]
            for error in row.errors
        )
        yield [*row.cells, reasons]
