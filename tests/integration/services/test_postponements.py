"""Postponing: to another meeting with everything, or back among those that ask for the board."""

import pytest
from django.utils import timezone

from cases.models import AgendaItem, DecisionDraft, Discussion, Meeting, Opinion, Postponement
from cases.selectors import agendas as selectors
from cases.services import meetings
from cases.services.errors import Invalid, Refused
from cases.services.postponements import postpone, postpone_rest
from tests.factories.boards import draft, make_board, make_item, make_meeting, sign
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def item(coordinator):
    """A case on a list, with a draft and an opinion."""
    item = make_item(by=coordinator)
    draft(item, by=coordinator)
    Opinion.objects.create(item=item, person=coordinator, text="Resect it.")
    return item


@pytest.fixture
def later(coordinator, item):
    """A later meeting of the same board, with a case on its list."""
    later = make_meeting(by=coordinator, board=item.meeting.board, in_days=14)
    make_item(by=coordinator, meeting=later)
    return later


def positions(meeting):
    return list(
        AgendaItem.objects.filter(meeting=meeting)
        .order_by("position")
        .values_list("position", flat=True)
    )


class TestToAnotherMeeting:
    def test_the_very_item_goes_last_with_draft_and_opinions(self, coordinator, item, later):
        source = item.meeting
        behind = make_item(by=coordinator, meeting=source)

        done = postpone(
            item=item,
            cause="pathology",
            department="pathology",
            text=" Ki-67 of the metastasis ",
            to=later,
            by=coordinator,
        )

        moved = AgendaItem.objects.get(pk=item.pk)
        assert (moved.meeting, moved.position) == (later, 2)
        assert moved.drafts.exists()
        assert moved.opinions.exists()
        behind.refresh_from_db()
        assert behind.position == 1
        assert (done.case, done.meeting, done.moved_to) == (item.case, source, later)
        assert (done.cause, done.department, done.text, done.by) == (
            "pathology",
            "pathology",
            "Ki-67 of the metastasis",
            coordinator,
        )
        assert AuditEntry.objects.filter(
            action="agenda.case.postponed", subject_id=item.case_id
        ).exists()

    def test_it_is_listed_there_anew(self, coordinator, chair, item, later):
        AgendaItem.objects.update(was_ready_at_cutoff=True, listed_at="2026-01-01T00:00Z")

        postpone(item=item, cause="time", to=later, by=chair)

        moved = AgendaItem.objects.get(pk=item.pk)
        assert moved.was_ready_at_cutoff is None
        assert moved.listed_by == chair
        assert moved.listed_at > later.board.created_at

    def test_a_case_that_is_before_the_board_is_so_no_longer(self, coordinator, item, later):
        Discussion.objects.create(meeting=item.meeting, item=item, shown_by=coordinator)

        postpone(item=item, cause="time", to=later, by=coordinator)

        shown = Discussion.objects.get()
        assert shown.ended_at is not None
        assert shown.meeting_id == item.meeting_id

    def test_a_standard_of_another_board_does_not_go_along(self, coordinator, item):
        standard = item.meeting.board.standards.create(
            name="Surveillance", source="House rule 1", scenario="SC-03", entered_by=coordinator
        )
        AgendaItem.objects.update(track="protocol", standard=standard)
        same = make_meeting(by=coordinator, board=item.meeting.board, in_days=14)
        other = make_meeting(by=coordinator, board=make_board(by=coordinator), in_days=15)

        postpone(item=item, cause="time", to=same, by=coordinator)
        assert AgendaItem.objects.get(pk=item.pk).standard == standard

        postpone(item=AgendaItem.objects.get(pk=item.pk), cause="time", to=other, by=coordinator)
        moved = AgendaItem.objects.get(pk=item.pk)
        assert (moved.standard, moved.track) == (None, "discussion")

    def test_not_to_a_list_that_has_the_case(self, coordinator, item):
        with pytest.raises(Refused, match="on the list already"):
            postpone(item=item, cause="time", to=item.meeting, by=coordinator)

    def test_not_while_the_case_stands_on_a_third_list(self, coordinator, item, later):
        Meeting.objects.filter(pk=item.meeting_id).update(ended_at=timezone.now())
        third = make_meeting(by=coordinator)
        make_item(by=coordinator, meeting=third, case=item.case)

        with pytest.raises(Refused, match="stands on the list of"):
            postpone(item=item, cause="time", to=later, by=coordinator)

    def test_not_to_a_meeting_that_is_over(self, coordinator, item, later):
        Meeting.objects.filter(pk=later.pk).update(ended_at=timezone.now())

        with pytest.raises(Refused, match="over"):
            postpone(item=item, cause="time", to=later, by=coordinator)

    def test_not_to_a_canceled_meeting(self, coordinator, item, later):
        meetings.cancel(meeting=later, by=coordinator)

        with pytest.raises(Refused, match="canceled"):
            postpone(item=item, cause="time", to=later, by=coordinator)


class TestBackAmongTheCandidates:
    def test_it_goes_with_draft_and_opinions(self, coordinator, item):
        Discussion.objects.create(meeting=item.meeting, item=item, shown_by=coordinator)

        done = postpone(item=item, cause="imaging", department="radiology", by=coordinator)

        assert done.moved_to is None
        for model in (AgendaItem, DecisionDraft, Opinion, Discussion):
            assert not model.objects.exists()
        assert selectors.coming_items(item.case) == []


