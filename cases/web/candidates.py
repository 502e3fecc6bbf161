"""The queue of cases that ask for a board, ranked, and putting several of them on a list."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from cases.models import Case
from cases.models.agenda_item import ListingReason
from cases.selectors import agendas
from cases.selectors.candidates import page
from cases.selectors.standards import offers
from cases.services import listings
from cases.web.forms.agendas import meeting_choices
from cases.web.numbers import page_number
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

QUEUE_SIZE = 25
#: Why a case may stand in the queue; being put on a list by somebody is no such reason.
REASONS = [(value, words) for value, words in ListingReason.choices if value != "person"]


@institution_view(Permission.BOARD_READ)
@require_safe
def board_queue(request: InstitutionRequest) -> HttpResponse:
    """Every case that asks for the board, by priority, with every addend of it."""
    reason = request.GET.get("reason", "")
    if reason not in dict(REASONS):
        reason = ""
    number = page_number(request.GET.get("page", ""))
    found = page(reason=reason, number=number, size=QUEUE_SIZE)
    record(
        action="queue.read",
        subject=request.institution,
        by=request.user,
        criteria=["reason"] if reason else [],
        shown=[line.case.pk for line in found.lines],
    )
    by_protocol = offers([line.case.pk for line in found.lines])
    context = {
        "page": found,
        "lines": [{"line": line, "offers": by_protocol[line.case.pk]} for line in found.lines],
        "has_standard": any(
            offer.holds for standings in by_protocol.values() for offer in standings
        ),
        "meetings": meeting_choices(agendas.coming_meetings()),
        "reasons": REASONS,
        "reason": reason,
        "previous_url": _page_url(found.number - 1, reason) if found.has_previous else "",
        "next_url": _page_url(found.number + 1, reason) if found.has_next else "",
    }
    return render(request, "boards/queue.html", context)


@institution_view(Permission.AGENDA_WRITE)
@require_POST
def put_on_several(request: InstitutionRequest) -> HttpResponse:
    """Put the ticked cases on the list of a meeting, in the order of the queue."""
    back = reverse("board_queue", args=[request.institution.slug])
    if request.POST.get("reason") in dict(REASONS):
        back += "?" + urlencode({"reason": request.POST["reason"]})
    meeting = next(
        (m for m in agendas.coming_meetings() if str(m.pk) == request.POST.get("meeting")), None
    )
    cases = _ticked(request.POST.getlist("case"))
    if meeting is None:
        messages.error(request, "This meeting is not coming up any more. Choose another one.")
    elif not cases:
        messages.error(request, "Tick the cases that are to come on the list.")
    else:
        by_protocol = request.POST.get("track") == "protocol"
        done = listings.put_on_several(
            meeting=meeting, cases=cases, by_protocol=by_protocol, by=request.user
        )
        _say(request, done)
    return redirect(back)


def _ticked(typed: list[str]) -> list[Case]:
    """The cases of the ids that are some, in their order; at most a page of them."""
    ids = [found for value in typed[:QUEUE_SIZE] if (found := _uuid(value))]
    known = Case.objects.select_related("assessment").in_bulk(ids)
    return [known[case_id] for case_id in ids if case_id in known]


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _say(request: InstitutionRequest, listed: listings.Listed) -> None:
    """Say what became of them; no names: messages lie outside row-level security."""
    if listed.count:
        noun = "case is" if listed.count == 1 else "cases are"
        messages.success(request, f"{listed.count} {noun} on the list.")
    for reason, count in listed.refusals.items():
        noun = "case was" if count == 1 else "cases were"
        messages.error(request, f"{count} {noun} not put on: {reason}")


def _page_url(number: int, reason: str) -> str:
    return "?" + urlencode({"reason": reason, "page": number} if reason else {"page": number})
