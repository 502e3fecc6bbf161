"""Writing studies."""

import datetime
import io

import pytest
from django.utils import timezone

from cases.models import Case, Study
from cases.services import cases, rereadings, results, studies, study_files
from cases.services.checks import TWICE, WHOLE
from cases.services.errors import Changed, Invalid
from tests.factories import dicom as make
from tests.factories.cases import make_case
from tests.factories.lesions import make_lesion, measure
from tests.integration.services.test_patients import ODD_TEXT
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


def test_a_study_is_added_and_the_case_assessed_anew(case, coordinator):
    study = studies.add(
        case=case,
        modality="MRI",
        procedure="MRI_AP_WWO",
        ordered_on=TODAY,
        accession_number=" X1 ",
        by=coordinator,
    )
    study.refresh_from_db()
    assert (study.accession_number, study.date) == ("X1", TODAY)
    assert (study.multiphasic, study.dwi, study.covers_pelvis) == (None, None, None)
    case.refresh_from_db()
    assert case.version == 2
    assert case.assessment.facts["ordered_procedure"] == "MRI_AP_WWO"
    assert AuditEntry.objects.filter(action="case.study.added", subject_id=case.id).exists()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"modality": "XRAY"}, "modality", "not a valid choice"),
        ({"modality": ""}, "modality", "blank"),
        ({"procedure": "BARIUM"}, "procedure", "not a procedure that the guidance knows"),
        ({"procedure": "CT_AP_W"}, "procedure", "This procedure is done by CT."),
        ({"performed_on": None}, "performed_on", "ordered or performed"),
        ({"performed_on": TODAY + DAY}, "performed_on", "lies in the future"),
        ({"performed_on": datetime.date(1969, 1, 1)}, "performed_on", "50 years"),
        ({"ordered_on": TODAY + DAY, "performed_on": None}, "ordered_on", "lies in the future"),
        ({"ordered_on": TODAY, "performed_on": TODAY - DAY}, "performed_on", "before it was"),
        ({"target": "spleen"}, "target", "not a valid choice"),
        ({"accession_number": "x" * 61}, "accession_number", "at most 60"),
        ({"accession_number": "\x00"}, "accession_number", "cannot be stored"),
        ({"report": "x" * 50_001}, "report", "at most 50,000 characters; these are 50,001"),
        ({"report": "a\x00b"}, "report", "cannot be stored"),
    ],
)
def test_each_wrong_value_says_so_at_its_own_field(case, coordinator, fields, field, words):
    with pytest.raises(Invalid) as caught:
        studies.add(
            **{"case": case, "modality": "MRI", "performed_on": TODAY, **fields}, by=coordinator
        )
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not Study.objects.exists()
    assert Case.objects.get().version == 1


@pytest.mark.parametrize("text", [*ODD_TEXT, "x" * 50_000, "two\nlines"])
def test_a_report_of_every_kind_is_kept(case, coordinator, text):
    studies.add(case=case, modality="CT", performed_on=TODAY, report=text, by=coordinator)
    assert Study.objects.get().report == text


@pytest.mark.parametrize("procedure", ["", "PET_DOTATATE"])
def test_a_procedure_is_one_of_its_modality_or_not_known(case, coordinator, procedure):
    studies.add(
        case=case, modality="PET_SSTR", procedure=procedure, ordered_on=TODAY, by=coordinator
    )
    assert Study.objects.get().procedure == procedure


def test_a_change_leaves_history_and_what_others_changed(case, coordinator):
    study = studies.add(case=case, modality="MRI", ordered_on=TODAY - DAY, by=coordinator)
    stale = Study.objects.get()
    studies.change(study=study, performed_on=TODAY, by=coordinator)
    studies.change(study=stale, report=" Liver clear. ", by=coordinator)
    stored = Study.objects.get()
    assert (stored.performed_on, stored.report) == (TODAY, "Liver clear.")
    assert stored.events.count() == 3
    assert AuditEntry.objects.filter(action="case.study.changed").count() == 2


