"""Entry point of the ASGI server."""

import os

from django.core.asgi import get_asgi_application

import tumorboard.celery  # noqa: F401 - so that jobs find the broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")

application = get_asgi_application()
