"""Writing treatments."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Case, Treatment
from cases.services import treatments
from cases.services.errors import Invalid
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
