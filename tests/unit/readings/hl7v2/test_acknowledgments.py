"""What is answered to a message."""

import datetime

from cases.readings.hl7v2 import Malformed
from cases.readings.hl7v2.acknowledgments import accepted, refused
from cases.readings.hl7v2.errors import Fault
from cases.readings.hl7v2.message import parse
from tests.unit.readings.hl7v2.messages import PID, message, raw

NOW = datetime.datetime(2026, 3, 3, 10, 15, tzinfo=datetime.UTC)
ABOUT = {"at": NOW, "control_id": "T-9", "sender": "TUMORBOARD"}


def test_a_message_that_is_kept():
    given = accepted(message("ORU^R01", PID), **ABOUT)

    assert given == (
        b"MSH|^~\\&|TUMORBOARD||LIS|HOSP|20260303101500+0000||ACK^R01^ACK|T-9|P|2.5.1"
        b"||||||UNICODE UTF-8\rMSA|AA|M-1\r"
    )
    assert parse(given).type == "ACK"


def test_a_message_that_is_for_somebody_else_is_rejected():
    fault = Malformed("Not taken | here", fault=Fault.EVENT, segment="MSH", field=9)
    given = parse(refused(message("ADT^A99", PID), fault, **ABOUT))

    assert [segment.name for segment in given.segments] == ["MSH", "MSA", "ERR"]
    _, msa, err = given.segments
    assert (msa.text(1), msa.text(2)) == ("AR", "M-1")
    assert [err.text(2, part) for part in (1, 2, 3)] == ["MSH", "1", "9"]
    assert (err.text(3), err.text(3, 2)) == ("201", "Unsupported event code")
    assert (err.text(4), err.text(8)) == ("E", "Not taken | here")


def test_a_message_that_can_be_put_right_is_an_error():
    given = parse(refused(message("ADT^A08", PID), Malformed("Line 3", segment="PID"), **ABOUT))

    assert given.segments[1].text(1) == "AE"
    assert given.segments[2].raw(2) == "PID^1"


def test_what_could_not_be_read_is_answered_too():
    given = parse(refused(None, Malformed("There is no message."), **ABOUT))

    assert given.segments[1].raw(2) == ""
    assert given.segments[2].raw(2) == ""
    assert given.header.text(9) == "ACK"


def test_nothing_of_a_message_makes_a_segment_of_the_answer():
    hostile = raw("ADT^A08\\X0D\\MSA\\F\\AA", PID)
    given = parse(accepted(parse(hostile), **ABOUT))

    assert [segment.name for segment in given.segments] == ["MSH", "MSA"]
