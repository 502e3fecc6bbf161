"""Entry point of a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

import tumorboard.celery  # noqa: F401 - so that jobs find the broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")

application = get_wsgi_application()
