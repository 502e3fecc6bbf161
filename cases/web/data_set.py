"""The page on which an institution says what must be there before its boards."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import DataSetItem
from cases.selectors.data_set import choices, department_name
from cases.selectors.data_set_history import history_of_choices, scenario_words, scope_words
from cases.services import data_set_items as services
from cases.web.conflicts import watch
from cases.web.errors import errors_on, form_page
from cases.web.forms.data_set import ChoiceForm, NewChoiceForm, ResetForm
from guidance.editions import shelf
from guidance.editions.minimum_dataset import Item, minimum_dataset
from guidance.engine.edition import Edition
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission

METHODS = ["GET", "HEAD", "POST"]
CHOSEN = "The choice was saved. All cases are judged anew in the background."


@institution_view(Permission.GUIDANCE_MANAGE)
@require_safe
def data_set(request: InstitutionRequest) -> HttpResponse:
    """Every item: the product's default beside the institution's own choices, and the history."""
    edition, chosen = shelf.adopted(), choices()
    context = {
        "notice": minimum_dataset().notice,
        "rows": [_row(item, chosen, edition) for item in minimum_dataset().items.values()],
        "edition": edition,
        "past": history_of_choices(edition),
    }
    return render(request, "data_set/data_set.html", context)


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def new(request: InstitutionRequest, item: str) -> HttpResponse:
    """Depart from the default in one item."""
    found = minimum_dataset().items.get(item)
    if found is None:
        raise Http404
    form = NewChoiceForm(
        request.POST if request.method == "POST" else None,
        item=found,
        edition=shelf.adopted(),
        initial={
            "is_required": "true" if found.is_required else "false",
            "max_age_weeks": found.max_age_weeks,
            "asked_of": found.asked_of,
        },
    )
    if form.is_valid():
        with errors_on(form):
            services.add(item=item, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return _back(request, CHOSEN)
    return _page(request, form, found, title="Depart from the default", submit="Save choice")


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def change(request: InstitutionRequest, choice_id: UUID) -> HttpResponse:
    """Choose otherwise for the same scenario and board."""
    choice = _choice_or_404(choice_id)
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        initial={
            "is_required": "true" if choice.is_required else "false",
            "max_age_weeks": choice.max_age_weeks,
            "asked_of": choice.asked_of or _item_of(choice).asked_of,
            "reason": choice.reason,
        },
    )
    watch(form, choice)
    if form.is_valid():
        with errors_on(form):
            services.change(choice=choice, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return _back(request, CHOSEN)
    return _page(request, form, choice, title="Change the choice", submit="Save choice")


@institution_view(Permission.GUIDANCE_MANAGE)
@require_http_methods(METHODS)
def reset(request: InstitutionRequest, choice_id: UUID) -> HttpResponse:
    """Go back to the product's default."""
    choice = _choice_or_404(choice_id)
    form = ResetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_on(form):
            services.reset(choice=choice, by=request.user, **form.cleaned_data)
        if form.is_valid():
            return _back(request, "The default holds again.")
    return _page(request, form, choice, title="Back to the default", submit="Reset to default")


def _choice_or_404(choice_id: UUID) -> DataSetItem:
    rows = DataSetItem.objects.select_related("board", "entered_by")
    choice = get_object_or_404(rows, pk=choice_id)
    if choice.item not in minimum_dataset().items:
        raise Http404
    return choice


def _item_of(choice: DataSetItem) -> Item:
    return minimum_dataset().items[choice.item]


def _row(item: Item, chosen: Sequence[DataSetItem], edition: Edition) -> dict[str, Any]:
    """One item: the default in words, and each choice of the institution."""
    return {
        "item": item,
        "scenarios": [scenario_words(code, edition) for code in item.scenarios],
        "asked_of": department_name(item.asked_of),
        "choices": [
            {"row": choice, "asked_of": department_name(choice.asked_of or item.asked_of)}
            | scope_words(choice, edition)
            for choice in chosen
            if choice.item == item.code
        ],
    }


def _page(
    request: InstitutionRequest, form: forms.Form, about: Item | DataSetItem, **words: str
) -> HttpResponse:
    """The page of one form; an item that is new to the institution, or a choice it has made."""
    edition = shelf.adopted()
    is_choice = isinstance(about, DataSetItem)
    item = _item_of(about) if isinstance(about, DataSetItem) else about
    context = {
        "form": form,
        "shown": _row(item, [about] if is_choice else [], edition),
        **words,
    }
    return form_page(request, "data_set/choice.html", context)


def _back(request: InstitutionRequest, news: str) -> HttpResponse:
    messages.success(request, news)
    return redirect("data_set", request.institution.slug)
