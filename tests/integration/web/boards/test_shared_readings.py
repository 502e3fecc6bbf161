"""What many ask for at once is read once, within one institution, for a moment."""

import threading

import pytest

from cases.web import shared_readings
from cases.web.shared_readings import KEEP_SECONDS, shared
from tumorboard.tenancy.scope import ScopeError, institution_scope

pytestmark = pytest.mark.django_db


class Reading:
    """Counts how often it is read."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        return self.count


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock of the test's own, and nothing kept from before."""
    shared_readings._kept.clear()
    now = [0.0]
    monkeypatch.setattr(shared_readings.time, "monotonic", lambda: now[0])
    return now


def test_a_moment_later_it_is_not_read_again(institution, clock):
    read = Reading()
    with institution_scope(institution):
        assert [shared("key", read), shared("key", read)] == [1, 1]
        clock[0] += KEEP_SECONDS + 1
        assert shared("key", read) == 2
        assert shared("another key", read) == 3
    assert len(shared_readings._kept) == 2


def test_nothing_is_shared_between_institutions(institution, other_institution):
    read = Reading()
    with institution_scope(institution):
        shared("key", read)
    with institution_scope(other_institution):
        assert shared("key", read) == 2
    with pytest.raises(ScopeError):
        shared("key", read)


def test_who_comes_meanwhile_waits_for_the_same_reading(institution, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    found: list[str] = []
    monkeypatch.setattr(shared_readings, "current_institution_id", lambda: institution.pk)

    def slow() -> str:
        begun.set()
        assert go_on.wait(60)
        return "read"

    first = threading.Thread(target=lambda: found.append(shared("key", slow)))
    first.start()
    assert begun.wait(60)
    second = threading.Thread(target=lambda: found.append(shared("key", lambda: "read twice")))
    second.start()
    go_on.set()
    for thread in (first, second):
        thread.join(60)
    assert found == ["read", "read"]


def test_what_failed_is_read_anew(institution):
    def broken() -> int:
        raise ZeroDivisionError

    with institution_scope(institution):
        with pytest.raises(ZeroDivisionError):
            shared("key", broken)
        assert shared("key", Reading()) == 1
