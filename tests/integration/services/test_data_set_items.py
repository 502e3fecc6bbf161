"""An institution's departures from the product's minimum data set."""

import pytest
from django.db import IntegrityError

from cases.models import DataSetItem
from cases.selectors.data_set_history import history_of_choices
from cases.services import data_set_items
from cases.services.completeness import TOPIC
from cases.services.errors import Invalid, Refused
from guidance.editions import shelf
from tests.factories.boards import make_board
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

FIELDS = {"is_required": True, "max_age_weeks": 6, "asked_of": "coordinator"}


def add(by, **given):
    fields = {"item": "staging-imaging", **FIELDS, "reason": "Our boards want it newer", **given}
    return data_set_items.add(by=by, **fields)


def test_a_choice_is_kept_with_its_reason_and_all_cases_are_judged_anew(administrator):
    choice = add(administrator, reason=" Our boards want it newer ")
    assert (choice.max_age_weeks, choice.asked_of, choice.reason, choice.entered_by) == (
        6,
        "coordinator",
        "Our boards want it newer",
        administrator,
    )
    assert AuditEntry.objects.get(action="institution.data_set.chosen").subject_id == choice.pk
    assert OutboxMessage.objects.filter(topic=TOPIC, payload={}).count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"item": "nonsense"}, "item"),
        ({"scenario": "SC-99"}, "scenario"),
        ({"asked_of": "nobody"}, "asked_of"),
        ({"max_age_weeks": 0}, "max_age_weeks"),
        ({"max_age_weeks": 521}, "max_age_weeks"),
        ({"max_age_weeks": 99_999}, "max_age_weeks"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_field(administrator, given, field):
    with pytest.raises(Invalid) as refused:
        add(administrator, **given)
    assert list(refused.value.errors) == [field]
    assert not DataSetItem.objects.exists()


def test_one_choice_for_each_scenario_and_board(administrator):
    board = make_board(by=administrator)
    for scope in ({}, {"scenario": "SC-01"}, {"board": board}):
        add(administrator, **scope)
        with pytest.raises(Invalid, match="There is a choice for this scenario and board already"):
            add(administrator, **scope)
    assert DataSetItem.objects.count() == 3


def test_of_two_at_the_same_moment_one_is_refused(administrator, monkeypatch):
    def overtaken(self, *args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(DataSetItem, "save", overtaken)
    with pytest.raises(Invalid, match="There is a choice"):
        add(administrator)


def test_a_choice_is_changed(administrator, chair):
    choice = add(administrator)
    data_set_items.change(
        choice=choice, is_required=False, max_age_weeks=None, reason=" Never used ", by=chair
    )
    choice.refresh_from_db()
    assert (choice.is_required, choice.max_age_weeks, choice.asked_of) == (
        False,
        None,
        "coordinator",
    )
    assert (choice.reason, choice.entered_by) == ("Never used", chair)
    with pytest.raises(Invalid):
        data_set_items.change(choice=choice, max_age_weeks=0, by=chair)


def test_back_to_the_default(administrator, chair):
    choice = add(administrator)
    with pytest.raises(Invalid) as refused:
        data_set_items.reset(choice=choice, reason="", by=chair)
    assert list(refused.value.errors) == ["reason"]
    data_set_items.reset(choice=choice, reason="The default is enough", by=chair)
    assert not DataSetItem.objects.exists()
    assert AuditEntry.objects.get(action="institution.data_set.reset").person == chair
    for late in (
        lambda: data_set_items.reset(choice=choice, reason="Again", by=chair),
        lambda: data_set_items.change(choice=choice, reason="Again", by=chair),
    ):
        with pytest.raises(Refused, match="reset to the default meanwhile"):
            late()


def test_history_tells_each_step_newest_first(administrator, chair):
    board = make_board(by=administrator, name="NET board")
    choice = add(administrator, board=board, scenario="SC-01", asked_of="")
    data_set_items.change(choice=choice, max_age_weeks=None, reason="No limit", by=chair)
    data_set_items.reset(choice=choice, reason="The default is enough", by=administrator)
    past = history_of_choices(shelf.adopted())
    assert [(step.is_reset, step.max_age_weeks, step.reason, step.by) for step in past] == [
        (True, None, "The default is enough", "Ada Admin"),
        (False, None, "No limit", "Chris Chair"),
        (False, 6, "Our boards want it newer", "Ada Admin"),
    ]
    first = past[-1]
    assert first.item == "Staging CT or MRI, abdomen and pelvis, with contrast"
    assert first.scenario == shelf.adopted().catalogue.scenarios["SC-01"].name
    assert (first.board, first.asked_of, first.is_required) == ("NET board", "", True)


def test_history_says_a_scenario_that_the_edition_no_longer_has_by_its_code(administrator):
    DataSetItem.objects.create(
        item="images", scenario="SC-99", reason="r", asked_of="radiology", entered_by=administrator
    )
    (step,) = history_of_choices(shelf.adopted())
    assert (step.scenario, step.board, step.asked_of) == ("SC-99", "", "Radiology")
