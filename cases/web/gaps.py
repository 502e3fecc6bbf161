"""The coordinator's worklist: what is missing over all cases, who is asked, and since when."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.selectors.gaps import ASKING_CASES, LISTED, GapFilters, gap_page, open_gaps
from cases.web.numbers import page_number
from guidance.editions.minimum_dataset import minimum_dataset
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

PAGE_SIZE = 50
CASES = ((LISTED, "On a coming list"), (ASKING_CASES, "Asking for the board"))
REQUESTED = (("yes", "Asked for by name"), ("no", "Nobody asked yet"))
LABELS = {"asked_of": "Who is asked", "item": "Item", "cases": "Cases", "requested": "Request"}


@institution_view(Permission.CASE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def gaps(request: InstitutionRequest) -> HttpResponse:
    """Everything that is missing or too old and that nobody accepted, oldest first.

    The filters stand in the address; they are codes, never a name.
    """
    offered = _offered()
    given = request.POST if request.method == "POST" else request.GET
    chosen = {
        name: value if (value := given.get(name, "")) in dict(choices) else ""
        for name, choices in offered.items()
    }
    filters = GapFilters(**chosen)
    if request.method == "POST":
        page = reverse("gaps", args=[request.institution.slug])
        return redirect(page + _address(filters, 1))
    number = page_number(request.GET.get("page", ""))
    found = gap_page(open_gaps(filters), number=number, size=PAGE_SIZE)
    record(
        action="gaps.read",
        subject=request.institution,
        by=request.user,
        criteria=[name for name, value in chosen.items() if value],
        shown=[gap.row.case_id for gap in found.gaps],
    )
    context = {
        "page": found,
        "filters": [_filter(name, offered[name], chosen[name]) for name in offered],
        "is_filtered": any(chosen.values()),
        "previous_url": _address(filters, found.number - 1) if found.number > 1 else "",
        "next_url": _address(filters, found.number + 1) if found.has_next else "",
    }
    return render(request, "gaps/gaps.html", context)


def _offered() -> dict[str, list[tuple[str, str]]]:
    """What each filter may be, by name."""
    known = minimum_dataset()
    return {
        "asked_of": list(known.departments.items()),
        "item": [(item.code, item.name) for item in known.items.values()],
        "cases": list(CASES),
        "requested": list(REQUESTED),
    }


def _filter(name: str, choices: list[tuple[str, str]], chosen: str) -> dict[str, Any]:
    return {"name": name, "label": LABELS[name], "choices": choices, "chosen": chosen}


def _address(filters: GapFilters, number: int) -> str:
    chosen = {name: value for name, value in asdict(filters).items() if value}
    return "?" + urlencode(chosen | ({"page": number} if number > 1 else {}))
