"""Amending a signed decision by its pages, and the former versions that stay."""

import copy

import pytest
from django.core.cache import cache

from cases.models import Decision, DecisionDraft
from cases.services import amendments
from tests.factories.boards import draft, make_item, sign
from tests.integration.web.boards.page import error_of, pdf_text, text
from tumorboard.formats import zoned_moment
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_signed")]

WHY = "The pathology was reread."


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()


@pytest.fixture(scope="module")
def kept_signed(house, kept_item, kept_chair):
    with institution_scope(house.institution):
        return sign(copy.deepcopy(kept_item), by=kept_chair)


@pytest.fixture
def signed(kept_signed):
    return copy.deepcopy(kept_signed)


@pytest.fixture
def opened(item, signed, chair):
    """The next version, being written."""
    return amendments.open(item=item, reason=WHY, by=chair)


@pytest.fixture
def amended(item, opened, coordinator, chair):
    """The second version, signed with another rationale."""
    draft(item, rationale="Now G2.", by=coordinator)
    DecisionDraft.objects.update(amendment_reason=WHY)
    return sign(item, by=chair)


class TestOpening:
    def test_is_offered_to_who_may_sign(self, signed, chairs_browser, browser, url, item):
        assert (
            url("decision_amend", item.pk)
            in chairs_browser.get(url("decision", item.pk)).content.decode()
        )
        assert "Amend" not in text(browser.get(url("decision", item.pk)))
        assert browser.get(url("decision_amend", item.pk)).status_code == 403

    def test_opens_the_form_with_what_was_signed(self, signed, chairs_browser, url, item):
        page = text(chairs_browser.get(url("decision_amend", item.pk)))
        assert f"Version 1 was signed by Chris Chair on {zoned_moment(signed.signed_at)}" in page

        response = chairs_browser.post(url("decision_amend", item.pk), {"reason": WHY}, follow=True)

        page = text(response)
        assert "The next version is open." in page
        assert "This amends version 1" in page
        assert "Receptor-positive disease." in page
        assert DecisionDraft.objects.get().amends == 1

    def test_needs_a_reason(self, signed, chairs_browser, url, item):
        response = chairs_browser.post(url("decision_amend", item.pk), {"reason": " "})

        assert response.status_code == 422
        assert "Say why the decision is amended." in error_of(response, "reason")

    def test_twice(self, opened, chairs_browser, url, item):
        response = chairs_browser.post(url("decision_amend", item.pk), {"reason": "Again"})

        assert response.status_code == 422
        assert "being written already" in text(response)

    def test_nothing_is_signed(self, chairs_browser, url, coordinator):
        item = make_item(by=coordinator)

        response = chairs_browser.get(url("decision_amend", item.pk), follow=True)

        assert "Nothing is signed here yet." in text(response)


class TestWhileItIsWritten:
    def test_the_record_says_so(self, opened, radiologists_browser, chairs_browser, url, item):
        for browser, address in (
            (radiologists_browser, url("decision", item.pk)),
            (chairs_browser, f"{url('decision', item.pk)}?record=1"),
        ):
            page = text(browser.get(address))
            assert f"Chris Chair is writing version 2: {WHY}" in page
            assert "This version counts until it is signed." in page
        assert "Go on writing" not in text(radiologists_browser.get(url("decision", item.pk)))

    def test_is_printed_as_a_draft(self, opened, browser, url, item):
        printed = pdf_text(browser.get(url("decision_draft_pdf", item.pk)))

        assert "Draft, not signed (version 2)" in printed
        assert f"Why version 1 was amended: {WHY}" in printed
        assert "Draft" not in pdf_text(browser.get(url("decision_pdf", item.pk)))

    def test_is_signed_on_its_page(self, opened, chairs_browser, url, item):
        page = text(chairs_browser.get(url("decision_sign", item.pk)))

        assert f"Version 2, amends version 1: {WHY}" in page
        assert "Sign decision" in page

    def test_is_given_up(self, opened, chairs_browser, browser, url, item):
        assert browser.post(url("amendment_discard", item.pk)).status_code == 403

        response = chairs_browser.post(url("amendment_discard", item.pk), follow=True)

        assert "What was signed is as it was." in text(response)
        assert "Signature" in text(response)
        again = chairs_browser.post(url("amendment_discard", item.pk), follow=True)
        assert "No amendment of this decision is being written." in text(again)


class TestVersions:
    def test_are_all_listed_with_what_changed(self, amended, signed, browser, url, item):
        page = text(browser.get(url("decision", item.pk)))

        for words in (
            "Version 2 in force",
            f"Chris Chair, Board chair, {zoned_moment(amended.signed_at)}: {WHY}",
            "Rationale Receptor-positive disease. Now G2.",
            "Version 1 replaced by version 2",
            zoned_moment(signed.signed_at),
            amended.chain_hash,
            "Position 2 on this board",
        ):
            assert words in page

    def test_a_former_one_is_shown_as_it_was(self, amended, signed, browser, url, item):
        page = text(browser.get(url("decision_version", item.pk, 1)))

        assert "Replaced by version 2." in page
        assert signed.content_hash in page
        assert "Receptor-positive disease." in page
        assert (
            url("decision_version_pdf", item.pk, 1)
            in browser.get(url("decision_version", item.pk, 1)).content.decode()
        )

    def test_a_former_one_says_so_on_paper(self, amended, signed, browser, url, item):
        printed = pdf_text(browser.get(url("decision_version_pdf", item.pk, 1)))
        newest = pdf_text(browser.get(url("decision_version_pdf", item.pk, 2)))

        assert "Replaced by version 2" in printed
        assert signed.content_hash in printed.replace(" ", "")
        assert "Replaced" not in newest
        assert "Now G2." in newest

    def test_the_newest_counts_everywhere(self, amended, browser, url, item):
        for address in (
            url("decision_pdf", item.pk),
            url("agenda_pdf", item.meeting_id),
        ):
            assert "Replaced" not in pdf_text(browser.get(address))
        assert Decision.objects.count() == 2

    @pytest.mark.parametrize("name", ["decision_version", "decision_version_pdf"])
    def test_there_is_no_third_one(self, amended, browser, url, item, name):
        assert browser.get(url(name, item.pk, 3)).status_code == 404

    def test_nothing_is_being_written(self, amended, browser, url, item):
        assert browser.get(url("decision_draft_pdf", item.pk)).status_code == 404


def test_the_draft_on_paper_before_anything_is_signed(browser, url, coordinator):
    item = make_item(by=coordinator)
    assert "Draft, not signed" in pdf_text(browser.get(url("decision_draft_pdf", item.pk)))

    draft(item, by=coordinator)

    printed = pdf_text(browser.get(f"{url('decision_draft_pdf', item.pk)}?paper=letter"))
    assert "Receptor-positive disease." in printed
    assert "Nina Nuclear" in printed


def test_the_page_of_an_amendment_says_that_a_version_counts(browser, url, item, opened):
    page = text(browser.get(url("decision", item.pk)))
    assert "Signed, being amended" in page
    assert "Needs a decision" not in page


def test_the_record_leads_to_the_case_and_to_what_became_of_it(browser, url, item, signed):
    page = browser.get(url("decision", item.pk)).content.decode()
    for name, words in (("case", "The case"), ("follow_up", "Its tasks and follow-up")):
        assert f'<a href="{url(name, item.case_id)}">{words}</a>' in page
