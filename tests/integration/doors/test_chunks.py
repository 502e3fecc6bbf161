"""A body that comes in chunks, without a length, is a body like any other (RFC 9112, 7.1)."""

from http.client import HTTPConnection

import pytest

from tests.factories.people import make_institution
from tests.integration.doors.door import NUMBER, counts, doors_of
from tests.server import HOST, Server

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_every_door_takes_what_comes_in_chunks():
    institution = make_institution(slug="north", name="North Hospital")
    doors = doors_of(institution)
    wrong = {}
    with Server() as server:
        for number, (name, door) in enumerate(doors.items(), start=8_000):
            before = counts(institution)
            headers = {"Content-Type": door.kind, "Authorization": f"Bearer {door.token()}"}
            connection = HTTPConnection(HOST, server.port, timeout=60)
            # No value is there twice.
            raw = door.raw.replace(str(NUMBER).encode(), str(number).encode())
            pieces = iter([raw[:10], raw[10:500], raw[500:]] if len(raw) > 500 else [raw])
            connection.request("POST", door.path.format(slug="north"), pieces, headers)
            answer = connection.getresponse()
            told = answer.read()
            if answer.status >= 300 or counts(institution) == before:
                wrong[name] = (answer.status, told[:300])
            connection.close()
    assert wrong == {}
