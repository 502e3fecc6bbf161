"""Opening a restricted record with a reason, for a short time, and judging that afterwards.

What is written here concerns a record that the person does not see, so it is written where
nothing is hidden.
"""

import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases.models import BreakGlass, Patient, Restriction
from cases.models.break_glass import BreakGlassCause, Verdict
from cases.selectors.cases import patient_by_record_number
from cases.services.checks import said, text_fault
from cases.services.errors import Invalid, Refused
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import everybody_with
from tumorboard.audit.origin import give_reason
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.scope import current_institution, seeing_all

#: How long a record stays open.
OPEN_FOR = datetime.timedelta(minutes=60)


@transaction.atomic
def open_record(*, record_number: str, cause: str, words: str, by: User) -> BreakGlass | None:
    """Open the restricted record with this number to `by` for 60 minutes; reviewers are told.

    Where there is none the try stands in the audit all the same, without the number.

    Args:
        cause: a `BreakGlassCause`.
        words: the reason in words; every audit entry of the time repeats it.

    Returns:
        None where no restricted record has this number.

    Raises:
        Invalid: cause or words cannot be kept.
    """
    words = said(words)
    _check(cause, words)
    with seeing_all():
        patient = _restricted(record_number)
        if patient is None:
            record(action="break_glass.refused", subject=current_institution(), by=by)
            return None
        now = timezone.now()
        glass = BreakGlass.objects.create(
            patient=patient,
            person=by,
            cause=cause,
            words=words,
            began_at=now,
            ends_at=now + OPEN_FOR,
        )
        give_reason(glass.reason)
        record(action="break_glass.opened", subject=glass, by=by)
        _tell(glass)
    return glass


@transaction.atomic
def end(*, glass: BreakGlass, by: User) -> BreakGlass:
    """Close a record before its time is over; one that is closed stays so."""
    with seeing_all():
        glass = BreakGlass.objects.select_for_update().get(pk=glass.pk)
        now = timezone.now()
        if glass.ends_at > now:
            glass.ends_at = max(now, glass.began_at)
            glass.save(update_fields=["ends_at"])
            record(action="break_glass.ended", subject=glass, by=by)
    return glass


@transaction.atomic
def review(*, glass: BreakGlass, verdict: str, words: str, by: User) -> BreakGlass:
    """Say whether a record was opened for a good reason.

    Raises:
        Invalid: no verdict, or no words.
        Refused: it was reviewed already, or the reviewer opened it.
    """
    with seeing_all():
        glass = BreakGlass.objects.select_for_update().get(pk=glass.pk)
        if glass.verdict:
            message = "This was reviewed already."
            raise Refused(message)
        if glass.person_id == by.pk:
            message = "You opened this record. Somebody else has to review it."
            raise Refused(message)
        words = said(words)
        _check_review(verdict, words)
        glass.verdict, glass.verdict_words = verdict, words
        glass.reviewed_by, glass.reviewed_at = by, timezone.now()
        glass.save()
        record(action="break_glass.reviewed", subject=glass, by=by)
    return glass


def _restricted(record_number: str) -> Patient | None:
    patient = patient_by_record_number(record_number)
    if patient is None:
        return None
    standing = Restriction.objects.filter(patient=patient, lifted_at=None)
    return patient if standing.exists() else None


def _check(cause: str, words: str) -> None:
    errors: dict[str, list[str]] = {}
    if cause not in BreakGlassCause.values:
        errors["cause"] = ["Choose why you must see the record."]
    errors |= _words_fault("words", words)
    if errors:
        raise Invalid(errors)


def _check_review(verdict: str, words: str) -> None:
    errors: dict[str, list[str]] = {}
    if verdict not in Verdict.values:
        errors["verdict"] = ["Say whether it was justified."]
    errors |= _words_fault("verdict_words", words)
    if errors:
        raise Invalid(errors)


def _words_fault(name: str, words: str) -> dict[str, list[str]]:
    field: Any = BreakGlass._meta.get_field(name)
    fault = text_fault(words, most=field.max_length) or ("" if words else "Say it in words.")
    return {name: [fault]} if fault else {}


def _tell(glass: BreakGlass) -> None:
    """Mail whoever reviews; nothing of the patient, and not the words, which may quote them."""
    institution = current_institution()
    page = reverse("break_glass_review", args=[institution.slug, glass.pk])
    post(
        to=[person.email for person in everybody_with(Permission.BREAK_GLASS_REVIEW)],
        subject=f"A restricted record was opened, {institution.name}",
        body=(
            f"{glass.person.name} opened a restricted record.\n"
            f"Reason: {glass.get_cause_display()}.\n\n"
            f"Please review it:\n\n{urljoin(settings.SITE_URL, page)}\n"
        ),
    )
