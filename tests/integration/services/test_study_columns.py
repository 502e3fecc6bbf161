"""What the columns of a study may hold, each and together."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.models import Study
from cases.services import patients, studies
from cases.services.errors import Invalid
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)
BORN = datetime.date(1990, 5, 2)


@pytest.fixture
def case(coordinator):
    case = make_case(by=coordinator)
    patients.change(patient=case.patient, birth_date=BORN, by=coordinator)
    return case


def test_everything_that_is_known_of_a_study_is_kept(case, coordinator):
    known = {
        "modality": "PET_SSTR",
        "ordered_on": TODAY - 3 * DAY,
        "performed_on": TODAY - DAY,
        "reported_on": TODAY,
        "contrast": "iodinated",
        "contrast_flow_ml_s": Decimal("4.0"),
        "phases": ["portal_venous"],
        "coverage": ["chest", "abdomen", "pelvis"],
        "covers_pelvis": True,
        "tracer": "DOTATATE",
        "activity_mbq": Decimal("185.0"),
        "ctdi_vol_mgy": Decimal("8.10"),
        "dlp_mgy_cm": Decimal("612.5"),
        "effective_dose_msv": Decimal("14.20"),
        "performing_site": "East Clinic",
        "accession_number": "ACC-1",
        "study_uid": "1.2.840.1",
        "report": "Uptake in segment VI.",
    }
    studies.add(case=case, by=coordinator, **known)
    stored = Study.objects.get()
    assert {name: getattr(stored, name) for name in known} == known


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"performed_on": BORN - DAY}, "performed_on", "before the patient's birth"),
        ({"ordered_on": BORN - DAY}, "ordered_on", "before the patient's birth"),
        ({"reported_on": TODAY + DAY}, "reported_on", "future"),
        ({"reported_on": TODAY - 9 * DAY}, "reported_on", "before it was performed"),
        (
            {"reported_on": TODAY, "performed_on": None, "ordered_on": TODAY - DAY},
            "reported_on",
            "performed too",
        ),
        ({"contrast": "milk"}, "contrast", "not a valid choice"),
        ({"contrast": "gadolinium"}, "contrast", "not given for this modality"),
        ({"modality": "MRI", "contrast": "iodinated"}, "contrast", "not given"),
        ({"modality": "US", "contrast": "microbubbles"}, "contrast", "not given"),
        ({"contrast_flow_ml_s": Decimal("0.0")}, "contrast_flow_ml_s", "Between 0 and 15 ml/s"),
        ({"contrast_flow_ml_s": Decimal("99.0")}, "contrast_flow_ml_s", "Check the unit"),
        ({"contrast_flow_ml_s": "fast"}, "contrast_flow_ml_s", "decimal number"),
        ({"contrast": "none", "contrast_flow_ml_s": Decimal(4)}, "contrast_flow_ml_s", "no flow"),
        ({"phases": "arterial"}, "phases", "list of codes"),
        ({"phases": [1]}, "phases", "list of codes"),
        ({"phases": ["arterial"]}, "phases", "“arterial” is none of"),
        ({"phases": ["delayed", "delayed"]}, "phases", "once"),
        ({"contrast": "none", "phases": ["unenhanced", "delayed"]}, "phases", "Without contrast"),
        ({"multiphasic": False, "phases": ["late_arterial", "delayed"]}, "multiphasic", "several"),
        ({"sequences": ["T1"]}, "sequences", "An MRI has sequences; this study is a CT."),
        ({"modality": "MRI", "sequences": ["DWI"], "dwi": False}, "dwi", "was acquired"),
        ({"coverage": ["pelvis"], "covers_pelvis": False}, "covers_pelvis", "pelvis was"),
        ({"coverage": ["soul"]}, "coverage", "none of"),
        ({"tracer": "FDG"}, "tracer", "PET or a scintigraphy"),
        ({"modality": "PET_SSTR", "tracer": "FDG"}, "tracer", "not the tracer"),
        ({"modality": "PET_FDG", "tracer": "lead"}, "tracer", "not a valid choice"),
        ({"activity_mbq": Decimal(100)}, "activity_mbq", "PET or a scintigraphy"),
        (
            {"modality": "PET_FDG", "activity_mbq": Decimal(5_000)},
            "activity_mbq",
            "0 and 2,000 MBq",
        ),
        ({"modality": "MRI", "dlp_mgy_cm": Decimal(100)}, "dlp_mgy_cm", "X-rays"),
        ({"modality": "US", "ctdi_vol_mgy": Decimal(1)}, "ctdi_vol_mgy", "X-rays"),
        ({"modality": "EUS", "effective_dose_msv": Decimal(1)}, "effective_dose_msv", "radiation"),
        ({"dlp_mgy_cm": Decimal(-1)}, "dlp_mgy_cm", "Between 0"),
        ({"dlp_mgy_cm": Decimal("20000.1")}, "dlp_mgy_cm", "20,000 mGy·cm"),
        ({"ctdi_vol_mgy": Decimal("1.234")}, "ctdi_vol_mgy", "2 decimal places"),
        ({"effective_dose_msv": Decimal(500)}, "effective_dose_msv", "200 mSv"),
        ({"performing_site": "x" * 201}, "performing_site", "at most 200"),
        ({"study_uid": "1.2.x"}, "study_uid", "digits and dots"),
        ({"study_uid": "1" * 65}, "study_uid", "at most 64"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(case, coordinator, fields, field, words):
    given = {"modality": "CT", "performed_on": TODAY - DAY, **fields}
    with pytest.raises(Invalid) as caught:
        studies.add(case=case, by=coordinator, **given)
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not Study.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"modality": "CEUS", "contrast": "microbubbles", "phases": ["portal_venous"]},
        {"modality": "US", "contrast": "none", "phases": ["unenhanced"]},
        {"modality": "SRS", "tracer": "In111_pentetreotide", "activity_mbq": Decimal(200)},
        {"modality": "CT", "contrast": "none", "phases": ["unenhanced"], "multiphasic": False},
        {"modality": "MRI", "sequences": ["DWI", "T1"], "dwi": True},
        {"modality": "CT", "phases": []},
    ],
)
def test_what_can_be_is_kept(case, coordinator, fields):
    assert studies.add(case=case, by=coordinator, performed_on=TODAY, **fields).pk
