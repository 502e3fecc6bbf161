"""The commands of docs/rest.md, run from top to bottom as they stand there."""

import datetime
import re
import shlex
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from cases.api import deprecation
from tests.factories.boards import make_meeting
from tests.factories.dicom import pdf
from tests.factories.tasks import REFERRAL, decided, tasks_of
from tests.integration.api.conftest import script_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rest.md"
TEXT = PAGE.read_text()
#: Files that the page sends.
FILES = {"@report.pdf": pdf()}
EXPECTED = re.compile(r"^# (\d{3})((?:; .+)?)$", re.M)


def run(command: str, known: dict[str, str]):
    """What the command gets; the few options of curl that the page uses."""
    filled = re.sub(r"\$([A-Z]+)", lambda found: known[found[1]].replace('"', '\\"'), command)
    one_line = filled.replace("\\\n", "")
    words = iter(shlex.split(one_line, comments=True)[1:])
    method, data, headers, address = "GET", "", {}, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word in ("-d", "--data-binary"):
            # $'…' of the shell has its own line ends.
            data = next(words).removeprefix("$").replace("\\n", "\n")
            data = FILES.get(data, data)
        elif word == "-o":
            next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word != "-s":
            address = word
    kind = headers.pop("Content-Type", "application/json")
    return Client().generic(method, address, data, content_type=kind, headers=headers)


def test_every_command_gets_what_the_page_says(institution, coordinator):
    with institution_scope(institution):
        meeting = make_meeting(by=coordinator)
        (task,) = tasks_of(decided(REFERRAL, by=coordinator))
    known = {
        "API": "/api/v1/i/north",
        "TOKEN": script_of(institution, coordinator).token,
        "MEETING": str(meeting.pk),
        "SOON": (timezone.now() + datetime.timedelta(days=30)).strftime("%Y-%m-%dT%H:%MZ"),
        "TASK": str(task.pk),
        "DECISION": str(task.recommendation.decision_id),
    }
    commands = re.findall(r"```bash\n(.*?)```", TEXT, re.S)
    for command in commands:
        expected = EXPECTED.search(command)
        answer = run(command, known)
        body = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == int(expected[1]), (command, body)
        for kept in filter(None, expected[2].split("; ")):
            if ": " in kept:
                name, _, value = kept.partition(": ")
                assert answer[name] == value
            else:
                name, _, source = kept.partition(" = ")
                known[name] = answer[source] if source == "ETag" else answer.json()[source]
    assert len(commands) > 15


def test_what_is_deprecated_stands_there_with_a_years_notice():
    (days,) = re.findall(r"\| (\d{4}-\d\d-\d\d) \|$", TEXT, re.M)
    assert days == str(deprecation.IF_MATCH_IN_BODY.until)
