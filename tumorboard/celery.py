"""The worker's application."""

import logging
import os
from typing import Any

import django
from celery import Celery, Task
from celery.signals import beat_init, setup_logging, worker_init

from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import arriving
from tumorboard.log_context import logged
from tumorboard.operations import time_limits
from tumorboard.operations.start_up import refuse_weak_configuration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")


class Job(Task):
    """A task whose entries in the audit say that nobody sat in front of it."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do the work."""
        with arriving(Via.JOB), logged(task=str(self.name)):
            return super().__call__(*args, **kwargs)


app = Celery("tumorboard", task_cls=Job)
# Else only the thread that came here first would find it, and pages are made in others.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tumorboard.outbox"], related_name="queue")
app.autodiscover_tasks(["tumorboard.outbox"], related_name="mail")
app.autodiscover_tasks(["tumorboard.accounts"], related_name="jobs")
app.autodiscover_tasks(["cases"], related_name="jobs")
app.autodiscover_tasks(["cases.fhir"], related_name="jobs")


@worker_init.connect
@beat_init.connect
def _look_at_configuration(**_: Any) -> None:
    """A worker and the clock begin as the web does: only where the configuration is sound.

    Nobody waits for what they do.
    """
    django.setup()
    refuse_weak_configuration()
    time_limits.lift()


@setup_logging.connect
def _leave_logs_alone(**_: Any) -> None:
    """With a receiver here, Celery adds no lines in a form of its own, which quote errors.

    Warnings, which quote what was read, go through the log, which leaves their words out.
    """
    logging.captureWarnings(True)