class TestRefusals:
    def test_not_when_signed(self, coordinator, chair, item, later):
        sign(item, by=chair)

        with pytest.raises(Refused, match="signed"):
            postpone(item=item, cause="time", to=later, by=coordinator)

        assert not Postponement.objects.exists()

    def test_not_once_it_was_moved_by_somebody_else(self, coordinator, item, later):
        stale = AgendaItem.objects.select_related("meeting").get(pk=item.pk)
        postpone(item=item, cause="time", to=later, by=coordinator)

        with pytest.raises(Refused, match="moved to another meeting"):
            postpone(item=stale, cause="time", by=coordinator)

    def test_not_once_it_was_taken_off(self, coordinator, item):
        postpone(item=item, cause="time", by=coordinator)

        with pytest.raises(Refused, match="taken off"):
            postpone(item=item, cause="time", by=coordinator)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"cause": "boredom"}, "cause"),
            ({"cause": ""}, "cause"),
            ({"cause": "time", "department": "kitchen"}, "department"),
            ({"cause": "time", "text": "x" * 301}, "text"),
            ({"cause": "time", "text": "a\x00b"}, "text"),
            ({"cause": "other", "text": "  "}, "text"),
            ({"cause": "other", "text": "\u200b\u2060"}, "text"),
        ],
    )
    def test_what_is_typed_is_checked(self, coordinator, item, given, field):
        with pytest.raises(Invalid) as caught:
            postpone(item=item, **given, by=coordinator)

        assert set(caught.value.errors) == {field}
        assert AgendaItem.objects.exists()


class TestTheRest:
    def test_goes_in_order_behind_those_that_are_there(self, coordinator, chair, item, later):
        meeting = item.meeting
        signed, last = (make_item(by=coordinator, meeting=meeting) for _ in range(2))
        sign(signed, by=chair)
        Meeting.objects.filter(pk=meeting.pk).update(ended_at=timezone.now())

        done = postpone_rest(meeting=meeting, cause="time", to=later, by=coordinator)

        assert [each.case for each in done.postponed] == [item.case, last.case]
        assert done.left == 0
        assert [i.pk for i in AgendaItem.objects.filter(meeting=meeting)] == [signed.pk]
        assert positions(meeting) == [1]
        on_later = AgendaItem.objects.filter(meeting=later).order_by("position")
        assert [i.pk for i in on_later][1:] == [item.pk, last.pk]
        assert positions(later) == [1, 2, 3]

    @pytest.mark.parametrize("is_decided", [False, True])
    def test_leaves_alone_what_stands_on_that_list(
        self, coordinator, chair, item, later, is_decided
    ):
        Meeting.objects.filter(pk=item.meeting_id).update(ended_at=timezone.now())
        twice = make_item(by=coordinator, meeting=make_meeting(by=coordinator))
        AgendaItem.objects.filter(pk=twice.pk).update(meeting=item.meeting, position=2)
        there = make_item(by=coordinator, meeting=later, case=twice.case)
        if is_decided:
            sign(there, by=chair)

        done = postpone_rest(meeting=item.meeting, cause="time", to=later, by=coordinator)

        assert ([each.case for each in done.postponed], done.left) == ([item.case], 1)
        assert AgendaItem.objects.get(meeting=item.meeting).pk == twice.pk

    def test_leaves_alone_what_stands_on_a_third_list(self, coordinator, item, later):
        Meeting.objects.filter(pk=item.meeting_id).update(ended_at=timezone.now())
        make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=item.case)
        other = make_item(by=coordinator, meeting=make_meeting(by=coordinator))
        AgendaItem.objects.filter(pk=other.pk).update(meeting=item.meeting, position=2)

        done = postpone_rest(meeting=item.meeting, cause="time", to=later, by=coordinator)

        assert ([each.case for each in done.postponed], done.left) == ([other.case], 1)
        assert DecisionDraft.objects.filter(agenda_item=item).exists()

    def test_says_where_nothing_can_go(self, coordinator, item, later):
        Meeting.objects.filter(pk=item.meeting_id).update(ended_at=timezone.now())
        make_item(by=coordinator, meeting=make_meeting(by=coordinator), case=item.case)

        with pytest.raises(Refused, match="stands on another coming list"):
            postpone_rest(meeting=item.meeting, cause="time", to=later, by=coordinator)

    def test_all_or_none(self, coordinator, item, later):
        Meeting.objects.filter(pk=later.pk).update(ended_at=timezone.now())
        make_item(by=coordinator, meeting=item.meeting)

        with pytest.raises(Refused, match="over"):
            postpone_rest(meeting=item.meeting, cause="time", to=later, by=coordinator)

        assert AgendaItem.objects.filter(meeting=item.meeting).count() == 2

    def test_not_when_nothing_is_left(self, coordinator, chair, item):
        sign(item, by=chair)

        with pytest.raises(Refused, match="nothing is left"):
            postpone_rest(meeting=item.meeting, cause="time", by=coordinator)
