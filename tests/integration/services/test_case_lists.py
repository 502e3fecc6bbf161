"""Saved views, exports, and one thing done to several cases."""

import datetime

import pytest
from django.utils import timezone

from cases.models import AgendaItem, SavedView
from cases.selectors import saved_views
from cases.selectors.case_list import COLUMNS, ListQuery, listed, rows
from cases.services import agendas, boards, bulk, exports, meetings
from cases.services import saved_views as services
from cases.services.errors import Invalid, Refused
from tests.factories.cases import STAGING, make_case
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

QUERY = ListQuery(text="Rivera", board="yes", sort="name", columns=("grade",))


def test_a_view_keeps_what_was_asked_and_not_what_was_typed(coordinator):
    view = services.save(name=" Mine ", query=QUERY, by=coordinator)
    assert view.name == "Mine"
    assert saved_views.query_of(view) == ListQuery(board="yes", sort="name", columns=("grade",))
    assert "Rivera" not in str(SavedView.objects.values().get())
    assert AuditEntry.objects.filter(action="view.saved").count() == 1


def test_the_same_name_replaces_the_view(coordinator):
    services.save(name="Mine", query=QUERY, by=coordinator)
    services.save(name="Mine", query=ListQuery(board="no"), is_shared=True, by=coordinator)
    view = SavedView.objects.get()
    assert (view.filters, view.is_shared) == ({"board": "no"}, True)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\x00b"])
def test_a_view_needs_a_name_that_can_be_kept(coordinator, name):
    with pytest.raises(Invalid) as refused:
        services.save(name=name, query=QUERY, by=coordinator)
    assert list(refused.value.errors) == ["name"]


def test_nobody_keeps_views_without_end(coordinator, monkeypatch):
    monkeypatch.setattr(services, "MOST", 1)
    services.save(name="One", query=QUERY, by=coordinator)
    services.save(name="One", query=QUERY, by=coordinator)
    with pytest.raises(Refused):
        services.save(name="Two", query=QUERY, by=coordinator)


def test_a_view_saved_twice_at_once_is_refused_once(coordinator, monkeypatch):
    def check_while_another_saves(view):
        SavedView.objects.create(person=coordinator, name=view.name)

    monkeypatch.setattr(services, "check", check_while_another_saves)
    with pytest.raises(Refused, match="was saved just now"):
        services.save(name="Mine", query=QUERY, by=coordinator)


def test_views_are_ones_own_unless_they_are_shared(coordinator, chair):
    own = services.save(name="Own", query=QUERY, by=coordinator)
    services.save(name="Secret", query=QUERY, by=chair)
    services.save(name="Shared", query=QUERY, is_shared=True, by=chair)
    assert [view.name for view in saved_views.views_for(coordinator)] == ["Own", "Shared"]
    assert saved_views.own_view(own.pk, person=coordinator) == own
    with pytest.raises(SavedView.DoesNotExist):
        saved_views.own_view(own.pk, person=chair)


def test_a_removed_view_is_gone(coordinator):
    services.remove(view=services.save(name="Own", query=QUERY, by=coordinator), by=coordinator)
    assert not SavedView.objects.exists()
    assert AuditEntry.objects.filter(action="view.removed").count() == 1


def test_an_export_notes_every_case_that_leaves(coordinator):
    made = [
        make_case(by=coordinator, family_name="Rivera", **STAGING),
        make_case(by=coordinator, family_name="Sato"),
    ]
    query = ListQuery(sort="name", columns=("diagnosis", "gaps"))
    table = exports.table_of(cases=listed(query).cases, columns=query.shown, by=coordinator)
    heads, *lines = table
    assert heads[:2] == ["Record number", "Family name"]
    assert heads[-2:] == ["Diagnosis", "Gaps"]
    assert [line[1] for line in lines] == ["Rivera", "Sato"]
    # How many gaps an open scenario has is not known yet.
    assert isinstance(lines[0][-1], int)
    assert lines[1][-1] == "scenario open"
    noted = AuditEntry.objects.filter(action="case.exported", person=coordinator)
    assert {entry.subject_id for entry in noted} == {case.pk for case in made}


def test_an_export_of_too_many_takes_nothing_out(coordinator, monkeypatch):
    monkeypatch.setattr(exports, "MOST", 1)
    for _ in range(2):
        make_case(by=coordinator)
    with pytest.raises(Refused):
        exports.table_of(cases=rows(ListQuery()), columns=[COLUMNS["board"]], by=coordinator)
    assert not AuditEntry.objects.filter(action="case.exported").exists()


def test_a_case_that_is_refused_holds_up_no_other(coordinator):
    board = boards.add(name="Board", place="", by=coordinator)
    at = timezone.now() + datetime.timedelta(days=3)
    meeting = meetings.plan(board=board, starts_at=at, by=coordinator)
    listed, fresh = make_case(by=coordinator), make_case(by=coordinator)
    agendas.put_on(meeting=meeting, case=listed, by=coordinator)
    outcomes = bulk.put_on(meeting=meeting, cases=[listed, fresh], by=coordinator)
    assert [(o.case, o.reason) for o in outcomes] == [
        (listed, "This case is on the list already."),
        (fresh, ""),
    ]
    assert AgendaItem.objects.filter(meeting=meeting).count() == 2
