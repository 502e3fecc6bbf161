"""The sampled audit of what was settled without discussion."""

from django.db import transaction
from django.utils import timezone

from cases.models import Decision, ProtocolAudit, Standard
from cases.models.agenda_item import Track
from cases.models.protocol_audit import Verdict
from cases.services.candidacies import refresh
from cases.services.cases import lock
from cases.services.checks import said, text_fault
from cases.services.errors import Invalid, Refused
from cases.services.standards import LEAST_PERCENT
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import seeing_all

#: Hexadecimal digits of the hash that are read as a number: far more than a percentage needs.
DIGITS = 8
WHOLE = 100


@transaction.atomic
def draw(*, decision: Decision) -> ProtocolAudit | None:
    """Draw a decision that was just signed for audit, or not.

    The sample follows from the content's hash, which nobody knows before the signature and
    anybody can read afterwards. The first decision under a standard, as it is named and written
    at that time, is always drawn.

    Returns:
        None where it was not drawn, or was discussed.
    """
    standard = decision.agenda_item.standard
    if decision.track != Track.PROTOCOL or standard is None:
        return None
    if not (_is_sampled(decision, standard) or _is_first(decision, standard)):
        return None
    audit = ProtocolAudit.objects.create(decision=decision, board=standard.board)
    record(action="protocol_audit.drawn", subject=decision, by=None)
    return audit


@transaction.atomic
def review(*, audit: ProtocolAudit, verdict: str, note: str = "", by: User) -> ProtocolAudit:
    """Say whether a case was rightly settled without discussion.

    A case that should have been discussed asks for the board again.

    Args:
        verdict: a `Verdict`.
        note: what was found; a verdict against the track needs it.

    Raises:
        Invalid: the verdict is none, or the note is missing or cannot be kept.
        Refused: it was reviewed already, or the reviewer signed the decision.
    """
    audit = ProtocolAudit.objects.select_for_update().get(pk=audit.pk)
    if audit.verdict:
        message = "This decision was reviewed already."
        raise Refused(message)
    if audit.decision.signed_by_id == by.pk:
        message = "You signed this decision. Somebody else has to review it."
        raise Refused(message)
    note = said(note)
    _check(verdict, note)
    audit.verdict, audit.note = verdict, note
    audit.reviewer, audit.reviewed_at = by, timezone.now()
    audit.save()
    record(action="protocol_audit.reviewed", subject=audit.decision, by=by)
    refresh(case=lock(audit.decision.case))
    return audit


def _is_sampled(decision: Decision, standard: Standard) -> bool:
    share = max(LEAST_PERCENT, standard.audit_percent)
    return int(decision.content_hash[:DIGITS], 16) % WHOLE < share


@seeing_all()
def _is_first(decision: Decision, standard: Standard) -> bool:
    others = Decision.objects.filter(
        agenda_item__standard=standard,
        standard_name=decision.standard_name,
        standard_source=decision.standard_source,
    )
    return not others.exclude(pk=decision.pk).exists()


def _check(verdict: str, note: str) -> None:
    errors: dict[str, list[str]] = {}
    if verdict not in Verdict.values:
        errors["verdict"] = ["Say what the audit found."]
    fault = text_fault(note, most=ProtocolAudit._meta.get_field("note").max_length or 0)
    if fault:
        errors["note"] = [fault]
    elif verdict == Verdict.DISCUSS and not note:
        errors["note"] = ["Say why it should have been discussed."]
    if errors:
        raise Invalid(errors)
