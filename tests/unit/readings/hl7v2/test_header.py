"""What is known of a message by its header, also where the rest of it cannot be read."""

import datetime

import pytest

from cases.readings.hl7v2 import Malformed, header_of, parse
from cases.readings.hl7v2.acknowledgments import refused
from cases.readings.hl7v2.message import MOST_NAME
from tests.unit.readings.hl7v2.messages import PID, header, message, raw

NOW = datetime.datetime(2026, 3, 3, 10, 15, tzinfo=datetime.UTC)
GIVEN = raw("ADT^A08", PID)


def answered(given):
    """Why something is no message, and the refusal of it."""
    with pytest.raises(Malformed) as fault:
        parse(given)
    about = {"at": NOW, "control_id": "T-9", "sender": "TUMORBOARD"}
    return parse(refused(header_of(given), fault.value, **about))


@pytest.mark.parametrize(
    "given",
    [
        raw("ADT^A08", PID, charset="KLINGON"),
        raw("ADT^A08", PID, charset="ASCII~UNICODE UTF-8"),
        raw("ADT^A08", PID, charset="~UNICODE UTF-8"),
        raw("ADT^A08", PID, version="3.0"),
        raw("ADT^A08", "no segment"),
        raw("ADT^A08", header("ADT^A08")),
        GIVEN.replace(b"Clara", b"Cl\xe4re"),
        b"\xef\xbb\xbf" + raw("ADT^A08", PID, version="|"),
    ],
)
def test_a_refusal_names_the_message_that_could_not_be_read(given):
    answer = answered(given)

    assert answer.segments[1].text(2) == "M-1"
    assert (answer.header.text(5), answer.header.text(6)) == ("LIS", "HOSP")
    assert (answer.header.text(9, 2), answer.version) == ("A08", "2.5.1")


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"hello",
        b"MSH|^~|LIS||||||ADT^A08|M-1|P|2.5.1",
        b"BHS|^~\\&|LIS||||||||M-1",
        # Of a broken frame nobody can say whose header it is.
        GIVEN + b"\x0b" + GIVEN,
        GIVEN.replace(b"Clara", b"Cl\x1cra"),
    ],
)
def test_what_has_no_header_of_its_own_is_not_named(given):
    assert header_of(given) is None
    assert answered(given).segments[1].raw(2) == ""


@pytest.mark.parametrize("name", ["M\xe4", "M" * (MOST_NAME + 1), "M\x01"])
def test_an_id_that_may_be_misread_is_not_told_back(name):
    answer = answered(raw("ADT^A08", PID, charset="KLINGON").replace(b"M-1", name.encode()))

    assert answer.segments[1].raw(2) == ""
    assert answer.header.text(5) == "LIS"


def test_nothing_of_a_header_makes_a_segment_of_the_answer():
    given = raw("ADT^A08", PID, charset="KLINGON").replace(b"M-1", b"\\X0D0B1C\\MSA\\F\\AA")
    answer = answered(given)

    assert [segment.name for segment in answer.segments] == ["MSH", "MSA", "ERR"]
    assert answer.segments[1].text(1) == "AE"


def test_for_whom_a_message_is():
    given = message("ADT^A08", PID)

    assert given.receiver == (frozenset({"BOARD"}), frozenset({"HOSP"}))
    named = raw("ADT^A08", PID).replace(b"BOARD|HOSP", b"BOARD^1.2.3^ISO|")
    assert parse(named).receiver == (frozenset({"BOARD", "1.2.3"}), frozenset())


def test_letters_of_windows_under_the_name_of_another_set_are_not_guessed_at():
    given = raw("ADT^A08", PID, charset="8859/1").replace(b"Clara", b"Cl\x80ra")

    answer = answered(given)
    assert "Windows-1252" in answer.segments[2].text(8)
    assert answer.segments[1].text(2) == "M-1"
