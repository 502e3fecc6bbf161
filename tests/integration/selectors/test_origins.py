"""Where facts come from, for a reader: names and times are looked up when somebody reads."""

import datetime

import pghistory
import pytest
from django.utils import timezone

from cases.models import Treatment
from cases.selectors.origins import COMPUTED, NOT_ASKED, Entry, Origins
from cases.services import facts, lesions, measurements, patients, results, treatments
from cases.services.assessments import reassess
from guidance.editions import policies
from guidance.engine.edition import load_edition
from tests.factories.cases import STAGING, SURVEILLANCE, make_case, make_study
from tumorboard.formats import day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DICTIONARY = load_edition().dictionary


@pytest.fixture(autouse=True)
def _signed_in(coordinator):
    """Services leave the person in the history, as a request does."""
    with pghistory.context(person=str(coordinator.pk)):
        yield


@pytest.fixture
def read():
    """The origins of the current assessment of a case."""

    def origins(case):
        case.refresh_from_db()
        return Origins(case.assessment, DICTIONARY)

    return origins


def test_who_answered_and_when(read, coordinator):
    case = make_case(by=coordinator, **STAGING)
    origin = read(case).of("ki67_percent")
    answer = case.fact_answers.get(fact="ki67_percent")
    assert origin.entry == Entry("Cora Coordinator", answer.answered_at)
    assert origin.text == f"Answered on {TODAY:%-d %b %Y}"
    assert (origin.studies, origin.rows, origin.otherwise) == ((), (), None)


def test_which_study_and_report_and_who_recorded_it(read, coordinator):
    case = make_case(by=coordinator, **STAGING)
    study = make_study(
        case=case,
        by=coordinator,
        procedure="MRI_AP_WWO",
        accession_number="A-1",
        report="Clear.",
        performed_on=datetime.date(2026, 1, 12),
    )
    [shown] = read(case).of("ordered_procedure").studies
    assert (shown.id, shown.name, shown.date) == (
        study.pk,
        "MRI abdomen and pelvis without and with IV contrast",
        "12 Jan 2026",
    )
    assert (shown.accession_number, shown.has_report) == ("A-1", True)
    assert shown.entry.by == "Cora Coordinator"
    assert shown.entry.at is not None


def test_who_entered_a_result(read, coordinator, chair):
    case = make_case(by=coordinator, **STAGING)
    study = make_study(case=case, by=coordinator)
    results.enter(study=study, by=chair, outcome="negative")
    origin = read(case).of("study_outcome")
    assert origin.entry.by == "Chris Chair"
    assert [shown.id for shown in origin.studies] == [study.pk]


def test_which_treatments_and_who_recorded_them(read, coordinator):
    case = make_case(by=coordinator)
    treatments.add(
        case=case, type="PRRT", start=datetime.date(2024, 5, 1), target="liver", by=coordinator
    )
    [given] = read(case).of("prior_prrt").rows
    assert given.words.endswith("(PRRT), from 1 May 2024")
    assert given.entry.by == "Cora Coordinator"


def test_a_treatment_that_was_removed_meanwhile_is_left_out(read, coordinator):
    case = make_case(by=coordinator)
    treatments.add(case=case, type="PRRT", by=coordinator)
    case.refresh_from_db()
    Treatment.objects.all().delete()
    assert Origins(case.assessment, DICTIONARY).of("prior_prrt").rows == ()


def test_a_record_that_stands_against_an_answer_shows_both(read, coordinator):
    case = make_case(by=coordinator, prior_prrt=False)
    treatments.add(case=case, type="PRRT", by=coordinator)
    otherwise = read(case).of("prior_prrt").otherwise
    assert (otherwise.value, otherwise.source) == ("No", "")
    assert otherwise.entry.by == "Cora Coordinator"


def test_who_entered_the_patient(read, coordinator):
    case = make_case(by=coordinator)
    patients.change(patient=case.patient, birth_date=datetime.date(1980, 1, 1), by=coordinator)
    assert read(case).of("age_years").entry.by == "Cora Coordinator"


def test_who_chose_for_the_institution(read, coordinator, administrator):
    case = make_case(by=coordinator)
    assert read(case).of("who_version").entry == Entry()
    policies.choose(who_version="WHO2010", tnm_system="ENETS", by=administrator)
    reassess(case=case)
    assert read(case).of("who_version").entry.by == "Ada Admin"


def test_what_is_computed_says_from_what(read, coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE)
    origin = read(case).of("months_since_resection")
    assert (origin.text, origin.computed_from) == (COMPUTED, ("resection_date",))


def test_what_nobody_asked_says_so(read, coordinator):
    case = make_case(by=coordinator)
    assert read(case).of("bone_pain").text == NOT_ASKED


def test_origins_from_before_names_were_kept_have_their_words(coordinator):
    case = make_case(by=coordinator, **STAGING)
    assessment = case.assessment
    assessment.origins = {"ki67_percent": {"rule": "answer", "text": "Answered on 1 Jan 2026"}}
    origin = Origins(assessment, DICTIONARY).of("ki67_percent")
    assert (origin.text, origin.entry) == ("Answered on 1 Jan 2026", Entry())


def test_reading_takes_the_same_queries_for_a_long_story(
    coordinator, django_assert_max_num_queries
):
    case = make_case(by=coordinator, **STAGING)
    for number in range(1, 9):
        make_study(
            case=case, by=coordinator, outcome="stable", performed_on=datetime.date(2026, 1, number)
        )
        treatments.add(case=case, type="SSA", by=coordinator)
    facts.answer(case=case, answers={"bone_pain": True}, by=coordinator)
    case.refresh_from_db()
    assessment = case.assessment
    assert assessment.case.patient_id
    with django_assert_max_num_queries(7):
        origins = Origins(assessment, DICTIONARY)
        for name in assessment.facts:
            origins.of(name)


def test_which_measurements_a_size_is_read_from(read, coordinator):
    case = make_case(by=coordinator, **STAGING)
    study = make_study(case=case, by=coordinator, performed_on=TODAY)
    lesion = lesions.add(case=case, label="L1", site="liver", role="target", by=coordinator)
    entries = [measurements.Entry(lesion, {"longest_mm": "21"})]
    measurements.save(
        study=study, entries=entries, sheet={"every_liver_lesion": True}, by=coordinator
    )
    origin = read(case).of("liver_met_largest_mm")
    assert [row.words for row in origin.rows] == [f"L1 on the study of {day(TODAY)}"]
