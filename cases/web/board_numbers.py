"""The numbers of a board: page, charts, files, evidence packs."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases.documents.numbers.charts import chart_of_months, chart_of_parts
from cases.documents.numbers.evidence import render_evidence
from cases.documents.numbers.listing import table_of
from cases.documents.tables import CONTENT_TYPES, as_file
from cases.documents.timeline.rendering import NotDrawn
from cases.selectors.numbers.evidence import PACKS, shown
from cases.selectors.numbers.months import months_of
from cases.selectors.numbers.numbers import numbers_of
from cases.selectors.numbers.sittings import sittings_of
from cases.web.forms.numbers import PeriodForm
from cases.web.pdf import pdf_response
from cases.web.picture import svg_response
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: The chart that is no number's parts.
MONTHS = "months"
UNANSWERABLE = 422


@institution_view(Permission.NUMBERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: InstitutionRequest) -> HttpResponse:
    """Every number of the period, with charts and how each is counted.

    What is typed is posted; the address holds only days and a board that were found good.
    """
    form = PeriodForm(request.POST or request.GET, today=timezone.localdate())
    if not form.is_valid():
        return render(request, "numbers/numbers.html", {"form": form}, status=UNANSWERABLE)
    if request.method == "POST":
        return redirect(f"{request.path}?{_query(form)}")
    record(action="numbers.read", subject=request.institution, by=request.user)
    context = {
        "form": form,
        "numbers": numbers_of(form.period),
        "months": months_of(form.period),
        "packs": PACKS.values(),
        "query": _query(form),
    }
    return render(request, "numbers/numbers.html", context)


@institution_view(Permission.NUMBERS_READ)
@require_safe
def chart(request: InstitutionRequest, name: str) -> HttpResponse:
    """One chart as SVG; 503 where it could not be drawn."""
    form = _form_or_404(request)
    try:
        if name == MONTHS:
            return svg_response(chart_of_months(months_of(form.period)))
        try:
            figure = numbers_of(form.period)[name]
        except KeyError:
            raise Http404 from None
        return svg_response(chart_of_parts(figure))
    except NotDrawn:
        return HttpResponse("The chart could not be drawn.", status=503)


@institution_view(Permission.NUMBERS_READ)
@require_safe
def table(request: InstitutionRequest, ending: str) -> HttpResponse:
    """All numbers as CSV or XLSX."""
    if ending not in CONTENT_TYPES:
        raise Http404
    form = _form_or_404(request)
    record(action="numbers.exported", subject=request.institution, by=request.user)
    rows = table_of(numbers_of(form.period), board=form.board_name)
    file = as_file(rows, ending=ending, title="Numbers")
    response = HttpResponse(file, content_type=CONTENT_TYPES[ending])
    name = f"numbers-{form.period.first.isoformat()}-{form.period.last.isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@institution_view(Permission.NUMBERS_READ)
@require_safe
def evidence(request: InstitutionRequest, code: str) -> HttpResponse:
    """An evidence pack as PDF."""
    pack = PACKS.get(code)
    if pack is None:
        raise Http404
    form = _form_or_404(request)
    record(action="numbers.exported", subject=request.institution, by=request.user)
    counted = numbers_of(form.period)
    pdf = render_evidence(
        pack=pack,
        lines=shown(pack, counted),
        numbers=counted,
        sittings=sittings_of(form.period),
        institution=request.institution.name,
        board=form.board_name,
        created_at=timezone.now(),
        page_size="us-letter" if request.GET.get("paper") == "letter" else "a4",
    )
    return pdf_response(pdf, filename=f"{code}-{form.period.last.isoformat()}.pdf")


def _form_or_404(request: InstitutionRequest) -> PeriodForm:
    form = PeriodForm(request.GET, today=timezone.localdate())
    if not form.is_valid():
        raise Http404
    return form


def _query(form: PeriodForm) -> str:
    """The period as the end of an address."""
    query = QueryDict(mutable=True)
    query["first"] = form.period.first.isoformat()
    query["last"] = form.period.last.isoformat()
    if form.period.board:
        query["board"] = str(form.period.board.pk)
    return query.urlencode()
