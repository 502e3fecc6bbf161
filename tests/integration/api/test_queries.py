"""A list of a noun takes as many queries for many rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import ExportFile, Gap, ImportFile, Postponement
from cases.selectors.agendas import agenda
from cases.selectors.publications import frozen
from cases.services import (
    allergies,
    attendances,
    board_members,
    devices,
    facts,
    gaps,
    opinions,
    publications,
    rereadings,
    standards,
)
from tests.factories.boards import make_asking_case, make_item
from tests.factories.everything import one_of_everything
from tests.integration.api.conftest import script_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

LISTS = (
    *("allergies", "devices", "rereadings", "fact-answers", "gaps", "gap-requests"),
    *("gap-acceptances", "boards", "board-members", "meetings", "attendances", "standards"),
    *("publications", "postponements", "opinions", "candidates", "imports", "exports"),
)


def test_a_list_takes_the_same_queries_for_many_rows(institution, coordinator):
    script = script_of(institution, coordinator)
    with institution_scope(institution):
        one_of_everything(by=coordinator)
        make_asking_case(by=coordinator)
    # The first request of a token notes that it is used.
    counted(script, "boards")
    few = {noun: counted(script, noun) for noun in LISTS}
    with institution_scope(institution):
        another_of_each(by=coordinator)
    many = {noun: counted(script, noun) for noun in LISTS}
    assert {noun for noun in LISTS if few[noun][0] != many[noun][0]} == set()
    assert {noun for noun in LISTS if few[noun][1] >= many[noun][1]} == set()


def counted(script, noun: str) -> tuple[int, int]:
    """How many queries a list takes, and how many rows it shows."""
    with CaptureQueriesContext(connection) as queries:
        answer = script.get(f"{noun}/")
    assert answer.status_code == 200, noun
    return len(queries), len(answer.json()["results"])


def another_of_each(*, by) -> None:
    """One more row of each of `LISTS`, about another case."""
    today = timezone.localdate()
    make_asking_case(by=by)
    item = make_item(by=by)
    case, meeting = item.case, item.meeting
    facts.answer(case=case, answers={"cga_trend": "unknown"}, by=by)
    allergies.add(patient=case.patient, substance="other", agent="latex", by=by)
    devices.add(patient=case.patient, kind="pacemaker", by=by)
    rereadings.add(
        study=case.studies.get(), outcome="positive", agreement="agree", read_on=today,
        read_by="Board", by=by,
    )  # fmt: skip
    asked, accepted = Gap.objects.filter(case=case).order_by("item").values_list("item")[:2]
    gaps.ask(case=case, item=asked[0], asked_of="Pathology", asked_on=today, by=by)
    gaps.accept(case=case, item=accepted[0], reason="On paper.", by=by)
    board_members.add(board=meeting.board, person=by, by=by)
    attendances.note_present(meeting=meeting, name="Nina", by=by)
    standards.add(
        board=meeting.board, name="S", source="S", scenario="SC-03", branch="", audit_percent=1,
        by=by,
    )  # fmt: skip
    publications.publish(meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF", by=by)
    opinions.give(item=item, text="Resect.", by=by)
    Postponement.objects.create(case=case, meeting=meeting, cause="time", by=by)
    ImportFile.objects.create(name="b.csv", sha256="1" * 64, columns=["a"], uploaded_by=by)
    ExportFile.objects.create(requested_by=by)
