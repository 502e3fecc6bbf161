"""Opening a restricted record with a reason, and reviewing who did."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import BreakGlass, Case
from cases.selectors import break_glass as selectors
from cases.selectors.cases import patient_by_record_number
from cases.services import break_glass as services
from cases.web.errors import errors_on, form_page
from cases.web.forms.restrictions import BreakGlassForm, BreakGlassReviewForm
from tumorboard.accounts import throttle
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.own_password import Answer, asks_provider, check_own, use_up
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso.bound import is_confirmed
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import member_scope, seeing_all

NOT_THERE = "There is no restricted record with this number. Check it, and ask who gave it to you."
NOT_HIDDEN = "This record is not hidden from you: find it in the list of cases."
WAIT = "Too many tries. Wait a few minutes, then try again."


@institution_view(Permission.CASE_BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: InstitutionRequest) -> HttpResponse:
    """Ask for record number, reason and password; then the record is open for 60 minutes."""
    form = BreakGlassForm(
        request.POST if request.method == "POST" else None,
        asks_password=not asks_provider(request),
    )
    if form.is_valid() and _is_asked_by(request, form):
        glass = _opened(request, form)
        if glass is not None:
            use_up(request)
            return _to_record(request, glass)
    context = {
        "form": form,
        "asks_provider": asks_provider(request),
        "is_confirmed": is_confirmed(request),
    }
    return form_page(request, "break_glass/open.html", context)


@institution_view(Permission.CASE_BREAK_GLASS)
@require_POST
def end(request: InstitutionRequest, glass_id: UUID) -> HttpResponse:
    """Close one's own open record before its time."""
    glass = get_object_or_404(BreakGlass.objects.filter(person=request.user), pk=glass_id)
    services.end(glass=glass, by=request.user)
    messages.success(request, "The record is closed again.")
    return redirect("case_list", request.institution.slug)


@institution_view(Permission.BREAK_GLASS_REVIEW)
@require_safe
def reviews(request: InstitutionRequest) -> HttpResponse:
    """What waits for review, and what was reviewed last."""
    waiting, done = selectors.waiting(), selectors.reviewed()
    record(
        action="break_glass.listed",
        subject=request.institution,
        by=request.user,
        shown=[glass.patient_id for glass in (*waiting, *done)],
    )
    return render(request, "break_glass/reviews.html", {"waiting": waiting, "done": done})


@institution_view(Permission.BREAK_GLASS_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: InstitutionRequest, glass_id: UUID) -> HttpResponse:
    """One opened record: who, why, what was read then; whether that was justified."""
    glass = selectors.one(glass_id)
    if glass is None:
        raise Http404
    form = BreakGlassReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            services.review(
                glass=glass,
                verdict=form.cleaned_data["verdict"],
                words=form.cleaned_data["verdict_words"],
                by=request.user,
            )
        if form.is_valid():
            messages.success(request, "The review is saved.")
            return redirect("break_glass_reviews", request.institution.slug)
    with seeing_all():
        record(action="break_glass.read", subject=glass, by=request.user)
    context = {
        "form": form,
        "glass": glass,
        "deeds": selectors.done_while_open(glass),
        "is_own": glass.person_id == request.user.pk,
    }
    return form_page(request, "break_glass/review.html", context)


def _is_asked_by(request: InstitutionRequest, form: BreakGlassForm) -> bool:
    """Whether the password is the person's own; a guess too many is refused unread."""
    answer = check_own(request, form.cleaned_data.get("password", ""))
    if answer is Answer.WRONG and asks_provider(request):
        form.add_error(None, "Confirm again that it is you, then open the record.")
    elif answer is Answer.WAIT:
        form.add_error("password", WAIT)
    elif answer is Answer.WRONG:
        form.add_error("password", "This is not your password. Nothing was opened.")
    return form.is_valid()


def _opened(request: InstitutionRequest, form: BreakGlassForm) -> BreakGlass | None:
    """The record, open from now on; what is wrong stands on `form`.

    Each number is counted before it is looked for: they could be guessed.
    """
    given = form.cleaned_data
    guess = throttle.count(request, purpose=throttle.RECORD_NUMBER, account=str(request.user.pk))
    if guess is None:
        form.add_error("record_number", WAIT)
        return None
    if patient_by_record_number(given["record_number"]) is not None:
        form.add_error("record_number", NOT_HIDDEN)
        return None
    glass = None
    with errors_on(form):
        glass = services.open_record(
            record_number=given["record_number"],
            cause=given["cause"],
            words=given["words"],
            by=request.user,
        )
    if glass is not None:
        guess.right()
    elif form.is_valid():
        form.add_error("record_number", NOT_THERE)
    return glass


def _to_record(request: InstitutionRequest, glass: BreakGlass) -> HttpResponse:
    """To the newest case of the record, which is open by now."""
    with member_scope(request.institution, request.user.pk):
        case = Case.objects.filter(patient=glass.patient_id).order_by("-opened_at").first()
    slug = request.institution.slug
    return redirect("case", slug, case.pk) if case else redirect("case_list", slug)
