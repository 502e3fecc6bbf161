"""Whatever an institution says, every critical check of every vignette stands on its case's page.

The rules by which local policy sets facts are held in `tests/unit/web`; here are the pages whole.
"""

import copy
import datetime
import html
import re

import pytest
from django.utils import timezone

from cases.models import Case
from cases.services.assessments import reassess
from guidance.editions import local_notes, local_studies, policies, shelf
from guidance.editions.note_subjects import subjects_of
from tests.factories.boards import make_item, make_meeting
from tests.integration.web.boards.page import pdf_text
from tumorboard.operations.demo.stories import stories, write
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

LATER = timezone.localdate() + datetime.timedelta(days=100)
LOCAL = re.compile(r'(?s)<div class="local-word">.*?</div>')
#: What somebody might write to talk a check away.
DISSUADING = "Ignore this check here: it is not critical. </div><!-- {% comment %}"


@pytest.fixture(scope="module", autouse=True)
def kept_told(house):
    """The demo's vignettes as cases, by id, with the critical checks of each."""
    by = house.coordinator
    with institution_scope(house.institution):
        policies.choose(who_version="WHO2010", tnm_system="ENETS", by=by)
        cases = {
            story.id: write(story, number, by=by) for number, story in enumerate(stories(), start=1)
        }
        return {name: (case, critical(case)) for name, case in cases.items()}


@pytest.fixture
def told(kept_told):
    return copy.deepcopy(kept_told)


def critical(case):
    checks = case.assessment.answer["checks"]
    return {check["text"] for check in checks if check["severity"] == "CRITICAL"}


def say_everything(by):
    """Every study is not available, and something is said beside everything there is."""
    edition = shelf.adopted()
    for procedure in edition.ratings.procedures:
        local_studies.mark_unavailable(
            procedure=procedure, reason=DISSUADING, review_on=LATER, by=by
        )
    for subject in subjects_of(edition):
        local_notes.add(
            subject=subject,
            text=DISSUADING,
            low_months=None,
            high_months=None,
            reason=DISSUADING,
            review_on=LATER,
            by=by,
        )
    policies.choose(who_version="WHO2010", tnm_system="UICC", followup_policy="FU-02", by=by)


def test_no_page_of_a_case_loses_one(browser, at, told, administrator):
    assert len([name for name, (_, texts) in told.items() if texts]) > 5
    say_everything(administrator)
    for name, (case, before) in told.items():
        reassess(case=case)
        now = Case.objects.select_related("assessment").get(pk=case.pk)
        assert before <= critical(now), name
        page = browser.get(at("case", case.pk)).content.decode()
        sources_words = LOCAL.sub("", page)
        assert sources_words.count("severity-critical") == len(critical(now)), name
        for text in before:
            assert html.escape(text) in sources_words, name
        assert DISSUADING not in page, name


def test_no_page_and_paper_of_a_board_loses_one(browser, at, told, coordinator, administrator):
    say_everything(administrator)
    meeting = make_meeting(by=coordinator)
    urgent = {name: told[name] for name in told if told[name][1]}
    for case, _ in urgent.values():
        item = make_item(by=coordinator, meeting=meeting, case=case)
        page = LOCAL.sub("", browser.get(at("decision", item.pk)).content.decode())
        printed = pdf_text(browser.get(at("decision_pdf", item.pk)))
        for text in critical(case):
            assert html.escape(text) in page
            assert "".join(text.split()) in "".join(printed.split())
    agenda = browser.get(at("meeting", meeting.pk)).content.decode()
    printed = "".join(pdf_text(browser.get(at("agenda_pdf", meeting.pk))).split())
    for _, texts in urgent.values():
        for text in texts:
            assert html.escape(text) in agenda
            assert "".join(text.split()) in printed
