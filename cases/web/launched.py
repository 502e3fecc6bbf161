"""What somebody sees who came from an EHR: the patient's case, or what to do without one."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from cases.selectors.launched import known
from cases.web import launched_patient
from cases.web.errors import form_page
from cases.web.forms.launched import LinkForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.ehr_models import Ehr
from tumorboard.accounts.ehrs import coming, contexts
from tumorboard.accounts.own_password import Answer, asks_provider, check_own, use_up
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso.bound import is_confirmed
from tumorboard.audit.record import record

GONE = 410
WRONG = "This is not your password. Nothing was linked."
UNCONFIRMED = "Confirm first that it is you, then link the account."


@institution_view(Permission.CASE_READ)
@require_safe
def launched(request: InstitutionRequest) -> HttpResponse:
    """On to the case of the patient whom the EHR shows; to choose, or to begin one."""
    context = launched_patient.waiting(request)
    if context is None:
        return _nothing(request)
    found = known(
        record_numbers=context.record_numbers, birth_date=launched_patient.birth_date(context)
    )
    record(
        action="patient.searched",
        subject=request.institution,
        by=request.user,
        criteria=["record_number"],
        found=len(found.patients),
        shown=[*(patient.pk for patient in found.patients), *(case.pk for case in found.cases)],
    )
    slug = request.institution.slug
    if len(found.cases) == 1 and not found.is_other_birth_date:
        contexts.forget(request)
        return redirect("case", slug, found.cases[0].pk)
    query = urlencode({launched_patient.FROM: launched_patient.EHR})
    page = {
        "found": found,
        "ehr": Ehr.objects.get(pk=context.ehr_id),
        "has_number": bool(context.record_numbers),
        "new_case": f"{reverse('case_new', args=[slug])}?{query}",
    }
    return render(request, "smart/launched.html", page)


@institution_view(Permission.CASE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: InstitutionRequest) -> HttpResponse:
    """Somebody whom the EHR did not mean yet says that they are whom it knows."""
    context = contexts.waiting(request)
    if context is None:
        return _nothing(request)
    ehr = Ehr.objects.get(pk=context.ehr_id)
    asks = asks_provider(request)
    form = LinkForm(request.POST if request.method == "POST" else None, asks_password=not asks)
    if form.is_valid() and _is_asked_by(request, form):
        try:
            coming.link(ehr=ehr, subject=context.subject, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            use_up(request)
            return redirect("launched", request.institution.slug)
    page = {
        "form": form,
        "ehr": ehr,
        "name": context.name,
        "asks_provider": asks,
        "is_confirmed": is_confirmed(request),
    }
    return form_page(request, "smart/link.html", page)


def _is_asked_by(request: InstitutionRequest, form: LinkForm) -> bool:
    """Whether it is still the person: else whoever finds an open page links themselves with it."""
    answer = check_own(request, form.cleaned_data.get("password", ""))
    field = None if asks_provider(request) else "password"
    if answer is Answer.WAIT:
        form.add_error(field, "Too many tries. Wait a few minutes, then try again.")
    elif answer is Answer.WRONG:
        form.add_error(field, WRONG if field else UNCONFIRMED)
    return form.is_valid()


def _nothing(request: InstitutionRequest) -> HttpResponse:
    return render(request, "smart/nothing.html", status=GONE)
