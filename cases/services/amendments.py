"""Amending a signed decision: what was signed stays, a further version is written and signed."""

from django.db import transaction
from django.utils import timezone

from cases.models import AgendaItem, Decision, DecisionDraft, DraftRecommendation
from cases.models.decision_draft import DraftDissent
from cases.selectors.agendas import decision_of
from cases.services.agendas import lock_item
from cases.services.checks import said, text_fault
from cases.services.decision_sheets import ASKED, CONCLUSION
from cases.services.errors import Invalid, Refused
from cases.services.live import announce
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def open(*, item: AgendaItem, reason: str, by: User) -> DecisionDraft:  # noqa: A001 - the verb
    """Open the next version of the signed decision on `item`, filled in from the signed one.

    Raises:
        Invalid: no reason was given, or one that cannot be kept.
        Refused: nothing is signed, an amendment is being written already, or the case was taken
            off the list.
    """
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    signed = _signed(item)
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    if draft is not None and draft.amends is not None:
        message = "An amendment of this decision is being written already."
        raise Refused(message)
    reason = said(reason)
    most = DecisionDraft._meta.get_field("amendment_reason").max_length or 0
    if not reason:
        raise Invalid({"reason": ["Say why the decision is amended."]})
    if fault := text_fault(reason, most=most):
        raise Invalid({"reason": [fault]})
    draft = draft or DecisionDraft(agenda_item=item, version=0)
    _fill(draft, signed, by=by)
    draft.amends, draft.amendment_reason = signed.version, reason
    draft.save(update_fields=["amends", "amendment_reason"])
    record(action="decision.amendment.opened", subject=signed, by=by)
    return draft


@transaction.atomic
def discard(*, item: AgendaItem, by: User) -> None:
    """Give up the amendment that is being written; what was signed is as it was.

    Raises:
        Refused: none is being written, or the case was taken off the list.
    """
    announce(meeting_id=item.meeting_id)
    item = lock_item(item)
    signed = _signed(item)
    draft = DecisionDraft.objects.filter(agenda_item=item, amends__isnull=False).first()
    if draft is None:
        message = "No amendment of this decision is being written."
        raise Refused(message)
    _fill(draft, signed, by=by)
    draft.amends, draft.amendment_reason = None, ""
    draft.save(update_fields=["amends", "amendment_reason"])
    record(action="decision.amendment.discarded", subject=signed, by=by)


def _signed(item: AgendaItem) -> Decision:
    signed = decision_of(item)
    if signed is None:
        message = "Nothing is signed here yet. Change the draft instead."
        raise Refused(message)
    return signed


def _fill(draft: DecisionDraft, signed: Decision, *, by: User) -> None:
    """Make the draft what was signed."""
    for name in ("rationale", *CONCLUSION):
        setattr(draft, name, getattr(signed, name))
    draft.version += 1
    draft.changed_by, draft.changed_at = by, timezone.now()
    draft.save()
    draft.recommendations.all().delete()
    DraftRecommendation.objects.bulk_create(
        DraftRecommendation(draft=draft, **{name: getattr(row, name) for name in ASKED})
        for row in signed.recommendations.all()
    )
    draft.dissents.all().delete()
    DraftDissent.objects.bulk_create(
        DraftDissent(draft=draft, name=person.name, text=person.dissent)
        for person in signed.participants.exclude(dissent="")
    )
