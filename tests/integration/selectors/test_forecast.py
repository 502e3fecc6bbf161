"""How long cases are expected to take, and when a meeting will be through."""

import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from cases.models import AgendaItem, Assessment, Discussion, Meeting
from cases.selectors.agendas import AgendaLine, agenda
from cases.selectors.annotations import Annotations
from cases.selectors.forecast import expected_of_each, forecast_of
from cases.services import facts
from tests.factories.boards import make_item, make_meeting, sign
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def meeting(coordinator):
    """A meeting of ten minutes with three cases of four minutes each."""
    meeting = make_meeting(by=coordinator)
    Meeting.objects.update(minutes=10)
    for _ in range(3):
        make_item(by=coordinator, meeting=meeting, case=make_case(by=coordinator))
    AgendaItem.objects.update(minutes=4)
    meeting.refresh_from_db()
    return meeting


def a_line(item, *, gaps=0, notices=0, **answer):
    """A line of an agenda whose guidance says what the test says."""
    empty = {"branch_detail": None, "checks": [], "contradictions": []}
    item.case.assessment = Assessment(answer={**empty, **answer})
    return AgendaLine(
        item=item,
        decision=None,
        draft=None,
        annotations=Annotations(),
        completeness=SimpleNamespace(open_gaps=[None] * gaps),
        notices=(None,) * notices,
    )


def options(count):
    grouped = [{"code": f"OPT-{n}", "group": "treatment"} for n in range(count)]
    return {"actions": [{"code": "ACT-MDT", "group": None}, *grouped]}


class TestExpected:
    @pytest.fixture
    def item(self, coordinator):
        return make_item(by=coordinator, case=make_case(by=coordinator))

    @pytest.mark.parametrize(
        ("said", "minutes", "because"),
        [
            ({}, 5, "3 min for any case, 2 min for the first time before a board"),
            ({"branch_detail": options(1)}, 5, ""),
            ({"branch_detail": options(2)}, 6, "1 min for 1 further option to weigh"),
            ({"branch_detail": options(5)}, 7, "2 min for 4 further options to weigh"),
            ({"checks": [{"severity": "CRITICAL"}]}, 6, "1 min for 1 critical check"),
            ({"checks": [{"severity": "CAUTION"}]}, 5, ""),
            ({"contradictions": ["C-01"], "notices": 1}, 7, "2 min for 2 contradictions in the"),
            ({"notices": 5}, 7, "2 min for 5 contradictions in the record"),
            ({"gaps": 1}, 6, "1 min for 1 gap in the minimum data set"),
            ({"gaps": 9}, 7, "2 min for 9 gaps in the minimum data set"),
        ],
    )
    def test_by_complexity(self, item, said, minutes, because):
        expected = expected_of_each([a_line(item, **said)])[item.pk]

        assert expected.minutes == minutes
        assert because in expected.words

    def test_as_somebody_set_them(self, item):
        item.minutes = 12

        expected = expected_of_each([a_line(item, gaps=3)])[item.pk]

        assert (expected.minutes, expected.is_set) == (12, True)

    def test_one_minute_by_protocol(self, item):
        item.track = "protocol"

        expected = expected_of_each([a_line(item, gaps=3)])[item.pk]

        assert (expected.minutes, expected.words) == (1, "settled by protocol")

    def test_less_for_a_case_that_was_before_a_board(self, coordinator, chair, item):
        sign(item, by=chair)
        facts.answer(case=item.case, answers={"primary_size_mm": 20}, by=coordinator)
        again = make_item(by=coordinator, case=item.case)

        lines = [a_line(again)]

        assert expected_of_each(lines)[again.pk].minutes == 3

    def test_the_decision_of_the_meeting_itself_does_not_count_as_earlier(self, chair, item):
        sign(item, by=chair)

        lines = agenda(item.meeting)

        assert "first time" in expected_of_each(lines)[item.pk].words

    def test_a_case_without_an_assessment(self, item):
        line = a_line(item)
        item.case.assessment = None

        assert expected_of_each([line])[item.pk].minutes == 5

    def test_of_many_in_one_query(self, meeting, django_assert_num_queries):
        lines = agenda(meeting)

        with django_assert_num_queries(1):
            assert len(expected_of_each(lines)) == 3


class TestForecast:
    def test_of_a_coming_meeting(self, meeting):
        forecast = forecast_of(meeting, agenda(meeting))

        assert forecast.finish == meeting.starts_at + 12 * MINUTE
        assert (forecast.minutes_over, forecast.is_over) == (2, True)
        assert forecast.first_over.position == 3
        clock = timezone.localtime(forecast.finish)
        assert forecast.words == f"Finishes about {clock:%H:%M}, 2 minutes over."

    @pytest.mark.parametrize(
        ("minutes", "words"),
        [(11, "1 minute over."), (12, "on time."), (13, "1 minute to spare.")],
    )
    def test_in_words(self, meeting, minutes, words):
        meeting.minutes = minutes

        forecast = forecast_of(meeting, agenda(meeting))

        assert forecast.words.endswith(words)
        assert (forecast.first_over is None) is (minutes >= 12)

    def test_by_the_clock_of_the_board(self, meeting):
        meeting.starts_at = datetime.datetime(2100, 1, 1, 12, 0, tzinfo=datetime.UTC)
        meeting.board.time_zone = "Asia/Tokyo"

        assert "21:12" in forecast_of(meeting, agenda(meeting)).words

    def test_from_now_where_it_should_have_begun(self, meeting):
        now = meeting.starts_at + 5 * MINUTE

        forecast = forecast_of(meeting, agenda(meeting), now=now)

        assert forecast.finish == now + 12 * MINUTE
        assert forecast.end == meeting.starts_at + 10 * MINUTE

    def test_while_it_runs_only_what_is_left_counts(self, chair, meeting):
        sign(AgendaItem.objects.get(meeting=meeting, position=1), by=chair)
        meeting.began_at = meeting.starts_at
        now = meeting.began_at + 3 * MINUTE

        forecast = forecast_of(meeting, agenda(meeting), now=now)

        assert forecast.finish == now + 8 * MINUTE
        assert forecast.minutes_over == 1

    @pytest.mark.parametrize(("taken", "left"), [(1, 11), (4, 8), (9, 8)])
    def test_what_the_present_case_has_taken_is_taken_off(self, coordinator, meeting, taken, left):
        now = meeting.starts_at + 10 * MINUTE
        meeting.began_at = meeting.starts_at
        Discussion.objects.create(
            meeting=meeting,
            item=AgendaItem.objects.get(meeting=meeting, position=1),
            began_at=now - taken * MINUTE,
            shown_by=coordinator,
        )

        forecast = forecast_of(meeting, agenda(meeting), now=now)

        assert forecast.finish == now + left * MINUTE

    @pytest.mark.parametrize("column", ["ended_at", "cancelled_at"])
    def test_none_of_what_is_over(self, meeting, column):
        setattr(meeting, column, timezone.now())

        assert forecast_of(meeting, agenda(meeting)) is None

    def test_none_of_what_was_long_ago(self, meeting):
        meeting.starts_at = timezone.now() - datetime.timedelta(days=1)

        assert forecast_of(meeting, agenda(meeting)) is None
