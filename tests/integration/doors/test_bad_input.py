"""One table of bad input, sent through every door: refused with a reason, and nothing written."""

import gzip
import json

import pytest
from django.test import Client

from cases.fhir import formats
from cases.hooks import asked
from cases.services.intake import incoming
from tests.integration import once
from tests.integration.doors.door import NUMBER, WORD, counts, doors_of, nothing_written

pytestmark = pytest.mark.django_db
DOORS = ("rest", "fhir", "bundle", "intake", "hooks")
DEEP = 10_000
LONGEST = {
    "rest": 1_000_000,
    "fhir": formats.LONGEST,
    "bundle": formats.LONGEST,
    "intake": incoming.MOST_BYTES,
    "hooks": asked.LONGEST,
}


def first(raw: bytes, member: bytes) -> bytes:
    """An object with another member before all others."""
    return b"{" + member + b", " + raw[1:]


def instead(raw: bytes, number: bytes) -> bytes:
    """Another number."""
    return raw.replace(str(NUMBER).encode(), number)


def said(raw: bytes, text: bytes) -> bytes:
    """Another text; to Bundles and calls alike it belongs to a resource in them."""
    return raw.replace(WORD.encode(), text)


def again(raw: bytes) -> bytes:
    """An object that gives its first name once more."""
    name, value = next(iter(json.loads(raw).items()))
    return first(raw, json.dumps({name: value}).encode()[1:-1])


#: What is sent -> how a good body becomes it, and the statuses that may be answered.
TABLE = {
    "nothing": (lambda raw: b"", {400, 415, 422}),
    "half of it": (lambda raw: raw[:-1], {400, 422}),
    "twice the whole": (lambda raw: raw + raw, {400, 422}),
    "a list": (lambda raw: b"[" + raw + b"]", {400, 422}),
    "a text": (lambda raw: b'"text"', {400, 422}),
    "a number": (lambda raw: b"7", {400, 422}),
    "null": (lambda raw: b"null", {400, 422}),
    "an empty object": (lambda raw: b"{}", {400, 422}),
    "a number for a text": (lambda raw: raw.replace(f'"{WORD}"'.encode(), b"7"), {400, 422}),
    "a text for a number": (lambda raw: instead(raw, b'"many"'), {400, 422}),
    "an object for a number": (lambda raw: instead(raw, b'{"a": 1}'), {400, 422}),
    "lists, 10,000 deep": (lambda r: first(r, b'"a": ' + b"[" * DEEP + b"]" * DEEP), {400, 422}),
    "objects, 10,000 deep": (
        lambda r: first(r, b'"a": ' + b'{"a": ' * DEEP + b"1" + b"}" * DEEP),
        {400, 422},
    ),
    "a list without end": (lambda raw: b"[" * 1_000_000, {400, 422}),
    "a name twice": (again, {400, 422}),
    "NaN": (lambda raw: instead(raw, b"NaN"), {400, 422}),
    "Infinity": (lambda raw: instead(raw, b"Infinity"), {400, 422}),
    "less than all": (lambda raw: instead(raw, b"-Infinity"), {400, 422}),
    "1e400": (lambda raw: instead(raw, b"1e400"), {400, 422}),
    "1e999999999": (lambda raw: instead(raw, b"1e999999999"), {400, 422}),
    "5,000 digits": (lambda raw: instead(raw, b"9" * 5_000), {400, 422}),
    "half of a pair": (lambda raw: said(raw, b"\\ud800"), {400, 422}),
    "NUL": (lambda raw: said(raw, b"a\\u0000b"), {400, 422}),
    "NUL as it is": (lambda raw: said(raw, b"a\x00b"), {400, 422}),
    "a mark of byte order": (lambda raw: b"\xef\xbb\xbf" + raw, {400, 422}),
    "Latin-1": (lambda raw: said(raw, "Zoë".encode("latin-1")), {400, 422}),
    "UTF-16": (lambda raw: raw.decode().encode("utf-16"), {400, 422}),
    "UTF-7 in overlong form": (lambda raw: said(raw, b"\xc0\xaf"), {400, 422}),
}
#: What two doors take although a resource in it is odd: the inbox keeps what systems say as it came
#: and shows what it could not read; a call of CDS Hooks passes over what it cannot read.
PASSED_OVER = {
    "intake": {"a number for a text", "a text for a number", "an object for a number"},
    "hooks": {"a number for a text", "a text for a number", "an object for a number", "NUL"},
}


