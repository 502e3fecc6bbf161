"""A full record, and what speaks against a result, made as a person would make them."""

import datetime
from typing import Any

from django.utils import timezone

from cases.models import Case, Rereading, Result, Study
from cases.selectors.lesion_contradictions import contradictions_of
from cases.selectors.lesions import lesions_of
from cases.services import allergies, devices, procedures, rereadings, results
from cases.services.assessments import assessed_once
from tests.factories.cases import STAGING, make_case
from tests.factories.history import make_specimen
from tests.factories.labs import make_lab_result
from tests.factories.lesions import make_course
from tumorboard.accounts.models import User


def keep_against(study: Study, *, reason: str, by: User, **typed: Any) -> Result:
    """A result that a person keeps although the measurements say otherwise."""
    found = contradictions_of(typed, study=study, record=lesions_of(study.case))
    kept = {"kept_reason": reason, "kept_against": [one.as_json() for one in found]}
    return results.enter(study=study, by=by, **typed, **kept)


def reread(
    study: Study, *, outcome: str, agreement: str, words: str, by: User, after_days: int = 0
) -> Rereading:
    """The board's own reading, so many days after the study."""
    read_on = study.performed_on + datetime.timedelta(days=after_days)  # type: ignore[operator]
    return rereadings.add(
        study=study,
        outcome=outcome,
        agreement=agreement,
        words=words,
        read_on=read_on,
        read_by="Dr Reader",
        by=by,
    )


def make_full_case(*, by: User) -> Case:
    """A case with something in every part of its record."""
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with assessed_once():
        case = make_case(by=by, **STAGING)
        study = make_course(case, 40, 60, by=by)[1][-1]
        keep_against(study, outcome="stable", reason="Cystic change.", by=by)
        reread(study, outcome="progression", agreement="minor", words="New focus.", by=by)
        day = yesterday.isoformat()
        make_lab_result(case, "egfr", "48", "mL/min/1.73 m²", day, by=by)
        make_lab_result(case, "chromogranin_a", "320", "ng/mL", day, by=by)
        make_specimen(case=case, by=by, ki67_percent=8)
        procedures.add(case=case, kind="biliary_stent", done_on=yesterday, by=by)
        patient = case.patient
        devices.add(patient=patient, kind="pacemaker", mri_safety="unsafe", by=by)
        devices.add(patient=patient, kind="infusion_pump", removed_on=yesterday, by=by)
        devices.add(patient=patient, kind="neurostimulator", by=by)
        for substance, severity, more in (
            ("iodinated_contrast", "severe", {"reaction": "anaphylaxis"}),
            ("gadolinium_contrast", "severe", {}),
            ("other", "mild", {"agent": "Latex", "reaction": "itching"}),
            ("other", "severe", {"agent": "Iodine", "reaction": "hoax", "refuted_on": yesterday}),
        ):
            allergies.add(patient=patient, substance=substance, severity=severity, by=by, **more)
    case.refresh_from_db()
    return case
