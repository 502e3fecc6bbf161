"""What workers do for cases; imported by every worker, and nothing but registration."""

from celery import shared_task

from cases.services import (
    candidacies,
    completeness,
    cutoffs,
    edition_trials,
    export_files,
    form_drafts,
    hook_retention,
    idempotency,
    reading_watch,
    reassessments,
    relisting,
    task_reminders,
    virus_checks,
)
from cases.services.imports import uploads, writing
from cases.services.webhooks import deliveries
from cases.services.webhooks import sweeps as webhook_sweeps
from guidance.editions.policies import REASSESS
from tumorboard.outbox.queue import handles

handles(uploads.TOPIC)(writing.write_rows)
handles(export_files.TOPIC)(export_files.write_rows)
handles(REASSESS)(reassessments.reassess_next)
handles(edition_trials.TOPIC)(edition_trials.look_at_next)
handles(edition_trials.DISCARD)(edition_trials.discard_next)
handles(completeness.TOPIC)(completeness.refresh_next)
handles(candidacies.TOPIC)(candidacies.refresh_next)
handles(relisting.TOPIC)(relisting.relist_next)
handles(virus_checks.TOPIC)(virus_checks.look_again)
handles(deliveries.TOPIC)(deliveries.deliver_next)
shared_task(name="export_files.sweep")(export_files.sweep)
shared_task(name="form_drafts.sweep")(form_drafts.sweep)
shared_task(name="hook_cards.sweep")(hook_retention.sweep)
shared_task(name="idempotency.sweep")(idempotency.sweep)
shared_task(name="meetings.cutoff")(cutoffs.sweep)
shared_task(name="tasks.sweep")(task_reminders.sweep)
shared_task(name="reading.sweep")(reading_watch.sweep)
shared_task(name="study_files.sweep")(virus_checks.sweep)
shared_task(name="webhooks.sweep")(webhook_sweeps.sweep)
