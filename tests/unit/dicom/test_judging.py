"""Which files are taken and which are refused, and why."""

import io
import struct
import zipfile

import pytest

from cases.dicom import archives, judging, pdf, studies
from cases.dicom.judging import judge
from cases.dicom.kinds import Kind, claimed
from cases.dicom.reasons import WORDS, Reason, Unfit
from cases.models.study_file import FileKind
from tests.factories import dicom as make

MEGABYTE = 1_000_000


def refusal(content: bytes, name: str) -> Reason:
    with pytest.raises(Unfit) as caught:
        judge(io.BytesIO(content), claimed(name))
    return caught.value.reason


def test_every_reason_has_words_that_end_a_sentence():
    assert set(WORDS) == set(Reason)
    assert all(words.endswith(".") for words in WORDS.values())


def test_the_kinds_are_those_that_the_record_keeps():
    assert {kind.value for kind in Kind} == set(FileKind.values)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("report.pdf", make.pdf(), Kind.PDF),
        ("Scan.PNG", make.png(), Kind.PNG),
        ("scan.jpeg", make.jpeg(), Kind.JPEG),
        ("ct.dcm", make.dicom(), Kind.DICOM),
        ("IM00001", make.dicom(), Kind.DICOM),
        ("1.2.840.113619.2.55", make.dicom(), Kind.DICOM),
        ("series.zip", make.archive(make.dicom()), Kind.DICOM_ZIP),
    ],
)
def test_what_is_as_it_says_is_taken(name, content, kind):
    assert judge(io.BytesIO(content), claimed(name))["kind"] == kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("report.pdf", make.png(), Reason.CLAIM),
        ("scan.png", make.jpeg(), Reason.CLAIM),
        ("ct.dcm", make.pdf(), Reason.CLAIM),
        ("series.zip", make.dicom(), Reason.CLAIM),
        ("report", make.pdf(), Reason.CLAIM),
        ("report.pdf.exe", make.pdf(), Reason.CLAIM),
        ("report.pdf", b"", Reason.EMPTY),
        ("report.pdf", b"hello", Reason.UNKNOWN),
        ("page.html", b"<html><script>alert(1)</script>", Reason.UNKNOWN),
        ("tool.exe", b"MZ" + bytes(500), Reason.EXECUTABLE),
        ("ct.dcm", make.with_preamble(b"MZ\x90\x00", make.dicom()), Reason.EXECUTABLE),
        ("ct.dcm", make.with_preamble(b"\x7fELF\x02", make.dicom()), Reason.EXECUTABLE),
        ("ct.dcm", make.with_preamble(b"\xcf\xfa\xed\xfe", make.dicom()), Reason.EXECUTABLE),
        ("ct.dcm", make.with_preamble(b"\xca\xfe\xba\xbe", make.dicom()), Reason.EXECUTABLE),
        ("ct.dcm", make.with_preamble(b"#!/bin/sh\n", make.dicom()), Reason.EXECUTABLE),
        ("ct.dcm", make.with_preamble(b"<html>", make.dicom()), Reason.PREAMBLE),
        ("ct.dcm", make.with_preamble(b"%PDF-1.7", make.dicom()), Reason.PREAMBLE),
        ("ct.dcm", make.with_preamble(b"PK\x03\x04", make.dicom()), Reason.PREAMBLE),
        ("ct.dcm", make.with_preamble(b"\x00" * 127 + b"x", make.dicom()), Reason.PREAMBLE),
        ("ct.dcm", make.with_preamble(bytes(4) + b"MZ\x90", make.dicom()), Reason.PREAMBLE),
        ("ct.dcm", make.with_preamble(b"II*\x00<script>", make.dicom()), Reason.PREAMBLE),
        ("ct.dcm", make.nested(), Reason.NESTED),
        ("sr.dcm", make.nested_report(), Reason.NESTED),
        ("ct.dcm", make.dicom()[:-40], Reason.DAMAGED),
        ("ct.dcm", make.bundled("MR_truncated.dcm"), Reason.DAMAGED),
        ("ct.dcm", make.dicom()[:200] + b"\xff" * 100, Reason.DAMAGED),
        ("ct.dcm", make.dicom(Rows=60_000, Columns=60_000), Reason.BOMB),
        ("scan.png", make.png_bomb(), Reason.BOMB),
        ("scan.png", make.png()[:40], Reason.DAMAGED),
        ("scan.jpg", make.jpeg()[:-100], Reason.DAMAGED),
        ("report.pdf", make.pdf(password="secret"), Reason.ENCRYPTED),
        ("report.pdf", make.pdf(pages=0), Reason.DAMAGED),
        ("report.pdf", make.pdf()[:100], Reason.DAMAGED),
        ("report.pdf", make.pdf(script="open"), Reason.ACTIVE),
        ("report.pdf", make.pdf(script="names"), Reason.ACTIVE),
        ("report.pdf", make.pdf(script="page"), Reason.ACTIVE),
        ("report.pdf", make.pdf(script="note"), Reason.ACTIVE),
        ("report.pdf", make.pdf(script="then"), Reason.ACTIVE),
        ("report.pdf", make.pdf(script="hidden"), Reason.ACTIVE),
        ("s.zip", make.encrypted_archive(make.dicom()), Reason.ENCRYPTED),
        ("s.zip", make.archive(bytes(20 * MEGABYTE)), Reason.BOMB),
        ("s.zip", make.archive(), Reason.UNKNOWN),
        ("s.zip", make.archive(b"", names=["folder/"]), Reason.EMPTY),
        ("s.zip", make.archive(make.archive(make.dicom())), Reason.ARCHIVE_IN_ARCHIVE),
        ("s.zip", make.archive(b"MZ" + bytes(500)), Reason.EXECUTABLE),
        ("s.zip", make.archive(make.dicom(), b"read me"), Reason.NOT_DICOM),
        ("s.zip", make.archive(make.dicom(), make.pdf()), Reason.NOT_DICOM),
        ("s.zip", make.archive(make.dicom(), names=["../../etc/x"]), Reason.PATH),
        ("s.zip", make.archive(make.dicom(), names=["/etc/x"]), Reason.PATH),
        ("s.zip", make.archive(make.dicom(), names=["C:\\x"]), Reason.PATH),
        ("s.zip", make.archive(make.with_preamble(b"MZ", make.dicom())), Reason.EXECUTABLE),
        ("s.zip", make.archive(make.nested()), Reason.NESTED),
        ("s.zip", make.archive(make.dicom())[:-30], Reason.DAMAGED),
        ("s.zip", make.archive(make.dicom(), method=14), Reason.UNKNOWN),
        (
            "s.zip",
            make.archive(make.dicom(PatientID="A"), make.dicom(PatientID="B")),
            Reason.SEVERAL,
        ),
        (
            "s.zip",
            make.archive(make.dicom(), make.dicom(StudyInstanceUID="1.2.3")),
            Reason.SEVERAL,
        ),
    ],
)
def test_what_is_not_as_it_should_be_is_refused(name, content, reason):
    """ASVS v5.0.0-5.2.2: the content is what the extension says, or the file is refused."""
    assert refusal(content, name) is reason


