"""Every one of the 152 facts comes from the record by a named rule, or is answered directly.

The table beside this file says how, read by hand; here each rule in it is made to speak by a
record that says so, and no rule speaks that the table does not name.
"""

import datetime
from pathlib import Path

import pytest
import yaml
from django.utils import timezone

from cases.models import Case
from cases.selectors.facts import facts_of
from cases.services import (
    allergies,
    devices,
    facts,
    lab_results,
    lesions,
    measurements,
    patients,
    procedures,
    results,
    specimens,
    studies,
    treatments,
)
from cases.services.measurements import Entry
from cases.web.fields import is_answerable
from guidance.editions import local_studies, policies
from guidance.editions.local_studies import AVAILABILITY
from guidance.engine.dictionary import DICTIONARY
from tests.factories.cases import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TABLE = yaml.safe_load((Path(__file__).parent / "sources_of_facts.yaml").read_text())
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


def ago(days: int) -> datetime.date:
    return TODAY - days * DAY


def test_the_table_has_every_fact_and_a_way_for_each():
    assert list(TABLE) == list(DICTIONARY)
    assert len(TABLE) == 152
    assert all(TABLE.values())


def test_the_table_says_who_may_answer_as_the_pages_do():
    assert {name for name in TABLE if TABLE[name].get("answered")} == {
        name for name in DICTIONARY if is_answerable(name)
    }


def said(case: Case) -> dict[str, str]:
    """The rule behind each fact of a case."""
    case = Case.objects.select_related("patient").get(pk=case.pk)
    return {name: origin["rule"] for name, origin in facts_of(case, on=TODAY).origins.items()}


@pytest.fixture
def followed(scope, coordinator):
    """A treated patient with lesions measured twice, markers, specimens, devices."""
    case = make_case(by=coordinator)
    patients.change(
        patient=case.patient,
        birth_date=datetime.date(1960, 2, 1),
        sex="female",
        by=coordinator,
    )
    facts.answer(case=case, answers={"functional_subtype": "insulinoma"}, by=coordinator)
    write_history(case, coordinator)
    write_laboratory(case, coordinator)
    write_obstacles(case, coordinator)
    write_lesions(case, coordinator)
    return said(case)


def write_history(case, by):
    specimens.add(
        case=case,
        taken_on=ago(900),
        kind="biopsy",
        site="liver",
        differentiation="well",
        subtype="NET",
        ki67_percent=5,
        mitoses_per_10hpf=3,
        grade="G2",
        who_version="WHO2022",
        chromogranin_a=True,
        synaptophysin=True,
        hormones=["insulin"],
        by=by,
    )
    treatments.add(case=case, type="surgery_primary", start=ago(800), by=by)
    procedures.add(case=case, kind="whipple", done_on=ago(800), by=by)
    treatments.add(
        case=case, type="SSA", start=ago(700), end=ago(500), stop_reason="progression", by=by
    )
    treatments.add(case=case, type="PRRT", start=ago(490), end=ago(300), by=by)
    treatments.add(case=case, type="chemo", start=ago(200), ongoing=True, by=by)


def write_laboratory(case, by):
    def row(analyte, value, unit, upper, days):
        return {
            "analyte": analyte,
            "value": value,
            "unit": unit,
            "upper_limit": upper,
            "taken_on": ago(days),
        }

    rows = [
        row("chromogranin_a", 150, "ng/mL", 100, 90),
        row("chromogranin_a", 400, "ng/mL", 100, 5),
        row("insulin", 30, "mIU/L", 25, 90),
        row("insulin", 60, "mIU/L", 25, 5),
        row("gastrin", 120, "pg/mL", 100, 5),
        row("alp", 300, "U/L", 120, 5),
    ]
    lab_results.add_many(case=case, rows=rows, as_reported=True, by=by)


def write_obstacles(case, by):
    devices.add(patient=case.patient, kind="pacemaker", mri_safety="unsafe", by=by)
    allergies.add(patient=case.patient, substance="iodinated_contrast", severity="severe", by=by)


