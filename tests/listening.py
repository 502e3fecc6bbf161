"""Where a test listens to the database of its worker."""

from django.conf import settings
from django.db import connections


def direct_url() -> str:
    """The address of the worker's database, as the application role."""
    name = connections["default"].settings_dict["NAME"]
    return f"{settings.DATABASE_URL.rsplit('/', 1)[0]}/{name}"
