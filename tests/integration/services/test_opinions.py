"""Opinions of those who cannot come."""

import datetime

import pytest
from django.utils import timezone

from cases.models import BoardMember, Meeting, Opinion
from cases.selectors.opinions import opinion_of, opinions_on, opinions_on_each
from cases.services import agendas, attendances
from cases.services.errors import Invalid, Refused
from cases.services.opinions import give, withdraw
from tests.factories.boards import make_item, sign
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def item(coordinator):
    """A case before a board."""
    return make_item(by=coordinator)


class TestGiving:
    def test_is_kept_with_the_specialty_on_the_board(self, item, chair):
        BoardMember.objects.create(board=item.meeting.board, person=chair, specialty="surgery")

        given = give(item=item, text=" Resect. ", by=chair)

        assert (given.text, given.specialty) == ("Resect.", "surgery")
        assert AuditEntry.objects.filter(action="opinion.given", subject_id=item.pk).exists()

    def test_may_be_said_anew(self, item, chair):
        give(item=item, text="Resect.", specialty="surgery", by=chair)

        give(item=item, text="Wait.", specialty="", by=chair)

        given = Opinion.objects.get()
        assert (given.text, given.specialty) == ("Wait.", "")

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"text": "  "}, "text"),
            ({"text": "\u200b\u2060"}, "text"),
            ({"text": "x" * 4_001}, "text"),
            ({"text": "Wait.", "specialty": "magic"}, "specialty"),
        ],
    )
    def test_says_something_of_some_specialty(self, item, chair, given, field):
        with pytest.raises(Invalid) as error:
            give(item=item, by=chair, **given)

        assert list(error.value.errors) == [field]
        assert not Opinion.objects.exists()


class TestClosed:
    @pytest.fixture(params=["give", "withdraw"])
    def write(self, request, item, chair):
        """Writes an opinion, or takes it back."""

        def written():
            if request.param == "give":
                give(item=item, text="Wait.", by=chair)
            else:
                withdraw(item=item, by=chair)

        return written

    def test_once_it_is_decided(self, item, chair, write):
        give(item=item, text="Before.", by=chair)
        sign(item, by=chair)

        with pytest.raises(Refused, match="signed"):
            write()

        assert Opinion.objects.get().text == "Before."

    @pytest.mark.parametrize(
        "over",
        [
            {"ended_at": timezone.now()},
            {"starts_at": timezone.now() - datetime.timedelta(days=2)},
        ],
    )
    def test_once_the_meeting_is_over(self, item, write, over):
        Meeting.objects.filter(pk=item.meeting_id).update(**over)

        with pytest.raises(Refused, match="The meeting is over"):
            write()

    def test_once_it_is_off_the_list(self, item, coordinator, write):
        agendas.take_off(item=item, by=coordinator)

        with pytest.raises(Refused, match="taken off"):
            write()


class TestWithdrawing:
    def test_takes_only_ones_own(self, item, chair, coordinator):
        give(item=item, text="Wait.", by=chair)
        give(item=item, text="Treat.", by=coordinator)

        withdraw(item=item, by=chair)

        assert Opinion.objects.get().person == coordinator
        assert opinion_of(item, chair.pk) is None
        assert opinion_of(item, coordinator.pk).text == "Treat."
        assert AuditEntry.objects.filter(action="opinion.withdrawn").count() == 1

    def test_of_none_is_nothing(self, item, chair):
        withdraw(item=item, by=chair)

        assert not AuditEntry.objects.filter(action="opinion.withdrawn").exists()


class TestReading:
    def test_in_order_and_who_came_after_all(self, item, chair, coordinator):
        give(item=item, text="Wait.", specialty="radiology", by=chair)
        give(item=item, text="Treat.", by=coordinator)
        attendances.note_present(
            meeting=item.meeting, name=coordinator.name, person=coordinator, by=chair
        )

        found = opinions_on(item)

        assert [(o.name, o.specialty, o.is_present) for o in found] == [
            (chair.name, "Diagnostic radiology", False),
            (coordinator.name, "", True),
        ]

    def test_of_many_in_two_queries(self, item, chair, coordinator, django_assert_num_queries):
        items = [item, make_item(by=coordinator, meeting=item.meeting)]
        give(item=items[1], text="Wait.", by=chair)

        with django_assert_num_queries(2):
            found = opinions_on_each(items)

        assert [len(found[one.pk]) for one in items] == [0, 1]
