"""Keys that lead about: each leads to one place only."""

import re
from pathlib import Path

from django.conf import settings

from tumorboard.navigation import PLACES


def test_no_two_places_share_a_key():
    base = Path(settings.BASE_DIR, "templates", "base.html").read_text()
    keys = [place.key for place in PLACES if place.key] + re.findall(r'data-key="g (\w)"', base)
    assert sorted(keys) == sorted(set(keys))
    assert {"s", "n", "m"} <= set(keys)
