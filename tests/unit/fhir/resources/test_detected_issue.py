"""Acknowledged checks as DetectedIssues."""

from cases.fhir.resources.detected_issue import AcknowledgedIssue
from cases.models import Acknowledgment
from tests.unit.fhir.resources.board_rows import AT, CASE, CHRIS, LATER, assessment, of
from tests.unit.fhir.resources.valid import assert_valid

SOURCE = AcknowledgedIssue()


def acknowledgment(*, withdrawn_at=None, **values):
    given = {
        "assessment": assessment(),
        "check_code": "W-NEC",
        "severity": "CRITICAL",
        "check_text": "Poor differentiation.",
        "reason": "accepted",
        "by": CHRIS,
        "at": AT,
    }
    row = of(Acknowledgment, case=CASE, **{**given, **values})
    row.withdrawn_at = withdrawn_at
    return row


def test_a_check_is_told_with_who_acknowledged_it_and_why():
    row = acknowledgment(text="Seen by two.")
    issue = assert_valid(SOURCE.project(row))

    assert (issue["status"], issue["severity"]) == ("final", "high")
    assert issue["code"]["coding"][0]["code"] == "W-NEC"
    assert issue["detail"] == "Poor differentiation."
    assert issue["evidence"] == [
        {"detail": [{"reference": f"GuidanceResponse/{row.assessment_id}"}]}
    ]
    (mitigation,) = issue["mitigation"]
    assert mitigation["action"]["text"] == "Seen by two."
    assert mitigation["author"]["reference"] == f"Practitioner/{CHRIS.pk}"


def test_a_caution_is_moderate():
    issue = assert_valid(SOURCE.project(acknowledgment(severity="CAUTION")))

    assert issue["severity"] == "moderate"


def test_what_was_withdrawn_mitigates_no_more_and_did_before():
    row = acknowledgment(withdrawn_at=LATER)
    (before,) = SOURCE.former(row)

    assert SOURCE.stand(row)[:2] == (2, LATER)
    assert "mitigation" not in assert_valid(SOURCE.project(row))
    assert before[:2] == (1, AT)
    assert assert_valid(SOURCE.project(before.row))["mitigation"]


def test_what_stands_has_one_version():
    row = acknowledgment()

    assert SOURCE.stand(row)[:2] == (1, AT)
    assert list(SOURCE.former(row)) == []
