"""The printed decision: signed or draft, it says so, and whose it is, on every page."""

from dataclasses import replace
from datetime import datetime

import pytest

from cases.documents.decision import (
    AcceptedLine,
    DecisionDocument,
    OpinionLine,
    PresentLine,
    RecommendationLine,
    render_decision,
)
from cases.documents.lines import CheckLine, LocalLine
from tests.unit.documents.people import CREATED_AT, DECISION, WITHOUT_GUIDANCE, WITHOUT_RATINGS
from tests.unit.documents.printed import bookmarks, letters, open_pdf, pages, reaches_mm, text

HOSTILE = '#eval("1+1") *bold* _it_ $x^2$ <label> @ref `raw` \\ // c [b] {e} -- ~ "q" = head'


def render(document: DecisionDocument) -> bytes:
    return render_decision(document, created_at=CREATED_AT)


def test_signed_decision_shows_what_was_decided_and_on_what_ground():
    printed = text(render(DECISION))
    for part in (
        "Tumor board decision",
        "Record number DEMO-0001, born 3 Feb 1961, female",
        "Signed 21 Nov 2026, 14:31 CET (version 2)",
        "Board NET board",
        "Meeting Meeting 47, 21 Nov 2026, 14:00",
        "Question Is the new focus in segment VI progression?",
        "1 Imaging Repeat the MRI within 3 months",
        "2 Treatment Continue lanreotide",
        "Rationale Seen in one phase only. No change on this finding alone.",
        "What the guidance said",
        "Follow-up of treated, liver-dominant metastatic disease",
        "MRI abdomen and pelvis without and with IV contrast",
        "Usually Appropriate, radiation: O, 0 mSv",
        "Indeterminate 1. Repeat the multiphase MRI.",
        "Interval: 3 months",
        "best path 000 L64",
        "Guidance edition 2026.1, evaluated 20 Nov 2026, 08:12",
        "Dr. Ada Example Endocrinology",
        "I sign this as the board's decision.",
        "Signed by Dr. Ada Example Role Chair Signed at 21 Nov 2026, 14:31 CET",
        "Why version 1 was amended: A finding was added.",
        "Guidance As the guidance says Confidence High",
        "Settled Discussed",
        "When this was printed, the record agreed with its hashes.",
    ):
        assert part in printed
    assert f"Editionhash{'3fa4' * 16}" in letters(render(DECISION))
    assert f"Contenthash{'9b1c' * 16}" in letters(render(DECISION))
    assert f"Position31inthechainoftheboard,chainhash{'7d2e' * 16}" in letters(render(DECISION))
    assert "Draft" not in printed


def test_draft_says_so_on_every_page_and_carries_no_signature():
    draft = replace(DECISION, signature=None, rationale="A line.\n" * 150)
    printed = pages(render(draft))
    assert len(printed) > 2
    for page in printed:
        assert "Draft, not signed: Testperson, Fictitia, record number DEMO-0001" in page
        assert "Version 2, draft, not signed" in page
    whole = " ".join(printed)
    assert "This paper is no decision of the board until it is signed." in whole
    assert "I sign this" not in whole
    assert "Content hash" not in whole
    assert "Signed" not in whole


def test_long_rationale_flows_over_pages_and_keeps_its_lines():
    lines = [f"Argument {n} was weighed." for n in range(200)]
    pdf = render(replace(DECISION, rationale="\n".join(lines)))
    printed = pages(pdf)
    assert len(printed) > 3
    for number, page in enumerate(printed, start=1):
        assert page.startswith(
            "Example University Hospital Confidential: patient data "
            "Testperson, Fictitia, record number DEMO-0001"
        )
        assert page.endswith(
            f"Version 2, signed 21 Nov 2026, 14:31 CET Page {number} of {len(printed)}"
        )
    typed = [
        line.strip()
        for page in open_pdf(pdf).pages
        for line in page.extract_text().splitlines()
        if line.startswith("Argument")
    ]
    assert typed == lines


def test_signature_stands_beside_those_present():
    for length in range(0, 60, 6):
        printed = pages(render(replace(DECISION, rationale="A line.\n" * length)))
        (page,) = (page for page in printed if "I sign this" in page)
        assert "Who took part Name Specialty" in page
        assert "Content hash" in page


def test_empty_parts_leave_no_heading():
    bare = replace(
        DECISION,
        question="",
        assessment=None,
        recommendations=(),
        rationale=" \n",
        present=(),
        lines=(),
        track="",
        amendment_reason="",
    )
    printed = text(render(bare))
    for heading in (
        "Question",
        "Recommendation",
        "Rationale",
        "guidance",
        "took part",
        "Specialty",
        "Outcome",
        "Conclusion",
        "Accepted",
        "Opinions",
        "Settled",
        "amended",
        "Replaced",
    ):
        assert heading not in printed


def test_quote_without_study_branch_or_reason_keeps_edition_and_scenario():
    quote = replace(DECISION.assessment, recommended=None, branch=None, board_reasons=())
    printed = text(render(replace(DECISION, assessment=quote)))
    assert "Scenario Follow-up of treated" in printed
    assert "Guidance edition 2026.1" in printed
    for heading in ("Recommended study", "After the result", "Why the board"):
        assert heading not in printed


