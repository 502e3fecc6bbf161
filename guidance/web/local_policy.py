"""The page of what an institution says beside the guidance."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guidance.editions import local_notes, local_studies, shelf
from guidance.editions.models import LocalNote
from guidance.editions.note_subjects import Subject, key_of, subjects_of
from guidance.engine.edition import Edition
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

#: What the pages that write a local word answer to.
METHODS = ["GET", "HEAD", "POST"]


@institution_view(Permission.GUIDANCE_MANAGE)
@require_safe
def local_policy(request: InstitutionRequest) -> HttpResponse:
    """Everything that holds, what is overdue for review, and everything that was said before."""
    edition, today = shelf.adopted(), timezone.localdate()
    subjects = subjects_of(edition)
    studies = [
        {"row": study, "name": study_name(study.procedure, edition)}
        for study in local_studies.unavailable()
    ]
    notes = [shown_note(note, subjects) for note in local_notes.standing()]
    for shown in (*studies, *notes):
        shown["is_overdue"] = shown["row"].is_overdue_on(today)
    past = [
        *({"row": s, "name": study_name(s.procedure, edition)} for s in local_studies.history()),
        *(shown_note(note, subjects) for note in local_notes.history()),
    ]
    context = {
        "edition": edition,
        "studies": studies,
        "notes": notes,
        "past": sorted(past, key=lambda shown: shown["row"].at, reverse=True),
    }
    return render(request, "guidance/local_policy.html", context)


def study_name(procedure: str, edition: Edition) -> str:
    """A procedure in the words of the edition; its code where the edition has none."""
    found = edition.ratings.procedures.get(procedure)
    return found.name if found else procedure


def shown_note(note: LocalNote, subjects: Mapping[str, Subject]) -> dict[str, Any]:
    """A note with what it stands beside and its interval in words.

    `is_lost` is true where the edition no longer has what it stood beside, so that it is shown
    nowhere else.
    """
    key = key_of(note.subject, note.scenario, note.code)
    subject = subjects.get(key)
    code = " ".join(filter(None, [note.get_subject_display(), note.scenario, note.code]))
    return {
        "row": note,
        "name": subject.name if subject else code,
        "interval": local_notes.interval_words(note),
        "is_lost": subject is None,
    }


def in_a_year() -> datetime.date:
    """The day on which a review is due where nobody chooses another."""
    return timezone.localdate() + datetime.timedelta(days=365)


def word_page(request: InstitutionRequest, form: forms.Form, **context: Any) -> HttpResponse:
    """The page on which one local word is written.

    Args:
        context: `title`, `submit`, and where there is one already what it stands `beside` and the
            `note` itself.
    """
    status = 422 if form.errors else 200
    return render(request, "guidance/local_word.html", {"form": form, **context}, status=status)


def back_to_policy(request: InstitutionRequest, news: str) -> HttpResponse:
    """To everything that the institution says, with what was just done."""
    messages.success(request, news)
    return redirect("local_policy", request.institution.slug)
