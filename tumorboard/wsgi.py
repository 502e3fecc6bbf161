"""Entry point of a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

import tumorboard.celery  # noqa: F401 - so that jobs find the broker
from tumorboard.operations.start_up import refuse_weak_configuration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")

application = get_wsgi_application()
refuse_weak_configuration()