def test_a_change_seen_from_an_older_version_is_refused(case, coordinator):
    study = studies.add(case=case, modality="MRI", ordered_on=TODAY, by=coordinator)
    cases.change(case=case, title="Other", by=coordinator)
    with pytest.raises(Changed):
        studies.change(study=study, dwi=True, if_match=2, by=coordinator)
    assert Study.objects.get().dwi is None
    studies.change(study=study, dwi=True, if_match=3, by=coordinator)
    assert Study.objects.get().dwi is True


def test_a_refused_change_writes_nothing(case, coordinator):
    study = studies.add(case=case, modality="MRI", ordered_on=TODAY, by=coordinator)
    with pytest.raises(Invalid):
        studies.change(study=study, dwi=True, performed_on=TODAY - DAY, by=coordinator)
    assert Study.objects.get().dwi is None


def test_a_study_with_a_result_stays_performed(case, coordinator):
    study = studies.add(
        case=case, modality="MRI", ordered_on=TODAY, performed_on=TODAY, by=coordinator
    )
    results.enter(study=study, outcome="negative", by=coordinator)
    with pytest.raises(Invalid) as caught:
        studies.change(study=study, performed_on=None, by=coordinator)
    assert "It has a result" in caught.value.errors["performed_on"][0]


@pytest.fixture
def performed(case, coordinator):
    return studies.add(
        case=case, modality="CT", ordered_on=TODAY, performed_on=TODAY, by=coordinator
    )


READING = {"outcome": "stable", "agreement": "agree", "read_on": TODAY, "read_by": "Dr. R"}


@pytest.mark.parametrize("known", ["measurements", "a re-reading", "files"])
def test_a_study_of_which_the_record_holds_something_stays_performed(
    case, performed, coordinator, known
):
    if known == "measurements":
        measure(performed, {}, by=coordinator, new_lesions=False)
    elif known == "files":
        content = io.BytesIO(make.png())
        study_files.upload(study=performed, name="a.png", content=content, by=coordinator)
    else:
        rereadings.add(study=performed, by=coordinator, **READING)
    with pytest.raises(Invalid) as caught:
        studies.change(study=performed, performed_on=None, by=coordinator)
    reason = f"It has {known}: give the date on which it was performed."
    assert caught.value.errors == {"performed_on": [reason]}


def test_a_study_performed_by_mistake_can_be_ordered_again(performed, coordinator):
    studies.change(study=performed, performed_on=None, by=coordinator)
    assert Study.objects.get().performed_on is None


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"modality": "MRI"}, "modality", "L1 is measured on it: MRI has no attenuation in HU."),
        ({"phases": ["delayed"]}, "phases", "L1 is measured on it: The study is noted as without"),
    ],
)
def test_a_study_keeps_what_its_measurements_need(
    case, performed, coordinator, changes, field, words
):
    lesion = make_lesion(case=case, by=coordinator)
    sizes = {"longest_mm": 20, "enhancing_mm": 10, "attenuation_hu": 60}
    measure(performed, {lesion: sizes}, by=coordinator)
    with pytest.raises(Invalid) as caught:
        studies.change(study=performed, by=coordinator, **changes)
    assert list(caught.value.errors) == [field]
    assert caught.value.errors[field][0].startswith(words)
    studies.change(study=performed, modality="PET_FDG", by=coordinator)


def test_a_study_sent_twice_is_there_once(case, performed, coordinator):
    same = {"modality": "CT", "ordered_on": TODAY, "performed_on": TODAY}
    with pytest.raises(Invalid) as caught:
        studies.add(case=case, report="Typed.", by=coordinator, **same)
    assert caught.value.errors == {WHOLE: [TWICE]}
    studies.add(case=case, coverage=["head"], by=coordinator, **same)
    studies.add(case=case, accession_number="A2", by=coordinator, **same)
    assert Study.objects.count() == 3
