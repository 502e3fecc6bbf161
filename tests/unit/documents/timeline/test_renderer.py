"""What the process that draws does with its input and output."""

import json
import os
import sys
from types import SimpleNamespace

import pytest

from cases.documents.timeline import renderer

POINT = b'{"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {}}\n'


@pytest.fixture
def told(monkeypatch):
    """Run the process's loop on these lines; what it answered."""

    def run(*lines, end=True):
        asks, answers = os.pipe(), os.pipe()
        with os.fdopen(asks[0], "rb") as source, os.fdopen(answers[1], "wb") as target:
            monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=source))
            monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=target))
            os.write(asks[1], b"".join(lines))
            if end:
                os.close(asks[1])
            renderer.main()
        if not end:
            os.close(asks[1])
        with os.fdopen(answers[0], "rb") as read:
            return [json.loads(line) for line in read]

    return run


def test_it_draws_each_line_until_there_are_no_more(told):
    answers = told(POINT, b'{"mark": "no such mark"}\n')
    assert answers[0]["svg"].startswith("<svg")
    assert answers[1] == {"error": "ValueError"}


def test_it_ends_when_nobody_asks(told, monkeypatch):
    monkeypatch.setattr(renderer, "IDLE_SECONDS", 0)
    assert told(end=False) == []
