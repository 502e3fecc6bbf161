"""Pages of facts: the questions of one group of the data dictionary."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from cases.models import Case, FactAnswer
from cases.selectors.answering import last_answered
from cases.selectors.facts import stands_until_answered
from cases.selectors.imaging import imaging_of
from cases.selectors.words import other_side, value_words
from cases.services import facts as services
from cases.services.cases import lock
from cases.services.errors import CHANGED
from cases.web.errors import errors_on, form_page
from cases.web.fields import where_changed
from cases.web.forms.facts import Conflict, FactsForm, facts_in, overtaken
from cases.web.found import case_or_404
from guidance.engine.dictionary import DICTIONARY
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

GROUPS = {fact.group: fact.group_label for fact in DICTIONARY.values() if facts_in(fact.group)}
ANSWERED = "answer"


@institution_view(Permission.CASE_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: InstitutionRequest, case_id: UUID, group: str) -> HttpResponse:
    """Answer the facts of one group."""
    if group not in GROUPS:
        raise Http404
    case = case_or_404(case_id)
    if request.method == "POST":
        # What is compared below must hold when it is written.
        lock(case)
        case = case_or_404(case_id)
    recorded = _recorded(case, group)
    names = [name for name in facts_in(group) if name not in recorded]
    stored = _stored(case)
    form = FactsForm(
        request.POST or None,
        names=names,
        stored=stored,
        notes=_notes(case, names),
    )
    conflicts = _conflicts(form, case, recorded)
    if form.is_valid():
        with errors_on(form):
            services.answer(
                case=case,
                answers=form.changed_answers,
                source=form.cleaned_data["source"].strip(),
                by=request.user,
            )
            messages.success(request, "The answers were saved.")
            return redirect("case", request.institution.slug, case.pk)
    context = {
        "form": form,
        "case": case,
        "group": group,
        "group_label": GROUPS[group],
        "groups": GROUPS.items(),
        "recorded": recorded.values(),
        "conflicts": conflicts,
    }
    return form_page(request, "cases/facts.html", context)


def _origins(case: Case) -> dict[str, dict[str, str]]:
    return case.assessment.origins if case.assessment else {}


def _recorded(case: Case, group: str) -> dict[str, dict[str, Any]]:
    """Facts of the group that the record itself says, with where that is changed."""
    origins = _origins(case)
    names = [
        name
        for name in facts_in(group)
        if origins.get(name, {}).get("rule", ANSWERED) != ANSWERED
        and not stands_until_answered(origins[name])
    ]
    current = imaging_of(case).current if names else None
    return {
        name: {
            "name": name,
            "question": DICTIONARY[name].question,
            "value": value_words(DICTIONARY[name], case.assessment.facts.get(name)),
            "origin": origins[name]["text"],
            "otherwise": other_side(origins[name], DICTIONARY[name]),
            "url": where_changed(case, origins[name]["rule"], current=current),
        }
        for name in names
    }


def _stored(case: Case) -> dict[str, Any]:
    """The answers that hold. One that the record has overtaken is open: to repeat it is new."""
    origins = _origins(case)
    return {
        name: value
        for name, value in FactAnswer.objects.filter(case=case).values_list("fact", "value")
        if not stands_until_answered(origins.get(name, {}))
    }


def _notes(case: Case, names: list[str]) -> dict[str, str]:
    """Where each answer comes from; for a fact the record has overtaken, what it now says."""
    notes = {}
    for name in names:
        origin = _origins(case).get(name)
        if origin is None:
            continue
        said = ""
        if origin["rule"] != ANSWERED:
            value = value_words(DICTIONARY[name], case.assessment.facts[name])
            said = f"The record says: {value}. "
        notes[name] = f"{said}{origin['text']}."
    return notes


def _conflicts(form: FactsForm, case: Case, recorded: dict[str, dict[str, Any]]) -> list[Conflict]:
    """What somebody else answered, or the record came to say, while this form was open."""
    if not form.is_bound or "seen" in form.errors:
        return []
    answered = last_answered(case, form.answered_in_between())
    conflicts = [
        *form.conflicts(answered),
        *overtaken(form.data, {name: fact["value"] for name, fact in recorded.items()}),
    ]
    form.look_again()
    if conflicts:
        form.add_error(None, CHANGED)
    return conflicts
