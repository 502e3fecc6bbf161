"""The examples of docs/intake.md, run as they stand there."""

import re
import shlex
from itertools import pairwise
from pathlib import Path
from string import Template

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories.clients import Machine
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import SCOPE

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "intake.md").read_text()
COMMANDS = re.findall(r"```sh\n(.*?)\n```", TEXT, re.S)
FILES = {"@message.hl7": of.laboratory(), "@bundle.json": of.bundle()}

pytestmark = pytest.mark.django_db


def test_every_curl_is_answered_as_the_page_says(institution, known):
    token = Machine(str(known.pk)).token(scope=SCOPE)
    values = {"SITE": "http://localhost", "SLUG": institution.slug, "TOKEN": token}
    codes = []
    for command in COMMANDS[:2]:
        parts = shlex.split(Template(command).substitute(values))
        given = [part.split(": ", 1) for before, part in pairwise(parts) if before == "-H"]
        headers = {name.lower(): value for name, value in given}
        answer = Client().post(
            parts[-1].removeprefix(values["SITE"]),
            FILES[parts[parts.index("--data-binary") + 1]],
            content_type=headers.pop("content-type"),
            headers=headers,
        )
        codes.append(answer.status_code)
    assert codes == [200, 202]


def test_the_listener_starts_as_the_page_says(institution, known):
    words = shlex.split(COMMANDS[2].replace("01234567-89ab-cdef-0123-456789abcdef", str(known.pk)))
    assert words[1:3] == ["manage.py", "mllp"]

    with pytest.raises(CommandError, match="no institution nowhere"):
        call_command("mllp", *["nowhere" if word == "north" else word for word in words[3:]])
    with pytest.raises(CommandError, match="no such API client"):
        call_command("mllp", *words[3:5], "--client", str(institution.pk))
    with pytest.raises(CommandError, match="Cannot listen"):
        # An address of nobody: that of documents.
        call_command("mllp", *words[3:], "--host", "192.0.2.1")
