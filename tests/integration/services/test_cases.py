"""Writing cases."""

import pytest

from cases.models import Assessment, Case, FactAnswer
from cases.services import cases, patients
from cases.services.errors import Changed, Invalid
from tests.factories.cases import STAGING, make_case
from tests.integration.services.test_patients import ODD_TEXT
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def patient(coordinator):
    return patients.add(record_number="A-1", by=coordinator)


def test_a_case_is_opened_and_assessed(patient, coordinator):
    case = cases.open_case(
        patient=patient, title=" NET ", board_question=" Resect? ", by=coordinator
    )
    case = Case.objects.get(pk=case.pk)
    assert (case.title, case.board_question, case.version) == ("NET", "Resect?", 1)
    assert (case.scenario, case.readiness) == ("UNDETERMINED", "not started")
    assert case.assessment == Assessment.objects.get()
    assert case.missing_count == len(case.assessment.answer["missing"]) > 0
    assert AuditEntry.objects.filter(action="case.opened", subject_id=case.id).count() == 1


def test_a_case_is_opened_with_what_is_known_and_assessed_once(patient, coordinator):
    case = cases.open_case(
        patient=patient, title="NET", answers=STAGING, source="Letter", by=coordinator
    )
    assert (case.version, case.scenario) == (1, "SC-01")
    assert case.assessment == Assessment.objects.get()
    assert FactAnswer.objects.get(fact="mri_available").source == "Letter"
    actions = AuditEntry.objects.filter(subject_id=case.id).values_list("action", flat=True)
    assert sorted(actions) == ["case.facts.answered", "case.opened"]


def test_a_case_with_a_wrong_answer_is_not_opened(patient, coordinator):
    with pytest.raises(Invalid) as refused:
        cases.open_case(patient=patient, title="NET", answers={"ki67_percent": 101}, by=coordinator)
    assert set(refused.value.errors) == {"ki67_percent"}
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"title": " "}, "title", "blank"),
        ({"title": "x" * 201}, "title", "at most 200"),
        ({"title": "N\x00"}, "title", "cannot be stored"),
        ({"board_question": "x" * 501}, "board_question", "at most 500"),
        ({"board_question": "\x00"}, "board_question", "cannot be stored"),
    ],
)
def test_each_wrong_value_says_so_at_its_own_field(patient, coordinator, fields, field, words):
    with pytest.raises(Invalid) as caught:
        cases.open_case(**{"patient": patient, "title": "NET", **fields}, by=coordinator)
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", ODD_TEXT)
def test_text_of_every_kind_is_kept(patient, coordinator, text):
    cases.open_case(patient=patient, title=text, board_question=text, by=coordinator)
    stored = Case.objects.get()
    assert (stored.title, stored.board_question) == (text, text)


def test_a_change_counts_as_a_version_and_tells_nothing_new(coordinator):
    case = make_case(by=coordinator)
    changed = cases.change(case=case, title=" Other ", if_match=1, by=coordinator)
    stored = Case.objects.get()
    assert (stored.title, stored.version, changed.version) == ("Other", 2, 2)
    assert stored.changed_at > case.changed_at
    assert Assessment.objects.count() == 1


def test_a_change_seen_from_an_older_version_is_refused(coordinator):
    case = make_case(by=coordinator)
    cases.change(case=case, title="Mine", if_match=1, by=coordinator)
    with pytest.raises(Changed) as caught:
        cases.change(case=case, title="Theirs", if_match=1, by=coordinator)
    assert (caught.value.seen, caught.value.current) == (1, 2)
    assert "save again" in str(caught.value)
    assert Case.objects.get().title == "Mine"


def test_without_a_version_the_last_writer_wins(coordinator):
    case = make_case(by=coordinator)
    cases.change(case=case, title="First", by=coordinator)
    cases.change(case=case, board_question="Second", by=coordinator)
    stored = Case.objects.get()
    assert (stored.title, stored.board_question, stored.version) == ("First", "Second", 3)


def test_a_refused_change_writes_nothing(coordinator):
    case = make_case(by=coordinator)
    with pytest.raises(Invalid):
        cases.change(case=case, title="", board_question="New", by=coordinator)
    stored = Case.objects.get()
    assert (stored.title, stored.board_question, stored.version) == (case.title, "", 1)


def test_an_error_of_many_fields_reads_as_one_sentence_each():
    error = Invalid({"title": ["Is blank.", "Is short."], "": ["Wrong."]})
    assert str(error) == "title: Is blank. Is short.; : Wrong."
