"""The printed agenda: what a chair with three minutes a case finds on paper."""

from dataclasses import replace
from datetime import datetime

import pytest
import typst

from cases.documents.agenda import AgendaDocument, AgendaItemPage, ComparedLine, render_agenda
from cases.documents.lines import CheckLine, LocalLine
from tests.unit.documents.people import (
    BARE_ITEM,
    CREATED_AT,
    ITEM,
    WITHOUT_GUIDANCE,
    WITHOUT_RATINGS,
    agenda,
)
from tests.unit.documents.printed import bookmarks, letters, open_pdf, pages, reaches_mm, text

HOSTILE = (
    '#eval("1+1") #panic() *bold* _it_ $x^2$ <label> @ref `raw` \\ // c /* d */ [b] {e} '
    "-- --- ~ \"q\" 'r' = head - item + item / term: x & </text> %PDF"
)
SECTIONS = (
    "Question for the board",
    "Story",
    "Key numbers",
    "Imaging",
    "Scenario",
    "Recommended study",
    "Alternatives",
    "What follows each result",
    "Open questions",
    "Checks",
    "Before ordering",
    "Opinions given before",
)
RIGHT_MARGIN_MM = 210 - 18


def render(document: AgendaDocument) -> bytes:
    return render_agenda(document, created_at=CREATED_AT)


def test_first_page_says_where_no_question_is_written():
    first, *_ = pages(render(agenda(ITEM, replace(ITEM, question=""))))
    assert first.count("No question written") == 1


def test_first_page_lists_every_case_with_question_and_reason():
    other = replace(ITEM, patient_name="Musterfrau, Demo", record_number="DEMO-0002")
    first = pages(render(agenda(ITEM, other)))[0]
    for part in (
        "Agenda: NET board",
        "Meeting 47",
        "21 Nov 2026, 14:00",
        "Room 3.12",
        "20 Nov 2026, 09:00",
        "Guidance edition: 2026.1 (3fa4c1d2)",
        "1 Testperson, Fictitia DEMO-0001",
        "2 Musterfrau, Demo DEMO-0002",
        "Is the new focus in segment VI progression?",
        "The result is discordant with the clinical course",
    ):
        assert part in first


def test_case_shows_everything_the_board_needs():
    case = " ".join(pages(render(agenda(ITEM)))[1:])
    for part in (
        *SECTIONS,
        "1. Testperson, Fictitia Record number DEMO-0001, born 3 Feb 1961, female, Late",
        "Nobody on the board from nuclear medicine.",
        "Treatments: Distal pancreatectomy, 3 Mar 2021; TACE, 4 May 2026",
        "Grade G2 (WHO 2022)",
        "eGFR unknown",
        "Current, 2 Nov 2026 Previous, 1 Aug 2026",
        "Study CT abdomen MRI abdomen",
        "Result Indeterminate: New 9 mm focus. Stable",
        "Measured Sum 32 mm Sum 30 mm",
        "Ordered, not performed yet: DOTATATE PET/CT, 10 Nov 2026",
        "Usually Appropriate, radiation: O, 0 mSv",
        "Source: 000 L34-L40",
        "May be appropriate (Disagreement)",
        "not stated for this scenario",
        "Indeterminate In play An unclear finding. • Repeat the multiphase MRI. "
        "• Either: Consider DOTATATE PET/CT. / Wait. Interval: 3 months (FU-06)",
        "Progression Think the plan over.",
        "Dr. Max Muster, Surgery Not to be resected.",
        "best path 000 L64",
        "Was the arterial phase timed well?",
        "Critical Contrast allergy is recorded. product check",
    ):
        assert part in case


def test_a_check_says_who_acknowledged_it_and_the_institution_speaks_apart():
    checks = (
        CheckLine("Critical", "No contrast.", "002 L61", "Acknowledged: Accepted (Ann, now)"),
        CheckLine("Caution", "No chest.", "002 L64", "Not acknowledged", is_open=True),
    )
    local = (LocalLine("Check W-CHEST", "Local policy of North: Ask the desk."),)
    printed = text(render(agenda(replace(ITEM, checks=checks, local=local))))
    assert "Critical No contrast. Acknowledged: Accepted (Ann, now) 002 L61" in printed
    assert "Caution No chest. Not acknowledged 002 L64" in printed
    assert "Beside Local policy Check W-CHEST Local policy of North: Ask the desk." in printed
    assert "Local policy" not in text(render(agenda(ITEM)))


def test_checks_stand_before_the_study_they_may_forbid():
    case = " ".join(pages(render(agenda(ITEM)))[1:])
    assert case.index("Contrast allergy is recorded.") < case.index("Recommended study")


