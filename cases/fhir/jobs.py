"""What workers do for the FHIR server; imported by every worker, and nothing but registration."""

from celery import shared_task

from cases.fhir.bulk.collecting import collect_next
from cases.services import bulk_exports
from tumorboard.outbox.queue import handles

handles(bulk_exports.TOPIC)(collect_next)
shared_task(name="bulk_exports.sweep")(bulk_exports.sweep)
