"""What a PDF may hold."""

import io

import pytest
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from cases.dicom import pdf
from cases.dicom.reasons import Reason, Unfit
from tests.factories import dicom as make

KINDS = ("JavaScript", "Launch", "ImportData", "SubmitForm", "GoToR", "GoToE", "Rendition")


def text(value: str) -> TextStringObject:
    return TextStringObject(value)


def action(kind: str, **entries: PdfObject) -> DictionaryObject:
    named = {NameObject(f"/{name}"): value for name, value in entries.items()}
    return DictionaryObject({NameObject("/S"): NameObject(kind), **named})


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
        # Whatever happens at the opening, even a web page, tells somebody that it was opened.
        {"OpenAction": action("/URI", URI=text("https://example.org"))},
        {"OpenAction": action("/GoTo", Next=action("/Named"))},
        {"OpenAction": action("/GoTo", Next=ArrayObject([action("/Sound")]))},
        {"AA": DictionaryObject()},
        # A file on a share: opening it gives the reader's name away.
        {"S": NameObject("/Thread")},
        {"F": text("\\\\host\\share\\a.pdf")},
        {"UF": ByteStringObject(b"\\\\host\\share")},
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
        {"OpenAction": ArrayObject()},
        {"OpenAction": action("/GoTo")},
        {"OpenAction": ArrayObject([NumberObject(0), NameObject("/Fit")])},
        {"Title": text("First"), "Next": DictionaryObject({NameObject("/Title"): text("b")})},
        {"F": NumberObject(4)},
    ],
    ids=str,
)
def test_what_only_leads_somewhere_is_taken(entries):
    assert pdf.check(io.BytesIO(make.pdf_holding(**entries))) == {}


@pytest.mark.parametrize("name", [b"/J#61vaScript", b"/#4aavaScript", b"/JavaScrip#74"])
def test_a_name_in_other_letters_is_the_same_name(name):
    content = make.pdf_holding(S=NameObject("/JavaScript"))
    assert content.count(b"/JavaScript") == 1
    # The table of places is mended by the reader, as viewers do.
    with pytest.raises(Unfit) as caught:
        pdf.check(io.BytesIO(content.replace(b"/JavaScript", name)))
    assert caught.value.reason is Reason.ACTIVE


def test_actions_in_a_circle_are_followed_once():
    assert pdf.check(io.BytesIO(make.pdf(script="circle"))) == {}


def test_the_walk_through_a_file_has_an_end(monkeypatch):
    monkeypatch.setattr(pdf, "PDF_OBJECTS", 5)
    with pytest.raises(Unfit) as caught:
        pdf.check(io.BytesIO(make.pdf()))
    assert caught.value.reason is Reason.TOO_LARGE
