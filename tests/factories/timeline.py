"""A story that fills a timeline: as rows of a case, and as events without a database."""

import datetime
from decimal import Decimal

from cases.models import (
    Case,
    LabResult,
    Lesion,
    Measurement,
    Procedure,
    Specimen,
    Study,
    Treatment,
)
from cases.selectors.timeline_events import (
    Band,
    DiameterSum,
    MarkerValue,
    Point,
    Row,
    StudyPoint,
    Timeline,
)
from cases.services.assessments import assessed_once
from tests.factories.cases import make_study
from tumorboard.accounts.models import User

DATE = datetime.date
OUTCOMES = (
    "positive",
    "negative",
    "indeterminate",
    "response",
    "stable",
    "progression",
    "complication",
    "",
)
MODALITIES = ("CT", "MRI", "PET_SSTR")

#: Treatments that overlap, with long names, with unknown ends, and one without any date.
BANDS = (
    Band(Row.TREATMENT, "Surgery", "Surgery", DATE(2018, 5, 3), DATE(2018, 5, 3)),
    Band(
        Row.TREATMENT,
        "Line 1: Somatostatin analog (lanreotide 120 mg every 4 weeks), best SD",
        "Somatostatin analog (lanreotide 120 mg every 4 weeks)",
        DATE(2019, 2, 1),
        None,
        is_ongoing=True,
        details=("line 1", "best response: stable disease"),
    ),
    Band(Row.TREATMENT, "TACE", "TACE", DATE(2021, 3, 1), DATE(2021, 3, 1)),
    Band(Row.TREATMENT, "TACE", "TACE", DATE(2021, 3, 1), DATE(2021, 3, 1)),
    Band(Row.TREATMENT, "Sunitinib", "Sunitinib", None, DATE(2021, 8, 10)),
    Band(Row.TREATMENT, "Line 4: PRRT, best PR", "PRRT", DATE(2025, 9, 1), None),
    Band(Row.TREATMENT, "Interferon alfa", "Interferon alfa", None, None),
    Band(Row.PROCEDURE, "Whipple", "Whipple", DATE(2018, 5, 3), DATE(2018, 5, 3)),
    Band(Row.PROCEDURE, "Biliary drain", "Biliary drain", DATE(2021, 6, 3), DATE(2021, 8, 3)),
)


def story(*, studies: int = 24, days: int = 2800) -> Timeline:
    """A timeline with everything in it, up to 10 Dec 2025; its studies lie in the last `days`."""
    until = DATE(2025, 12, 10)
    first = until - datetime.timedelta(days=days)
    return Timeline(
        until=until,
        bands=BANDS,
        studies=tuple(
            StudyPoint(
                first + datetime.timedelta(days=days * n // studies),
                MODALITIES[n % len(MODALITIES)],
                f"Study {n}",
                OUTCOMES[n % len(OUTCOMES)],
                is_performed=True,
            )
            for n in range(studies)
        ),
        points=(
            Point(
                Row.SPECIMEN, DATE(2018, 5, 3), "G2 (WHO 2017), Ki-67 4 %", "Resection, pancreas"
            ),
            Point(Row.SPECIMEN, DATE(2025, 11, 3), "G3 (WHO 2022), Ki-67 25 %", "Biopsy, liver"),
            Point(Row.DECISION, DATE(2021, 2, 1), "", "Signed decision", ("TACE?",)),
        ),
        sums=tuple(
            DiameterSum(DATE(2020, 1, 1) + datetime.timedelta(days=200 * n), 80 - n * (9 - n))
            for n in range(9)
        ),
        markers=tuple(
            MarkerValue(
                DATE(2019, 1, 1) + datetime.timedelta(days=100 * n), name, size * (n + 1), "value"
            )
            for n in range(9)
            for name, size in (("Chromogranin A", 1.5), ("Gastrin", 0.3))
        ),
    )


@assessed_once()
def make_story(case: Case, *, by: User, studies: int = 5) -> None:
    """Rows of every kind in `case`: all but the studies are the same few."""
    Treatment.objects.create(
        case=case, type="surgery_primary", start=DATE(2020, 3, 1), margin="R0", intent="curative"
    )
    Treatment.objects.create(
        case=case, type="SSA", agent="lanreotide", line=1, start=DATE(2021, 1, 5), ongoing=True
    )
    Treatment.objects.create(case=case, type="IFN")
    Procedure.objects.create(
        case=case, kind="biliary_drain", done_on=DATE(2021, 6, 3), entered_by=by
    )
    Procedure.objects.create(case=case, kind="whipple", entered_by=by)
    Specimen.objects.create(
        case=case,
        taken_on=DATE(2020, 3, 1),
        kind="resection",
        site="pancreas",
        grade="G2",
        who_version="WHO2019",
        ki67_percent=Decimal("4"),
        entered_by=by,
    )
    LabResult.objects.create(
        case=case,
        analyte="chromogranin_a",
        value=Decimal(320),
        unit="ng/mL",
        upper_limit=Decimal(100),
        taken_on=DATE(2021, 2, 1),
        entered_by=by,
    )
    made = [
        make_study(
            case=case,
            by=by,
            modality=MODALITIES[number % len(MODALITIES)],
            performed_on=DATE(2021, 1, 1) + datetime.timedelta(days=number),
            outcome="stable" if number < 3 else "",
        )
        for number in range(min(studies, 3))
    ]
    _more_studies(case, studies - len(made))
    lesion = Lesion.objects.create(case=case, label="L1", site="liver", role="target")
    for number, study in enumerate(made):
        Measurement.objects.create(
            case=case,
            lesion=lesion,
            study=study,
            longest_mm=Decimal(30 - 5 * number),
            entered_by=by,
        )


def _more_studies(case: Case, count: int) -> None:
    """Studies by themselves, all at once: the service would assess the case after each."""
    Study.objects.bulk_create(
        Study(
            case=case,
            institution_id=case.institution_id,
            modality=MODALITIES[number % len(MODALITIES)],
            procedure="CT_AP_W",
            performed_on=DATE(2021, 3, 1) + datetime.timedelta(days=number),
        )
        for number in range(count)
    )
