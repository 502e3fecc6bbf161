"""Writing patients."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Patient
from cases.services import cases, patients
from cases.services.errors import Invalid
from tests.factories.cases import make_case
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

#: Text of every kind that people paste, which is kept as it is.
ODD_TEXT = [
    "<script>alert(1)</script>",
    "😀👩🏽‍⚕️",
    "مثال",
    "O'Neill; DROP TABLE--",
    "Ngọc",
    "{{ 7*7 }}",
]


def reasons(by, **fields) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        patients.add(**{"record_number": "A-1", **fields}, by=by)
    assert not Patient.objects.exists()
    return caught.value.errors


def years_ago(years: int, *, days: int = 0) -> datetime.date:
    today = timezone.localdate()
    return today.replace(year=today.year - years, day=min(today.day, 28)) + datetime.timedelta(days)


def test_a_patient_is_added_without_the_space_around(coordinator):
    patient = patients.add(
        record_number=" A-1 ",
        family_name=" Example ",
        given_name="Alex",
        birth_date=years_ago(58),
        sex="female",
        by=coordinator,
    )
    stored = Patient.objects.get()
    assert (stored.record_number, stored.name) == ("A-1", "Example, Alex")
    assert stored.age_on(timezone.localdate()) == 58
    assert [(e.action, e.subject_id, e.person) for e in AuditEntry.objects.all()] == [
        ("patient.added", patient.id, coordinator)
    ]


def test_a_pseudonymous_patient_has_a_record_number_and_nothing_else(coordinator):
    patient = patients.add(record_number="STUDY-17", by=coordinator)
    assert (patient.name, patient.age_on(timezone.localdate())) == ("STUDY-17", None)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"record_number": ""}, "record_number", "blank"),
        ({"record_number": " \t "}, "record_number", "blank"),
        ({"record_number": "x" * 61}, "record_number", "at most 60"),
        ({"record_number": "\u0301"}, "record_number", "searched"),
        ({"record_number": "\ufdfa" * 60}, "record_number", "searched"),
        ({"record_number": "A\x00"}, "record_number", "cannot be stored"),
        ({"record_number": "A\ud800"}, "record_number", "cannot be stored"),
        ({"family_name": "x" * 121}, "family_name", "at most 120"),
        ({"family_name": "\ufdfa" * 120}, "family_name", "searched"),
        ({"family_name": "E\x00"}, "family_name", "cannot be stored"),
        ({"given_name": "x" * 121}, "given_name", "at most 120"),
        ({"given_name": "E\x00"}, "given_name", "cannot be stored"),
        ({"sex": "f"}, "sex", "not a valid choice"),
    ],
)
def test_each_wrong_value_says_so_at_its_own_field(coordinator, fields, field, words):
    found = reasons(coordinator, **fields)
    assert list(found) == [field]
    assert words in found[field][0]


def test_a_date_of_birth_lies_within_a_lifetime(coordinator):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert reasons(coordinator, birth_date=tomorrow) == {
        "birth_date": ["The date of birth lies in the future."]
    }
    assert reasons(coordinator, birth_date=years_ago(121)) == {
        "birth_date": ["The date of birth lies more than 120 years ago."]
    }
    assert patients.add(record_number="A-2", birth_date=timezone.localdate(), by=coordinator)


def test_all_wrong_values_are_told_at_once(coordinator):
    found = reasons(coordinator, record_number="", sex="?", birth_date=years_ago(200))
    assert set(found) == {"record_number", "sex", "birth_date"}


@pytest.mark.parametrize("text", ODD_TEXT)
def test_text_of_every_kind_is_kept(coordinator, text):
    patients.add(record_number=text, family_name=text, given_name=text, by=coordinator)
    stored = Patient.objects.get()
    assert (stored.record_number, stored.family_name, stored.given_name) == (text, text, text)


@pytest.mark.parametrize("same", ["A-1", "a-1", "  \uff21-1"])
def test_a_record_number_is_there_once_however_it_is_typed(coordinator, same):
    patients.add(record_number="A-1", by=coordinator)
    with pytest.raises(Invalid) as caught:
        patients.add(record_number=same, by=coordinator)
    assert caught.value.errors == {"record_number": [patients.TAKEN]}
    assert Patient.objects.count() == 1


def test_a_record_number_that_came_in_between_is_told_at_its_field(coordinator, monkeypatch):
    """The database has the last word; here the look beforehand is made blind."""
    patients.add(record_number="A-1", by=coordinator)
    monkeypatch.setattr(patients, "search_key", lambda text: "nobody has this")
    with pytest.raises(Invalid) as caught:
        patients.add(record_number="A-1", by=coordinator)
    assert caught.value.errors == {"record_number": [patients.TAKEN]}


def test_a_change_leaves_history_and_other_fields(coordinator):
    patient = patients.add(record_number="A-1", family_name="Example", by=coordinator)
    stale = Patient.objects.get()
    patients.change(patient=patient, family_name=" Sample ", by=coordinator)
    patients.change(patient=stale, given_name="Alex", by=coordinator)
    stored = Patient.objects.get()
    assert (stored.family_name, stored.given_name) == ("Sample", "Alex")
    assert [e.family_name for e in stored.events.order_by("pgh_id")] == [
        "Example",
        "Sample",
        "Sample",
    ]


def test_a_refused_change_writes_nothing(coordinator):
    patients.add(record_number="A-1", by=coordinator)
    patient = patients.add(record_number="A-2", by=coordinator)
    with pytest.raises(Invalid):
        patients.change(patient=patient, record_number="a-1", by=coordinator)
    assert Patient.objects.get(pk=patient.pk).record_number == "A-2"


def test_a_patient_may_keep_the_record_number(coordinator):
    patient = patients.add(record_number="A-1", by=coordinator)
    assert patients.change(patient=patient, record_number="A-1", by=coordinator).name == "A-1"


def test_a_new_date_of_birth_assesses_the_cases_anew(coordinator):
    case = make_case(by=coordinator, clinical_question="distant_staging")
    second = cases.open_case(patient=case.patient, title="Second", by=coordinator)
    patients.change(patient=case.patient, birth_date=years_ago(10), by=coordinator)
    for one in (case, second):
        one.refresh_from_db()
        assert one.scenario == "NOT_COVERED:PAEDIATRIC"
        assert one.assessment.facts["age_years"] == 10
