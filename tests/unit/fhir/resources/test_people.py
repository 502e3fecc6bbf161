"""The institution, its people and its boards: Organization, Practitioner and what they do."""

from cases.fhir.resources.care_team import BoardCareTeam
from cases.fhir.resources.organization import InstitutionOrganization
from cases.fhir.resources.practitioner import MemberPractitioner
from cases.fhir.resources.practitioner_role import BoardPractitionerRole
from cases.models import BoardMember
from tests.unit.fhir.resources.board_rows import AT, BOARD, CHRIS, INSTITUTION, of
from tests.unit.fhir.resources.valid import assert_valid
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution


def member(*, is_member=True, **values):
    row = User(name="Cora Coordinator", email="cora@north.example", **values)
    row.is_member, row.entries, row.written_at = is_member, 3, AT
    return row


def test_the_institution_is_its_name():
    row = Institution(name="North Hospital", slug="north", created_at=AT)

    made = assert_valid(InstitutionOrganization().project(row))
    assert made == {"resourceType": "Organization", "name": "North Hospital"}
    assert InstitutionOrganization().stand(row)[:2] == (1, AT)


def test_of_a_person_the_name_is_told_and_nothing_else():
    source, row = MemberPractitioner(), member()

    made = assert_valid(source.project(row))
    assert made == {
        "resourceType": "Practitioner",
        "active": True,
        "name": [{"text": "Cora Coordinator"}],
    }
    assert source.stand(row)[:2] == (3, AT)


def test_who_left_or_was_deactivated_is_not_active():
    source = MemberPractitioner()

    assert source.project(member(is_member=False))["active"] is False
    assert source.project(member(is_active=False))["active"] is False


def test_a_role_is_a_duty_on_a_board():
    row = of(BoardMember, board=BOARD, person=CHRIS, duty="chair", specialty="surgery")

    made = assert_valid(BoardPractitionerRole().project(row))
    assert made["practitioner"]["display"] == "Chris Chair"
    assert made["organization"] == {"reference": f"Organization/{INSTITUTION}"}
    assert made["code"][0]["coding"][0]["code"] == "chair"
    assert made["specialty"][0]["text"] == "Surgery"


def test_a_specialty_that_nobody_noted_is_absent():
    row = of(BoardMember, board=BOARD, person=CHRIS, duty="member", specialty="")

    assert "specialty" not in assert_valid(BoardPractitionerRole().project(row))


def test_a_board_is_a_team_with_its_members():
    BOARD.entries, BOARD.written_at = 2, AT
    source = BoardCareTeam()

    made = assert_valid(source.project(BOARD))
    assert made["name"] == "NET board"
    assert made["participant"][0]["member"]["reference"] == f"Practitioner/{CHRIS.pk}"
    assert made["managingOrganization"] == [{"reference": f"Organization/{INSTITUTION}"}]
    assert source.stand(BOARD)[:2] == (2, AT)
