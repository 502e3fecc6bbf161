"""The commands of docs/subscriptions.md, run from top to bottom as they stand there."""

import re
from pathlib import Path

import pytest

from cases.models.event import EventKind
from cases.selectors.topics import TOPICS, code_of
from tests.integration.api.test_rest_page import EXPECTED, run
from tests.integration.webhooks.work import work

pytestmark = pytest.mark.django_db

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "subscriptions.md").read_text()


def test_every_command_gets_what_the_page_says(follower, institution):
    known = {
        "FHIR": "/fhir/north",
        "SITE": "http://localhost:8000",
        "TOKEN": follower.program.token,
        "RECEIVER": follower.receiver.address,
    }
    commands = re.findall(r"```bash\n(.*?)```", TEXT, re.S)
    for command in commands:
        expected = EXPECTED.search(command)
        answer = run(command, known)
        assert answer.status_code == int(expected[1]), (command, answer.content)
        for kept in filter(None, expected[2].split("; ")):
            name, _, source = kept.partition(" = ")
            known[name] = answer[source] if source == "ETag" else answer.json()[source]
    work(institution)
    assert len(commands) > 6


@pytest.mark.parametrize("kind", EventKind)
def test_every_topic_stands_on_the_page(kind):
    (row,) = re.findall(rf"^\|[^|]*`{code_of(kind)}`[^|]*\|(.*)\|$", TEXT, re.M)
    focus, beside, filters = row.split("|")
    topic = TOPICS[kind]
    assert focus.strip() == f"`{topic.focus}`"
    assert tuple(re.findall(r"`(\w+)`", beside)) == topic.context
    assert tuple(re.findall(r"`(\w+)`", filters)) == topic.filters
