"""Pages on which a study is marked as not available, looked at again, and made available."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from guidance.editions import local_studies as services
from guidance.editions import shelf
from guidance.editions.models import LocalStudy
from guidance.web.errors import errors_on
from guidance.web.forms import LocalStudyForm, LocalWordForm, WithdrawalForm
from guidance.web.local_policy import (
    METHODS,
    back_to_policy,
    in_a_year,
    study_name,
    word_page,
)
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def new(request: InstitutionRequest) -> HttpResponse:
    """Mark a study as not available."""
    form = LocalStudyForm(
        request.POST if request.method == "POST" else None,
        edition=shelf.adopted(),
        initial={"review_on": in_a_year()},
    )
    if form.is_valid():
        with errors_on(form):
            services.mark_unavailable(by=request.user, **form.cleaned_data)
        if form.is_valid():
            return back_to_policy(request, "The study is marked as not available.")
    return word_page(request, form, title="Study not available", submit="Mark as not available")


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def renew(request: InstitutionRequest, local_study_id: UUID) -> HttpResponse:
    """Say again that a study is not available, with another reason or review date."""
    study: LocalStudy = get_object_or_404(LocalStudy.objects.all(), pk=local_study_id)
    form = LocalWordForm(
        request.POST if request.method == "POST" else None,
        initial={"reason": study.reason, "review_on": in_a_year()},
    )
    if form.is_valid():
        with errors_on(form):
            services.mark_unavailable(
                procedure=study.procedure,
                if_match=study.version,
                by=request.user,
                **form.cleaned_data,
            )
        if form.is_valid():
            return back_to_policy(request, "The new version holds from now on.")
    return word_page(
        request,
        form,
        title="Still not available",
        submit="Save new version",
        beside=study_name(study.procedure, shelf.adopted()),
    )


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def withdraw(request: InstitutionRequest, local_study_id: UUID) -> HttpResponse:
    """Say that a study can be had again."""
    study: LocalStudy = get_object_or_404(LocalStudy.objects.all(), pk=local_study_id)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            services.mark_available(study=study, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return back_to_policy(request, "The study is available again.")
    return word_page(
        request,
        form,
        title="Available again",
        submit="Mark as available",
        beside=study_name(study.procedure, shelf.adopted()),
    )
