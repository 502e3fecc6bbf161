"""Pages of the case list: filters, saved views, export, and doing one thing to several cases."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from cases.documents.tables import CONTENT_TYPES, as_file
from cases.models import SavedView
from cases.selectors import agendas, case_list, saved_views
from cases.selectors.case_list import ListQuery
from cases.selectors.cases import page, too_short
from cases.services import bulk, exports
from cases.services import saved_views as services
from cases.services.errors import Refused
from cases.web.errors import errors_on, form_page
from cases.web.forms.case_list import BulkForm, ViewForm
from cases.web.numbers import page_number
from guidance.editions import shelf
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.formats import scenario

#: How many cases one page of the list shows.
PAGE_SIZE = 50


@institution_view(Permission.CASE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def case_list_page(request: InstitutionRequest) -> HttpResponse:
    """All cases, by what is typed and by filters; only the table for a live search.

    What is typed is posted: it may be a name, and an address ends up in logs. Filters, sort and
    columns stand in the address, so that a list can be linked to and is there after going back.
    """
    given = request.POST if request.method == "POST" else request.GET
    query = _asked(given, text=request.POST.get("q", ""))
    is_part = request.htmx and not request.htmx.history_restore_request
    if request.method == "POST" and not (query.text or is_part):
        return redirect(_address(request, query, page=given.get("page", "")))
    number = page_number(given.get("page", ""))
    in_order = case_list.listed(query)
    found = page(in_order.cases, number=number, size=PAGE_SIZE)
    asked_by = [*(["text"] if query.text else []), *query.filters]
    record(
        action="case.searched" if asked_by else "case.listed",
        subject=request.institution,
        by=request.user,
        criteria=asked_by,
        found=len(found.cases),
        shown=[case.pk for case in found.cases],
    )
    context = _context(request, query) | {
        "page": found,
        "unsorted": in_order.unsorted,
        "too_short": too_short(query.text),
    }
    template = "cases/parts/case_table.html" if is_part else "cases/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    if is_part:
        response["HX-Replace-Url"] = _address(request, query)
    return response


@institution_view(Permission.CASE_READ)
@require_POST
def view_save(request: InstitutionRequest) -> HttpResponse:
    """Keep the filters, the sort and the columns under a name."""
    query = _asked(request.POST)
    form = ViewForm(request.POST)
    if form.is_valid():
        with errors_on(form):
            services.save(query=query, by=request.user, **form.cleaned_data)
            messages.success(request, "The view was saved.")
            return redirect(_address(request, query))
    context = {"form": form, "carried": query.address, "query": query}
    return form_page(request, "cases/view_save.html", context)


@institution_view(Permission.CASE_READ)
@require_POST
def view_remove(request: InstitutionRequest, view_id: UUID) -> HttpResponse:
    """Forget a view of one's own."""
    try:
        view = saved_views.own_view(view_id, person=request.user)
    except SavedView.DoesNotExist:
        raise Http404 from None
    services.remove(view=view, by=request.user)
    messages.success(request, "The view was removed.")
    return redirect("case_list", request.institution.slug)


@institution_view(Permission.CASE_EXPORT)
@require_POST
def export(request: InstitutionRequest) -> HttpResponse:
    """The ticked cases, or all of the list, as CSV or XLSX."""
    query = _asked(request.POST, text=request.POST.get("q", ""))
    found = case_list.listed(query).cases
    if "case" in request.POST:
        found = case_list.chosen(_ticked(request.POST), query)
    ending = request.POST.get("format", "")
    ending = ending if ending in CONTENT_TYPES else "csv"
    try:
        table = exports.table_of(cases=found, columns=query.shown, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_address(request, query))
    file = as_file(table, ending=ending, title="Cases")
    response = HttpResponse(file, content_type=CONTENT_TYPES[ending])
    name = f"cases-{timezone.localdate().isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@institution_view(Permission.AGENDA_WRITE)
@require_POST
def put_on(request: InstitutionRequest) -> HttpResponse:
    """Put the ticked cases on one list: asks for the meeting, then says what became of each."""
    query = _asked(request.POST)
    ticked = _ticked(request.POST)
    cases = list(case_list.chosen(ticked, query)) if ticked else []
    if not cases:
        messages.error(request, "Tick the cases first.")
        return redirect(_address(request, query))
    shown = [case.pk for case in cases]
    record(action="case.listed", subject=request.institution, by=request.user, shown=shown)
    form = BulkForm(
        request.POST if "meeting" in request.POST else None, meetings=agendas.coming_meetings()
    )
    context = {"form": form, "cases": cases, "carried": query.address, "outcomes": None}
    if form.is_valid():
        with errors_on(form):
            meeting = form.cleaned_data["meeting"]
            context["outcomes"] = bulk.put_on(meeting=meeting, cases=cases, by=request.user)
            context["meeting"] = meeting
    return form_page(request, "cases/bulk_put_on.html", context)


def _asked(given: QueryDict, *, text: str = "") -> ListQuery:
    return case_list.asked(given.dict(), columns=given.getlist("column"), text=text)


def _ticked(given: QueryDict) -> list[UUID]:
    """The ids of the ticked cases; what is no id is left out."""
    ids = []
    for value in given.getlist("case"):
        try:
            ids.append(UUID(value))
        except ValueError:
            continue
    return ids


def _address(request: InstitutionRequest, query: ListQuery, *, page: str = "") -> str:
    pairs = [*query.address, *([("page", page)] if page_number(page) > 1 else [])]
    url = reverse("case_list", args=[request.institution.slug])
    return f"{url}?{urlencode(pairs)}" if pairs else url


def _context(request: InstitutionRequest, query: ListQuery) -> Mapping[str, Any]:
    edition = shelf.adopted()
    names = [*edition.catalogue.scenarios, *case_list.OTHER_SCENARIOS]
    views = [
        {"view": view, "url": _address(request, saved_views.query_of(view))}
        for view in saved_views.views_for(request.user)
    ]
    return {
        "query": query,
        "q": query.text,
        "carried": query.address,
        "is_filtered": bool(query.text or query.filters),
        "choices": {
            **case_list.choices(),
            "scenario": [(name, scenario(name, edition.version)) for name in names],
        },
        "columns": case_list.COLUMNS.values(),
        "sorts": [(key, words) for key, (words, _) in case_list.SORTS.items()],
        "views": views,
        "view_form": ViewForm(),
    }
