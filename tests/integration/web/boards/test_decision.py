"""Writing a decision: the draft, its rows, and two people at once."""

import re

import pytest

from cases.models import DecisionDraft
from cases.services import agendas
from tests.factories.boards import draft, make_item, sign
from tests.factories.cases import make_case, make_study
from tests.integration.web.boards.page import error_of, pdf_text, text, value
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_item")]

HTMX = {"HX-Request": "true"}


def posted(*rows, rationale="Because.", version=0, **more):
    """What the form posts."""
    data = {"rationale": rationale, "version": version, **more}
    for index, (kind, code, words) in enumerate(rows):
        data[f"recommendations-{index}-kind"] = kind
        data[f"recommendations-{index}-code"] = code
        data[f"recommendations-{index}-text"] = words
    return data


def kept():
    """The recommendations of the only draft."""
    rows = DecisionDraft.objects.get().recommendations.all()
    return [(row.kind, row.code, row.text) for row in rows]


def rows_of(response):
    """How many rows a page has."""
    return len(re.findall(r'name="recommendations-\d+-kind"', response.content.decode()))


EVERY_KIND = [
    ("imaging", "PET_DOTATATE", ""),
    ("imaging", "CT_AP_W", "in three months"),
    ("treatment", "OPT-PRRT", ""),
    ("referral", "", "Nuclear medicine"),
    ("rediscussion", "", "After the study"),
    ("other", "", "Tell the family doctor"),
]


class TestPage:
    def test_shows_all_that_a_board_needs(self, browser, url, item, coordinator):
        page = text(browser.get(url("decision", item.pk)))

        answer = item.case.assessment.answer
        for words in (
            "Resect or treat?",
            item.case.patient.record_number,
            item.case.title,
            answer["scenario_name"],
            answer["board_reasons"][0]["text"],
            answer["branch_detail"]["trigger"],
            answer["studies"][0]["name"],
            "Ki-67 index 8 %",
            "Positive",
            "Nobody is noted as present.",
            answer["edition"]["version"],
        ):
            assert words in page
        assert AuditEntry.objects.filter(
            action="decision.read", subject_id=item.case_id, person=coordinator
        ).exists()

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"pregnancy_status": "pregnant"}, "Pregnancy is not covered"),
            ({}, "Not enough is known to say which guidance applies"),
            (
                {"resection_status": "complete", "residual_disease_known": True},
                "The record contradicts itself The resection is recorded as complete",
            ),
        ],
    )
    def test_says_why_there_is_no_scenario(self, browser, url, meeting, coordinator, given, words):
        case = make_case(by=coordinator, **given)
        item = make_item(by=coordinator, meeting=meeting, case=case)

        assert words in text(browser.get(url("decision", item.pk)))

    def test_leads_to_the_cases_before_and_after(self, browser, url, item, coordinator):
        second, third = (make_item(by=coordinator, meeting=item.meeting) for _ in range(2))

        page = browser.get(url("decision", second.pk)).content.decode()

        assert re.search(rf'rel="prev" href="{url("decision", item.pk)}"', page)
        assert re.search(rf'rel="next" href="{url("decision", third.pk)}"', page)
        assert "2 of 3" in page

    def test_who_may_not_write_reads(self, radiologists_browser, url, item):
        response = radiologists_browser.get(url("decision", item.pk))

        assert "Not decided yet." in text(response)
        assert "Rationale" not in text(response)
        post = radiologists_browser.post(url("decision", item.pk), posted(*EVERY_KIND))
        assert post.status_code == 403
        assert not DecisionDraft.objects.exists()

    def test_without_a_result_the_study_is_the_next_one(self, browser, url, meeting, coordinator):
        from tests.factories.cases import STAGING

        case = make_case(by=coordinator, **STAGING)
        item = make_item(by=coordinator, meeting=meeting, case=case)
        assert "Recommended for the next study" in text(browser.get(url("decision", item.pk)))

        make_study(case=case, by=coordinator, outcome="positive")

        page = text(browser.get(url("decision", item.pk)))
        assert "Recommended for the question before the result" in page


