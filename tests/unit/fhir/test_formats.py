"""FHIR's JSON in and out."""

import io
import json
from decimal import Decimal
from types import SimpleNamespace

import pytest
from rest_framework.exceptions import ParseError

from cases.fhir import formats
from cases.fhir.formats import FhirBody, FhirRenderer, JsonBody, Negotiation, encoded
from cases.fhir.outcome import NotAcceptable, TooLong


def request_with(content_type: str = "", accept: str | None = None, **query: str):
    headers = {} if accept is None else {"Accept": accept}
    return SimpleNamespace(content_type=content_type, headers=headers, query_params=query)


def test_a_number_stays_as_it_was_written():
    raw = b'{"value": 1.50, "n": 3, "x": [0.10, -2e-3]}'
    read = FhirBody().parse(io.BytesIO(raw))
    assert read["value"] == Decimal("1.50")
    assert encoded(read) == '{"value":1.50,"n":3,"x":[0.10,-0.002]}'


def test_lines_are_for_people():
    value = {"a": [1, {"b": "ü\n"}], "c": [], "d": {}}
    assert json.loads(encoded(value, indent=2)) == value
    assert encoded(value, indent=2).count("\n") == 9
    view = SimpleNamespace(is_pretty=True)
    assert b"\n" in FhirRenderer().render({"a": 1}, renderer_context={"view": view})
    assert FhirRenderer().render(None) == b""


@pytest.mark.parametrize(
    "raw", [b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff", b'"\\ud800"', b"[" * 60 + b"]" * 60]
)
def test_what_is_no_json_is_refused(raw):
    with pytest.raises(ParseError):
        FhirBody().parse(io.BytesIO(raw))


def test_a_body_has_an_end(monkeypatch):
    monkeypatch.setattr(formats, "LONGEST", 4)
    with pytest.raises(TooLong):
        FhirBody().parse(io.BytesIO(b'"long"'))


@pytest.mark.parametrize(
    "accept",
    [
        None, "", "*/*", "application/*", "application/fhir+json", "application/json",
        "text/html, application/fhir+json;q=0.1", "application/fhir+json; fhirVersion=4.0",
    ],
)  # fmt: skip
def test_json_is_written(accept):
    assert Negotiation().select_renderer(request_with(accept=accept), ["json"])[0] == "json"


@pytest.mark.parametrize(
    "accept",
    [
        "application/fhir+xml", "text/html", "application/fhir+json; fhirVersion=5.0", "nonsense",
        ",", "a" * 100_000,
    ],
)  # fmt: skip
def test_nothing_else_is(accept):
    with pytest.raises(NotAcceptable):
        Negotiation().select_renderer(request_with(accept=accept), ["json"])


def test_the_address_has_the_last_word():
    negotiation = Negotiation()
    xml = "application/fhir+xml"
    assert negotiation.select_renderer(request_with(accept=xml, _format="json"), ["json"])
    # A plus sign in an address is a space.
    plus = request_with(accept=xml, _format="application/fhir json")
    assert negotiation.select_renderer(plus, ["json"])
    with pytest.raises(NotAcceptable):
        negotiation.select_renderer(request_with(_format="xml"), ["json"])


def test_a_body_is_read_by_its_name():
    parsers = [FhirBody(), JsonBody()]
    negotiation = Negotiation()
    read = [
        negotiation.select_parser(request_with(kind), parsers)
        for kind in (
            "application/fhir+json; charset=utf-8",
            "application/json",
            "application/fhir+xml",
            "application/fhir+json; fhirVersion=3.0",
            "",
        )
    ]
    assert read == [*parsers, None, None, None]
