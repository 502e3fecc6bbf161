"""The picture has the colors of the site."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from cases.documents.timeline.colors import DARK, LIGHT

TOKENS = Path(settings.BASE_DIR, "static", "css", "tokens.css").read_text()
LIGHT_TOKENS, DARK_TOKENS = TOKENS.split("@media (prefers-color-scheme: dark)", 1)


@pytest.mark.parametrize("name", LIGHT)
def test_a_color_is_that_of_its_token(name):
    for colors, tokens in ((LIGHT, LIGHT_TOKENS), (DARK, DARK_TOKENS)):
        found = re.search(rf"--color-{name}: (#[0-9a-f]{{6}});", tokens)
        assert found is not None
        assert colors[name] == found[1]


def test_no_two_tokens_share_a_color_that_turns_dark_differently():
    assert len(set(LIGHT.values())) == len(LIGHT)