institution, other_institution = once.institution, once.other_institution


@pytest.fixture(scope="module")
def made(institution):
    """Every door, made once."""
    return doors_of(institution)


@pytest.fixture
def doors(made, settings):
    settings.RATE_PERSONAL_TOKEN = 1_000_000
    return made


@pytest.mark.parametrize("name", DOORS)
def test_every_door_takes_what_is_good(institution, doors, name):
    """So that below nothing but what is bad is the reason of the refusal."""
    before = counts(institution)
    answer = doors[name].send(doors[name].raw)
    assert answer.status_code < 300, answer.content
    assert counts(institution) != before


@pytest.mark.parametrize("name", DOORS)
def test_bad_input_is_refused_and_nothing_is_written(institution, doors, name):
    """ASVS v5.0.0-2.2.1 and v5.0.0-16.5.1: judged, refused with a reason, repeated nowhere."""
    door, wrong = doors[name], {}
    before = counts(institution)
    for what, (spoil, statuses) in TABLE.items():
        if what in PASSED_OVER.get(name, ()):
            continue
        answer = door.send(spoil(door.raw))
        told = answer.content.decode()
        is_told = answer["Content-Type"].startswith(door.refusal) and len(told) < 20_000
        is_fine = answer.status_code in statuses and is_told and WORD not in told
        if not is_fine or counts(institution) != before:
            wrong[what] = (answer.status_code, answer["Content-Type"], told[:200])
            before = counts(institution)
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "what"), [(door, what) for door in PASSED_OVER for what in sorted(PASSED_OVER[door])]
)
def test_what_cannot_be_read_of_a_resource_fails_nothing(doors, name, what):
    spoil, _ = TABLE[what]
    answer = doors[name].send(spoil(doors[name].raw))
    assert answer.status_code in (200, 202, 422), answer.content


@pytest.mark.parametrize("name", DOORS)
def test_what_is_too_long_is_refused(institution, doors, name):
    """Beyond three megabytes the site refuses it before any door (`tumorboard.body_limits`)."""
    door = doors[name]
    with nothing_written(institution):
        answer = door.send(door.raw + b" " * (LONGEST[name] - len(door.raw) + 1))
    assert (answer.status_code, answer["Content-Type"]) == (413, door.refusal)


@pytest.mark.parametrize("name", DOORS)
def test_what_is_packed_is_not_unpacked(institution, doors, name):
    """A bomb of a gigabyte in a megabyte stays one: nothing here unpacks what comes."""
    door = doors[name]
    bomb = gzip.compress(b" " * 50_000_000 + door.raw)
    with nothing_written(institution):
        answer = door.send(bomb, **{"content-encoding": "gzip"})
    assert answer.status_code in (400, 415, 422), answer.content


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "x"])
def test_what_is_not_announced_as_json_is_not_read(institution, doors, name, kind):
    door = doors[name]
    with nothing_written(institution):
        answer = door.send(door.raw, kind=kind)
    assert (answer.status_code, answer["Content-Type"]) == (415, door.refusal)


@pytest.mark.parametrize("name", DOORS)
def test_a_token_opens_no_other_institutions_door(institution, other_institution, doors, name):
    """ASVS v5.0.0-8.4.1: as if there were no such institution."""
    door = doors[name]
    before = counts(other_institution)
    with nothing_written(institution):
        answer = door.send(door.raw, slug=other_institution.slug)
        nowhere = door.send(door.raw, slug="nowhere")
    assert answer.status_code in (401, 404)
    assert (answer.status_code, answer.content) == (nowhere.status_code, nowhere.content)
    assert counts(other_institution) == before


@pytest.mark.parametrize("name", DOORS)
def test_without_a_token_nothing_is_read(institution, doors, name):
    door = doors[name]
    with nothing_written(institution):
        for body in (door.raw, b"{", b"[" * 100_000):
            answer = Client().generic(
                "POST", door.path.format(slug="north"), body, content_type=door.kind
            )
            assert (answer.status_code, answer["Content-Type"]) == (401, door.refusal)
