"""Entry point of the ASGI server."""

import logging
import os

from django.core.asgi import get_asgi_application

import tumorboard.celery  # noqa: F401 - so that jobs find the broker
from tumorboard.operations.start_up import refuse_weak_configuration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumorboard.settings")

_site = get_asgi_application()
refuse_weak_configuration()
# Libraries quote what they read in their warnings; written by Python itself they pass by the log.
logging.captureWarnings(True)
# The server would log every address with its query, and errors with their words.
logging.getLogger("uvicorn.access").disabled = True
for _name in ("uvicorn", "uvicorn.error"):
    logging.getLogger(_name).handlers.clear()
logging.getLogger("uvicorn").propagate = True

# Reads settings, and models by its way to sessions: not before Django is set up.
from tumorboard.body_limits import BodyLimit  # noqa: E402

application = BodyLimit(_site)
