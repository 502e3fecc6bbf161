"""Entry point of the ASGI server."""

import logging
import os

from django.core.asgi import get_asgi_application

import tumorboard.celery  # noqa: F401 - so that jobs find the broker
from tumorboard.logs import WithoutSecrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")

application = get_asgi_application()
# The server logs every address by itself, in its own words.
logging.getLogger("uvicorn.access").addFilter(WithoutSecrets())