def test_hostile_text_is_printed_as_typed():
    recommendation = RecommendationLine(1, HOSTILE, HOSTILE, HOSTILE)
    pdf = render(
        replace(
            DECISION,
            patient_name=HOSTILE,
            rationale=f"{HOSTILE}\n= no heading\n- no list",
            recommendations=(recommendation,),
        )
    )
    printed = letters(pdf)
    assert printed.count("".join(HOSTILE.split())) >= 5
    assert "=noheading-nolist" in printed
    assert bookmarks(pdf) == [HOSTILE]


def test_long_names_stay_on_the_paper():
    pdf = render(
        replace(
            DECISION,
            patient_name="W" * 120,
            record_number="9" * 90,
            signature=replace(DECISION.signature, signed_by="W" * 90),
        )
    )
    reached = [reaches_mm(page, "W", 0.8) for page in open_pdf(pdf).pages]
    assert 0 < max(reached) <= 210 - 18
    assert "W" * 120 in letters(pdf)


def test_same_arguments_give_the_same_bytes():
    assert render(DECISION) == render(DECISION)


def test_metadata_names_no_patient():
    pdf = render(DECISION)
    metadata = open_pdf(pdf).metadata
    assert metadata.title == "Tumor board decision: NET board, version 2"
    assert metadata.creation_date == CREATED_AT
    assert "Testperson" not in open_pdf(pdf).root_object["/Metadata"].get_data().decode()


def test_paper_is_the_one_asked_for():
    pdf = render_decision(DECISION, created_at=CREATED_AT, page_size="us-letter")
    for page in open_pdf(pdf).pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (612, 792)


def test_a_date_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        render_decision(DECISION, created_at=datetime(2026, 11, 20, 9, 0))  # noqa: DTZ001


def test_quote_says_how_firm_the_guidance_was():
    for standing, words in (
        (WITHOUT_RATINGS, "Provisional: this answer may change."),
        (WITHOUT_RATINGS, "MRI of everything: Usually Appropriate. One is known. BS"),
        (WITHOUT_GUIDANCE, "Resected, yet never treated. 001 L3 Correct the record."),
    ):
        quote = replace(DECISION.assessment, standing=standing)
        assert words in text(render(replace(DECISION, assessment=quote)))


def test_quote_says_who_acknowledged_and_what_the_institution_said():
    quote = replace(
        DECISION.assessment,
        checks=(
            CheckLine("Critical", "No contrast.", "002 L61", "Acknowledged: Accepted (Ann, now)"),
            CheckLine("Caution", "No chest.", "002 L64", "Not acknowledged", is_open=True),
            CheckLine("Info", "Markers are missing.", "001 L54"),
        ),
        local=(LocalLine("DOTATATE PET/CT", "Local policy of North: Not available here."),),
    )
    printed = text(render(replace(DECISION, assessment=quote)))
    assert "Critical No contrast. Acknowledged: Accepted (Ann, now) 002 L61" in printed
    assert "Caution No chest. Not acknowledged 002 L64" in printed
    assert "Info Markers are missing. 001 L54" in printed
    assert "Beside Local policy DOTATATE PET/CT Local policy of North: Not available" in printed


def test_without_checks_and_local_words_there_is_no_heading_for_them():
    printed = text(render(DECISION))
    assert "Checks" not in printed
    assert "Local policy" not in printed


def test_alternatives_of_one_step_stand_under_it():
    printed = text(render(DECISION))
    assert "2. Either: • Consider DOTATATE PET/CT. • or: Wait for the next scan." in printed


def test_says_all_that_was_recorded_of_it():
    document = replace(
        DECISION,
        recommendations=(
            RecommendationLine(1, "Imaging", "MRI", "soon", "Surveillance, due 3 Mar 2027"),
            RecommendationLine(2, "Imaging", "CT", "", instead_of=1),
        ),
        present=(PresentLine("Ada", "Surgery"), PresentLine("Max", "by opinion", "Resect first")),
        opinions=(OpinionLine("Max", "Radiology", "Wait with PRRT.", "19 Nov 2026"),),
        accepted=(AcceptedLine(("Ki-67: missing.", "Images: missing."), "The block is lost."),),
        track="By protocol: Small tumor (Handbook 4)",
    )
    printed = text(render(document))
    for part in (
        "1 Imaging MRI soon; Surveillance, due 3 Mar 2027",
        "2 Imaging Instead of no. 1: CT",
        "Ada Surgery Max by opinion Resect first",
        "Max Radiology Wait with PRRT. 19 Nov 2026",
        "Why Dr. Ada Example signed all the same Ki-67: missing. Images: missing. The",
        "By protocol: Small tumor (Handbook 4)",
    ):
        assert part in printed


def test_says_that_nothing_is_recommended():
    document = replace(DECISION, recommendations=(), outcome="No recommendation: no consensus")
    assert "Outcome No recommendation: no consensus" in text(render(document))


def test_a_former_version_says_so_on_every_page():
    printed = pages(render(replace(DECISION, replaced_by=3, rationale="A line.\n" * 150)))
    assert len(printed) > 2
    for page in printed:
        assert "Replaced by version 3: Testperson, Fictitia" in page
        assert "14:31 CET, replaced by version 3" in page
    assert "no longer counts" in printed[0]


def test_says_when_the_record_does_not_agree():
    signature = replace(DECISION.signature, agrees=False, position=None, chain_hash="")
    printed = text(render(replace(DECISION, signature=signature)))
    assert "The record does not agree with its hashes." in printed
    assert "chain" not in printed
