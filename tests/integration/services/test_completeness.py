"""What lists read of completeness follows the record, the data set and the lists of boards."""

import datetime

import pytest

import cases.jobs  # noqa: F401 - as in a worker
from cases.models import Case, DataSetItem, Gap, GapAcceptance, GapRequest, Study
from cases.models.case import Preparation
from cases.services import (
    agendas,
    completeness,
    data_set_items,
    facts,
    gaps,
    meetings,
    studies,
)
from cases.services import cases as case_services
from cases.services.imports.batch import Entry, open_cases
from cases.services.imports.rows import NewCase
from tests.factories.boards import make_board, make_item, make_meeting
from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.completeness import (
    days_ago,
    make_complete_case,
    make_surveillance_ct,
    open_gaps,
)
from tests.integration.outbox.delivery import deliver_all
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def kept(case):
    case.refresh_from_db()
    return (case.preparation, open_gaps(case), case.preparation_until)


def rows(case):
    return {gap.item: gap for gap in Gap.objects.filter(case=case)}


@pytest.mark.usefixtures("scope")
def test_a_new_case_is_not_ready_and_its_gaps_are_on_the_worklist(coordinator):
    case = make_case(by=coordinator)
    assert kept(case) == (Preparation.NOT_READY, 4, None)
    assert {item: gap.asked_of for item, gap in rows(case).items()} == {
        "board-question": "referring",
        "scenario": "coordinator",
        "differentiation": "pathology",
        "ki67": "pathology",
    }


