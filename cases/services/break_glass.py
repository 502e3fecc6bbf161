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

from cases.models import BreakGlass, Restriction
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
#: [INT] Fewer characters say nothing that could be judged.
LEAST_WORDS = 10


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
        restriction = _restriction(record_number)
        if restriction is None:
            record(action="break_glass.refused", subject=current_institution(), by=by)
            return None
        now = timezone.now()
        mine = BreakGlass.objects.filter(patient=restriction.patient_id, person=by, ends_at__gt=now)
        if (before := mine.first()) is not None:
            # Asked twice at once: one opening, one notice, one review, one button that closes it.
            return before
        glass = BreakGlass.objects.create(
            patient=restriction.patient,
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


def _restriction(record_number: str) -> Restriction | None:
    """What stands on the record with this number, locked: two may ask for it at once."""
    patient = patient_by_record_number(record_number)
    if patient is None:
        return None
    standing = Restriction.objects.select_for_update(of=("self",)).select_related("patient")
    return standing.filter(patient=patient, lifted_at=None).first()


def _check(cause: str, words: str) -> None:
    errors: dict[str, list[str]] = {}
    if cause not in BreakGlassCause.values:
        errors["cause"] = ["Choose why you must see the record."]
    errors |= _words_fault("words", words)
    if "words" not in errors and len(words) < LEAST_WORDS:
        errors["words"] = ["Say it in a few words, so that somebody can judge it."]
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
    """Mail whoever reviews; nothing of the patient, and not the words, which may quote them.

    Where nobody but the one who opened it could judge it, those who give roles are told so.
    """
    institution = current_institution()
    to = _others_with(Permission.BREAK_GLASS_REVIEW, glass)
    page = reverse("break_glass_review", args=[institution.slug, glass.pk])
    ask = "Please review it"
    if not to:
        to = _others_with(Permission.PEOPLE_MANAGE, glass)
        page = reverse("people", args=[institution.slug])
        ask = "Nobody else here may review it. Please give somebody the right to"
    post(
        to=to,
        subject=f"A restricted record was opened, {institution.name}",
        body=(
            f"{glass.person.name} opened a restricted record.\n"
            f"Reason: {glass.get_cause_display()}.\n\n"
            f"{ask}:\n\n{urljoin(settings.SITE_URL, page)}\n"
        ),
    )


def _others_with(permission: Permission, glass: BreakGlass) -> list[str]:
    """The addresses of those who hold `permission`, besides whoever opened the record."""
    people = everybody_with(permission).exclude(pk=glass.person_id)
    return [person.email for person in people.order_by("pk")]
