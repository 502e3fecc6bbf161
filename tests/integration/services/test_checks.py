"""The checks below every write, where no service asks for them by itself."""

import datetime

import pytest

from cases.models import Study, Treatment
from cases.services import allergies, devices, procedures, specimens, treatments
from cases.services.checks import (
    TWICE,
    WHOLE,
    check,
    date_error,
    date_errors,
    is_storable,
    said,
)
from cases.services.errors import Invalid
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_what_the_database_would_refuse_is_told_before_it_is_asked():
    study = Study(
        modality="CT",
        ordered_on=datetime.date(2026, 1, 2),
        performed_on=datetime.date(2026, 1, 1),
    )
    with pytest.raises(Invalid) as caught:
        check(study)
    assert "study_performed_after_order" in caught.value.errors[WHOLE][0]


def test_what_a_field_says_by_itself_goes_first():
    with pytest.raises(Invalid) as caught:
        check(Study(modality="?"), also={"modality": ["Other."], "report": ["Too short."]})
    assert "not a valid choice" in caught.value.errors["modality"][0]
    assert caught.value.errors["report"] == ["Too short."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\u200b",
        "\u2060 \ufeff",
        "\u202e\u00ad\x01",
        "\u3000\u2029",
        "\ue000",
        "\u3164\u2800",
        "\ufe0f",
    ],
)
def test_text_of_which_nothing_can_be_seen_says_nothing(text):
    assert said(text) == ""


@pytest.mark.parametrize("text", ["a", "7", "?", "+", "\u4f60", "\U0001f600", "a\u200db"])
def test_text_of_which_something_can_be_seen_stays(text):
    assert said(f" {text}\n") == text


@pytest.mark.parametrize("text", ["", "a", "\n\t", "\ue000", "😀", "\U0010ffff", "\x01"])
def test_text_that_can_be_stored(text):
    assert is_storable(text)


@pytest.mark.parametrize("text", ["\x00", "a\x00b", chr(0xD800), chr(0xDFFF), "😀" + chr(0xDC00)])
def test_text_that_cannot_be_stored(text):
    assert not is_storable(text)


def test_a_date_of_a_leap_day_has_its_limit_too():
    assert date_error(datetime.date(1904, 2, 29), years=50).endswith("more than 50 years ago.")
    assert date_error(datetime.date(2024, 2, 29), years=50) == ""


def test_nothing_happened_before_the_patient_was_born():
    born = datetime.date(1980, 5, 2)
    before = born - datetime.timedelta(days=1)
    assert date_error(before, years=120, born=born) == "The date lies before the patient's birth."
    assert date_error(born, years=120, born=born) == ""
    assert date_errors(years=120, born=born, taken_on=before, reported_on=None) == {
        "taken_on": ["The date lies before the patient's birth."]
    }


DAY = datetime.date(2025, 3, 4)


@pytest.mark.parametrize(
    ("service", "fields", "other"),
    [
        (treatments, {"type": "TACE", "start": DAY}, {"line": 2}),
        (specimens, {"kind": "biopsy", "site": "liver", "taken_on": DAY}, {"report_number": "B2"}),
        (procedures, {"kind": "biliary_drain", "done_on": DAY}, {"note": "Left duct"}),
        (devices, {"kind": "pacemaker"}, {"note": "Second one"}),
        (allergies, {"substance": "iodinated_contrast"}, {"agent": "Iohexol"}),
    ],
)
def test_what_is_sent_twice_is_there_once(coordinator, service, fields, other):
    case = make_case(by=coordinator)
    owner = {"patient": case.patient} if service in (devices, allergies) else {"case": case}
    row = service.add(by=coordinator, **owner, **fields)
    with pytest.raises(Invalid) as caught:
        service.add(by=coordinator, **owner, **fields)
    assert caught.value.errors == {WHOLE: [TWICE]}
    service.add(by=coordinator, **owner, **fields, **other)
    assert type(row).objects.count() == 2


def test_two_courses_of_which_only_the_kind_is_known_are_two(coordinator):
    case = make_case(by=coordinator)
    for _ in range(2):
        treatments.add(case=case, type="SSA", by=coordinator)
    assert Treatment.objects.count() == 2
