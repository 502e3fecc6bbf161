"""The environment that docs/production.md shows is sound; a weak one is refused at the start."""

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from celery.signals import beat_init, worker_init
from django.conf import settings
from django.db import connections
from psycopg import sql

from tumorboard import celery
from tumorboard.operations.role_checks import FAULTS, RIGHTS, role_is_bound

ROOT = Path(__file__).resolve().parents[3]
SHOWN = re.compile(r"```sh\n(.*?)```", re.DOTALL)
PLACEHOLDER = re.compile(r"<[^>]*>")


def documented(folder: Path) -> dict[str, str]:
    """The environment of the page, with what is the operator's put in."""
    block = SHOWN.search((ROOT / "docs" / "production.md").read_text())[1]
    passwords = folder / "breached.txt"
    passwords.write_text(f"{'0' * 39}1:3\n")
    environment = {
        name: PLACEHOLDER.sub(secrets.token_urlsafe(48), value)
        for name, value in (line.split("=", 1) for line in block.splitlines())
    }
    environment["IDENTITY_KEYS"] = base64.b64encode(secrets.token_bytes(32)).decode()
    assert Path(environment["BREACHED_PASSWORDS_FILE"]).is_absolute()
    return {**environment, "BREACHED_PASSWORDS_FILE": str(passwords), "PATH": os.environ["PATH"]}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_documented_environment_is_clean(tmp_path):
    """ASVS v5.0.0-13.4.2: the production configuration that is shown is checked as it is shown."""
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **documented(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_web_process_refuses_a_weak_environment_with_all_reasons(tmp_path):
    """ASVS v5.0.0-16.5.3: where a control cannot be relied on, nothing is served."""
    weak = {
        **documented(tmp_path),
        "SECRET_KEY": "hush",
        "ALLOWED_HOSTS": "*",
        "DATABASE_URL": "postgres://tumorboard_app@127.0.0.1:1/none",
        "EMAIL_SECURITY": "none",
        "BREACHED_PASSWORDS_FILE": "",
    }
    done = run("-c", "import tumorboard.asgi", **weak)
    assert done.returncode == 1
    for number in ("E031", "E032", "E039", "E040", "E044"):
        assert f"operations.{number}" in done.stderr
    assert "hush" not in done.stderr


def test_worker_and_clock_ask_too(monkeypatch):
    asked, lifted = [], []
    monkeypatch.setattr("tumorboard.celery.refuse_weak_configuration", lambda: asked.append(1))
    monkeypatch.setattr("tumorboard.celery.time_limits.lift", lambda: lifted.append(1))
    # By our own receivers alone: the others would set this process up as a worker.
    for signal in (worker_init, beat_init):
        receivers = [reference() for _, reference in signal.receivers]
        (ours,) = [each for each in receivers if each.__module__ == celery.__name__]
        ours()
    # Nobody waits for them: they may take longer.
    assert len(asked) == len(lifted) == 2


@pytest.mark.django_db
def test_the_application_role_is_bound():
    """HIPAA 164.312(a)(1): the role that serves sees what the policies let it see."""
    assert role_is_bound(None, databases=["default"]) == []
    assert role_is_bound(None) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rights", "numbers"),
    [
        ("NOLOGIN", set()),
        ("IN ROLE tumorboard_owner", {"operations.E043"}),
        ("BYPASSRLS", {"operations.E042"}),
        ("SUPERUSER", {"operations.E041", "operations.E042", "operations.E043"}),
    ],
)
def test_a_role_that_is_not_bound_is_told(rights, numbers):
    """ASVS v5.0.0-13.2.2: the account that talks to the database has the least rights it needs."""
    database = connections["default"].settings_dict["NAME"]
    role = sql.Identifier(f"role_{secrets.token_hex(4)}")
    with psycopg.connect(settings.DATABASE_ADMIN_URL, dbname=database) as admin:
        # Nobody else ever sees the role: it is undone.
        admin.execute(sql.SQL("CREATE ROLE {} " + rights).format(role))
        admin.execute(sql.SQL("SET LOCAL ROLE {}").format(role))
        answers = admin.execute(RIGHTS).fetchone()
        admin.rollback()
    assert {number for (number, _), is_so in zip(FAULTS, answers, strict=True) if is_so} == numbers