def test_label_of_the_recommended_study_is_the_one_given():
    label = "Answer to the question before the result"
    printed = text(render(agenda(replace(ITEM, recommended_label=label))))
    assert label in printed
    assert "Recommended study" not in printed


def test_radiation_symbols_are_printed_as_many_as_given():
    pdf = render(agenda(ITEM))
    assert "☢☢☢☢, 10-30 mSv" in text(pdf)
    assert letters(pdf).count("☢") == 4


def test_every_page_says_whose_it_is_and_how_many_there_are():
    printed = pages(render(agenda(ITEM, ITEM)))
    for number, page in enumerate(printed, start=1):
        assert page.startswith("Example University Hospital Confidential: patient data")
        assert page.endswith(f"Page {number} of {len(printed)}")


def test_a_case_of_several_pages_names_the_patient_on_each():
    checks = tuple(CheckLine("Caution", f"Check {n} end", "000 L1") for n in range(120))
    case_pages = pages(render(agenda(replace(ITEM, checks=checks))))[1:]
    assert len(case_pages) > 2
    for page in case_pages[1:]:
        assert "Case 1: Testperson, Fictitia, record number DEMO-0001" in page
    for number in range(120):
        assert sum(f"Check {number} end" in page for page in case_pages) == 1


def test_rows_of_the_case_list_stay_whole():
    question = "Which of the studies? " * 12 + "LASTWORD"
    items = [replace(ITEM, record_number=f"FIRST-{n}", question=question) for n in range(25)]
    listed = pages(render(agenda(*items)))
    lists = [page for page in listed if "Patient Question Why the board" in page]
    assert len(lists) > 1
    for page in lists:
        assert page.count("FIRST-") == page.count("LASTWORD") > 0


def test_twenty_five_cases_have_twenty_five_bookmarks():
    items = [replace(ITEM, patient_name=f"Testperson {n}, Demo") for n in range(1, 26)]
    titles = bookmarks(render(agenda(*items)))
    assert titles == [f"{n}. Testperson {n}, Demo" for n in range(1, 26)]


def test_empty_parts_leave_no_heading():
    printed = pages(render(agenda(BARE_ITEM)))[1]
    for heading in (*SECTIONS, "Why the board", "Source", "Interval"):
        assert heading not in printed


def test_an_agenda_without_cases_says_so():
    printed = pages(render(agenda()))
    assert len(printed) == 1
    assert "No cases on this agenda." in printed[0]


def test_every_page_of_a_canceled_meeting_says_so():
    words = "This meeting was canceled on 20 Nov 2026. The chair is ill."
    printed = pages(render(replace(agenda(ITEM, ITEM), canceled=words)))
    assert words in printed[0]
    for page in printed:
        assert "Confidential: patient data Canceled meeting" in page
    assert "Canceled" not in text(render(agenda(ITEM)))


def test_hostile_text_is_printed_as_typed_everywhere():
    line = ComparedLine("Current", "2 Nov", HOSTILE, HOSTILE, "", "")
    item = replace(
        BARE_ITEM,
        patient_name=HOSTILE,
        question=HOSTILE,
        story=(("Now", HOSTILE),),
        key_numbers=((HOSTILE, HOSTILE),),
        imaging=(line,),
        open_questions=(HOSTILE,),
    )
    pdf = render(agenda(item))
    # The list and the page: name and question in both, then story, pair, study, question.
    assert letters(pdf).count("".join(HOSTILE.split())) == 4 + 6
    assert bookmarks(pdf) == [f"1. {HOSTILE}"]


def test_a_character_without_a_glyph_is_printed_as_its_code_with_a_note():
    pdf = render(agenda(replace(ITEM, patient_name="山田 Testperson Żółć Ελένη")))
    assert bookmarks(pdf) == ["1. [U+5C71][U+7530] Testperson Żółć Ελένη"]
    assert "is printed as its code" in pages(pdf)[0]
    assert "is printed as its code" not in text(render(agenda(ITEM)))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("\u302aTestperson", "[U+302A]Testperson"),
        ("Teste\u302a\u1ab0\u0436", "Teste[U+302A][U+1AB0]\u0436"),
        ("\u4e2d\u302a", "[U+4E2D][U+302A]"),
    ],
)
def test_a_mark_without_a_glyph_leaves_its_letter(typed, printed):
    pdf = render(agenda(replace(BARE_ITEM, patient_name=typed)))
    assert bookmarks(pdf) == [f"1. {printed}"]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Test\u202eperson\u202c", "Testperson"),
        ("Test\u200bper\u00adson\ufeff", "Testperson"),
        ("Test\nperson", "Test person"),
        ("Test\x00person", "Test[U+0000]person"),
        ("Test\ud800\ue000person", "Test[U+D800][U+E000]person"),
        ("Teste\u0301", "Testé"),
    ],
)
def test_characters_that_would_hide_or_turn_text_do_not(typed, printed):
    assert bookmarks(render(agenda(replace(ITEM, patient_name=typed)))) == [f"1. {printed}"]