class TestSaving:
    def test_keeps_rows_of_every_kind(self, browser, url, item):
        response = browser.post(
            url("decision", item.pk), posted(*EVERY_KIND, rationale="First.\n\nThen."), follow=True
        )

        assert "The draft is saved." in text(response)
        assert kept() == EVERY_KIND
        page = response.content.decode()
        assert "First.\r\n\r\nThen." in page or "First.\n\nThen." in page
        assert value(response, "version") == "1"

    def test_leaves_blank_rows_out(self, browser, url, item):
        browser.post(url("decision", item.pk), posted(("", "", ""), EVERY_KIND[3], ("", "", " ")))

        assert kept() == [EVERY_KIND[3]]

    def test_a_code_alone_says_its_kind(self, browser, url, item):
        browser.post(url("decision", item.pk), posted(("", "OPT-LDT", ""), ("", "MRI_AP_WWO", "")))

        assert kept() == [("treatment", "OPT-LDT", ""), ("imaging", "MRI_AP_WWO", "")]

    @pytest.mark.parametrize(
        ("row", "field", "reason"),
        [
            (("", "", "words"), "kind", "Choose what kind"),
            (("", "NO-CODE", ""), "kind", "Choose what kind"),
            (("imaging", "OPT-PRRT", ""), "code", "not a code"),
            (("imaging", "", ""), "code", "Choose one"),
            (("other", "", ""), "text", "Say in words"),
            (("other", "", "x" * 501), "text", "500"),
        ],
    )
    def test_an_error_stands_in_its_row(self, browser, url, item, row, field, reason):
        data = posted(("", "", ""), EVERY_KIND[3], row, rationale="Typed text.")

        response = browser.post(url("decision", item.pk), data)

        assert response.status_code == 422
        assert reason in error_of(response, f"recommendations-2-{field}")
        assert "Typed text." in text(response)
        assert "Nuclear medicine" in text(response)
        assert f'href="#id_recommendations-2-{field}"' in response.content.decode()
        assert not DecisionDraft.objects.exists()

    def test_a_rationale_has_an_end(self, browser, url, item):
        data = posted(*EVERY_KIND, rationale="x" * 10_001)

        response = browser.post(url("decision", item.pk), data)

        assert "10000" in error_of(response, "rationale")

    def test_a_version_of_no_draft_is_a_conflict_without_another_text(self, browser, url, item):
        data = {**posted(EVERY_KIND[3], rationale="Mine."), "version": "12"}

        response = browser.post(url("decision", item.pk), data)

        assert response.status_code == 409
        assert "Mine." in text(response)
        assert "What is saved now" not in text(response)

    def test_somebody_else_saved_first(self, browser, url, item, chair):
        draft(item, rationale="The other's text.", by=chair)

        response = browser.post(url("decision", item.pk), posted(EVERY_KIND[3], rationale="Mine."))

        assert response.status_code == 409
        page = text(response)
        for words in ("Somebody else changed this", "Mine.", "Nuclear medicine"):
            assert words in page
        assert "What is saved now By Chris Chair" in page
        assert "The other's text." in page
        assert "DOTATATE PET/CT" in page
        assert DecisionDraft.objects.get().rationale == "The other's text."

        again = posted(EVERY_KIND[3], rationale="Mine.", version=value(response, "version"))
        browser.post(url("decision", item.pk), again)

        assert DecisionDraft.objects.get().rationale == "Mine."

    def test_not_after_signing(self, browser, url, item, chair):
        sign(item, by=chair)

        response = browser.post(url("decision", item.pk), posted(*EVERY_KIND), follow=True)

        assert "is signed and cannot be changed" in text(response)

    def test_and_on_to_signing(self, chairs_browser, url, item):
        response = chairs_browser.post(url("decision", item.pk), posted(*EVERY_KIND, sign="1"))

        assert response.url == url("decision_sign", item.pk)

    def test_who_may_not_sign_is_not_asked_to(self, browser, chairs_browser, url, item):
        assert "go to signing" not in text(browser.get(url("decision", item.pk)))
        assert "go to signing" in text(chairs_browser.get(url("decision", item.pk)))


class TestRows:
    def test_an_empty_form_has_two(self, browser, url, item):
        assert rows_of(browser.get(url("decision", item.pk))) == 2

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_one_more(self, browser, url, item, headers):
        data = posted(*EVERY_KIND, rationale="Typed.", **{"add-row": "1"})

        response = browser.post(url("decision", item.pk), data, headers=headers)

        assert rows_of(response) == 7
        assert "Nuclear medicine" in text(response)
        assert ("Typed." in text(response)) == (not headers)
        assert not DecisionDraft.objects.exists()

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_one_less(self, browser, url, item, headers):
        data = posted(*EVERY_KIND[:4], **{"remove-row": "2"})

        response = browser.post(url("decision", item.pk), data, headers=headers)

        assert rows_of(response) == 3
        assert 'value="OPT-PRRT" selected' not in response.content.decode()
        assert "Nuclear medicine" in text(response)

    def test_not_more_than_a_page_takes(self, browser, url, item):
        data = posted(*EVERY_KIND[:1] * 25, **{"add-row": "1"})

        assert rows_of(browser.post(url("decision", item.pk), data)) == 20

    def test_a_kind_shows_its_codes_and_no_others(self, browser, url, item):
        data = posted(("treatment", "CT_AP_W", ""), ("other", "", "Wait"), **{"refresh-rows": "1"})

        page = browser.post(url("decision", item.pk), data, headers=HTMX).content.decode()

        assert "OPT-PRRT" in page
        assert "CT_AP_W" not in page
        assert "recommendations-1-code" not in page


class TestDraftOnPaper:
    def test_says_that_it_is_none(self, browser, url, item, coordinator):
        draft(item, by=coordinator)

        response = browser.get(url("decision_pdf", item.pk))

        printed = pdf_text(response)
        for words in ("Draft, not signed", item.case.patient.record_number, "Nuclear medicine"):
            assert words in printed
        assert response["Content-Disposition"] == f'inline; filename="decision-{item.pk}.pdf"'
        assert AuditEntry.objects.filter(
            action="decision.printed", subject_id=item.case_id
        ).exists()

    def test_with_nothing_written(self, browser, url, item):
        assert "Resect or treat?" in pdf_text(browser.get(url("decision_pdf", item.pk)))


def test_an_item_that_was_taken_off(browser, url, item, coordinator):
    agendas.take_off(item=item, by=coordinator)

    for name in ("decision", "decision_pdf", "agenda_question", "agenda_take_off"):
        assert browser.get(url(name, item.pk)).status_code == 404
