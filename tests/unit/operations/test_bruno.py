"""The collection of requests is that of the API's description, no more and no less."""

import json
import re
from pathlib import Path

import pytest

from tumorboard.operations.bruno import description, files, operations

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "bruno"
REQUEST = re.compile(r"^(get|post|put|patch|delete) \{\n  url: \{\{baseUrl\}\}(\S+)$", re.M)
BODY = re.compile(r"^body:json \{\n(.*?)^\}$", re.M | re.S)


@pytest.fixture(scope="module")
def described():
    return description()


def there() -> dict[str, str]:
    paths = (path for path in FOLDER.rglob("*") if path.is_file())
    return {str(path.relative_to(FOLDER)): path.read_text("utf-8") for path in paths}


def test_it_is_up_to_date(described):
    """`manage.py write_bruno` makes it anew."""
    assert there() == {str(place): text for place, text in files(described).items()}


def test_each_request_names_an_operation_and_each_operation_has_one(described):
    named = [REQUEST.findall(text) for text in there().values()]
    asked = [
        (method, path.replace("{{slug}}", "{slug}").replace(":id", "{id}"))
        for found in named
        for method, path in found
    ]
    assert sorted(asked) == sorted((each.method, each.path) for each in operations(described))
    assert len(asked) == len(set(asked)) > 100


def test_each_body_is_json_that_is_taken(described):
    bodies = [body for text in there().values() for body in BODY.findall(text)]
    assert len(bodies) > 40
    for body in bodies:
        assert isinstance(json.loads(body), dict)


def test_no_file_holds_a_secret():
    assert [name for name, text in there().items() if re.search(r"tba?_[A-Za-z0-9]{8}", text)] == []
