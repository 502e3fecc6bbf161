"""What an installation with a database of its own tells browsers about its cookies and TLS."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NAMED = [
    "DEBUG",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_DOMAIN",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECOND_FACTOR",
    "SECRET_KEY_FALLBACKS",
]
ASK = f"""
import json, django
from unittest import mock
from kombu.transport import pyamqp
from django.conf import settings
django.setup()
from tumorboard.accounts import device
from tumorboard.celery import app
said = {{name: getattr(settings, name) for name in {NAMED!r}}}
def opened():
    connection = app.connection_for_write()
    with mock.patch("amqp.Connection", autospec=True) as opened:
        connection.transport_cls = type("T", (pyamqp.SSLTransport,), {{"Connection": opened}})
        connection.transport.establish_connection()
    return opened.call_args.kwargs["ssl"]
print(json.dumps({{**said, "DEVICE_COOKIE": device.COOKIE, "BROKER_TLS": opened()}}))
"""


@pytest.fixture(scope="module")
def said():
    """The settings as a process reads them that is given a database; it connects to none."""
    surroundings = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tumorboard.settings",
        "DATABASE_URL": "postgres://tumorboard_app@db.invalid/tumorboard",
        "DATABASE_OWNER_URL": "postgres://tumorboard_owner@db.invalid/tumorboard",
        "CELERY_BROKER_URL": "amqps://tumorboard@broker.invalid/",
        "SECRET_KEY": "only-of-this-test-" * 4,
        "SECRET_KEY_FALLBACKS": "newest-former, oldest",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=surroundings, capture_output=True, check=True
    )
    return json.loads(done.stdout)


def test_cookies_go_over_tls_to_this_host_alone(said):
    """ASVS v5.0.0-3.3.1 and 3.3.3: Secure, under a name that only this host can set."""
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE"):
        assert said[name].startswith("__Host-")
    assert said["SESSION_COOKIE_SECURE"]
    assert said["CSRF_COOKIE_SECURE"]
    assert said["SESSION_COOKIE_DOMAIN"] is None


def test_scripts_read_no_cookie_and_other_sites_send_none(said):
    """ASVS v5.0.0-3.3.4 and 3.3.2: HttpOnly, and SameSite as each cookie's use allows."""
    assert said["SESSION_COOKIE_HTTPONLY"]
    assert said["CSRF_COOKIE_HTTPONLY"]
    assert said["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_browsers_are_told_to_come_by_tls_for_a_year(said):
    """ASVS v5.0.0-3.4.1: HSTS for a year and all that lies below the host."""
    assert said["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60
    assert said["SECURE_HSTS_INCLUDE_SUBDOMAINS"]


def test_nothing_of_trying_out_is_left(said):
    """ASVS v5.0.0-13.4.2: no debug mode, and no sign-in by password alone."""
    assert not said["DEBUG"]
    assert said["SECOND_FACTOR"] == "required"


def test_the_brokers_certificate_must_be_the_brokers(said):
    """ASVS v5.0.0-12.3.2: not just anybody's of a known authority."""
    assert said["BROKER_TLS"]["server_hostname"] == "broker.invalid"


def test_the_secret_key_can_be_changed_while_people_work(said):
    """ASVS v5.0.0-13.3.4: what a former key sealed is still read, by the newest first."""
    assert said["SECRET_KEY_FALLBACKS"] == ["newest-former", "oldest"]
