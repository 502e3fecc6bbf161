"""SMART App Launch: an EHR opens Tumorboard about a patient, as the person whom it knows."""

import logging
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.web import launched_patient
from tumorboard.accounts import rate_limits
from tumorboard.accounts.access import public_view
from tumorboard.accounts.ehr_models import Ehr
from tumorboard.accounts.ehrs import coming, contexts, smart
from tumorboard.accounts.ehrs.contexts import Context
from tumorboard.accounts.ehrs.smart import Launched
from tumorboard.accounts.models import User
from tumorboard.accounts.sso import pending
from tumorboard.accounts.sso.faults import Fault, SignInFault
from tumorboard.accounts.sso.pending import Pending, Purpose
from tumorboard.accounts.sso.reach import origin_of
from tumorboard.accounts.views.single_sign_on import ANSWER, is_sent_by_another_site
from tumorboard.audit.origin import client_network, give_reason, requested
from tumorboard.audit.record import record
from tumorboard.security import POLICY
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import member_scope

logger = logging.getLogger(__name__)

NOBODY = "the EHR says who it is; nobody is signed in yet"
#: `Sec-Fetch-Dest` of a page that is to stand within another one.
FRAMED = ("iframe", "frame", "embed", "object", "fencedframe")
#: [INT] From one address; a whole hospital may come from one.
MOST_A_MINUTE = rate_limits.Limit("smart-launch", 240)
#: [INT] Characters of what the EHR calls the person, on the page that asks them.
LONGEST_NAME = 120
#: What is not the browser's fault; all else is forbidden.
STATUS = {Fault.NOT_REGISTERED: 404, Fault.UNREACHABLE: 502, Fault.NOT_READ: 502}
FORBIDDEN = 403


@public_view("is the same for an institution without an EHR and for one that is not there")
@require_safe
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """The buttons of an institution's EHRs, for who begins outside of them."""
    found = _institution(slug)
    ehrs: list[Ehr] = []
    if found is not None:
        with member_scope(found, None):
            ehrs = list(Ehr.objects.filter(is_on=True).order_by("label", "pk"))
    context = {
        "name": found.name if found and ehrs else "",
        "ehrs": [(ehr.label, reverse("smart_begin", args=[slug, ehr.pk])) for ehr in ehrs],
    }
    return render(request, "smart/start.html", context)


@public_view(NOBODY)
@require_safe
def begin(request: HttpRequest, slug: str, ehr_id: uuid.UUID) -> HttpResponse:
    """To the EHR, which asks for the patient itself (standalone launch).

    Another site's link leads to the page with the button: nobody is signed in unasked.
    """
    if (allowance := _counted(request)).is_exceeded:
        return rate_limits.refusal(allowance)
    ehr = _ehr(slug, pk=ehr_id, is_on=True)
    if ehr is None:
        return _page_of(request, slug, Fault.NOT_REGISTERED)
    if is_sent_by_another_site(request):
        return redirect("smart_start", slug)
    return _send(request, slug, ehr)


@public_view(NOBODY)
@require_safe
def launch(request: HttpRequest, slug: str) -> HttpResponse:
    """An EHR opens Tumorboard; on to its authorization, unless this is within a frame."""
    if (allowance := _counted(request)).is_exceeded:
        return rate_limits.refusal(allowance)
    iss, handed = request.GET.get("iss", ""), request.GET.get("launch", "")
    ehr = _ehr(slug, fhir_base=iss, is_on=True) if "\x00" not in iss else None
    if ehr is None:
        return _refused(request, slug, Fault.NOT_REGISTERED)
    is_taken = len(handed) <= smart.LONGEST_LAUNCH and smart.VISIBLE.fullmatch(handed)
    if not is_taken:
        return _refused(request, slug, Fault.NO_LAUNCH, ehr)
    if request.headers.get("Sec-Fetch-Dest") in FRAMED:
        return _window(request, ehr, {"iss": iss, "launch": handed})
    return _send(request, slug, ehr, launch=handed)


@public_view(NOBODY)
@require_safe
def callback(request: HttpRequest, slug: str, ehr_id: uuid.UUID) -> HttpResponse:
    """The browser is back from the EHR."""
    if (allowance := _counted(request)).is_exceeded:
        return rate_limits.refusal(allowance)
    ehr = _ehr(slug, pk=ehr_id, is_on=True)
    if ehr is None:
        return _page_of(request, slug, Fault.NOT_REGISTERED)
    answer = {name: request.GET[name] for name in ANSWER if name in request.GET}
    try:
        begun = _taken(request, ehr, answer.get("state", ""))
        # Asked outside of any scope: it must hold no transaction.
        launched = smart.finish(slug, ehr, begun, answer)
        return _come(request, slug, ehr, launched)
    except SignInFault as error:
        return _refused(request, slug, error.fault, ehr)


