"""The worker's application."""

import os
from typing import Any

from celery import Celery, Task

from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import arriving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")


class Job(Task):
    """A task whose entries in the audit say that nobody sat in front of it."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do the work."""
        with arriving(Via.JOB):
            return super().__call__(*args, **kwargs)


app = Celery("tumorboard", task_cls=Job)
# Else only the thread that came here first would find it, and pages are made in others.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tumorboard.outbox"], related_name="queue")
app.autodiscover_tasks(["tumorboard.outbox"], related_name="mail")
app.autodiscover_tasks(["tumorboard.accounts"], related_name="jobs")
app.autodiscover_tasks(["cases"], related_name="jobs")
