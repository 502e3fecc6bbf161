"""Obviously fictional people and cases for the printed documents."""

from dataclasses import replace
from datetime import UTC, datetime

from cases.documents.agenda import (
    AgendaDocument,
    AgendaItemPage,
    AheadLine,
    CheckLine,
    ComparedLine,
    OpinionLine,
)
from cases.documents.decision import (
    AssessmentQuote,
    DecisionDocument,
    PresentLine,
    RecommendationLine,
    SignatureLine,
)
from cases.documents.lines import (
    BoardReasonLine,
    BranchLine,
    HeadlineLine,
    NoticeLines,
    SourcedLine,
    Standing,
    StepLine,
    StudyLine,
)

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
    steps=(
        StepLine("", ("Repeat the multiphase MRI.",)),
        StepLine("Either", ("Consider DOTATATE PET/CT.", "or: Wait for the next scan.")),
    ),
    interval="3 months",
    source="000 L52",
)
REASON = BoardReasonLine(
    text="The result is discordant with the clinical course",
    strength="best path",
    source="000 L64",
)

WITHOUT_RATINGS = Standing(
    "Untreated disease",
    provisional="this answer may change. Unknown so far: Adult.",
    headline=HeadlineLine("MRI of everything", "Usually Appropriate", "One is known.", "BS"),
    hints=(SourcedLine("Follow-up is named and not rated.", "000 L70"),),
)
WITHOUT_GUIDANCE = Standing(
    "The record contradicts itself",
    notice=NoticeLines(
        "The record contradicts itself",
        (SourcedLine("Resected, yet never treated.", "001 L3"),),
        "Correct the record.",
    ),
)

ITEM = AgendaItemPage(
    position=1,
    patient_name="Testperson, Fictitia",
    record_number="DEMO-0001",
    birth_date="3 Feb 1961",
    sex="female",
    question="Is the new focus in segment VI progression?",
    story=(
        ("Diagnosis", "pNET of the tail: confirmed by pathology"),
        ("Treatments", "Distal pancreatectomy, 3 Mar 2021; TACE, 4 May 2026"),
        ("Now", "CT of 2 Nov 2026: indeterminate."),
    ),
    key_numbers=(("Grade", "G2 (WHO 2022)"), ("Liver burden", "≤ 25 %"), ("eGFR", "unknown")),
    imaging=(
        ComparedLine(
            "Current", "2 Nov 2026", "CT abdomen", "Indeterminate", "New 9 mm focus.", "Sum 32 mm"
        ),
        ComparedLine("Previous", "1 Aug 2026", "MRI abdomen", "Stable", "", "Sum 30 mm"),
    ),
    waiting=("Ordered, not performed yet: DOTATATE PET/CT, 10 Nov 2026",),
    ahead=(
        AheadLine(
            "Indeterminate",
            "An unclear finding.",
            ("Repeat the multiphase MRI.", "Either: Consider DOTATATE PET/CT. / Wait."),
            "3 months (FU-06)",
            is_in_play=True,
        ),
        AheadLine("Progression", "", ("Think the plan over.",), "", is_in_play=False),
    ),
    marks=("Late",),
    quorum="Nobody on the board from nuclear medicine.",
    opinions=(OpinionLine("Dr. Max Muster, Surgery", "Not to be resected."),),
    standing=Standing("Follow-up of treated, liver-dominant metastatic disease"),
    recommended=MRI,
    recommended_label="Recommended study",
    alternatives=(CT, PET),
    board_reasons=(REASON,),
    open_questions=("Was the arterial phase timed well?",),
    before_ordering=("Is a pacemaker implanted?",),
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
    standing=Standing(""),
    recommended=None,
    recommended_label="Recommended study",
    alternatives=(),
    board_reasons=(),
    open_questions=(),
    before_ordering=(),
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
        standing=Standing("Follow-up of treated, liver-dominant metastatic disease"),
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
    version=2,
    signature=SignatureLine(
        signed_by="Dr. Ada Example",
        signed_role="Chair",
        signed_at="21 Nov 2026, 14:31 CET",
        meaning="I sign this as the board's decision.",
        content_hash="9b1c" * 16,
        position=31,
        chain_hash="7d2e" * 16,
        agrees=True,
    ),
    lines=(("Guidance", "As the guidance says"), ("Confidence", "High")),
    track="Discussed",
    amendment_reason="A finding was added.",
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
