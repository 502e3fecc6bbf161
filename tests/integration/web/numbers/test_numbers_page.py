"""The page of numbers, its charts, files and evidence packs."""

import copy
import csv
import io
from xml.etree import ElementTree

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cases.documents.timeline.rendering import NotDrawn
from cases.selectors.numbers.evidence import PACKS
from cases.selectors.numbers.numbers import numbers_of
from cases.selectors.numbers.period import Period, last_year
from cases.web import board_numbers
from tests.factories.board_year import Year
from tests.factories.people import add_member
from tumorboard.audit.models import AuditEntry
from tumorboard.formats import day
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def kept_year(house):
    with institution_scope(house.institution):
        return Year(by=house.coordinator, seed=11, cases=6)


@pytest.fixture
def year(kept_year):
    return copy.deepcopy(kept_year)


@pytest.fixture
def at(institution):
    def address(view, *args, **query):
        tail = "&".join(f"{name}={value}" for name, value in query.items())
        return reverse(view, args=[institution.slug, *args]) + (f"?{tail}" if tail else "")

    return address


@pytest.fixture
def expected(institution, year):
    with institution_scope(institution):
        return numbers_of(Period(*last_year(timezone.localdate())))


def test_the_page_shows_every_number_with_how_it_is_counted(browser, at, expected):
    page = browser.get(at("numbers")).content.decode()
    for section in expected.sections:
        assert section.title in page
        for figure in section.figures:
            assert figure.value.words in page
            assert figure.how.split(";")[0].split("'")[0] in page
            for part in figure.parts:
                assert f"{part.label}: {part.value.words}".replace("'", "&#x27;") in page


def test_one_board_and_other_days(browser, at, year, institution):
    board, today = year.boards[1], timezone.localdate()
    query = {"board": board.pk, "first": "2024-01-01", "last": today.isoformat()}
    page = browser.get(at("numbers", **query)).content.decode()
    assert "Second board, 1 Jan 2024 to" in page
    with institution_scope(institution):
        numbers = numbers_of(Period(last_year(today)[0].replace(2024, 1, 1), today, board))
    assert numbers["cases"].value.words in page


def test_days_stand_in_the_form_as_everywhere(browser, at):
    page = browser.get(at("numbers", first="2024-01-01", last="2024-12-31")).content.decode()
    assert 'value="1 Jan 2024"' in page
    assert 'value="31 Dec 2024"' in page
    assert f'value="{day(timezone.localdate())}"' in browser.get(at("numbers")).content.decode()


def test_what_is_typed_is_posted_and_leads_to_an_address(browser, at, year):
    typed = {"board": year.boards[0].pk, "first": "1 Feb 2026", "last": "2026-03-31"}
    answer = browser.post(at("numbers"), typed)
    board = year.boards[0].pk
    assert answer.url == at("numbers", first="2026-02-01", last="2026-03-31", board=board)
    assert browser.post(at("numbers"), {**typed, "last": "never"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"first": "2026-05-01", "last": "2026-04-01"}, "This is before the first day."),
        ({"first": "1990-01-01", "last": "2026-04-01"}, "Ask for at most 10 years at once."),
        ({"first": "2026-01-01", "last": "9999-12-31"}, "This is more than a year ahead."),
        ({"first": "soon"}, "id_first"),
        ({"board": "01a1fe10-9082-76f1-82b4-f3c8f04a494f"}, "Choose a board of the list."),
    ],
)
def test_what_cannot_be_counted_is_said_at_its_field(browser, at, query, reason):
    answer = browser.get(at("numbers", **query))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    for view, *args in (("numbers_table", "csv"), ("numbers_chart", "months")):
        assert browser.get(at(view, *args, **query)).status_code == 404


def test_the_numbers_leave_as_csv_and_as_xlsx(browser, at, expected, institution):
    answer = browser.get(at("numbers_table", "csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"].startswith('attachment; filename="numbers-')
    by_label = {row[1]: row for row in rows if not row[2]}
    for section in expected.sections:
        for figure in section.figures:
            cells = [str(cell) for cell in figure.value.cells]
            assert by_label[figure.label][3:6] == cells
            assert by_label[figure.label][6] == figure.how
    sheet = openpyxl.load_workbook(
        io.BytesIO(browser.get(at("numbers_table", "xlsx")).content)
    ).active
    assert sheet.title == "Numbers"
    assert sheet.max_row == len(rows)
    with institution_scope(institution):
        assert AuditEntry.objects.filter(action="numbers.exported").count() == 2


def test_a_kind_of_file_that_there_is_not(browser, at):
    assert browser.get(at("numbers_table", "docx")).status_code == 404


@pytest.mark.parametrize("name", ["months", "postponed", "attendance", "cases"])
def test_a_chart_names_what_it_shows(browser, at, year, name):
    answer = browser.get(at("numbers_chart", name))
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    drawing = ElementTree.fromstring(answer.content)
    assert drawing.find("{http://www.w3.org/2000/svg}title").text


def test_a_chart_that_there_is_not(browser, at, year):
    assert browser.get(at("numbers_chart", "happiness")).status_code == 404


def test_a_chart_that_cannot_be_drawn(browser, at, year, monkeypatch):
    def fail(_):
        raise NotDrawn("broken")

    monkeypatch.setattr(board_numbers, "chart_of_months", fail)
    assert browser.get(at("numbers_chart", "months")).status_code == 503


@pytest.mark.parametrize("code", list(PACKS))
@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("letter", 612)])
def test_an_evidence_pack_shows_what_is_asked_for_and_the_numbers(
    browser, at, expected, code, paper, width
):
    answer = browser.get(at("numbers_evidence", code, paper=paper))
    assert answer["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.content))
    assert round(pdf.pages[0].mediabox.width) == width
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for asked in PACKS[code].asked:
        assert asked.text.split(",")[0] in text
        for figure in asked.figures:
            assert expected[figure].label in text
            assert " ".join(expected[figure].value.words.split()) in text
    assert "From elsewhere" in text
    assert "First board" in text


def test_a_pack_that_there_is_not(browser, at):
    assert browser.get(at("numbers_evidence", "iso-9000")).status_code == 404


def test_who_counts(client, at, institution):
    for role, status in (("ADMINISTRATOR", 200), ("BOARD_CHAIR", 200), ("RADIOLOGIST", 403)):
        client.force_login(
            add_member(institution, role, email=f"{role}@north.example".lower(), name="Nobody Real")
        )
        assert client.get(at("numbers")).status_code == status
