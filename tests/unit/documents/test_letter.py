"""The two letters on paper: what stands where, what leaves no trace, and what never breaks."""

from dataclasses import replace
from datetime import datetime

import pytest

from cases.documents.decision import PresentLine, RecommendationLine
from cases.documents.letter import (
    ChangeLine,
    LetterDocument,
    PatientDocument,
    PlainLine,
    PlainStep,
    SignedLine,
    render_letter,
    render_patient_page,
)
from tests.unit.documents.people import CREATED_AT
from tests.unit.documents.printed import bookmarks, letters, open_pdf, pages, reaches_mm, text

HOSTILE = '#eval("1+1") *bold* _it_ $x^2$ <label> @ref `raw` \\ // c [b] {e} -- ~ "q" = head'

LETTER = LetterDocument(
    institution="Example University Hospital",
    board="NET board",
    meeting="21 Nov 2026, 14:00",
    to="Dr. Rita Referrer",
    patient_name="Testperson, Fictitia",
    record_number="DEMO-0001",
    birth_date="3 Feb 1961",
    sex="female",
    question="Is the new focus in segment VI progression?",
    track="Discussed",
    present=(
        PresentLine("Dr. Ada Example", "Endocrinology"),
        PresentLine("Dr. Max Muster", "Surgery", "Operate first."),
    ),
    seen=(("Grade", "G2 (WHO 2022)"), ("Current result", "Indeterminate, MRI.")),
    without=("Decided without: Nuclear medicine, because: asked by telephone",),
    outcome="",
    recommendations=(
        RecommendationLine(1, "Imaging", "Repeat the MRI", "within 3 months", "due 12 Jan 2027"),
        RecommendationLine(2, "Imaging", "DOTATATE PET/CT", "", "", instead_of=1),
    ),
    rationale="Seen in one phase only.\n\nNo change on this finding alone.",
    lines=(("Guidance", "As the guidance says"), ("Confidence", "High")),
    signature=SignedLine(
        version=2,
        signed_by="Dr. Ada Example",
        signed_role="Chair",
        signed_at="21 Nov 2026, 14:31 CET",
        meaning="I sign this as the decision of the board.",
        content_hash="9b1c" * 16,
        agrees=True,
    ),
    replaces="This letter replaces the one on version 1. Why: A finding was added.",
    changes=(ChangeLine("Rationale", "Nothing new.", "Seen in one phase only."),),
)

PATIENT = PatientDocument(
    institution="Example University Hospital",
    board="NET board",
    patient_name="Fictitia Testperson",
    meeting_day="21 Nov 2026",
    talked=("A team of doctors met on 21 Nov 2026.", "On the team were surgeons."),
    suggestions=(
        PlainStep(1, (PlainLine("A scan of the belly", "", "You lie still."),), "By January."),
        PlainStep(
            2,
            (
                PlainLine("A drug treatment", "", "It may be pills."),
                PlainLine("A visit to another team", "Surgery", ""),
            ),
            "Your doctor will tell you how it works.",
        ),
    ),
    nothing="",
    next_steps=("Your doctor will talk with you.",),
    questions=("Ask Dr. Rita Referrer.",),
    version="Version 2, 21 Nov 2026",
)


def letter(**changes) -> bytes:
    return render_letter(replace(LETTER, **changes), created_at=CREATED_AT)


def patient(**changes) -> bytes:
    return render_patient_page(replace(PATIENT, **changes), created_at=CREATED_AT)


