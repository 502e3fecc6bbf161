"""How many files are read at once."""

import pytest

from cases.dicom import inspection, slots
from cases.dicom.reasons import Reason, Unfit
from tests.factories import dicom as make


@pytest.fixture(autouse=True)
def _own_slots(monkeypatch, tmp_path):
    """Slots that no other test takes, and no waiting for them."""
    monkeypatch.setattr(slots, "FOLDER", tmp_path / "slots")
    monkeypatch.setattr(slots, "SLOTS", 2)
    monkeypatch.setattr(slots, "WAIT_SECONDS", 0.0)


def test_a_file_beyond_the_slots_is_refused_and_nothing_is_started(monkeypatch):
    """ASVS v5.0.0-15.2.2: what is dear is done three times at once and no more."""
    with slots.slot(), slots.slot():
        with monkeypatch.context() as patched, pytest.raises(Unfit) as caught:
            patched.setattr(inspection.subprocess, "Popen", None)
            inspection.inspect(make.pdf(), claimed_name="report.pdf")
        assert caught.value.reason is Reason.BUSY
    assert inspection.inspect(make.pdf(), claimed_name="report.pdf").kind == "pdf"


def test_a_slot_is_free_again_after_a_reading_that_failed():
    for _ in range(3):
        with pytest.raises(Unfit) as caught:
            inspection.inspect(make.png(), claimed_name="report.pdf")
        assert caught.value.reason is Reason.CLAIM


def test_a_slot_that_comes_free_is_waited_for(monkeypatch):
    monkeypatch.setattr(slots, "SLOTS", 1)
    monkeypatch.setattr(slots, "WAIT_SECONDS", 60.0)
    first = slots.slot()
    first.__enter__()
    # Instead of a pause the other reading comes to its end.
    monkeypatch.setattr(slots.time, "sleep", lambda _seconds: first.__exit__(None, None, None))
    with slots.slot():
        assert slots._free() is None
    free = slots._free()
    assert free is not None
    slots.os.close(free)
