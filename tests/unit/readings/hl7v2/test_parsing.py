"""Taking messages apart."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.readings.hl7v2 import Malformed, check_taken, parse, read
from cases.readings.hl7v2.delimiters import Delimiters
from cases.readings.hl7v2.errors import Fault
from cases.readings.hl7v2.escapes import escaped, unescaped
from cases.readings.hl7v2.message import MOST_SEGMENTS
from tests.unit.readings.hl7v2.messages import PID, header, message, raw

UTF8 = Delimiters(charset="utf-8")


def refusal(given_: bytes) -> Malformed:
    """Why a message is refused."""
    with pytest.raises(Malformed) as caught:
        check_taken(parse(given_))
    return caught.value


def test_a_header():
    given_ = message("ORU^R01^ORU_R01", PID)

    assert (given_.type, given_.event, given_.control_id) == ("ORU", "R01", "M-1")
    assert (given_.version, given_.processing_id) == ("2.5.1", "P")
    assert given_.sender == ("LIS", "HOSP")
    assert given_.origin == "ORU^R01 M-1"
    assert [segment.path for segment in given_.segments] == ["MSH[1]", "PID[1]"]
    check_taken(given_)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r"])
def test_ends_of_lines(end):
    given_ = end.join([header("ADT^A08"), PID, ""]).encode()

    assert len(parse(given_).segments) == 2


def test_other_delimiters():
    other = "MSH$*!?@$LIS$HOSP$$$20260303$$ADT*A08$M-1$P$2.5\rPID$1$$4711*1!5*2$$A?S?b@x*C"
    pid = parse(other.encode()).segments[1]

    assert pid.repetitions(3) == ["4711*1", "5*2"]
    assert pid.part(pid.repetitions(3)[1], 2) == "2"
    assert (pid.text(5), pid.text(5, 1, 2), pid.text(5, 2)) == ("A*b", "x", "C")
    assert (pid.text(40), pid.text(5, 9)) == ("", "")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f\P\g", r"a|b^c&d~e\f#g"),
        (r"one\.br\two\.sp2\three", "one\ntwo\n\nthree"),
        (r"\H\bold\N\ \.sk3\x\.ce\y\.fi\z", "bold    x\nyz"),
        (r"Gr\XC3B6\\XC39F\e", "Größe"),
        (r"\XFF\ is no text", r"\XFF\ is no text"),
        (r"liver\ lesion of 12 mm", r"liver\ lesion of 12 mm"),
        (r"5\10 and \Z99\ stay", r"5\10 and \Z99\ stay"),
        (r"\E\R\\", r"\R\\"),
        (r"\.sp-1\\.sp999\x", "\n" * 101 + "x"),
    ],
)
def test_escapes(text, meant):
    assert unescaped(text, UTF8) == meant


def test_no_escapes_where_there_is_no_sign():
    assert unescaped(r"a\F\b", Delimiters(escape="")) == r"a\F\b"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_what_is_escaped_is_meant(text):
    assert unescaped(escaped(text, UTF8), UTF8) == text


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("8859/1", "latin-1"), ("8859/15", "iso8859-15"), ("UNICODE UTF-8", "utf-8"), ("", "utf-8")],
)
def test_character_sets(charset, codec):
    given_ = "\r".join([header("ADT^A08", charset=charset), "PID|1||4711||Größe^Zoë"]).encode(codec)

    assert parse(given_).segments[1].text(5) == "Größe"


def test_a_byte_order_mark_says_nothing():
    assert parse(b"\xef\xbb\xbf" + raw("ADT^A08", PID)).type == "ADT"


@pytest.mark.parametrize(
    ("given_", "reason", "fault", "place"),
    [
        (b"", "There is no message.", Fault.REQUIRED, ("", 0)),
        (b"hello", "A message begins with MSH", Fault.REQUIRED, ("MSH", 1)),
        (b"MSH", "A message begins with MSH", Fault.REQUIRED, ("MSH", 1)),
        (b"MSH|^~|LIS|HOSP", "A message begins with MSH", Fault.REQUIRED, ("MSH", 2)),
        (b"MSH|^^\\&|LIS", "The separator and the encoding", Fault.DATA_TYPE, ("MSH", 2)),
        (b"MSHA^~\\&ALIS", "The separator and the encoding", Fault.DATA_TYPE, ("MSH", 2)),
        (b"BHS|^~\\&|LIS", "A batch is not taken.", Fault.SEQUENCE, ("BHS", 0)),
        (b"FHS|^~\\&|LIS", "A batch is not taken.", Fault.SEQUENCE, ("FHS", 0)),
        (raw("ADT^A08", charset="KLINGON"), "The character set KLINGON", Fault.TABLE, ("MSH", 18)),
        (
            raw("ADT^A08", charset="ASCII") + "PID|ö".encode(),
            "The message is not in the character set that it names (ascii).",
            Fault.DATA_TYPE,
            ("MSH", 18),
        ),
        (
            raw("ADT^A08", charset="") + b"PID|\xff",
            "The message names no character set and is not in UTF-8.",
            Fault.DATA_TYPE,
            ("MSH", 18),
        ),
        (raw(""), "MSH-9 is missing.", Fault.REQUIRED, ("MSH", 9)),
        (raw("ADT^A08", version=""), "MSH-12 is missing.", Fault.REQUIRED, ("MSH", 12)),
        (raw("ADT^A08", version="3.0"), "Version 3.0 is not read", Fault.VERSION, ("MSH", 12)),
        (raw("ADT^A08", PID, "oops"), "Line 3 is no segment.", Fault.SEQUENCE, ("", 0)),
        (raw("ADT^A08", PID, "PIDX"), "Line 3 is no segment.", Fault.SEQUENCE, ("", 0)),
        (raw("ADT^A08", PID, header("ADT^A08")), "A second message", Fault.SEQUENCE, ("MSH", 0)),
        (raw("MDM^T02", PID), "Messages of type MDM are not", Fault.MESSAGE_TYPE, ("MSH", 9)),
        (raw("ADT^A99", PID), "ADT is not taken for the event A99", Fault.EVENT, ("MSH", 9)),
        (raw("ADT^A08"), "PID is missing", Fault.SEQUENCE, ("PID", 0)),
    ],
)
def test_what_is_no_message_that_is_taken(given_, reason, fault, place):
    found = refusal(given_)

    assert found.reason.startswith(reason)
    assert str(found) == found.reason
    assert (found.fault, (found.segment, found.field)) == (fault, place)


def test_a_message_without_end():
    found = refusal(raw("ADT^A08", *["NTE|1"] * MOST_SEGMENTS))

    assert found.reason == "The message has more than 20,000 segments."


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["PID", "OBR", "OBX", "ORC", "SPM", "NTE", "MRG", "IPC", "ZZZ", "PV1"]),
        max_size=6,
    ),
    st.sampled_from(["ADT^A40", "ORU^R01", "OMI^O23"]),
    st.data(),
)
def test_no_message_raises(names, kind, data):
    signs = st.text(alphabet='|^~\\&".NMSTXFWCE0123456789-<>/XF ö', max_size=60)
    lines = [f"{name}|{data.draw(signs)}" for name in names]

    assert read(message(kind, *lines)) is not None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_bytes_are_a_message_or_malformed(given_):
    for one in (given_, raw("ORU^R01", PID) + given_):
        with contextlib.suppress(Malformed):
            read(parse(one))
