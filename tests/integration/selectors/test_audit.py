"""Entries of the audit as lines and as a table."""

import datetime
import json

import pytest

from cases.selectors.audit import HEADS, events_of_all, line_of, table_of, whose
from tests.factories.cases import make_case
from tests.factories.restrictions import restricted
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.record import record
from tumorboard.audit.search import CHUNK, Search, entries, page
from tumorboard.tenancy.scope import institution_scope, member_scope

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 21, 12, 0, 5, tzinfo=datetime.UTC)


@pytest.fixture
def scope(institution):
    with institution_scope(institution):
        yield


def test_an_entry_from_before_there_were_kinds_and_ways(scope):
    old = AuditEntry(action="case.read", subject_type="case", at=NOON)
    line = line_of(old)
    assert (line.at, line.words, line.extent, line.whom) == (
        "21 Nov 2026, 12:00:05",
        "read the case",
        "",
        "none",
    )
    (row,) = table_of([old])
    said = dict(zip(HEADS, row, strict=True))
    assert (said["Person"], said["Kind"], said["By way of"], said["Found"]) == (
        "The system", "", "", "",
    )  # fmt: skip


def test_cases_that_stand_twice_on_a_page_count_once(scope, institution):
    entry = AuditEntry(action="overview.read", subject_type="institution", at=NOON)
    entry.shown = [institution.pk, institution.pk]
    assert line_of(entry).extent == "1 case shown"
    entry.shown = []
    assert (line_of(entry).extent, line_of(entry).whom) == ("0 cases shown", "none")


def test_a_patient_with_all_their_cases(scope, coordinator):
    case = make_case(by=coordinator)
    assert whose(case.patient).ids == [case.patient_id, case.pk]


def test_entries_of_one_moment_are_leafed_without_losing_one(scope, institution, monkeypatch):
    monkeypatch.setattr("tumorboard.audit.search.CHUNK", 3)
    assert CHUNK > 3
    made = AuditEntry.objects.bulk_create(
        AuditEntry(action="case.read", subject_type="case", at=NOON) for _ in range(10)
    )
    day = datetime.timedelta(days=1)
    search = Search(since=NOON - day, until=NOON + day)
    assert [e.pk for e in entries(search, most=100)] == sorted(
        (entry.pk for entry in made), reverse=True
    )
    assert len(list(entries(search, most=4))) == 4
    assert page(Search(since=NOON + day, until=NOON + 2 * day)).next is None


def test_a_page_asks_as_often_for_fifty_entries_as_for_one(
    scope, coordinator, django_assert_max_num_queries
):
    case = make_case(by=coordinator)
    day = datetime.timedelta(days=1)
    made = [AuditEntry(action="case.read", subject_type="case", at=NOON) for _ in range(50)]
    AuditEntry.objects.bulk_create(made)
    search = Search(since=NOON - day, until=NOON + 3_000 * day, whose=whose(case.patient))
    with django_assert_max_num_queries(2):
        page(search)


def test_lists_of_others_do_not_tell_of_what_is_hidden_from_the_reader(
    scope, coordinator, chair, institution
):
    """ASVS v5.0.0-8.2.2: neither by an id nor by a count."""
    open_to_all, hidden = make_case(by=coordinator), make_case(by=coordinator)
    shown = [open_to_all.pk, hidden.pk]
    record(action="case.listed", subject=institution, by=chair, found=7, shown=shown)
    entry = AuditEntry.objects.get(action="case.listed")
    assert line_of(entry).extent == "7 found; 2 cases shown"
    restricted(hidden, chair, by=coordinator)
    with member_scope(institution, coordinator.pk):
        assert line_of(entry).extent == "6 found; 1 case shown"
        (row,) = table_of([entry])
        said = dict(zip(HEADS, row, strict=True))
        assert (said["Found"], said["Cases shown"]) == (6, str(open_to_all.pk))
        events = json.dumps(list(events_of_all([entry])))
        for secret in (hidden.pk, hidden.patient_id):
            assert str(secret) not in events
        assert str(open_to_all.patient_id) in events
        entry.shown = [hidden.pk]
        assert line_of(entry).whom == "none"
    with member_scope(institution, chair.pk):
        assert line_of(entry).extent == "7 found; 1 case shown"
