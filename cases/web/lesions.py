"""Pages of lesions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case, Lesion, Measurement, Study
from cases.models.lesion import Site
from cases.selectors.body_map import Place, place_of
from cases.selectors.lesions import lesions_of
from cases.services import lesions as services
from cases.services.errors import Invalid, Refused
from cases.services.row_versions import FieldChange, RowChanged, version_of
from cases.web.conflicts import FieldConflict, words_of
from cases.web.errors import errors_on, form_page
from cases.web.forms.known import initial_of
from cases.web.forms.lesions import LesionForm
from cases.web.found import case_or_404
from cases.web.lesion_page import page_of
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: The two columns that the form asks for in one field.
PLACE = ("site", "location")
MOST_HISTORY = 60
HISTORY = {
    "longest_mm": "longest mm",
    "short_mm": "short axis mm",
    "enhancing_mm": "enhancing mm",
    "attenuation_hu": "HU",
    "suvmax": "SUVmax",
    "adc": "ADC",
}
#: Performed studies without measurements that the page offers to measure.
OFFERED = 12


@institution_view(Permission.CASE_READ)
@require_safe
def show(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """The response table with its caveats, the body map, and where each number comes from."""
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    lesions = lesions_of(case)
    measured = [study.pk for study in lesions.studies]
    waiting = Study.objects.filter(case=case, performed_on__isnull=False).exclude(pk__in=measured)
    context = {
        "case": case,
        "record": lesions,
        "waiting": waiting.defer("report").order_by("-performed_on", "-created_at")[:OFFERED],
        "every": request.GET.get("studies") == "all",
        **page_of(case, lesions, every=request.GET.get("studies") == "all"),
    }
    return render(request, "cases/lesions.html", context)


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Add a lesion without measuring it."""
    case = case_or_404(case_id)
    form = LesionForm(request.POST or None, others=_others(case), initial={"treated_locally": ""})
    if form.is_valid():
        with errors_on(form), _by_place():
            services.add(case=case, by=request.user, **form.columns)
            messages.success(request, "The lesion was added.")
            return redirect("lesions", request.institution.slug, case.pk)
    return form_page(request, "cases/lesion.html", {"case": case, "form": form})


@institution_view(Permission.RESULT_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: InstitutionRequest, lesion_id: UUID) -> HttpResponse:
    """Change a lesion; below stands everything that was ever said of its size."""
    lesion = _lesion_or_404(lesion_id)
    case = lesion.case
    form = LesionForm(request.POST or None, others=_others(case, lesion), initial=_initial(lesion))
    form.row_version, form.conflicts = version_of(lesion), []
    if form.is_valid():
        with errors_on(form), _by_place():
            _change(request, lesion, form)
            messages.success(request, "The lesion was changed.")
            return redirect("lesions", request.institution.slug, case.pk)
    context = {"case": case, "lesion": lesion, "form": form, "history": _history(lesion)}
    return form_page(request, "cases/lesion.html", context)


@institution_view(Permission.RESULT_WRITE)
@require_POST
def remove(request: InstitutionRequest, lesion_id: UUID) -> HttpResponse:
    """Take back a lesion that was entered by mistake."""
    lesion = _lesion_or_404(lesion_id)
    try:
        services.remove(lesion=lesion, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("lesion_edit", request.institution.slug, lesion.pk)
    messages.success(request, "The lesion was removed.")
    return redirect("lesions", request.institution.slug, lesion.case_id)


def _lesion_or_404(lesion_id: UUID) -> Lesion:
    return get_object_or_404(Lesion.objects.select_related("case__patient"), pk=lesion_id)


def _others(case: Case, lesion: Lesion | None = None) -> list[Lesion]:
    others = Lesion.objects.filter(case=case).order_by("created_at", "id")
    return [other for other in others if lesion is None or other.pk != lesion.pk]


def _initial(lesion: Lesion) -> dict[str, Any]:
    return {
        **initial_of(lesion, ["label", "role", "treated_locally", "note"]),
        "place": Place(lesion.site, lesion.location).code,
        "merged_into": str(lesion.merged_into_id or ""),
        "split_from": str(lesion.split_from_id or ""),
    }


def _change(request: InstitutionRequest, lesion: Lesion, form: LesionForm) -> None:
    """Change the lesion; what somebody else wrote since it was shown stands on the form."""
    try:
        services.change(lesion=lesion, by=request.user, if_match=_seen(request), **form.columns)
    except RowChanged as changed:
        form.conflicts = [_conflict(form, change) for change in changed.changes]
        raise


def _conflict(form: LesionForm, change: FieldChange) -> FieldConflict:
    name = "place" if change.field in PLACE else change.field
    before, now = _words(form, name, change.before), _words(form, name, change.now)
    typed = _words(form, name, form.cleaned_data[name])
    return FieldConflict(name, form[name].label, before, now, typed, change.by, change.at)


def _words(form: LesionForm, name: str, value: Any) -> str:
    """A value of the row or of the form as the form says it."""
    if name == "place" and value is not None and value not in dict(Site.choices):
        return place_of(str(value)).words if ":" in str(value) else str(value)
    return words_of(form.fields[name], str(value.pk) if isinstance(value, Lesion) else value)


@contextmanager
def _by_place() -> Iterator[None]:
    """Say at the one field for the place what is wrong with site and location."""
    try:
        yield
    except Invalid as error:
        named = {"place" if f in PLACE else f: why for f, why in error.errors.items()}
        raise Invalid(named) from None


def _history(lesion: Lesion) -> list[dict[str, Any]]:
    """What was said of the lesion on each study, newest entry first, as it was entered."""
    events = Measurement.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        institution_id=lesion.institution_id, lesion_id=lesion.pk
    ).select_related("study", "entered_by")
    shown = []
    for event in events.order_by("-pgh_id")[:MOST_HISTORY]:
        sizes = [
            f"{label} {getattr(event, name).normalize():f}"
            for name, label in HISTORY.items()
            if getattr(event, name) is not None
        ]
        taken_back = event.pgh_label == "delete"
        shown.append(
            {
                "at": event.pgh_created_at,
                "by": "" if taken_back else event.entered_by.name,
                "study": event.study,
                "words": "taken back"
                if taken_back
                else ", ".join([event.get_state_display().lower(), *sizes]),
            }
        )
    return shown


def _seen(request: InstitutionRequest) -> int | None:
    typed = request.POST.get("row_version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None
