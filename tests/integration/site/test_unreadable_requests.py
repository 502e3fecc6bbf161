"""Requests that no browser sends end in an answer, never in a 500."""

import pytest

pytestmark = pytest.mark.django_db

BODY = (
    b'--XX\r\nContent-Disposition: form-data; name="login"\r\n\r\n'
    b"a\\ud800+2AA-@north.example\r\n--XX--\r\n"
)


@pytest.mark.parametrize(
    "charset", ["rot13", "hex", "zlib", "unicode_escape", "utf-7", "utf-16", "idna", "undefined"]
)
def test_a_form_in_another_charset_is_refused(client, charset):
    kind = f"multipart/form-data; charset={charset}; boundary=XX"
    response = client.generic("POST", "/accounts/login/", BODY, content_type=kind)
    assert response.status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "nonsense", "utf_8"])
def test_a_form_in_utf8_is_read(client, charset):
    kind = f"multipart/form-data; charset={charset}; boundary=XX"
    response = client.generic("POST", "/accounts/login/", BODY, content_type=kind)
    assert response.status_code == 200


def test_a_session_with_a_nul_is_nobodys(client):
    client.cookies.load('sessionid="\\000aaaaaaaaaaaa"')
    response = client.get("/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/")
