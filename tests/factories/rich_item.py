"""An agenda item with as much on it as a board ever sees at once."""

import datetime

from django.utils import timezone

from cases.models import AgendaItem, Case, Study
from cases.selectors.cases import one
from cases.services import allergies, cases, devices, facts, opinions, results, treatments
from cases.services.assessments import assessed_once
from tests.factories.boards import make_item
from tests.factories.cases import FEASIBLE, make_case
from tests.factories.labs import make_lab_result
from tests.factories.lesions import make_lesion, measure
from tests.factories.records import keep_against, reread
from tests.factories.tasks import PET, REFERRAL, decided
from tumorboard.accounts.models import User

STUDIES, MONTH_DAYS = 24, 30
SUMS_MM = (44, 42, 40, 41, 40, 54)

#: Follow-up of treated disease of the liver (SC-05), with what raises its checks.
FOLLOW_UP = {
    **FEASIBLE,
    "ki67_percent": 8,
    "mitoses_per_10hpf": 1,
    "functional_status": "non_functioning",
    "primary_size_mm": 34,
    "sstr_imaging_done": True,
    "sstr_result": "positive",
    "sstr_uptake_homogeneous": False,
    "krenning_grade": 3,
    "clinical_question": "treatment_followup",
    "definitive_treatment_done": True,
    "resection_status": "none",
    "prior_prrt": False,
    "metastases_known": True,
    "metastatic_sites": ["liver", "bone", "abdominal_ln"],
    "liver_burden_percent": 40,
    "dominant_site": "liver",
    "treated_for_current_disease": True,
    "distant_metastasis": True,
    "cga_trend": "rising",
    "bilioenteric_anastomosis_or_biliary_device": True,
    "portal_vein_thrombosis": True,
}
QUESTION = (
    "Progression in the liver under lanreotide after two courses of TACE: PRRT, another systemic "
    "drug, or radioembolization of the right lobe first?"
)
SUMMARY = (
    "Two of the three target lesions in segments VI and VII have grown and enhance in the arterial "
    "phase; a new focus of 9 mm in segment IVa, restricted in diffusion; the treated lesion in "
    "segment VIII is necrotic and unchanged. No ascites, portal vein patent on the left."
)


def make_rich_item(*, by: User, members: tuple[User, ...] = ()) -> AgendaItem:
    """An item of a case of 24 studies with gaps, notices, checks, opinions and a past decision."""
    case = make_case(by=by, title="pNET of the pancreatic tail, metastatic", **FOLLOW_UP)
    _treat(case, by=by)
    # Before anything is raised that nobody may sign on.
    decided(PET, REFERRAL, by=by, case=one(case.pk), days_ago=120)
    _measure(case, by=by)
    _hinder(case, by=by)
    cases.change(case=case, board_question=QUESTION, by=by)
    item = make_item(by=by, case=one(case.pk), question=QUESTION)
    for member in members:
        opinions.give(
            item=item,
            text="Two lobes are involved: I would not embolize again before receptors are known.",
            by=member,
        )
    return item


@assessed_once()
def _treat(case: Case, *, by: User) -> None:
    for row in (
        {"type": "surgery_primary", "start": datetime.date(2021, 5, 4), "margin": "R1"},
        {"type": "SSA", "agent": "lanreotide", "start": datetime.date(2022, 9, 1), "ongoing": True},
        {"type": "TACE", "target": "right lobe", "start": datetime.date(2024, 3, 12)},
        {"type": "TACE", "target": "segment IV", "start": datetime.date(2024, 11, 12)},
    ):
        treatments.add(case=case, by=by, **row)


def _measure(case: Case, *, by: User) -> None:
    """All studies at once, as the service would assess the case after each; then the newest."""
    today = timezone.localdate()
    days = [today - datetime.timedelta(days=MONTH_DAYS * (STUDIES - n)) for n in range(STUDIES)]
    made = Study.objects.bulk_create(
        Study(
            case=case,
            institution_id=case.institution_id,
            modality="MRI",
            procedure="MRI_AP_WWO",
            ordered_on=day,
            performed_on=day,
        )
        for day in days
    )
    lesion = make_lesion(case=case, by=by, label="L1, segment VII")
    measured = made[-len(SUMS_MM) :]
    for number, (study, size) in enumerate(zip(measured, SUMS_MM, strict=True)):
        measure(study, {lesion: size}, by=by, **({"new_lesions": False} if number else {}))
    results.enter(study=measured[-2], outcome="stable", summary="Unchanged.", by=by)
    newest = measured[-1]
    keep_against(
        newest,
        reason="The sum grew by one lesion alone; the others are necrotic and smaller.",
        outcome="progression",
        summary=SUMMARY,
        new_lesions=True,
        size_change="decrease",
        response_basis="size_only",
        by=by,
    )
    reread(
        newest,
        outcome="stable",
        agreement="major",
        words="The focus in segment IVa was there before.",
        by=by,
    )


@assessed_once()
def _hinder(case: Case, *, by: User) -> None:
    facts.answer(case=case, answers={"prior_prrt": False}, by=by)
    patient = case.patient
    devices.add(patient=patient, kind="pacemaker", mri_safety="conditional", by=by)
    devices.add(patient=patient, kind="infusion_pump", mri_safety="safe", by=by)
    allergies.add(
        patient=patient,
        substance="iodinated_contrast",
        severity="severe",
        reaction="anaphylaxis",
        by=by,
    )
    old = timezone.localdate() - datetime.timedelta(days=100)
    make_lab_result(case, "egfr", "48", "mL/min/1.73 m²", old.isoformat(), by=by)
    make_lab_result(case, "chromogranin_a", "320", "ng/mL", old.isoformat(), by=by)