@pytest.mark.usefixtures("scope")
def test_every_write_to_the_record_counts(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    case_services.change(case=case, board_question="Go on?", by=coordinator)
    assert kept(case) == (Preparation.NOT_READY, 1, None)
    assert rows(case)["surveillance-imaging"].is_stale is False
    study = make_surveillance_ct(case=case, by=coordinator)
    until = days_ago(7) + datetime.timedelta(weeks=8)
    assert kept(case) == (Preparation.READY, 0, until)
    studies.change(study=Study.objects.get(pk=study.pk), performed_on=days_ago(70), by=coordinator)
    assert kept(case) == (Preparation.NOT_READY, 1, None)


@pytest.mark.usefixtures("scope")
def test_what_will_be_too_old_is_on_the_worklist_from_its_day_on(coordinator):
    case = make_complete_case(by=coordinator)
    gap = rows(case)["surveillance-imaging"]
    assert gap.begins_on == days_ago(6) + datetime.timedelta(weeks=8)
    assert (gap.is_stale, gap.is_accepted, gap.asked_on) == (True, False, None)


@pytest.mark.usefixtures("scope")
def test_a_gap_keeps_the_day_on_which_it_began(coordinator):
    case = make_case(by=coordinator)
    Gap.objects.filter(case=case).update(begins_on=days_ago(30))
    facts.answer(case=case, answers={"differentiation": "well"}, by=coordinator)
    assert {item: gap.begins_on for item, gap in rows(case).items()} == dict.fromkeys(
        ("board-question", "scenario", "ki67"), days_ago(30)
    )


@pytest.mark.usefixtures("scope")
def test_judging_again_writes_nothing_new(coordinator, django_assert_num_queries):
    case = Case.objects.select_related("assessment").get(pk=make_complete_case(by=coordinator).pk)
    with django_assert_num_queries(13):
        completeness.refresh(case=case)


@pytest.mark.usefixtures("scope")
def test_what_is_there_ends_request_and_acceptance(coordinator):
    case = make_case(by=coordinator)
    for item in ("ki67", "differentiation"):
        gaps.ask(case=case, item=item, asked_of="Dr. P", asked_on=days_ago(1), by=coordinator)
        gaps.accept(case=case, item=item, reason="Too little tissue", by=coordinator)
    facts.answer(case=case, answers={"ki67_percent": 3}, by=coordinator)
    assert GapRequest.objects.get(case=case).item == "differentiation"
    assert GapAcceptance.objects.get(case=case).item == "differentiation"
    ended = AuditEntry.objects.get(action="case.gap.ended")
    assert (ended.subject_id, ended.person) == (case.pk, None)
    events = GapAcceptance.pgh_event_model.objects.filter(item="ki67")
    assert [event.pgh_label for event in events.order_by("pgh_id")] == ["insert", "delete"]


@pytest.mark.usefixtures("scope")
def test_an_acceptance_does_not_outlive_what_came_and_grew_old(coordinator):
    """A stale CT needs an acceptance of its own."""
    case = make_complete_case(by=coordinator, performed_on=days_ago(70))
    gaps.accept(case=case, item="surveillance-imaging", reason="Stable", by=coordinator)
    assert kept(case)[0] == Preparation.READY_WITH_GAPS
    new = make_surveillance_ct(case=case, by=coordinator)
    assert kept(case)[0] == Preparation.READY
    studies.change(study=Study.objects.get(pk=new.pk), performed_on=days_ago(60), by=coordinator)
    assert kept(case)[:2] == (Preparation.NOT_READY, 1)


@pytest.mark.usefixtures("scope")
def test_an_imported_case_is_judged_like_one_that_a_person_opens(coordinator):
    new = NewCase(
        record_number="IMP-1",
        family_name="Rivera",
        given_name="Ana",
        birth_date=None,
        sex="",
        title="pNET of the tail",
        board_question="",
        answers=SURVEILLANCE,
    )
    (imported,) = open_cases(entries=[Entry(new, source="a file")], by=coordinator)
    opened = make_case(by=coordinator, **SURVEILLANCE)
    assert kept(imported) == kept(opened)
    assert kept(opened)[1] == 2
    columns = ("item", "asked_of", "begins_on", "is_stale", "is_accepted", "asked_on")
    both = [set(Gap.objects.filter(case=case).values_list(*columns)) for case in (imported, opened)]
    assert both[0] == both[1]


@pytest.mark.parametrize("chunk", [1, 2, 50])
def test_a_new_choice_reaches_every_case_by_a_job(institution, coordinator, monkeypatch, chunk):
    monkeypatch.setattr(completeness, "CHUNK", chunk)
    with institution_scope(institution):
        cases = [make_complete_case(by=coordinator) for _ in range(2)]
        data_set_items.add(
            item="rereading", is_required=True, reason="Our board reads again", by=coordinator
        )
        assert kept(cases[0])[0] == Preparation.READY
    deliver_all()
    with institution_scope(institution):
        assert [kept(case)[:2] for case in cases] == [(Preparation.NOT_READY, 1)] * 2
        done = OutboxMessage.objects.filter(topic=completeness.TOPIC)
        assert {message.state for message in done} == {"done"}


def strict_board(by):
    """A board that wants a study at most one week old."""
    board = make_board(by=by)
    DataSetItem.objects.create(
        item="surveillance-imaging", board=board, max_age_weeks=1, reason="r", entered_by=by
    )
    return make_meeting(by=by, board=board)


def test_a_case_on_a_list_is_judged_by_that_board(institution, coordinator):
    with institution_scope(institution):
        case = make_complete_case(by=coordinator, performed_on=days_ago(20))
        meeting = strict_board(coordinator)
        item = make_item(by=coordinator, case=case, meeting=meeting)
    deliver_all()
    with institution_scope(institution):
        assert kept(case)[0] == Preparation.NOT_READY
        agendas.take_off(item=item, by=coordinator)
    deliver_all()
    with institution_scope(institution):
        assert kept(case)[0] == Preparation.READY
        make_item(by=coordinator, case=case, meeting=meeting)
    deliver_all()
    with institution_scope(institution):
        assert kept(case)[0] == Preparation.NOT_READY
        meetings.cancel(meeting=meeting, by=coordinator)
    deliver_all()
    with institution_scope(institution):
        assert kept(case)[0] == Preparation.READY


@pytest.mark.usefixtures("scope")
def test_without_choices_of_boards_a_list_changes_nothing(coordinator):
    make_item(by=coordinator, case=make_complete_case(by=coordinator))
    assert not OutboxMessage.objects.filter(topic=completeness.TOPIC).exists()
