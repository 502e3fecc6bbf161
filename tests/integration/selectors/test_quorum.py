"""Which specialties a case needs, and who of them is there or to be expected."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Attendance, BoardMember, Meeting
from cases.models.conclusion import Recommended
from cases.models.specialty import Specialty
from cases.selectors import quorum
from cases.selectors.agendas import items_of
from cases.services.agenda_details import set_also_needed
from cases.services.decision_drafts import save_draft
from guidance.editions import shelf
from tests.factories.boards import make_asking_case, make_board, make_item, make_meeting
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

NM = Specialty.NUCLEAR_MEDICINE


@pytest.fixture
def meeting(coordinator):
    return make_meeting(by=coordinator)


@pytest.fixture
def plain(coordinator, meeting):
    """An item with a case of which the guidance says nothing yet."""
    return make_item(
        by=coordinator, meeting=meeting, case=make_case(by=coordinator), question="Resect?"
    )


def sit(meeting, person, specialty):
    BoardMember.objects.create(board=meeting.board, person=person, specialty=specialty)


def note(meeting, specialty, name="Nina"):
    Attendance.objects.create(meeting=meeting, name=name, specialty_code=specialty)


class TestNeeded:
    def test_nobody_in_particular(self, plain):
        assert quorum.needed_specialties(plain) == []

    def test_whom_the_board_requires(self, meeting, plain):
        meeting.board.required_specialties = ["surgery"]
        meeting.board.save()

        assert quorum.needed_specialties(items_of(meeting)[0]) == [Specialty.SURGERY]

    def test_whom_the_guidance_invites(self, coordinator, meeting):
        make_item(by=coordinator, meeting=meeting, question="What now?")

        assert quorum.needed_specialties(items_of(meeting)[0]) == [
            Specialty.SURGERY,
            Specialty.MEDICAL_ONCOLOGY,
            Specialty.NUCLEAR_MEDICINE,
            Specialty.INTERVENTIONAL_RADIOLOGY,
        ]

    def test_whom_somebody_asked_for_once(self, coordinator, plain):
        set_also_needed(item=plain, specialties=["pathology", "surgery"], by=coordinator)
        plain.refresh_from_db()

        assert quorum.needed_specialties(plain) == [Specialty.SURGERY, Specialty.PATHOLOGY]

    @pytest.mark.parametrize(
        "question",
        [
            "PRRT?",
            "Is prrt possible",
            "Surgery or PRRT first?",
            "Lutathera now?",
            "lutetium-177 or everolimus?",
            "177Lu-DOTATATE?",
            "[¹⁷⁷Lu]Lu-DOTA-TATE?",
            "Lu-177 again?",
            "A candidate for dotatate therapy?",
            "Peptide receptor radionuclide therapy?",
        ],
    )
    def test_nuclear_medicine_where_the_question_is_of_prrt(self, coordinator, plain, question):
        plain.question = question

        assert quorum.needed_specialties(plain) == [NM]

    @pytest.mark.parametrize("question", ["PRRTX?", "DOTATATE PET/CT next?", "Lump in VII?"])
    def test_not_where_it_is_not_of_prrt(self, plain, question):
        plain.question = question

        assert quorum.needed_specialties(plain) == []

    def test_nuclear_medicine_where_prrt_is_drafted(self, coordinator, plain):
        save_draft(
            item=plain,
            rationale="",
            recommendations=[Recommended("treatment", "OPT-PRRT")],
            by=coordinator,
        )

        assert quorum.needed_specialties(plain) == [NM]

    def test_nuclear_medicine_where_prrt_is_an_option_of_the_branch(self, coordinator, meeting):
        item = make_item(by=coordinator, meeting=meeting, question="What now?")
        answer = item.case.assessment.answer
        answer["branch_detail"]["invitees"] = []
        assert "OPT-PRRT" in {a["code"] for a in answer["branch_detail"]["actions"]}

        assert quorum.needed_specialties(item) == [NM]

    def test_every_invitee_of_every_edition_has_a_specialty(self):
        words = {
            invitee
            for shelved in shelf.versions()
            for branch in shelf.edition(shelved.version).branches.branches.values()
            for invitee in branch.invitees
        }

        assert words
        assert words <= set(quorum.INVITEES)


class TestMissing:
    def test_who_is_noted_as_present_is_not(self, coordinator, meeting):
        make_item(by=coordinator, meeting=meeting)
        item = items_of(meeting)[0]
        assert NM in quorum.missing_specialties(item)

        note(meeting, NM)

        assert NM not in quorum.missing_specialties(item)
        assert NM in quorum.needed_specialties(item)

    def test_who_sits_on_the_board_is_missing_until_noted(self, coordinator, chair, meeting, plain):
        plain.question = "PRRT?"
        sit(meeting, chair, NM)

        assert quorum.missing_specialties(plain) == [NM]

    def test_of_many_in_as_many_queries(
        self, coordinator, meeting, plain, django_assert_num_queries
    ):
        for n in range(3):
            make_item(by=coordinator, meeting=meeting, question="PRRT?" if n else "")
        note(meeting, NM)

        items = items_of(meeting)
        with django_assert_num_queries(2):
            found = quorum.missing_of_each(items)
        assert found[plain.pk] == []
        assert all(NM not in missing for missing in found.values())
        with django_assert_num_queries(3):
            quorum.quorum_of_each(meeting, items)


class TestWords:
    def test_before_the_day_of_the_board(self, coordinator, chair, meeting, plain):
        plain.question = "PRRT?"
        found = quorum.quorum_of_each(meeting, [plain])[plain.pk]
        assert found.words == "Nobody on the board from nuclear medicine."

        sit(meeting, chair, NM)

        found = quorum.quorum_of_each(meeting, [plain])[plain.pk]
        assert (found.words, found.needed, found.missing) == ("", (NM,), ())

    def test_before_the_day_somebody_from_outside_who_is_noted_counts_too(self, meeting, plain):
        plain.question = "PRRT?"
        note(meeting, NM)

        assert quorum.quorum_of_each(meeting, [plain])[plain.pk].words == ""

    @pytest.mark.parametrize("column", ["began_at", "starts_at"])
    def test_once_it_has_begun_of_who_is_present(self, chair, meeting, plain, column):
        plain.question = "PRRT?"
        sit(meeting, chair, NM)
        past = timezone.now() - datetime.timedelta(minutes=1)
        Meeting.objects.filter(pk=meeting.pk).update(**{column: past})
        meeting.refresh_from_db()

        found = quorum.quorum_of_each(meeting, [plain])[plain.pk]

        assert found.words == "Nobody from nuclear medicine is noted as present."

    def test_of_the_meeting_itself(self, coordinator, meeting):
        board = make_board(by=coordinator)
        meeting = make_meeting(by=coordinator, board=board)
        assert quorum.quorum_of(meeting).needed == ()
        meeting.board.required_specialties = ["surgery", "pathology", "radiology"]

        assert quorum.quorum_of(meeting).words == (
            "Nobody on the board from surgery, diagnostic radiology or pathology."
        )


def test_an_item_whose_case_has_no_assessment(plain):
    plain.case.assessment = None

    assert quorum.needed_specialties(plain) == []


def test_prrt_of_an_asking_case_is_known_before_anything_is_drafted(coordinator, meeting):
    make_item(
        by=coordinator, meeting=meeting, case=make_asking_case(by=coordinator), question="Options?"
    )

    assert NM in quorum.needed_specialties(items_of(meeting)[0])