def write_lesions(case, by):
    lesion = lesions.add(case=case, label="L1", site="liver", role="target", by=by)
    for days, size in ((100, 20), (10, 30)):
        study = studies.add(
            case=case,
            modality="CT",
            procedure="CT_AP_WWO",
            performed_on=ago(days),
            contrast="iodinated",
            phases=["late_arterial", "portal_venous"],
            coverage=["head", "chest", "abdomen", "pelvis"],
            contrast_flow_ml_s="4.0",
            multiphasic=True,
            target="liver_metastases",
            by=by,
        )
        size_fields = {
            "state": "measured",
            "longest_mm": size,
            "enhancing_mm": size,
            "attenuation_hu": 40 + 4 * size,
        }
        measurements.save(
            study=study,
            entries=[Entry(lesion=lesion, fields=size_fields)],
            sheet={"new_lesions": False, "every_liver_lesion": True},
            by=by,
        )


@pytest.fixture
def staged(scope, coordinator, administrator):
    """A patient with receptor and FDG studies and a fully read MRI in play."""
    case = make_case(by=coordinator)
    policies.choose(
        who_version="WHO2022", tnm_system="ENETS", followup_policy="FU-01", by=administrator
    )
    for procedure in AVAILABILITY:
        local_studies.mark_unavailable(
            procedure=procedure, reason="None here", review_on=TODAY + 30 * DAY, by=administrator
        )
    pet = studies.add(
        case=case, modality="PET_SSTR", tracer="DOTATATE", performed_on=ago(90), by=coordinator
    )
    results.enter(
        study=pet,
        outcome="positive",
        sstr_result="positive",
        krenning_grade=4,
        sstr_uptake_homogeneous=True,
        sstr_suvmax="20.0",
        by=coordinator,
    )
    fdg = studies.add(case=case, modality="PET_FDG", performed_on=ago(80), by=coordinator)
    results.enter(study=fdg, outcome="negative", fdg_result="negative", by=coordinator)
    mri = studies.add(
        case=case,
        modality="MRI",
        procedure="MRI_AP_WWO",
        performed_on=ago(3),
        sequences=["T1", "DWI"],
        covers_pelvis=True,
        by=coordinator,
    )
    results.enter(
        study=mri,
        outcome="complication",
        response_basis="size_only",
        new_lesions=False,
        size_change="stable",
        attenuation_or_enhancement_change="stable",
        new_enhancement_in_treated_lesion=False,
        intratumoral_haemorrhage=False,
        necrosis_without_shrinkage=False,
        complication_type="abscess",
        result_hinges_on_sstr_status=False,
        imaging_clinical_discordant=False,
        report_complex_or_subtle=False,
        extrahepatic_sites_reviewed=True,
        by=coordinator,
    )
    return said(case)


@pytest.fixture
def surveyed(scope, coordinator):
    """A resected patient whose scintigraphy was positive, with an order that is just a code."""
    case = make_case(by=coordinator)
    answers = {"resection_status": "complete", "recurrence_status": "none"}
    facts.answer(case=case, answers=answers, by=coordinator)
    procedures.add(case=case, kind="total_pancreatectomy", by=coordinator)
    scan = studies.add(case=case, modality="SRS", performed_on=ago(30), by=coordinator)
    results.enter(study=scan, outcome="positive", by=coordinator)
    studies.add(
        case=case,
        modality="MRI",
        procedure="MRI_AP_WWO",
        ordered_on=ago(1),
        dwi=True,
        coverage=["abdomen"],
        by=coordinator,
    )
    return said(case)


@pytest.fixture
def empty(scope, coordinator):
    return said(make_case(by=coordinator))


def test_each_rule_of_the_table_speaks_and_no_other(followed, staged, surveyed, empty):
    spoken: dict[str, set[str]] = {}
    for found in (followed, staged, surveyed, empty):
        for name, rule in found.items():
            if rule != "answer":
                spoken.setdefault(name, set()).add(rule)
    named = {name: set(way["record"]) for name, way in TABLE.items() if "record" in way}
    assert spoken == named
