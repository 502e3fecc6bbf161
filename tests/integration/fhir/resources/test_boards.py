"""Boards, their people, their meetings and agendas, from the database."""

import pytest

from cases.fhir.resources.agenda import MeetingAgenda
from cases.fhir.resources.appointment import MeetingAppointment
from cases.fhir.resources.care_team import BoardCareTeam
from cases.fhir.resources.organization import InstitutionOrganization
from cases.fhir.resources.practitioner import MemberPractitioner
from cases.fhir.resources.practitioner_role import BoardPractitionerRole
from cases.fhir.versions import versions_of
from cases.services import agendas, board_members, meetings
from tests.factories.boards import make_board, make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.integration.fhir.resources.leaving import leaving, queries_of
from tumorboard.accounts.models import Membership
from tumorboard.tenancy.scope import institution_scope, member_scope


@pytest.fixture
def board(scope, coordinator, chair):
    made = make_board(by=coordinator, name="NET board")
    board_members.add(board=made, person=chair, duty="chair", specialty="surgery", by=coordinator)
    return made


def test_people_are_those_who_have_or_had_a_role_here(
    institution, other_institution, coordinator, chair
):
    """HIPAA 164.312(a)(1): people of other institutions are not told of."""
    add_member(other_institution, "CLINICIAN", email="sue@south.example", name="Sue South")
    with institution_scope(institution):
        Membership.objects.filter(user=chair).delete()
        found = leaving(MemberPractitioner())

    assert {each["name"][0]["text"]: each["active"] for each in found} == {
        "Cora Coordinator": True,
        "Chris Chair": False,
    }
    assert {each["meta"]["versionId"] for each in found} == {"1", "2"}
    assert "north.example" not in str(found), "no address of anybody's mail"


def test_the_institution_is_the_one_of_the_scope(institution, other_institution, scope):
    (found,) = leaving(InstitutionOrganization())

    assert (found["id"], found["name"]) == (str(institution.pk), "North Hospital")


def test_a_board_changes_with_its_members(board, coordinator):
    (before,) = leaving(BoardCareTeam())
    (role,) = leaving(BoardPractitionerRole())

    board_members.add(board=board, person=coordinator, duty="coordinator", by=coordinator)
    (after,) = leaving(BoardCareTeam())

    assert (len(before["participant"]), len(after["participant"])) == (1, 2)
    assert int(after["meta"]["versionId"]) == int(before["meta"]["versionId"]) + 1
    assert after["meta"]["lastUpdated"] >= before["meta"]["lastUpdated"]
    assert role["code"][0]["text"] == "Chair"


def test_a_meeting_changes_when_it_is_canceled(board, coordinator):
    meeting = make_meeting(by=coordinator, board=board)
    (before,) = leaving(MeetingAppointment())

    meetings.cancel(meeting=meeting, because="A holiday", by=coordinator)
    (after,) = leaving(MeetingAppointment())

    assert (before["status"], after["status"]) == ("booked", "cancelled")
    assert after["cancelationReason"] == {"text": "A holiday"}
    assert int(after["meta"]["versionId"]) > int(before["meta"]["versionId"])
    assert [each["actor"]["display"] for each in before["participant"]] == [
        "NET board",
        "Chris Chair",
    ]


def test_an_agenda_changes_with_its_items(board, coordinator):
    meeting = make_meeting(by=coordinator, board=board)
    (empty,) = leaving(MeetingAgenda())
    item = make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))
    (listed,) = leaving(MeetingAgenda())
    agendas.take_off(item=item, by=coordinator)
    (again,) = leaving(MeetingAgenda())

    assert "entry" not in empty
    assert listed["entry"][0]["item"] == {"reference": f"Condition/{item.case_id}"}
    assert "entry" not in again
    numbers = [int(each["meta"]["versionId"]) for each in (empty, listed, again)]
    assert numbers == sorted(set(numbers))
    times = [each["meta"]["lastUpdated"] for each in (empty, listed, again)]
    assert times == sorted(times)


def test_only_the_present_version_of_an_agenda_can_be_read(board, coordinator):
    meeting = make_meeting(by=coordinator, board=board)
    make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))

    (version,) = versions_of(MeetingAgenda(), str(meeting.pk))
    assert version.number > 1


def test_a_restricted_case_is_not_on_the_list(institution, board, coordinator, chair):
    """HIPAA 164.312(a)(1): who is not on a record's list sees no trace of it on an agenda."""
    meeting = make_meeting(by=coordinator, board=board)
    hidden = make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))
    shown = make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))
    restricted(hidden.case, coordinator, by=coordinator)

    with member_scope(institution, chair.pk):
        (seen,) = leaving(MeetingAgenda())
    assert [each["item"]["reference"] for each in seen["entry"]] == [f"Condition/{shown.case_id}"]
    assert str(hidden.case_id) not in str(seen)
    assert "position" not in str(seen), "no gap in the numbers"
    with member_scope(institution, coordinator.pk):
        (whole,) = leaving(MeetingAgenda())
    assert len(whole["entry"]) == 2


@pytest.mark.parametrize(
    "source", [MeetingAgenda(), MeetingAppointment(), BoardCareTeam(), MemberPractitioner()]
)
def test_more_rows_ask_the_database_no_more(source, board, coordinator):
    make_meeting(by=coordinator, board=board)
    few = queries_of(source)
    meeting = make_meeting(by=coordinator)
    for _ in range(2):
        make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))

    assert queries_of(source) == few