def _taken(request: HttpRequest, ehr: Ehr, state: str) -> Pending:
    """What this browser began and is now answered, once."""
    begun = pending.take(request, key=state, provider=str(ehr.pk))
    # Before the EHR is asked anything: a second answer that comes meanwhile finds it gone.
    request.session.save()
    return begun


def _send(request: HttpRequest, slug: str, ehr: Ehr, *, launch: str = "") -> HttpResponse:
    """Send the browser to the EHR, and keep what its answer must match."""
    asked = {"provider": str(ehr.pk), "purpose": Purpose.LAUNCH, "next_url": ""}
    try:
        begun = pending.begin(request, **asked)
        return redirect(smart.authorization_url(slug, ehr, begun, launch=launch))
    except SignInFault as error:
        return _refused(request, slug, error.fault, ehr)


def _come(request: HttpRequest, slug: str, ehr: Ehr, launched: Launched) -> HttpResponse:
    """Let the person in whom the EHR means, and let what it told wait for the next page."""
    found, identity = _institution(slug), launched.identity
    user: User | None = None
    context = Context(
        ehr_id=ehr.pk,
        subject=identity.subject,
        name=_name(identity.name, identity.shown.get("fhirUser"), identity.subject),
        record_numbers=launched_patient.record_numbers(launched.patient, ehr.identifier_systems),
        patient=launched_patient.described(launched.patient),
    )
    with member_scope(found, None), requested(request):
        user = coming.person_of(ehr, identity)
        if user is not None:
            coming.come_in(
                request=request, institution=found, ehr=ehr, identity=identity, user=user
            )
        contexts.keep(request, context)
    if user is None and not request.user.is_authenticated:
        page = {"ehr": ehr, "slug": slug, "name": context.name}
        return render(request, "smart/not_linked.html", page)
    return redirect("launched" if user else "launched_link", slug)


def _name(name: str, fhir_user: Any, subject: str) -> str:
    """What the EHR calls the person, for them to know themselves by."""
    is_told = isinstance(fhir_user, str) and "/" in fhir_user
    resource = "/".join(str(fhir_user).split("/")[-2:]) if is_told else ""
    return " ".join((name or resource or subject).split())[:LONGEST_NAME]


def _window(request: HttpRequest, ehr: Ehr, given: dict[str, str]) -> HttpResponse:
    """The only page that may stand in a frame, and only in the EHR's: one button, no data."""
    origins = sorted({origin_of(ehr.fhir_base), *ehr.frame_origins})
    context = {"label": ehr.label, "url": f"{request.path}?{urlencode(given)}"}
    response = render(request, "smart/window.html", context)
    ancestors = f"frame-ancestors {' '.join(origins)}"
    response["Content-Security-Policy"] = POLICY.replace("frame-ancestors 'none'", ancestors)
    response.xframe_options_exempt = True
    return response


def _refused(request: HttpRequest, slug: str, fault: Fault, ehr: Ehr | None = None) -> HttpResponse:
    """Say that nothing was opened, and note it in the audit of the institution, if it is there."""
    found = _institution(slug)
    if found is not None:
        with member_scope(found, None), requested(request):
            give_reason(fault.value)
            record(action="ehr.launch.refused", subject=ehr or found, by=None)
    return _page_of(request, slug, fault, ehr)


def _page_of(request: HttpRequest, slug: str, fault: Fault, ehr: Ehr | None = None) -> HttpResponse:
    """Why nothing was opened, as far as that helps, and what to do.

    Alone where an address names an EHR that is not there, as with anything else that is not.
    """
    logger.warning("launch at %s: %s", slug, fault.value)
    label = ehr.label if ehr is not None else ""
    context = {"fault": fault.name, "slug": slug, "label": label}
    return render(request, "smart/refused.html", context, status=STATUS.get(fault, FORBIDDEN))


def _counted(request: HttpRequest) -> rate_limits.Allowance:
    """What a stranger can make the server ask is bounded by their address."""
    return rate_limits.count(MOST_A_MINUTE, client_network(request))


def _institution(slug: str) -> Institution | None:
    return Institution.objects.filter(slug=slug).first()


def _ehr(slug: str, **wanted: Any) -> Ehr | None:
    """One EHR of an institution; None alike where either is not there."""
    found = _institution(slug)
    if found is None:
        return None
    with member_scope(found, None):
        ehr: Ehr | None = Ehr.objects.filter(**wanted).first()
    return ehr
