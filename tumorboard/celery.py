"""The worker's application."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")

app = Celery("tumorboard")
# Else only the thread that came here first would find it, and pages are made in others.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tumorboard.outbox"], related_name="queue")
app.autodiscover_tasks(["tumorboard.outbox"], related_name="mail")
app.autodiscover_tasks(["cases"], related_name="jobs")