class TestLetter:
    def test_says_what_was_decided_in_the_order_in_which_it_is_read(self):
        printed = text(letter())
        parts = (
            "Letter on the decision of the tumor board",
            "To Dr. Rita Referrer",
            "Record number DEMO-0001, born 3 Feb 1961, female",
            "Board NET board",
            "Meeting 21 Nov 2026, 14:00",
            "Settled Discussed",
            "This letter replaces the one on version 1. Why: A finding was added.",
            "Question Is the new focus in segment VI progression?",
            "What the board saw Grade G2 (WHO 2022)",
            "Current result Indeterminate, MRI.",
            "Decided without: Nuclear medicine, because: asked by telephone",
            "Recommendations",
            "1 Imaging Repeat the MRI within 3 months; due 12 Jan 2027",
            "2 Imaging Instead of no. 1: DOTATATE PET/CT",
            "Rationale Seen in one phase only. No change on this finding alone.",
            "Conclusion Guidance As the guidance says Confidence High",
            "What changed Before Now Rationale Nothing new. Seen in one phase only.",
            "Who took part Name Specialty Dissent Dr. Ada Example Endocrinology",
            "Dr. Max Muster Surgery Operate first.",
            "I sign this as the decision of the board.",
            "Signed by Dr. Ada Example Role Chair Signed at 21 Nov 2026, 14:31 CET",
        )
        places = [printed.index(part) for part in parts]
        assert places == sorted(places)
        assert f"Contenthash{'9b1c' * 16}" in letters(letter())
        assert "Replaced" not in printed
        assert "does not agree" not in printed

    def test_what_is_empty_leaves_no_heading(self):
        printed = text(
            letter(
                to="",
                question="",
                track="",
                present=(),
                without=(),
                recommendations=(),
                rationale=" \n",
                lines=(),
                replaces="",
                changes=(),
            )
        )
        for words in (
            "To ",
            "Question",
            "Settled",
            "without",
            "Outcome",
            "Recommendations",
            "Rationale",
            "Conclusion",
            "changed",
            "took part",
            "Specialty",
        ):
            assert words not in printed
        assert "What the board saw" in printed

    def test_a_board_that_recommends_nothing_says_so(self):
        printed = text(letter(outcome="No recommendation: No consensus", recommendations=()))
        assert "Outcome No recommendation: No consensus" in printed

    def test_every_page_of_a_replaced_letter_says_so(self):
        lines = "\n".join(f"Argument {number} was weighed." for number in range(200))
        printed = pages(letter(replaced_by=3, rationale=lines))
        assert len(printed) > 2
        assert "Replaced by version 3. It no longer counts." in printed[0]
        for number, page in enumerate(printed, start=1):
            assert "Replaced by version 3: Testperson, Fictitia, record number DEMO-0001" in page
            assert page.endswith(
                "Version 2, signed 21 Nov 2026, 14:31 CET, replaced by version 3 "
                f"Page {number} of {len(printed)}"
            )

    def test_a_record_that_does_not_agree_with_its_hashes_is_no_quiet_letter(self):
        printed = text(letter(signature=replace(LETTER.signature, agrees=False)))
        assert "The record does not agree with its hashes." in printed

    def test_the_signature_stands_beside_those_who_took_part(self):
        for length in range(0, 60, 12):
            printed = pages(letter(rationale="A line.\n" * length))
            (page,) = (page for page in printed if "I sign this" in page)
            assert "Who took part Name Specialty" in page
            assert "Content hash" in page


class TestPatientPage:
    def test_says_what_is_suggested_in_the_order_in_which_it_is_read(self):
        printed = text(patient())
        parts = (
            "What the team suggests for you",
            "For Fictitia Testperson",
            "How this page came about A team of doctors met on 21 Nov 2026. On the team were",
            "What the team suggests 1. A scan of the belly You lie still. By January.",
            "2. One of these, as you and your doctor choose:",
            "A drug treatment. It may be pills.",
            "A visit to another team: Surgery",
            "Your doctor will tell you how it works.",
            "What happens next Your doctor will talk with you.",
            "Whom you can ask Ask Dr. Rita Referrer.",
            "Version 2, 21 Nov 2026",
        )
        places = [printed.index(part) for part in parts]
        assert places == sorted(places)
        assert printed.count("One of these") == 1

    def test_nothing_new_is_said_instead_of_steps(self):
        printed = text(patient(suggestions=(), nothing="The team suggests nothing new yet."))
        assert "What the team suggests The team suggests nothing new yet." in printed
        assert "One of these" not in printed

    def test_an_old_page_says_so_at_its_top(self):
        said = "This page is out of date."
        assert f"For Fictitia Testperson {said} How this page" in text(patient(replaced=said))

    def test_choices_of_one_step_stay_on_one_page(self):
        steps = tuple(replace(PATIENT.suggestions[1], number=n) for n in range(1, 15))
        printed = pages(patient(suggestions=steps))
        assert len(printed) > 1
        for page in printed:
            assert page.count("One of these") == page.count("A visit to another team")


@pytest.mark.parametrize("render", [letter, patient])
class TestBoth:
    def test_hostile_text_is_printed_as_typed(self, render):
        given = (
            {"rationale": f"{HOSTILE}\n= no heading\n- no list", "question": HOSTILE}
            if render is letter
            else {"nothing": f"{HOSTILE}\n= no heading\n- no list", "questions": (HOSTILE,)}
        )
        printed = letters(render(patient_name=HOSTILE, **given))
        assert printed.count("".join(HOSTILE.split())) >= 3
        assert "=noheading-nolist" in printed

    def test_long_names_stay_on_the_paper(self, render):
        pdf = render(patient_name="W" * 120)
        reached = [reaches_mm(page, "W", 0.8) for page in open_pdf(pdf).pages]
        assert 0 < max(reached) <= 210 - 18
        assert "W" * 120 in letters(pdf)

    def test_the_same_arguments_give_the_same_bytes(self, render):
        assert render() == render()

    def test_what_the_file_says_of_itself_names_no_patient(self, render):
        reader = open_pdf(render())
        assert reader.metadata.creation_date == CREATED_AT
        assert "NET board" in reader.metadata.title
        assert "Testperson" not in reader.root_object["/Metadata"].get_data().decode()


def test_only_the_letter_is_found_by_the_name_of_the_patient():
    assert bookmarks(letter()) == ["Testperson, Fictitia"]
    assert bookmarks(patient()) == []


@pytest.mark.parametrize(
    ("render", "document"), [(render_letter, LETTER), (render_patient_page, PATIENT)]
)
def test_a_date_without_time_zone_is_refused(render, document):
    with pytest.raises(ValueError, match="time zone"):
        render(document, created_at=datetime(2026, 11, 20, 9, 0))  # noqa: DTZ001
