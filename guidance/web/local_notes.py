"""Pages on which a local note is added, replaced by a new version, and withdrawn."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from guidance.editions import local_notes as services
from guidance.editions import shelf
from guidance.editions.models import LocalNote
from guidance.editions.note_subjects import subjects_of
from guidance.web.errors import errors_on
from guidance.web.forms import LocalNoteForm, LocalNoteTextForm, WithdrawalForm
from guidance.web.local_policy import (
    METHODS,
    back_to_policy,
    in_a_year,
    shown_note,
    word_page,
)
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

SAID = ("text", "low_months", "high_months", "reason")


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def new(request: InstitutionRequest) -> HttpResponse:
    """Add a note beside something that the guidance says."""
    form = LocalNoteForm(
        request.POST if request.method == "POST" else None,
        edition=shelf.adopted(),
        initial={"review_on": in_a_year()},
    )
    if form.is_valid():
        with errors_on(form):
            services.add(by=request.user, **form.cleaned_data)
        if form.is_valid():
            return back_to_policy(request, "The note is added.")
    return word_page(request, form, title="Local note", submit="Add note")


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def replace(request: InstitutionRequest, note_id: UUID) -> HttpResponse:
    """Put a new version in the place of a note."""
    note: LocalNote = get_object_or_404(LocalNote.objects.all(), pk=note_id)
    said = {name: getattr(note, name) for name in SAID}
    form = LocalNoteTextForm(
        request.POST if request.method == "POST" else None,
        initial={**said, "review_on": in_a_year()},
    )
    if form.is_valid():
        with errors_on(form):
            services.replace(note=note, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return back_to_policy(request, "The new version holds from now on.")
    words = {"title": "Replace local note", "submit": "Save new version"}
    return word_page(request, form, **words, **_beside(note))


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def withdraw(request: InstitutionRequest, note_id: UUID) -> HttpResponse:
    """Withdraw a note; it stays on record."""
    note: LocalNote = get_object_or_404(LocalNote.objects.all(), pk=note_id)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            services.withdraw(note=note, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return back_to_policy(request, "The note is withdrawn.")
    words = {"title": "Withdraw local note", "submit": "Withdraw note"}
    return word_page(request, form, **words, **_beside(note))


def _beside(note: LocalNote) -> dict[str, Any]:
    shown = shown_note(note, subjects_of(shelf.adopted()))
    return {"beside": shown["name"], "note": shown}
