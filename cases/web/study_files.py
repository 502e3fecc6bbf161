"""Pages of a study's files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import StudyFile, StudySeries
from cases.models.study_file import FileState
from cases.selectors.offered_measurements import offered_measurements
from cases.selectors.study_files import content_of, later_differences, saved_as, series_of
from cases.selectors.study_offers import Offer, offers, words_of
from cases.services import study_files as services
from cases.services.errors import Refused
from cases.services.row_versions import NOT_THERE, FieldChange, RowChanged, version_of
from cases.web.conflicts import EMPTY, SEEN, VERSION, FieldConflict
from cases.web.errors import errors_on, form_page
from cases.web.forms.study_files import TakeOverForm, UploadForm
from cases.web.found import study_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.sent_files import file_response

#: What a person is told of the file that they just brought.
UPLOADED = {
    FileState.STORED: (messages.SUCCESS, "The file was stored."),
    FileState.HELD: (messages.WARNING, "The file is held: say first whether it belongs here."),
    FileState.WAITING: (messages.WARNING, "The file waits for the virus check."),
    FileState.INFECTED: (messages.ERROR, "The file holds a virus. It was not kept."),
}
#: Nothing of an uploaded file may run, whatever a browser takes it for.
SANDBOX = "default-src 'none'; sandbox"


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: InstitutionRequest, study_id: UUID) -> HttpResponse:
    """Upload a file of a study."""
    study = study_or_404(study_id)
    is_post = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_post else UploadForm()
    if form.is_valid():
        given = form.cleaned_data["file"]
        with errors_on(form):
            file = services.upload(
                study=study, name=given.name, content=given.file, by=request.user
            )
            level, words = UPLOADED[FileState(file.state)]
            messages.add_message(request, level, words)
            return _to(request, file)
    context = {"study": study, "case": study.case, "form": form}
    return form_page(request, "cases/study_upload.html", context)


@institution_view(Permission.CASE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: InstitutionRequest, study_file_id: UUID) -> HttpResponse:
    """What a file is and holds; a POST takes over the ticked values into the study."""
    file = _file_or_404(study_file_id)
    may_write = Permission.RESULT_WRITE in request.permissions
    offered = offers(file, file.study) if may_write else []
    form = TakeOverForm(request.POST if request.method == "POST" else None, offers=offered)
    form.row_version, form.conflicts = version_of(file.study), []
    if form.is_valid():
        with errors_on(form):
            _take_over(request, file, form, offered)
            messages.success(request, "The ticked values are in the study.")
            return redirect("study", request.institution.slug, file.study_id)
    record(action="case.study_file.read", subject=file, by=request.user)
    return form_page(request, "cases/study_file.html", {**_page(file), "form": form})


@institution_view(Permission.RESULT_WRITE)
@require_POST
def confirm(request: InstitutionRequest, study_file_id: UUID) -> HttpResponse:
    """Say that a held file is this patient's all the same."""
    file = _file_or_404(study_file_id)
    try:
        services.confirm(file=file, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The file is confirmed and stored.")
    return _to(request, file)


@institution_view(Permission.RESULT_WRITE)
@require_POST
def discard(request: InstitutionRequest, study_file_id: UUID) -> HttpResponse:
    """Delete a file."""
    file = _file_or_404(study_file_id)
    try:
        services.discard(file=file, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The file was discarded.")
    return redirect("study", request.institution.slug, file.study_id)


@institution_view(Permission.CASE_READ)
@require_safe
def download(request: InstitutionRequest, study_file_id: UUID) -> HttpResponseBase:
    """A stored file as it was uploaded; a held one is not given out."""
    file = _file_or_404(study_file_id)
    if file.state != FileState.STORED:
        raise Http404
    record(action="case.study_file.downloaded", subject=file, by=request.user)
    response = file_response(request, content_of(file), **saved_as(file))
    response["Content-Security-Policy"] = SANDBOX
    return response


@institution_view(Permission.CASE_READ)
@require_safe
def preview(request: InstitutionRequest, series_id: UUID) -> HttpResponse:
    """The small picture of a series, of a stored file."""
    usable = StudySeries.objects.filter(file__state=FileState.STORED).exclude(preview=b"")
    series = get_object_or_404(usable, pk=series_id)
    record(action="case.study_series.viewed", subject=series, by=request.user)
    response = HttpResponse(bytes(series.preview), content_type="image/png")
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _take_over(
    request: InstitutionRequest, file: StudyFile, form: TakeOverForm, offered: list[Offer]
) -> None:
    """Take over what is ticked; what somebody else wrote there since stands on the form."""
    columns, seen = form.cleaned_data["columns"], request.POST.get(SEEN, "")
    version = int(seen) if VERSION.fullmatch(seen) else NOT_THERE
    try:
        services.take_over(file=file, columns=columns, by=request.user, if_match=version)
    except RowChanged as changed:
        by_column = {offer.column: offer for offer in offered}
        form.row_version = changed.current
        form.conflicts = [_conflict(change, by_column[change.field]) for change in changed.changes]
        raise


def _conflict(change: FieldChange, offer: Offer) -> FieldConflict:
    return FieldConflict(
        name=change.field,
        label=offer.label,
        before=words_of(change.field, change.before) or EMPTY,
        now=words_of(change.field, change.now) or EMPTY,
        yours=offer.words,
        by=change.by,
        at=change.at,
    )


def _file_or_404(study_file_id: UUID) -> StudyFile:
    related = ("study__case__patient", "uploaded_by", "confirmed_by")
    return get_object_or_404(StudyFile.objects.select_related(*related), pk=study_file_id)


def _to(request: InstitutionRequest, file: StudyFile) -> HttpResponse:
    return redirect("study_file", request.institution.slug, file.pk)


def _page(file: StudyFile) -> dict[str, Any]:
    return {
        "file": file,
        "study": file.study,
        "case": file.study.case,
        "is_patient": all("study" in entry for entry in file.mismatches),
        "is_held": file.state == FileState.HELD,
        "is_stored": file.state == FileState.STORED,
        "later": later_differences(file, file.study.case.patient),
        "found": file.findings.get("study", {}) if file.state == FileState.STORED else {},
        "series": series_of([file]),
        "measurements": offered_measurements(file),
    }
