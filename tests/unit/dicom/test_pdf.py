"""What a PDF may hold."""

import io

import pytest
from pypdf.generic import (
    ByteStringObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from cases.dicom import pdf
from cases.dicom.reasons import Reason, Unfit
from tests.factories import dicom as make

KINDS = ("JavaScript", "Launch", "ImportData", "SubmitForm", "GoToR", "GoToE", "Rendition")


def text(value: str) -> TextStringObject:
    return TextStringObject(value)


def base(address: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/Base"): text(address)})


@pytest.mark.parametrize(
    "entries",
    [
        *({"S": NameObject(f"/{kind}")} for kind in KINDS),
        {"A": DictionaryObject({NameObject("/S"): NameObject("/Launch")})},
        {"JS": text("app.alert(1)")},
        {"XFA": text("form")},
        {"EmbeddedFiles": DictionaryObject()},
        {"EF": DictionaryObject()},
        {"Subtype": NameObject("/FileAttachment")},
        {"S": NameObject("/URI"), "URI": text("file:///etc/passwd")},
        {"URI": text("javascript:alert(1)")},
        {"URI": text("tool.exe")},
        {"URI": ByteStringObject(b"smb://host/\xff")},
        {"URI": base("file:///")},
    ],
    ids=str,
)
def test_what_runs_or_opens_something_is_refused_wherever_it_stands(entries):
    with pytest.raises(Unfit) as caught:
        pdf.check(io.BytesIO(make.pdf_holding(**entries)))
    assert caught.value.reason is Reason.ACTIVE


@pytest.mark.parametrize(
    "entries",
    [
        {"S": NameObject("/GoTo")},
        {"Subtype": NameObject("/Link")},
        {"URI": text("https://example.org/report")},
        {"URI": text("HTTP://example.org")},
        {"URI": text("mailto:office@example.org")},
        {"URI": base("https://example.org/")},
        {"URI": DictionaryObject()},
    ],
    ids=str,
)
def test_what_only_leads_somewhere_is_taken(entries):
    assert pdf.check(io.BytesIO(make.pdf_holding(**entries))) == {}


def test_actions_in_a_circle_are_followed_once():
    assert pdf.check(io.BytesIO(make.pdf(script="circle"))) == {}


def test_the_walk_through_a_file_has_an_end(monkeypatch):
    monkeypatch.setattr(pdf, "PDF_OBJECTS", 5)
    with pytest.raises(Unfit) as caught:
        pdf.check(io.BytesIO(make.pdf()))
    assert caught.value.reason is Reason.TOO_LARGE
