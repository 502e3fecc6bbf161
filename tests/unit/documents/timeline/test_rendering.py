"""The process that draws: it may end, hang or refuse, and the one that asked goes on."""

import os
import sys
import threading

import pytest

from cases.documents.timeline import rendering
from cases.documents.timeline.rendering import NotDrawn, Renderer

ANSWER = "import sys\nfor line in sys.stdin:\n    {body}\n    sys.stdout.flush()\n"
SVG = "print('{\"svg\": \"' + str(len(line)) + '\"}')"


@pytest.fixture
def renderer():
    """A renderer whose child runs these lines for each specification."""
    made = []

    def make(body, **options):
        code = ANSWER.format(body=body)
        made.append(Renderer((sys.executable, "-I", "-c", code), **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_real_picture():
    assert rendering.draw(
        {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {}}
    ).startswith("<svg")


def test_what_vega_refuses_is_not_drawn():
    with pytest.raises(NotDrawn, match="refused: ValueError"):
        rendering.draw({"mark": "no such mark"})


def test_nothing_is_loaded_from_anywhere():
    place = {"url": "http://127.0.0.1:9/data.json"}
    with pytest.raises(NotDrawn):
        rendering.draw({"data": place, "mark": "point", "encoding": {"x": {"field": "a"}}})


def test_one_child_draws_many_pictures(renderer):
    one = renderer('import os; print(\'{"svg": "%d"}\' % os.getpid())')
    assert one.svg({"a": 1}) == one.svg({"a": 2})


def test_the_same_picture_is_drawn_once(renderer):
    one = renderer('import time; print(\'{"svg": "%d"}\' % time.time_ns())')
    assert one.svg({"a": 1}) == one.svg({"a": 1})
    assert one.svg({"a": 1}) != one.svg({"a": 2})


def test_only_the_last_pictures_are_kept(renderer, monkeypatch):
    monkeypatch.setattr(rendering, "KEPT", 2)
    one = renderer('import time; print(\'{"svg": "%d"}\' % time.time_ns())')
    first = one.svg({"a": 1})
    one.svg({"a": 2})
    assert one.svg({"a": 1}) == first
    one.svg({"a": 3})
    assert one.svg({"a": 1}) == first
    one.svg({"a": 4})
    one.svg({"a": 5})
    assert one.svg({"a": 1}) != first


def test_a_child_that_has_ended_is_started_again(renderer):
    one = renderer(SVG + "; sys.stdout.flush(); sys.exit()")
    assert one.svg({"a": 1})
    assert one.svg({"a": 22})


def test_one_that_always_ends_is_given_up(renderer):
    with pytest.raises(NotDrawn, match="has ended"):
        renderer("sys.exit(1)").svg({"a": 1})


def test_one_that_ends_while_it_is_asked_is_given_up():
    """A specification larger than what a pipe holds reaches nobody."""
    deaf = Renderer((sys.executable, "-I", "-c", ""))
    with pytest.raises(NotDrawn, match="has ended"):
        deaf.svg({"a": "b" * 1_000_000})


def test_one_that_hangs_is_stopped(renderer):
    hanging = renderer("import time; time.sleep(600)", seconds=0.2)
    with pytest.raises(NotDrawn, match="too long"):
        hanging.svg({"a": 1})


def test_after_many_pictures_another_child_goes_on(renderer, monkeypatch):
    monkeypatch.setattr(rendering, "PICTURES", 1)
    one = renderer('import os; print(\'{"svg": "%d"}\' % os.getpid())')
    assert one.svg({"a": 1}) != one.svg({"a": 2})


def test_a_process_that_was_forked_starts_a_child_of_its_own(renderer, monkeypatch):
    one = renderer('import os; print(\'{"svg": "%d"}\' % os.getpid())')
    before = one.svg({"a": 1})
    child = one._child
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        assert one.svg({"a": 2}) != before
        one.close()
    # The child of the process that forked still lives: it was not ours to end.
    assert child.process.poll() is None
    child.process.kill()
    child.process.wait()
    child.questions.close()
    child.answers.close()


def test_a_renderer_that_was_made_ready_draws_with_the_child_it_has(renderer):
    one = renderer('import os; print(\'{"svg": "%d"}\' % os.getpid())')
    one.warm()
    child = one._child
    assert child.drawn == 1
    one.warm()
    assert one.svg({"a": 1}) == str(child.process.pid)


def test_one_that_has_ended_is_made_ready_again(renderer):
    one = renderer('import os; print(\'{"svg": "%d"}\' % os.getpid())')
    one.warm()
    one._child.process.kill()
    one._child.process.wait()
    one.warm()
    assert one._child.process.poll() is None


def test_one_that_cannot_be_made_ready_says_so_when_it_is_asked(renderer):
    one = renderer("raise SystemExit")
    one.warm()
    with pytest.raises(NotDrawn):
        one.svg({"a": 1})


def test_all_are_made_ready_without_waiting(renderer, monkeypatch):
    ready = threading.Barrier(3, timeout=30)
    both = [renderer("pass"), renderer("pass")]
    for one in both:
        monkeypatch.setattr(one, "warm", ready.wait)
    monkeypatch.setattr(rendering, "_renderers", both)
    rendering.make_ready()
    ready.wait()  # both are at it, and this thread went on meanwhile
