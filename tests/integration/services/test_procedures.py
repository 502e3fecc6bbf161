"""Writing procedures."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Case, Procedure
from cases.services import patients, procedures
from cases.services.errors import Changed, Invalid
from tests.factories.cases import make_case
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def test_a_procedure_is_added_changed_and_removed_and_its_history_stays(case, coordinator, chair):
    drain = procedures.add(
        case=case, kind="biliary_drain", done_on=TODAY - DAY, note=" left ", by=coordinator
    )
    assert (drain.note, drain.entered_by, drain.removed_on) == ("left", coordinator, None)
    entered = drain.entered_at
    procedures.change(procedure=drain, removed_on=TODAY, by=chair)
    drain.refresh_from_db()
    assert (drain.removed_on, drain.note, drain.entered_by) == (TODAY, "left", chair)
    assert drain.entered_at > entered
    procedures.remove(procedure=drain, by=chair)
    assert not Procedure.objects.exists()
    labels = Procedure.pgh_event_model.objects.order_by("pgh_id")
    assert list(labels.values_list("pgh_label", flat=True)) == ["insert", "update", "delete"]
    actions = set(AuditEntry.objects.filter(subject_id=case.id).values_list("action", flat=True))
    assert {
        "case.procedure.added",
        "case.procedure.changed",
        "case.procedure.removed",
    } < actions
    case.refresh_from_db()
    assert case.version == 4


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"kind": "incantation"}, "kind", "not a valid choice"),
        ({"kind": ""}, "kind", "blank"),
        ({"done_on": TODAY + DAY}, "done_on", "in the future"),
        ({"removed_on": TODAY + DAY}, "removed_on", "in the future"),
        ({"done_on": datetime.date(1880, 1, 1)}, "done_on", "120 years"),
        ({"done_on": TODAY, "removed_on": TODAY - DAY}, "removed_on", "before it was put in"),
        ({"kind": "whipple", "removed_on": TODAY}, "removed_on", "Only a drain or a stent"),
        ({"note": "x" * 301}, "note", "at most 300"),
    ],
)
def test_each_wrong_value_says_so_at_its_own_field(case, coordinator, fields, field, words):
    with pytest.raises(Invalid) as caught:
        procedures.add(**{"case": case, "kind": "biliary_drain", **fields}, by=coordinator)
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not Procedure.objects.exists()
    assert Case.objects.get().version == 1


def test_nothing_was_done_before_the_patient_was_born(case, coordinator):
    patients.change(patient=case.patient, birth_date=TODAY, by=coordinator)
    with pytest.raises(Invalid) as caught:
        procedures.add(case=case, kind="whipple", done_on=TODAY - DAY, by=coordinator)
    assert "before the patient's birth" in caught.value.errors["done_on"][0]


def test_a_change_that_looked_at_an_older_case_is_refused(case, coordinator):
    drain = procedures.add(case=case, kind="biliary_drain", by=coordinator)
    with pytest.raises(Changed):
        procedures.change(procedure=drain, removed_on=TODAY, if_match=1, by=coordinator)