def test_long_names_and_words_stay_on_the_paper():
    checks = tuple(CheckLine("Caution", "W" * 90, "W" * 40) for n in range(60))
    item: AgendaItemPage = replace(
        ITEM,
        patient_name="W" * 80,
        record_number="9" * 80,
        question="W" * 200,
        checks=checks,
    )
    pdf = render(agenda(item))
    assert "W" * 200 in letters(pdf)
    reached = [reaches_mm(page, "W", 0.8) for page in open_pdf(pdf).pages]
    assert 0 < max(reached) <= RIGHT_MARGIN_MM


def test_a_text_longer_than_a_page_is_not_lost():
    pdf = render(agenda(replace(ITEM, question="word " * 2000 + "LASTWORD")))
    assert text(pdf).count("LASTWORD") == 2


def test_same_arguments_give_the_same_bytes():
    assert render(agenda(ITEM)) == render(agenda(ITEM))


def test_metadata_names_the_meeting_and_no_patient():
    pdf = render(agenda(ITEM))
    metadata = open_pdf(pdf).metadata
    assert metadata.title == "Tumor board agenda: NET board, 21 Nov 2026, 14:00"
    assert metadata.creation_date == CREATED_AT
    packet = open_pdf(pdf).root_object["/Metadata"].get_data().decode()
    assert "Testperson" not in packet
    assert "Testperson" not in str(dict(metadata))


def test_pdf_is_tagged_and_declares_its_standards():
    root = open_pdf(render(agenda(ITEM))).root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    packet = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in packet
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in packet
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet


def test_only_the_fonts_of_the_wheel_are_used():
    names = {
        font["/BaseFont"].partition("+")[2]
        for page in open_pdf(render(agenda(ITEM))).pages
        for font in (entry.get_object() for entry in page["/Resources"]["/Font"].values())
    }
    assert names
    assert all(name.startswith(("Libertinus", "DejaVuSansMono")) for name in names)


@pytest.mark.parametrize(("page_size", "size"), [("a4", (595, 842)), ("us-letter", (612, 792))])
def test_paper_is_the_one_asked_for(page_size, size):
    pdf = render_agenda(agenda(ITEM), created_at=CREATED_AT, page_size=page_size)
    for page in open_pdf(pdf).pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == size


def test_a_paper_that_does_not_exist_is_refused():
    with pytest.raises(typst.TypstError, match="paper"):
        render_agenda(agenda(ITEM), created_at=CREATED_AT, page_size="a99")


def test_a_date_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        render_agenda(agenda(ITEM), created_at=datetime(2026, 11, 20, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (
            WITHOUT_RATINGS,
            "Untreated disease Provisional: this answer may change. Unknown so far: Adult. "
            "MRI of everything: Usually Appropriate. One is known. BS "
            "• Follow-up is named and not rated. 000 L70",
        ),
        (
            WITHOUT_GUIDANCE,
            "The record contradicts itself Resected, yet never treated. 001 L3 Correct the record.",
        ),
    ],
)
def test_it_says_how_firm_the_guidance_is(standing, words):
    assert f"Scenario {words}" in text(render(agenda(replace(BARE_ITEM, standing=standing))))


def test_before_ordering_stands_apart_from_the_open_questions():
    printed = text(render(agenda(ITEM)))
    assert "Open questions • Was the arterial phase timed well?" in printed
    assert "Before ordering • Is a pacemaker implanted?" in printed


def test_what_is_known_comes_before_what_the_guidance_says():
    printed = " ".join(pages(render(agenda(ITEM)))[1:])
    headings = (
        "Question for the board",
        "Story",
        "Key numbers",
        "Imaging",
        "Scenario",
        "Checks",
        "Recommended study",
        "Alternatives",
        "What follows each result",
        "Why the board",
        "Open questions",
    )
    assert sorted(headings, key=printed.index) == list(headings)


def test_a_full_case_takes_one_page_or_two():
    assert len(pages(render(agenda(ITEM)))) - 1 in (1, 2)
