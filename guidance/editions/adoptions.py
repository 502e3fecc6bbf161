"""Which edition an institution uses, and since when."""

import itertools

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from guidance.editions import shelf
from guidance.editions.models import EditionAdoption, GuidanceEdition
from guidance.editions.policies import REASSESS
from guidance.engine.edition import Edition
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue


class AlreadyAdopted(ValueError):
    """The institution uses this edition already."""


def current() -> EditionAdoption | None:
    """What the current institution chose last; None where it never chose."""
    return _newest_first().first()


def history() -> list[EditionAdoption]:
    """Every choice of the current institution, newest first."""
    return list(_newest_first())


def newer() -> list[shelf.Shelved]:
    """The editions that are newer than the one in use, the newest first."""
    in_use = shelf.adopted().hash
    return list(itertools.takewhile(lambda each: each.hash != in_use, shelf.versions()))


def _newest_first() -> QuerySet[EditionAdoption]:
    choices = EditionAdoption.objects.select_related("edition", "by").defer("edition__content")
    return choices.order_by("-at", "-id")


@transaction.atomic
def adopt(*, edition: Edition, by: User, reason: str = "") -> EditionAdoption:
    """Use `edition` in the current institution from now on.

    All cases are assessed anew by a job; the assessments that stood are kept, and signed
    decisions go on quoting what was seen.

    Args:
        by: the administrator who chose.
        reason: why, in the administrator's words; may be empty.

    Raises:
        AlreadyAdopted: the institution uses it already.
        ValidationError: the reason cannot be kept.
    """
    if shelf.adopted().hash == edition.hash:
        message = f"Edition {edition.version} is in use already."
        raise AlreadyAdopted(message)
    adoption = EditionAdoption(edition=_row(edition), by=by, reason=reason.strip())
    adoption.clean_fields(exclude=["institution", "edition", "by"])
    if any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in adoption.reason):
        raise ValidationError({"reason": ["This contains a character that cannot be stored."]})
    adoption.save()
    record(action="institution.edition.adopted", subject=adoption, by=by)
    enqueue(REASSESS, {})
    return adoption


def begin() -> EditionAdoption:
    """Let a new institution start with the newest edition.

    Raises:
        NoEdition: none is loaded.
    """
    return pin(_row(shelf.newest()))


def pin(row: GuidanceEdition) -> EditionAdoption:
    """Let an institution that never chose stay with `row`; return what holds there."""
    before = current()
    if before is not None:
        return before
    adoption = EditionAdoption.objects.create(edition=row)
    record(action="institution.edition.pinned", subject=adoption, by=None)
    return adoption


def _row(edition: Edition) -> GuidanceEdition:
    return GuidanceEdition.objects.defer("content").get(hash=edition.hash)
