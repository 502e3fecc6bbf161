"""Pages of the audit: who saw and who changed what."""

import json
from itertools import chain

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cases.documents.tables import CONTENT_TYPES, as_csv
from cases.selectors import break_glass, reading_watch
from cases.selectors.audit import HEADS, events_of_all, line_of, table_of
from cases.web.errors import INVALID
from cases.web.forms.audit import AuditForm, usual_period
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record
from tumorboard.audit.search import Cursor, entries, page

PAGE_SIZE = 50
#: How many entries one file holds; the command `export_audit` writes any number.
MOST_EXPORTED = 10_000


@institution_view(Permission.AUDIT_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: InstitutionRequest) -> HttpResponse:
    """What was done, newest first, by what is asked for; without names of patients."""
    form = AuditForm(request.POST if request.method == "POST" else usual_period())
    if not form.is_valid():
        return render(request, "audit/audit.html", {"form": form}, status=INVALID)
    search = form.search
    found = page(search, after=Cursor.read(request.POST.get("after", "")), size=PAGE_SIZE)
    _note(request, form, action="audit.searched", found=len(found.entries))
    context = {
        "form": form,
        "lines": [line_of(entry) for entry in found.entries],
        "older": found.next,
        "is_later": bool(request.POST.get("after")),
        "to_review": _to_review(request),
        "noticed": [line_of(entry) for entry in reading_watch.noticed(now=timezone.now())],
    }
    return render(request, "audit/audit.html", context)


def _to_review(request: InstitutionRequest) -> int:
    """How many opened restricted records wait, on the page where a privacy officer begins."""
    may = Permission.BREAK_GLASS_REVIEW in request.permissions
    return break_glass.waiting_count() if may else 0


@institution_view(Permission.AUDIT_READ)
@require_POST
def export(request: InstitutionRequest) -> HttpResponse:
    """What a search finds, as CSV or as FHIR AuditEvent in lines of JSON.

    Too much of it is refused: nothing is left out silently.
    """
    form = AuditForm(request.POST)
    if not form.is_valid():
        return render(request, "audit/audit.html", {"form": form}, status=INVALID)
    found = list(entries(form.search, most=MOST_EXPORTED + 1))
    if len(found) > MOST_EXPORTED:
        message = f"These are more than {MOST_EXPORTED:,} entries. Export shorter periods."
        form.add_error(None, message)
        return render(request, "audit/audit.html", {"form": form}, status=INVALID)
    _note(request, form, action="audit.exported", found=len(found))
    name = f"audit-{timezone.localdate().isoformat()}"
    if "fhir" in request.POST:
        lines = "".join(f"{json.dumps(event)}\n" for event in events_of_all(found))
        return _file(lines, f"{name}.ndjson", "application/fhir+ndjson")
    content = as_csv([list(row) for row in chain([HEADS], table_of(found))])
    return _file(content, f"{name}.csv", CONTENT_TYPES["csv"])


def _file(content: str | bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _note(request: InstitutionRequest, form: AuditForm, *, action: str, found: int) -> None:
    """Whoever looks into the audit stands in it too; by what they looked, never for what."""
    record(
        action=action,
        subject=form.patient or request.institution,
        by=request.user,
        criteria=form.search.criteria,
        found=found,
    )
