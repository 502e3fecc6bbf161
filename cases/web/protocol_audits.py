"""The sampled audit of what was settled without discussion."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import ProtocolAudit
from cases.selectors.protocol_audits import done_audits, open_audits, shares
from cases.services import protocol_audits as services
from cases.web.errors import errors_on, form_page
from cases.web.forms.standards import ReviewForm
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: How many reviews the page shows, the newest; all of them stand in the numbers.
DONE_SHOWN = 50
OPEN_SHOWN = 200


@institution_view(Permission.PROTOCOL_AUDIT)
@require_safe
def protocol_audits(request: InstitutionRequest) -> HttpResponse:
    """What was drawn and is to be reviewed, what was, and how often reviewers disagreed."""
    waiting, done = open_audits()[:OPEN_SHOWN], done_audits()[:DONE_SHOWN]
    record(
        action="protocol_audits.read",
        subject=request.institution,
        by=request.user,
        shown=[audit.decision.case_id for audit in (*waiting, *done)],
    )
    context = {
        "open": waiting,
        "done": done,
        "shares": shares(),
    }
    return render(request, "boards/protocol_audits.html", context)


@institution_view(Permission.PROTOCOL_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def protocol_audit(request: InstitutionRequest, audit_id: UUID) -> HttpResponse:
    """Review one decision: was it rightly settled without discussion?"""
    audits = ProtocolAudit.objects.select_related(
        "decision__case__patient",
        "decision__assessment",
        "decision__agenda_item__meeting",
        "board",
        "reviewer",
    )
    audit = get_object_or_404(audits, pk=audit_id)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            services.review(audit=audit, **form.cleaned_data, by=request.user)
        if form.is_valid():
            messages.success(request, "The review is saved.")
            return redirect("protocol_audits", request.institution.slug)
    record(action="case.read", subject=audit.decision.case, by=request.user)
    context = {
        "form": form,
        "audit": audit,
        "decision": audit.decision,
        "recommendations": audit.decision.recommendations.all(),
        "is_signer": audit.decision.signed_by_id == request.user.pk,
    }
    return form_page(request, "boards/protocol_audit.html", context)
