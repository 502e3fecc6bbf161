"""Obviously fictional people and cases for the printed documents."""

from dataclasses import replace
from datetime import UTC, datetime

from cases.documents.agenda import (
    AgendaDocument,
    AgendaItemPage,
    CheckLine,
    CriterionLine,
    ImagingLine,
)
from cases.documents.decision import (
    AssessmentQuote,
    DecisionDocument,
    PresentLine,
    RecommendationLine,
)
from cases.documents.lines import BoardReasonLine, BranchLine, StudyLine

CREATED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

MRI = StudyLine(
    name="MRI abdomen and pelvis without and with IV contrast",
    rating="Usually Appropriate",
    radiation="O, 0 mSv",
    note="No radiation over years of follow-up.",
    source="000 L34-L40",
)
CT = StudyLine(
    name="CT abdomen and pelvis without and with IV contrast",
    rating="Usually Appropriate",
    radiation="☢☢☢☢, 10-30 mSv",
    note="When MRI is contraindicated.",
    source="000 L82",
)
PET = StudyLine(
    name="DOTATATE PET/CT",
    rating="May be appropriate (Disagreement)",
    radiation="not stated for this scenario",
    note="",
    source="",
)
BRANCH = BranchLine(
    title="Indeterminate",
    actions=("Repeat the multiphase MRI.", "Consider DOTATATE PET/CT."),
    interval="3 months",
    source="000 L52",
)
REASON = BoardReasonLine(
    text="The result is discordant with the clinical course",
    strength="best path",
    source="000 L64",
)

ITEM = AgendaItemPage(
    position=1,
    patient_name="Testperson, Fictitia",
    record_number="DEMO-0001",
    birth_date="3 Feb 1961",
    sex="female",
    question="Is the new focus in segment VI progression?",
    story=("2021: distal pancreatectomy.", "2023: liver metastases.", "2026: TACE."),
    key_numbers=(("Grade (WHO2022)", "G2"), ("Liver burden", "≤ 25 %"), ("eGFR", "unknown")),
    imaging=(ImagingLine("2 Nov 2026", "CT abdomen", "Indeterminate: new 9 mm focus"),),
    scenario="Follow-up of treated, liver-dominant metastatic disease",
    scenario_why=(
        CriterionLine("met", "Liver-dominant disease", "000 L9"),
        CriterionLine("unknown", "No disease outside the liver", "000 L15"),
        CriterionLine("not met", "Poorly differentiated carcinoma", "000 L90"),
    ),
    recommended=MRI,
    recommended_label="Recommended study",
    alternatives=(CT, PET),
    branch=BRANCH,
    board_reasons=(REASON,),
    open_questions=("Was the arterial phase timed well?",),
    checks=(CheckLine("Critical", "Contrast allergy is recorded.", "product check"),),
)

BARE_ITEM = AgendaItemPage(
    position=1,
    patient_name="Testperson, Fictitia",
    record_number="DEMO-0001",
    birth_date="3 Feb 1961",
    sex="female",
    question="",
    story=(),
    key_numbers=(),
    imaging=(),
    scenario="",
    scenario_why=(),
    recommended=None,
    recommended_label="Recommended study",
    alternatives=(),
    branch=None,
    board_reasons=(),
    open_questions=(),
    checks=(),
)

DECISION = DecisionDocument(
    institution="Example University Hospital",
    board="NET board",
    meeting="Meeting 47, 21 Nov 2026, 14:00",
    patient_name="Testperson, Fictitia",
    record_number="DEMO-0001",
    birth_date="3 Feb 1961",
    sex="female",
    question="Is the new focus in segment VI progression?",
    assessment=AssessmentQuote(
        scenario="Follow-up of treated, liver-dominant metastatic disease",
        recommended=MRI,
        branch=BRANCH,
        board_reasons=(REASON,),
        edition_version="2026.1",
        edition_hash="3fa4" * 16,
        evaluated_on="20 Nov 2026, 08:12",
    ),
    recommendations=(
        RecommendationLine(1, "Imaging", "Repeat the MRI", "within 3 months"),
        RecommendationLine(2, "Treatment", "Continue lanreotide", ""),
    ),
    rationale="Seen in one phase only.\n\nNo change on this finding alone.",
    present=(PresentLine("Dr. Ada Example", "Endocrinology"), PresentLine("Dr. Max Muster", "")),
    signed_by="Dr. Ada Example",
    signed_role="Chair",
    signed_at="21 Nov 2026, 14:31",
    meaning="I sign this as the board's decision.",
    version=2,
    content_hash="9b1c" * 16,
)


def agenda(*items: AgendaItemPage) -> AgendaDocument:
    """Return an agenda with these cases, numbered from one."""
    return AgendaDocument(
        institution="Example University Hospital",
        board="NET board",
        meeting_title="Meeting 47",
        starts="21 Nov 2026, 14:00",
        place="Room 3.12",
        printed_on="20 Nov 2026, 09:00",
        edition="2026.1 (3fa4c1d2)",
        items=tuple(replace(item, position=n) for n, item in enumerate(items, start=1)),
    )
