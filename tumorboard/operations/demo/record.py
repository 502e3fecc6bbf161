"""One demo case with a whole record: four years of studies, lesions, markers and treatments."""

import datetime
from typing import Any

from django.utils import timezone

from cases.models import Case, Lesion, Study
from cases.services import (
    allergies,
    cases,
    gaps,
    lab_results,
    lesions,
    measurements,
    patients,
    procedures,
    rereadings,
    results,
    specimens,
    studies,
    treatments,
)
from cases.services.assessments import assessed_once
from cases.services.measurements import Entry
from tumorboard.accounts.models import User
from tumorboard.operations.demo.stories import months_before

RECORD_NUMBER = "N-0900"
REFERRAL = """Dear colleagues,

I refer Robin Storyline with a pancreatic neuroendocrine tumor and liver metastases, treated with
lanreotide since 2023 and chemoembolization in 2025. The last CT shows growth in the liver.
Is PRRT an option, and what should be imaged first?

With kind regards, Dr. Pat Nobody (a fictional letter)
"""

#: Months ago, modality, and for each lesion of `LESIONS` its longest and enhancing diameter in mm.
COURSE: tuple[tuple[int, str, tuple[tuple[float, float | None], ...]], ...] = (
    (42, "CT", ((34, 30), (28, 25), (22, 20), (19, 19))),
    (36, "CT", ((33, 29), (27, 24), (22, 20), (18, 18))),
    (30, "CT", ((33, 29), (29, 26), (23, 21), (18, 18))),
    (20, "CT", ((41, 38), (36, 33), (28, 26), (19, 19))),
    (15, "CT", ((38, 10), (33, 8), (26, 12), (19, 19))),
    (9, "CT", ((36, 8), (31, 6), (25, 12), (18, 18))),
    (1, "CT", ((45, 40), (41, 36), (33, 30), (19, 19))),
)
OUTCOMES = ("stable", "stable", "stable", "progression", "response", "response", "progression")
LESIONS = (
    ("L1", "liver", "VI"),
    ("L2", "liver", "VII"),
    ("N1", "abdominal_ln", "retroperitoneal"),
    ("P1", "pancreas", "tail"),
)
#: Months ago and chromogranin A in ng/mL, upper limit 100.
CHROMOGRANIN = ((42, 310), (36, 220), (30, 240), (20, 520), (15, 260), (9, 250), (1, 690))
ANSWERS: dict[str, Any] = {
    "pregnancy_status": "not_applicable",
    "primary_site": "pancreas",
    "clinical_question": "treatment_followup",
    "metastases_known": True,
    "metastatic_sites": ["liver", "abdominal_ln"],
    "dominant_site": "liver",
    "definitive_treatment_done": True,
    "resection_status": "none",
    "residual_disease_known": False,
    "recurrence_status": "none",
    "liver_burden_percent": 20,
    "functional_status": "non_functioning",
    "hereditary_syndrome": "none",
    "mri_contraindicated": False,
    "mri_available": True,
    "mri_tolerated": True,
    "iodinated_contrast_severe_allergy": False,
    "renal_impairment_significant": False,
    "gbca_permitted": True,
    "sstr_pet_available": True,
    "fdg_pet_available": True,
}


def add_record(*, coordinator: User, radiologist: User) -> Case:
    """Write the case through the services, as people would over the years."""
    today = timezone.localdate()
    patient = patients.add(
        record_number=RECORD_NUMBER,
        family_name="Storyline",
        given_name="Robin",
        birth_date=months_before(today, 12 * 61 + 3),
        sex="male",
        by=coordinator,
    )
    with assessed_once():
        case = cases.open_case(
            patient=patient,
            title="Whole record: pNET of the tail with liver metastases",
            board_question="Progression after lanreotide and TACE: PRRT?",
            referral_text=REFERRAL,
            referred_by="Dr. Pat Nobody",
            referred_on=today - datetime.timedelta(days=12),
            answers=ANSWERS,
            source="demo",
            by=coordinator,
        )
        _pathology(case, today, by=coordinator)
        _treatments(case, today, by=coordinator)
        _laboratory(case, today, by=coordinator)
        _imaging(case, today, by=radiologist)
        allergies.add(
            patient=patient,
            substance="iodinated_contrast",
            agent="iohexol",
            reaction="Hives, no treatment needed",
            severity="mild",
            occurred_on=months_before(today, 36),
            by=coordinator,
        )
    gaps.ask(
        case=case,
        item="images",
        asked_of="Radiology",
        asked_on=today - datetime.timedelta(days=6),
        by=coordinator,
    )
    case.refresh_from_db()
    return case


