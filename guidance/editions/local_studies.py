"""Studies that cannot be had at an institution."""

import datetime
from collections.abc import Mapping

from django.db import transaction

from guidance.editions import shelf
from guidance.editions.local_words import Overtaken, keep
from guidance.editions.models import LocalStudy
from guidance.editions.policies import REASSESS
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue

#: The studies whose availability the guidance asks for, and the fact that asks. Of every other
#: study the sources leave it open what follows when it cannot be had (specification 15, no. 12).
#: The MRI that the guidance rates is the one with contrast [002 L41].
AVAILABILITY: Mapping[str, str] = {
    "MRI_AP_WWO": "mri_available",
    "PET_DOTATATE": "sstr_pet_available",
    "PET_FDG": "fdg_pet_available",
}


def unavailable() -> list[LocalStudy]:
    """What cannot be had now, by procedure code."""
    newest = (
        LocalStudy.objects.select_related("by")
        .order_by("procedure", "-version")
        .distinct("procedure")
    )
    return [study for study in newest if not study.is_withdrawn]


def history() -> list[LocalStudy]:
    """Every version of every word, newest first."""
    return list(LocalStudy.objects.select_related("by").order_by("-at", "-id"))


@transaction.atomic
def mark_unavailable(
    *,
    procedure: str,
    reason: str,
    review_on: datetime.date | None,
    by: User,
    if_match: int | None = None,
) -> LocalStudy:
    """Say that a study cannot be had, or say it anew with another reason or review date.

    Where the guidance asks for the study's availability, all cases are assessed anew by a job.

    Args:
        procedure: its code in the institution's edition.
        if_match: the version that was seen, 0 for none.

    Raises:
        ValidationError: the edition has no such procedure, or a field cannot be accepted.
        Overtaken: somebody else said something about the study since that version.
    """
    version = _version(procedure)
    if if_match is not None and if_match != version:
        raise Overtaken
    study = LocalStudy(
        procedure=procedure, version=version + 1, reason=reason, review_on=review_on, by=by
    )
    known = shelf.adopted().ratings.procedures
    keep(study, also={} if procedure in known else {"procedure": "Choose a study."})
    record(action="institution.study.unavailable", subject=study, by=by)
    _reassess(procedure)
    return study


@transaction.atomic
def mark_available(*, study: LocalStudy, reason: str, by: User) -> LocalStudy:
    """Say that a study can be had again; that it could not be stays on record.

    Raises:
        ValidationError: the reason is missing or cannot be kept.
        Overtaken: `study` is not the newest word about it, or it is available already.
    """
    if study.is_withdrawn or study.version != _version(study.procedure):
        raise Overtaken
    again = LocalStudy(
        procedure=study.procedure,
        version=study.version + 1,
        is_withdrawn=True,
        reason=reason,
        by=by,
    )
    keep(again)
    record(action="institution.study.available", subject=again, by=by)
    _reassess(study.procedure)
    return again


def _version(procedure: str) -> int:
    versions = LocalStudy.objects.filter(procedure=procedure).order_by("-version")
    return versions.values_list("version", flat=True).first() or 0


def _reassess(procedure: str) -> None:
    if procedure in AVAILABILITY:
        enqueue(REASSESS, {})
