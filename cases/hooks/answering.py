"""The services: a call in, cards out."""

from typing import Any

from django.utils import timezone
from rest_framework.response import Response

from cases.hooks import asked, cards, fetching
from cases.hooks.callers import HookCaller
from cases.hooks.cards import Card, View
from cases.hooks.catalogue import NEEDED, Service
from cases.hooks.endpoint import HookView, NotHad
from cases.hooks.knowing import Knowledge, know
from cases.models import HookCard
from cases.services.hooks import keep_cards
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.audit.record import record


class Answers(HookView):
    """POST of a hook: cards from the guidance, of our record and of what the EHR sends.

    Nothing of what it sends is written. Every call is in the audit, with the case if there is one.
    """

    def prepared(self, raw: bytes, service: Service, caller: HookCaller) -> Any:
        """The call, and its prefetch with what could be fetched.

        Raises:
            BadJson, Invalid: what is wrong with the body.
            NotHad: what is needed could not be had.
        """
        call = asked.read(raw, service)
        assert self.institution is not None  # noqa: S101 - somebody was recognized in it
        had = fetching.completed(call, registered=caller.fhir_server, slug=self.institution.slug)
        if any(had.values.get(key) is None for key in NEEDED):
            raise NotHad(" ".join(filter(None, (NotHad.default_detail, had.unasked))))
        return call, had

    def post(self, request: ApiRequest) -> Response:
        """Cards, or none where there is nothing to say."""
        assert self.institution is not None  # noqa: S101 - the scope is entered
        assert self.service is not None  # noqa: S101 - no JWT is good for none
        call, had = self.ready
        known = know(had, call.orders, beside=call.beside, on=timezone.localdate())
        client = self.caller.client
        record(action="hook.asked", subject=known.case or client, by=request.user)
        found = cards_of(known, self.service, slug=self.institution.slug)
        keep_cards(_kept(card, client, self.service) for card in found)
        return Response({"cards": [card.body for card in found]})


def cards_of(known: Knowledge, service: Service, *, slug: str) -> list[Card]:
    """The cards for what is known; none for somebody of whom nothing says that they have a tumor.

    Raises:
        Invalid: a value that the data dictionary does not allow.
    """
    if not known.is_relevant:
        return []
    view = View(slug, known.edition, known.case, known.lacking, known.partial)
    if not service.has_orders:
        return cards.of_patient(known.answer(None), view)
    found: list[Card] = []
    for draft in known.drafts:
        if draft.study is None:
            found.append(cards.unmapped(view))
            continue
        answer = known.answer(draft)
        found += cards.of_order(
            answer, view, draft=draft.resource, study=draft.study, beside=known.beside
        )
    return _once(found)


def _once(found: list[Card]) -> list[Card]:
    """What is said of the patient, and not of an order, is said once."""
    kept: dict[Any, Card] = {}
    for card in found:
        key = card.body["uuid"] if card.body.get("suggestions") else (card.kind, card.scenario)
        kept.setdefault(key, card)
    return list(kept.values())


def _kept(card: Card, client: Any, service: Service) -> HookCard:
    return HookCard(
        id=card.body["uuid"],
        client=client,
        hook=service.hook,
        kind=card.kind,
        indicator=card.body["indicator"],
        edition=card.body["source"]["topic"]["code"],
        scenario=card.scenario,
        ordered=card.ordered,
        recommended=card.recommended,
        suggestions=card.suggestions,
    )