def _pathology(case: Case, today: datetime.date, *, by: User) -> None:
    common = {"case": case, "by": by, "differentiation": "well", "subtype": "NET"}
    specimens.add(
        taken_on=months_before(today, 43),
        kind="biopsy",
        site="liver",
        ki67_percent=2,
        mitoses_per_10hpf=1,
        grade="G1",
        who_version="WHO2022",
        **common,
    )
    specimens.add(
        taken_on=months_before(today, 19),
        kind="biopsy",
        site="liver",
        ki67_percent=9,
        mitoses_per_10hpf=3,
        grade="G2",
        who_version="WHO2022",
        **common,
    )


def _treatments(case: Case, today: datetime.date, *, by: User) -> None:
    treatments.add(
        case=case,
        type="SSA",
        agent="lanreotide",
        line=1,
        intent="disease_control",
        start=months_before(today, 41),
        ongoing=True,
        best_response="SD",
        by=by,
    )
    treatments.add(
        case=case,
        type="TACE",
        target="right liver",
        line=2,
        intent="disease_control",
        start=months_before(today, 18),
        end=months_before(today, 18),
        ongoing=False,
        best_response="PR",
        stop_reason="completed",
        by=by,
    )
    procedures.add(case=case, kind="cholecystectomy", done_on=months_before(today, 96), by=by)


def _laboratory(case: Case, today: datetime.date, *, by: User) -> None:
    rows = [
        {
            "analyte": "chromogranin_a",
            "value": value,
            "unit": "ng/mL",
            "upper_limit": 100,
            "taken_on": months_before(today, months),
        }
        for months, value in CHROMOGRANIN
    ]
    rows += [
        {"analyte": "egfr", "value": value, "unit": "mL/min/1.73m2", "taken_on": day}
        for value, day in ((78, months_before(today, 20)), (71, months_before(today, 5)))
    ]
    lab_results.add_many(case=case, rows=rows, by=by)


def _imaging(case: Case, today: datetime.date, *, by: User) -> None:
    followed = [
        lesions.add(case=case, label=label, site=site, location=location, role="target", by=by)
        for label, site, location in LESIONS
    ]
    for (months, modality, sizes), outcome in zip(COURSE, OUTCOMES, strict=True):
        study = studies.add(
            case=case,
            modality=modality,
            procedure="CT_AP_WWO",
            performed_on=months_before(today, months),
            reported_on=months_before(today, months),
            multiphasic=True,
            covers_pelvis=True,
            contrast="iodinated",
            phases=["unenhanced", "late_arterial", "portal_venous"],
            coverage=["abdomen", "pelvis"],
            performing_site="North Demo Hospital",
            effective_dose_msv=14,
            report=f"Demo report: {outcome}.",
            by=by,
        )
        _measure(study, followed, sizes, by=by)
        results.enter(
            study=study,
            outcome=outcome,
            new_lesions=False,
            response_basis="size_and_enhancement",
            extrahepatic_sites_reviewed=True,
            by=by,
        )
    rereadings.add(
        study=study,
        outcome="progression",
        agreement="agree",
        read_on=today - datetime.timedelta(days=3),
        read_by="Ray Madeup",
        by=by,
    )


def _measure(
    study: Study,
    followed: list[Lesion],
    sizes: tuple[tuple[float, float | None], ...],
    *,
    by: User,
) -> None:
    entries = [
        Entry(
            lesion=lesion,
            fields={
                "state": "measured",
                ("short_mm" if lesion.is_node else "longest_mm"): longest,
                "enhancing_mm": None if lesion.is_node else enhancing,
            },
        )
        for lesion, (longest, enhancing) in zip(followed, sizes, strict=True)
    ]
    measurements.save(study=study, entries=entries, sheet={"new_lesions": False}, by=by)
