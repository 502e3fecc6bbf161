"""A cursor that names no place is refused: who follows it would begin anew, again and again."""

from base64 import b64encode

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", [b"", b"\x00\x00\x00", b"o=5", b"r=1", b"p=", b"q=1"])
def test_a_cursor_without_a_place_is_not_the_first_page(script, rows, text):
    answer = script.get(f"patients/?cursor={b64encode(text).decode()}")
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["cursor"]
