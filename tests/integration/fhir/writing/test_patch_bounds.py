"""A JSON Patch makes nothing that could not be sent whole."""

import pytest

from cases.fhir.bounds import TOO_DEEP, TOO_LONG
from cases.fhir.formats import DEEPEST, LONGEST
from tests.integration.fhir.writing.server import issues
from tests.integration.fhir.writing.test_patch import patch

pytestmark = pytest.mark.django_db
URL = "http://north.example/note"
#: A list is copied to the end of itself: it is twice as deep each time.
DOUBLED = [f"/extension/0{'/extension/0' * (2**times - 1)}/extension/-" for times in range(12)]


def added(value):
    return {"op": "add", "path": "/extension", "value": [value]}


@pytest.fixture
def path(ada):
    return f"/{ada}"


def test_a_long_text_is_not_copied_a_hundred_times(server, path):
    before = server.get(path).json()
    long = {"url": URL, "valueString": "x" * (LONGEST // 50)}
    copies = [{"op": "copy", "from": "/extension/0", "path": "/extension/-"}] * 100
    answer = patch(server, path, [added(long), *copies])
    assert (answer.status_code, issues(answer)) == (422, [("too-long", "")])
    assert answer.json()["issue"][0]["diagnostics"] == TOO_LONG
    assert server.get(path).json() == before


@pytest.mark.parametrize("times", [6, 9, 12])
def test_a_list_is_not_copied_into_itself_without_end(server, path, times):
    before = server.get(path).json()
    copies = [{"op": "copy", "from": "/extension/0", "path": to} for to in DOUBLED[:times]]
    answer = patch(server, path, [added({"url": URL, "extension": []}), *copies])
    assert (answer.status_code, issues(answer)) == (422, [("structure", "")])
    assert answer.json()["issue"][0]["diagnostics"] == TOO_DEEP
    assert server.get(path).json() == before


def test_what_is_as_deep_as_can_be_sent_is_taken(server, path):
    value = {"url": URL, "valueString": "leaf"}
    # Each extension is an object and a list deep; so is the patch around it.
    for _ in range((DEEPEST - 4) // 2 - 1):
        value = {"url": URL, "extension": [value]}
    answer = patch(server, path, [added(value)])
    assert answer.status_code == 200, answer.content
    assert answer.json()["extension"] == [value]


def test_a_patch_that_is_no_list_is_told_of_without_an_empty_place(server, path):
    answer = patch(server, path, {"op": "remove", "path": "/id"})
    (issue,) = answer.json()["issue"]
    assert (answer.status_code, "expression" in issue) == (400, False)
