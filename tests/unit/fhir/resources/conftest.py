"""The edition on disk for resources that reckon with one."""

import pytest

from guidance.editions import shelf
from guidance.engine.edition import load_edition


@pytest.fixture(autouse=True)
def _shelf(monkeypatch):
    monkeypatch.setattr(shelf, "edition", lambda _: load_edition())
