"""The page of why an assessment says what it says, and its parts under the lines of a case."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from cases.selectors.explanation import ExplainedLine, NoLine, explanation_of
from cases.selectors.imaging import imaging_of
from cases.web.fields import if_granted, where_answered
from cases.web.found import case_or_404
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record

#: How the place under a line is called that its reasons open in: this, and the line's anchor.
PLACE = "why-"
#: The sections of the page, and the kinds of line in each.
SECTIONS = (
    ("scenario", "Scenario", ("scenario", "provisional")),
    ("questions", "Open questions", ("missing", "confirm")),
    ("studies", "Studies", ("study",)),
    ("checks", "Checks", ("check",)),
    ("after", "After the result", ("branch", "action", "interval")),
    ("boards", "Tumor board", ("board", "board reason")),
    ("options", "Treatment options", ("option",)),
    ("grades", "Grade", ("grade",)),
    ("open-checks", "Not said, because one thing is unknown", ("open check", "open board reason")),
)


#: What `guidance.engine.counterfactuals` calls facts that are not asked for.
OTHER = "criteria"
#: Kinds of line that are headed by what they are called; the others by what they say.
NAMED = frozenset({"provisional", "grade", "study", "branch", "interval", "board", "option"})
#: Kinds of line whose criteria a reader opens, because there are many.
FOLDED = frozenset({"option", "open check", "open board reason"})


@institution_view(Permission.CASE_READ)
@require_safe
def show(request: InstitutionRequest, case_id: UUID) -> HttpResponse:
    """Every line of the current assessment with its reasons; for htmx the one it has a place for.

    Which line stands in a header and not in the address: an address ends up in logs.
    """
    case = case_or_404(case_id)
    record(action="case.read", subject=case, by=request.user)
    anchor = _wanted(request)
    try:
        explanation = explanation_of(case.assessment, anchor=anchor)
    except NoLine:
        raise Http404 from None
    current = imaging_of(case).current

    def url(name: str) -> str:
        return if_granted(where_answered(case, name, current=current), request.permissions)

    lines = [_line(line, url) for line in explanation.lines]
    changes = {found["fact"]: found for line in lines for found in line["changes"]}
    context = {"case": case, "assessment": case.assessment, "explanation": explanation}
    if anchor:
        response = render(request, "cases/parts/why_fragment.html", {**context, "line": lines[0]})
    else:
        context["sections"] = _sections(lines)
        facts = {fact["said"].name: fact for line in lines for fact in line["facts"]}
        context["facts"] = facts.values()
        context["others"] = [found for found in changes.values() if found["kind"] == OTHER]
        response = render(request, "cases/why.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _wanted(request: Any) -> str:
    """The anchor of the line that is asked for; empty for the whole page."""
    if not request.htmx or request.htmx.history_restore_request:
        return ""
    place = request.htmx.target or ""
    return place.removeprefix(PLACE) if place.startswith(PLACE) else ""


def _line(line: ExplainedLine, url: Callable[[str], str]) -> dict[str, Any]:
    """A line with the addresses where its facts are answered."""
    told = line.told
    is_named = told["kind"] in NAMED
    heading = told["title"] if is_named else told["statement"]
    return {
        "anchor": line.anchor,
        "told": told,
        "heading": heading,
        "state": "" if told["state"].casefold() == heading.casefold() else told["state"],
        "lead": told["statement"] if is_named else "",
        "name": "" if is_named else told["title"],
        "is_folded": told["kind"] in FOLDED,
        "facts": [{"said": fact, "url": url(fact.name)} for fact in line.facts],
        "changes": [
            {**found, "url": url(found["fact"]), "anchor": f"{found['kind']}-{found['fact']}"}
            for found in line.changes
        ],
        "still_open": line.still_open,
    }


def _sections(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_kind.setdefault(line["told"]["kind"], []).append(line)
    sections = (
        {"id": id_, "title": title, "lines": [n for kind in kinds for n in by_kind.get(kind, ())]}
        for id_, title, kinds in SECTIONS
    )
    return [section for section in sections if section["lines"]]
