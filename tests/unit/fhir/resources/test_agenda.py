"""Agendas as Lists."""

from cases.fhir.resources.agenda import MeetingAgenda
from tests.unit.fhir.resources.board_rows import AT, CASE, fetched, item, meeting
from tests.unit.fhir.resources.valid import assert_valid

SOURCE = MeetingAgenda()


def agenda(*items, **columns):
    return assert_valid(SOURCE.project(fetched(meeting(**columns), items=list(items))))


def test_an_entry_is_a_tumor_with_its_question_and_how_it_is_settled():
    (entry,) = agenda(item())["entry"]

    assert entry["item"] == {"reference": f"Condition/{CASE.pk}"}
    assert entry["flag"]["coding"][0]["code"] == "discussion"
    said = {each["url"].rpartition("/")[2]: each for each in entry["extension"]}
    assert said["agenda-question"]["valueString"] == "PRRT?"
    assert said["agenda-listing-reason"]["valueCodeableConcept"]["text"] == "Somebody put it on"


def test_without_a_question_none_is_told():
    (entry,) = agenda(item(question=""))["entry"]

    assert [each["url"].rpartition("/")[2] for each in entry["extension"]] == [
        "agenda-listing-reason"
    ]


def test_an_empty_list_has_no_entries_and_names_its_meeting():
    row = fetched(meeting(), items=[])
    made = assert_valid(SOURCE.project(row))

    assert "entry" not in made
    assert made["status"] == "current"
    assert made["extension"][0]["valueReference"] == {"reference": f"Appointment/{row.pk}"}


def test_a_list_is_retired_with_its_meeting():
    assert agenda(item(), ended_at=AT)["status"] == "retired"
    assert agenda(cancelled_at=AT)["status"] == "retired"


def test_its_version_is_what_those_who_follow_the_meeting_count():
    row = meeting(revision=4)
    row.written_at = AT

    assert SOURCE.stand(row)[:2] == (5, AT)
    assert list(SOURCE.former(row)) == []
