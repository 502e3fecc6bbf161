"""Trying the guidance: typed facts are assessed, shown and forgotten."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from guidance.engine.assess import assess
from guidance.engine.edition import Edition
from guidance.engine.examples import examples
from guidance.engine.facts import Facts, parse_facts
from guidance.engine.values import value_words
from guidance.web.pages import NO_PATIENT, TYPING, edition_of, page
from guidance.web.trial_answer import shown_answer
from guidance.web.trial_fields import is_typed
from guidance.web.trial_form import TrialForm, asked_next, facts_of, whole
from tumorboard.accounts.access import public_view

UNPROCESSABLE = 422


@require_http_methods(list(TYPING))
@public_view(NO_PATIENT)
@login_required
def trial(request: HttpRequest, version: str | None = None) -> HttpResponse:
    """Assess what is posted; a link may name an example, and never facts."""
    edition = edition_of(version)
    if "start" in request.POST:
        return _start(request)
    if request.method == "POST":
        return _assess(request, edition)
    example = examples().get(request.GET.get("example", ""))
    values = whole(example.facts, edition) if example else {}
    context = {"example": example}
    return _show(request, edition, values, parse_facts(values, edition.dictionary), "", context)


def _start(request: HttpRequest) -> HttpResponse:
    """Go to the address of the example that was chosen, so that it can be passed on."""
    example = examples().get(request.POST.get("example", ""))
    return redirect(f"{request.path}?example={example.id}" if example else request.path)


def _assess(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = TrialForm(request.POST, edition=edition)
    if not form.is_valid() or form.facts is None:
        group = form.data.get("group", "")
        context = {"form": form, **_around(form.names, {}, group, edition)}
        return page(request, edition, "try", context, status=UNPROCESSABLE)
    group, _, focus = request.POST.get("go", form.cleaned_data["group"]).partition("/")
    return _show(request, edition, form.values, form.facts, group, {"focus": focus})


def _show(
    request: HttpRequest,
    edition: Edition,
    values: Mapping[str, Any],
    facts: Facts,
    group: str,
    context: Mapping[str, Any],
) -> HttpResponse:
    answer = assess(facts, edition)
    asked = asked_next(answer, edition)
    opened = [fact.name for fact in facts_of(group, edition) if is_typed(fact)]
    names = list(dict.fromkeys([*asked, *opened]))
    asks_for_group = request.method == "POST" and "go" in request.POST
    focus = context.get("focus") or next((n for n in opened if n not in asked), "")
    form = TrialForm(
        edition=edition,
        names=names,
        values=values,
        group=group,
        focus=focus if asks_for_group else "",
    )
    return page(
        request,
        edition,
        "try",
        {
            **context,
            "form": form,
            "answer": shown_answer(facts, edition) if values else None,
            "share": _share(request, answer, edition, context.get("example")) if values else "",
            **_around(asked, values, group, edition),
        },
    )


def _around(
    asked: list[str], values: Mapping[str, Any], group: str, edition: Edition
) -> dict[str, Any]:
    return {
        "asked": asked,
        "known": list(_known(values, edition)),
        "groups": list(_groups(values, group, edition)),
        "open_group": next((f.group_label for f in facts_of(group, edition)), ""),
        "not_typed": [fact for fact in facts_of(group, edition) if not is_typed(fact)],
        "examples": examples().values(),
    }


def _known(values: Mapping[str, Any], edition: Edition) -> Iterator[dict[str, Any]]:
    """Yield what is known so far, in the order of the dictionary."""
    for name, fact in edition.dictionary.items():
        if name in values:
            yield {"fact": fact, "value": value_words(fact, values[name])}


def _groups(values: Mapping[str, Any], group: str, edition: Edition) -> Iterator[dict[str, Any]]:
    for key, members in itertools.groupby(edition.dictionary.values(), key=lambda f: f.group):
        facts = list(members)
        yield {
            "key": key,
            "label": facts[0].group_label,
            "count": len(facts),
            "known": sum(fact.name in values for fact in facts),
            "is_open": key == group,
        }


def _share(request: HttpRequest, answer: Mapping[str, Any], edition: Edition, example: Any) -> str:
    """The address to pass on: the edition and the place reached, or the example; no facts."""
    version = edition.version
    if example is not None:
        path = f"{reverse('guidance_try', args=[version])}?example={example.id}"
        return request.build_absolute_uri(path)
    scenario, reason = answer["scenario"].partition(":")[::2]
    if scenario in edition.catalogue.scenarios:
        path = reverse("guidance_scenario", args=[version, scenario])
        anchor = answer["branch"] or ""
    else:
        path = reverse("guidance_scenarios", args=[version])
        anchor = f"NOT_COVERED-{reason}" if reason else "".join(answer["conflicts"][:1])
    return request.build_absolute_uri(f"{path}#{anchor}" if anchor else path)
