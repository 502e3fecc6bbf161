"""What an edition would change: every case assessed by it, chunk by chunk, and nothing kept.

Computed from the facts of each case's present assessment, as they were on the day of that
assessment: so what a trial finds comes from the edition alone, neither from the calendar nor from
the record. A chunk's changes, the place where it ended and the request for the next chunk are one
transaction with the message that asked for it; a worker killed at any point leaves whole chunks.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Case, EditionTrial, EditionTrialChange
from cases.selectors.edition_trials import Standing, has_stopped, one_that_counts, standings
from cases.selectors.trial_changes import changes_of, summary, weight_of
from cases.services.assessments import facts_for
from cases.services.errors import Invalid
from guidance.editions import shelf
from guidance.editions.models import GuidanceEdition
from guidance.engine.assess import assess
from guidance.engine.edition import Edition
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.scope import seeing_all

#: The topic of the job that looks at the next cases, and of the one that clears away.
TOPIC = "cases.edition_trial"
DISCARD = "cases.edition_trial.discard"
#: Cases a transaction, and what is cleared away in one.
CHUNK = 500
DISCARDED = 2_000

State = EditionTrial.State


@transaction.atomic
def start(*, edition: Edition, by: User) -> EditionTrial:
    """Try `edition` on all cases of the current institution.

    One trial of an edition counts at a time: a running one goes on, one that stopped goes on
    where it did, and one that is done gives way to a new one.
    """
    before = one_that_counts(edition.hash, lock=True)
    if before is not None and before.state == State.RUNNING:
        if has_stopped(before):
            _ask_for_the_next(before)
            before.save(update_fields=["job"])
        return before
    if before is not None:
        before.state = State.REPLACED
        before.save(update_fields=["state"])
        enqueue(DISCARD, {"trial": str(before.pk)})
    with seeing_all():
        # As the worker counts them.
        total = Case.objects.exclude(assessment=None).count()
    trial = EditionTrial(
        edition=GuidanceEdition.objects.defer("content").get(hash=edition.hash),
        total=total,
        started_by=by,
    )
    try:
        with transaction.atomic():
            trial.save()
    except IntegrityError:
        # Somebody else started one at the same moment: that one counts.
        return EditionTrial.objects.exclude(state=State.REPLACED).get(edition=trial.edition)
    record(action="institution.edition.tried", subject=trial, by=by)
    _ask_for_the_next(trial)
    trial.save(update_fields=["job"])
    return trial


def look_at_next(payload: dict[str, Any]) -> None:
    """Look at the next cases of a trial and ask for the ones after them, or say it is done.

    Args:
        payload: {"trial": id}.
    """
    trial = _running(payload["trial"])
    if trial is None:
        return
    edition = shelf.edition(trial.edition.version)
    seen = standings(after=trial.after, most=CHUNK)
    found = list(_changes(trial, seen, edition))
    EditionTrialChange.objects.bulk_create(found)
    counts = Counter(trial.kinds) + Counter(kind for change in found for kind in change.kinds)
    trial.kinds = dict(counts)
    trial.done += len(seen)
    trial.changed += len(found)
    if len(seen) == CHUNK:
        trial.after = seen[-1].case_id
        _ask_for_the_next(trial)
    else:
        trial.state, trial.total, trial.finished_at = State.DONE, trial.done, timezone.now()
    trial.save()


def discard_next(payload: dict[str, Any]) -> None:
    """Clear away what a trial left that another one replaced, a part in a transaction.

    Args:
        payload: {"trial": id}.
    """
    rows = EditionTrialChange.objects.filter(trial_id=UUID(payload["trial"]))
    some = list(rows.values_list("id", flat=True)[:DISCARDED])
    EditionTrialChange.objects.filter(id__in=some).delete()
    if len(some) == DISCARDED:
        enqueue(DISCARD, payload)
    else:
        EditionTrial.objects.filter(pk=payload["trial"], state=State.REPLACED).delete()


def _running(trial_id: str) -> EditionTrial | None:
    trials = EditionTrial.objects.select_for_update(of=("self",)).select_related("edition")
    return trials.defer("edition__content").filter(pk=trial_id, state=State.RUNNING).first()


def _ask_for_the_next(trial: EditionTrial) -> None:
    trial.job = enqueue(TOPIC, {"trial": str(trial.pk)}).pk


def _changes(
    trial: EditionTrial, seen: Iterable[Standing], edition: Edition
) -> Iterable[EditionTrialChange]:
    for standing in seen:
        if standing.edition_hash == edition.hash:
            continue
        try:
            facts = facts_for(standing.facts, edition)
        except Invalid:
            # Neither edition reads this case; the job that assesses all cases notes it.
            continue
        before = summary(standing.answer)
        after = summary(assess(facts, edition))
        if kinds := changes_of(before, after):
            yield EditionTrialChange(
                trial=trial,
                case_id=standing.case_id,
                kinds=kinds,
                weight=weight_of(kinds),
                before=before,
                after=after,
            )
