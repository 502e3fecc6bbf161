"""Where a person lands after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tumorboard.accounts import selectors
from tumorboard.accounts.access import SignedInRequest, public_view
from tumorboard.accounts.context import SEVERAL
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso import bound
from tumorboard.tenancy.models import Institution


def start_of(institution: Institution, permissions: frozenset[Permission]) -> str:
    """The address of the first page for somebody with these permissions.

    At the institution's root stand the cases; who sees none has the people, or the audit.
    """
    if Permission.CASE_READ in permissions:
        return f"/i/{institution.slug}/"
    page = "people" if Permission.PEOPLE_MANAGE in permissions else "audit"
    return reverse(page, args=[institution.slug])


@require_safe
@public_view("leads each person to their own institutions and shows nobody else's")
@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """On to the person's institution; to choose where there are several."""
    workplaces = [
        workplace
        for workplace in selectors.workplaces_of(request.user)
        if not bound.is_bound_elsewhere(request, workplace.institution.pk)
    ]
    request.session[SEVERAL] = len(workplaces) > 1
    if len(workplaces) == 1:
        return redirect(start_of(workplaces[0].institution, workplaces[0].permissions))
    choices = [
        {"workplace": workplace, "url": start_of(workplace.institution, workplace.permissions)}
        for workplace in workplaces
    ]
    return render(request, "home/choose.html", {"choices": choices})
