"""What tells one engine from another."""

import shutil

import pytest

from guidance.engine import fingerprint


@pytest.fixture
def taken(tmp_path, monkeypatch):
    """Takes the fingerprint of a copy of the engine, after something was done to it."""
    for name in fingerprint.PACKAGES:
        shutil.copytree(fingerprint.GUIDANCE / name, tmp_path / name)
    monkeypatch.setattr(fingerprint, "GUIDANCE", tmp_path)

    def take(path=None, text=""):
        if path:
            (tmp_path / path).parent.mkdir(exist_ok=True)
            with (tmp_path / path).open("a") as file:
                file.write(text)
        return fingerprint.engine_fingerprint.__wrapped__()

    return take


def test_it_is_the_same_as_long_as_the_code_is(taken):
    assert taken() == taken() == fingerprint.engine_fingerprint()
    assert len(taken()) == 64


@pytest.mark.parametrize("path", ["engine/logic.py", "calculators/grade.py", "engine/new/new.py"])
def test_any_change_of_the_code_changes_it(taken, path):
    assert taken() != taken(path, "# other\n")


def test_what_is_no_code_does_not(taken):
    assert taken() == taken("engine/notes.txt", "other")
