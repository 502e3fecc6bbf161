"""Loading editions from disk into the database, where they stay as they are."""

import datetime
import json

from django.db import connection, transaction

from guidance.editions.adoptions import pin
from guidance.editions.models import GuidanceEdition
from guidance.engine import content
from guidance.engine.edition import Edition, load_edition
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: Two processes that load at once follow one another.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('guidance.editions.loading'))"


class ContentChanged(ValueError):
    """Content on disk whose version is loaded with other content."""


def load_all() -> list[GuidanceEdition]:
    """Load every edition on disk that is not loaded yet, the oldest first; return the new ones.

    Raises:
        ContentError: content on disk is broken.
        ContentChanged: a version on disk is loaded with other content.
    """
    editions = sorted(map(load_edition, content.versions()), key=lambda edition: edition.date)
    return [row for row, is_new in map(keep, editions) if is_new]


def load(version: str) -> GuidanceEdition:
    """Load one edition from disk, checked against its schema; nothing happens if it is loaded.

    Raises:
        ContentError: there is no such edition on disk, or its content is broken.
        ContentChanged: the version is loaded with other content.
    """
    row, _ = keep(load_edition(version))
    return row


@transaction.atomic
def keep(edition: Edition) -> tuple[GuidanceEdition, bool]:
    """Keep an edition in the database for good; return its row, and whether that is new.

    A new edition reaches nobody by itself: where it becomes the newest, every institution that
    never chose one is pinned to the edition that was newest until then.

    Raises:
        ContentChanged: the version is loaded with other content.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    row = GuidanceEdition.objects.filter(version=edition.version).first()
    if row is not None:
        if row.hash != edition.hash:
            message = (
                f"The content of edition {edition.version} has changed since it was loaded "
                f"({row.hash[:12]} became {edition.hash[:12]}): give it a new version."
            )
            raise ContentChanged(message)
        return row, False
    before = GuidanceEdition.objects.first()
    date = datetime.date.fromisoformat(edition.date)
    if before is not None and date >= before.date:
        for institution in Institution.objects.order_by("id"):
            with institution_scope(institution):
                pin(before)
    row = GuidanceEdition.objects.create(
        version=edition.version,
        hash=edition.hash,
        title=edition.title,
        date=date,
        content=as_text(edition),
    )
    return row, True


def as_text(edition: Edition) -> str:
    """The content of an edition as JSON in the order of its files."""
    return json.dumps(edition.content, ensure_ascii=False, separators=(",", ":"))