@pytest.mark.parametrize(
    ("header", "is_real"),
    [
        (b"II*\x00" + struct.pack("<L", 5_000), True),
        (b"MM\x00*" + struct.pack(">L", 5_000), True),
        (b"II+\x00" + struct.pack("<HHQ", 8, 0, 5_000), True),
        (b"MM\x00+" + struct.pack(">HHQ", 8, 0, 5_000), True),
        (b"II*\x00" + struct.pack("<L", 8), False),
        (b"II*\x00" + struct.pack(">L", 5_000), False),
        (b"II+\x00" + struct.pack("<HHQ", 4, 0, 5_000), False),
    ],
)
def test_a_preamble_may_hold_the_header_of_a_real_tiff(header, is_real):
    content = make.with_preamble(header, make.dicom())
    if is_real:
        assert judge(io.BytesIO(content), "dcm")["kind"] == Kind.DICOM
    else:
        assert refusal(content, "ct.dcm") is Reason.PREAMBLE


def test_a_link_in_an_archive_is_refused():
    """ASVS v5.0.0-5.2.5: an archive holds no links."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    assert refusal(out.getvalue(), "s.zip") is Reason.PATH


@pytest.mark.parametrize(
    ("module", "name", "value", "content", "file"),
    [
        (judging, "FILE_BYTES", 100, make.dicom(), "ct.dcm"),
        (pdf, "PDF_PAGES", 1, make.pdf(pages=2), "report.pdf"),
        (archives, "ARCHIVE_INSTANCES", 1, make.archive(make.dicom(), make.dicom()), "s.zip"),
        (archives, "ARCHIVE_BYTES", 100, make.archive(make.dicom()), "s.zip"),
        (archives, "INSTANCE_BYTES", 100, make.archive(make.dicom()), "s.zip"),
        (
            studies,
            "SERIES",
            1,
            make.archive(make.dicom(), make.dicom(SeriesInstanceUID="1.2.3")),
            "s.zip",
        ),
    ],
)
def test_what_is_too_large_is_refused(monkeypatch, module, name, value, content, file):
    """ASVS v5.0.0-5.2.3 and 5.2.6: unpacked bytes, files and pixels have limits."""
    judge(io.BytesIO(content), claimed(file))
    monkeypatch.setattr(module, name, value)
    assert refusal(content, file) is Reason.TOO_LARGE
