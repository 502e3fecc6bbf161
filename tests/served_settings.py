"""The settings of a real server that tests start: as everywhere, on the worker's database."""

import os

from tumorboard.settings import *  # noqa: F403
from tumorboard.settings import DATABASE_URL, DATABASES

for _database in DATABASES.values():
    _database["NAME"] = os.environ["TEST_DATABASE"]
DATABASE_DIRECT_URL = DATABASE_URL.rsplit("/", 1)[0] + "/" + os.environ["TEST_DATABASE"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Browsers sign in through the page with a password; the door has tests of its own.
SECOND_FACTOR = "optional"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
