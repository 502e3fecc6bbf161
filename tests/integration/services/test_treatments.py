"""Writing treatments."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models import Case, Treatment
from cases.services import patients, treatments
from cases.services.errors import Changed, Invalid
from tests.factories.cases import make_case
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def test_a_treatment_is_added_and_the_case_assessed_anew(case, coordinator):
    treatments.add(case=case, type="TACE", start=TODAY, target=" Segment VI ", by=coordinator)
    treatment = Treatment.objects.get()
    assert (treatment.target, treatment.end, treatment.ongoing) == ("Segment VI", None, None)
    case.refresh_from_db()
    assert case.version == 2
    assert case.assessment.facts["treatments"] == [
        {"type": "TACE", "start": TODAY.isoformat(), "target": "Segment VI"}
    ]


def test_a_treatment_entered_by_mistake_is_removed_and_its_history_stays(case, coordinator):
    treatment = treatments.add(case=case, type="PRRT", by=coordinator)
    treatments.remove(treatment=treatment, by=coordinator)
    assert not Treatment.objects.exists()
    labels = Treatment.pgh_event_model.objects.order_by("pgh_id").values_list(
        "pgh_label", flat=True
    )
    assert list(labels) == ["insert", "delete"]
    case.refresh_from_db()
    assert "treatments" not in case.assessment.facts
    actions = AuditEntry.objects.filter(subject_id=case.id).values_list("action", flat=True)
    assert {"case.treatment.added", "case.treatment.removed"} < set(actions)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"type": "prayer"}, "type", "not a valid choice"),
        ({"type": ""}, "type", "blank"),
        ({"start": TODAY + DAY}, "start", "lies in the future"),
        ({"end": TODAY + DAY}, "end", "lies in the future"),
        ({"start": datetime.date(1880, 1, 1)}, "start", "120 years"),
        ({"start": TODAY, "end": TODAY - DAY}, "end", "ends before it started"),
        ({"end": TODAY, "ongoing": True}, "ongoing", "cannot still go on"),
        ({"target": "x" * 121}, "target", "at most 120"),
        ({"target": "a\x00"}, "target", "cannot be stored"),
        ({"stop_reason": "progression", "ongoing": True}, "stop_reason", "was not stopped"),
        ({"stop_reason": "boredom"}, "stop_reason", "not a valid choice"),
        ({"best_response": "XX"}, "best_response", "not a valid choice"),
        ({"intent": "hope"}, "intent", "not a valid choice"),
        ({"type": "surgery_liver", "line": 1}, "line", "not surgery"),
        ({"type": "debulking", "cycles": 2}, "cycles", "no cycles"),
        ({"line": 0}, "line", "greater than or equal to 1"),
        ({"line": 21}, "line", "less than or equal to 20"),
        ({"cycles": 201}, "cycles", "less than or equal to 200"),
        ({"margin": "R0"}, "margin", "Only surgery"),
        ({"type": "transplant", "margin": "R7"}, "margin", "not a valid choice"),
        ({"activity_gbq": Decimal("7.4")}, "activity_gbq", "Only PRRT"),
        ({"type": "PRRT", "activity_gbq": Decimal(7400)}, "activity_gbq", "7400 MBq are 7.4"),
        ({"type": "TARE", "activity_gbq": Decimal(0)}, "activity_gbq", "above 0"),
        ({"note": "x" * 501}, "note", "at most 500"),
    ],
)
def test_each_wrong_value_says_so_at_its_own_field(case, coordinator, fields, field, words):
    with pytest.raises(Invalid) as caught:
        treatments.add(**{"case": case, "type": "SSA", **fields}, by=coordinator)
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not Treatment.objects.exists()
    assert Case.objects.get().version == 1


def test_a_treatment_may_begin_and_end_on_one_day(case, coordinator):
    treatments.add(case=case, type="ablation", start=TODAY, end=TODAY, by=coordinator)
    assert Treatment.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {
            "type": "PRRT",
            "agent": "Lu-177 DOTATATE",
            "line": 2,
            "intent": "disease_control",
            "cycles": 4,
            "activity_gbq": Decimal("29.6"),
            "best_response": "PR",
            "stop_reason": "completed",
            "note": "Without complication.",
        },
        {"type": "surgery_primary", "start": TODAY, "intent": "curative", "margin": "R0"},
        {"type": "TARE", "activity_gbq": Decimal(500)},
        {"type": "SSA", "stop_reason": "toxicity", "ongoing": None},
    ],
)
def test_everything_about_a_course_is_kept(case, coordinator, fields):
    treatments.add(case=case, by=coordinator, **fields)
    treatment = Treatment.objects.get()
    assert {name: getattr(treatment, name) for name in fields} == fields


def test_nothing_was_given_before_the_patient_was_born(case, coordinator):
    patients.change(patient=case.patient, birth_date=TODAY, by=coordinator)
    with pytest.raises(Invalid) as caught:
        treatments.add(case=case, type="SSA", start=TODAY - DAY, end=TODAY, by=coordinator)
    assert caught.value.errors == {"start": ["The date lies before the patient's birth."]}


def test_a_treatment_is_changed_and_what_it_said_stays_in_its_history(case, coordinator):
    treatment = treatments.add(case=case, type="SSA", ongoing=True, line=1, by=coordinator)
    treatments.change(
        treatment=treatment, ongoing=False, end=TODAY, stop_reason="progression", by=coordinator
    )
    treatment.refresh_from_db()
    assert (treatment.ongoing, treatment.stop_reason, treatment.line) == (False, "progression", 1)
    events = Treatment.pgh_event_model.objects.order_by("pgh_id")
    assert list(events.values_list("stop_reason", flat=True)) == ["", "progression"]
    case.refresh_from_db()
    assert case.assessment.facts["treatments"][0]["ongoing"] is False
    assert AuditEntry.objects.filter(action="case.treatment.changed").count() == 1


def test_a_change_is_checked_and_one_of_an_older_case_is_refused(case, coordinator):
    treatment = treatments.add(case=case, type="SSA", ongoing=True, by=coordinator)
    with pytest.raises(Invalid) as caught:
        treatments.change(treatment=treatment, end=TODAY, by=coordinator)
    assert list(caught.value.errors) == ["ongoing"]
    with pytest.raises(Changed):
        treatments.change(treatment=treatment, ongoing=False, if_match=1, by=coordinator)
    treatment.refresh_from_db()
    assert treatment.ongoing is True
