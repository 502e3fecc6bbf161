"""Which edition an institution uses, and since when."""

import itertools

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet

from guidance.editions import shelf
from guidance.editions.models import EditionAdoption, GuidanceEdition
from guidance.editions.policies import REASSESS
from guidance.engine.edition import Edition
from guidance.engine.values import is_storable
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.scope import current_institution_id

#: Two people who adopt at once follow one another.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('guidance.editions.adoptions'), hashtext(%s))"


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
    _one_at_a_time()
    if shelf.adopted().hash == edition.hash:
        message = f"Edition {edition.version} is in use already."
        raise AlreadyAdopted(message)
    adoption = EditionAdoption(edition=_row(edition), by=by, reason=reason.strip())
    adoption.clean_fields(exclude=["institution", "edition", "by"])
    if not is_storable(adoption.reason):
        raise ValidationError({"reason": ["This contains a character that cannot be stored."]})
    adoption.save()
    record(action="institution.edition.adopted", subject=adoption, by=by)
    enqueue(REASSESS, {})
    return adoption


def _one_at_a_time() -> None:
    """Wait until nobody else adopts an edition in this institution."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(current_institution_id())])


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
