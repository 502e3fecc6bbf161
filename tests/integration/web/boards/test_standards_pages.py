"""The standards of a board, the track of an item, and the audits, as pages."""

import pytest

from cases.models import AgendaItem, ProtocolAudit, Standard
from cases.services import standards
from cases.web import protocol_audits
from cases.web import standards as pages
from tests.factories.boards import make_board, make_item, make_meeting
from tests.factories.standards import (
    SETTLED,
    make_protocol_item,
    make_settled_case,
    make_standard,
    sign_by_protocol,
)
from tests.integration.web.boards.page import error_of, text
from tests.integration.web.cases.reading import row_version_of
from tumorboard.accounts.permissions import Permission

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TYPED = {"name": "Surveillance", "source": "SOP 7, page 3", "audit_percent": "20", **SETTLED}


@pytest.fixture
def board(coordinator):
    return make_board(by=coordinator)


class TestStandards:
    def test_is_added(self, browser, url, board):
        assert "No standard yet" in text(browser.get(url("board_standards", board.pk)))
        assert "Before any result" in text(browser.get(url("standard_new", board.pk)))

        response = browser.post(url("standard_new", board.pk), TYPED, follow=True)

        page = text(response)
        assert "Surveillance SOP 7, page 3" in page
        assert ": No sign of recurrence SC-03 B-03-NEG" in page
        assert "20 % and the first" in page
        assert "changed by Cora Coordinator" in page
        assert "None drawn yet" in page

    def test_what_is_wrong_stands_by_its_field(self, browser, url, board):
        response = browser.post(
            url("standard_new", board.pk),
            {**TYPED, "source": "", "branch": "B-01-POS", "audit_percent": "x"},
        )

        assert response.status_code == 422
        assert "where the standard is written" in error_of(response, "source")
        response = browser.post(url("standard_new", board.pk), {**TYPED, "audit_percent": "0"})
        assert "from 1 to 100" in error_of(response, "audit_percent")
        response = browser.post(url("standard_new", board.pk), {**TYPED, "branch": "B-01-POS"})
        assert "does not belong to the scenario" in error_of(response, "branch")
        assert not Standard.objects.exists()

    def test_what_the_guidance_sends_to_the_board_needs_a_tick(self, browser, url, board):
        typed = {**TYPED, "scenario": "SC-05", "branch": "B-05-COMP"}
        response = browser.post(url("standard_new", board.pk), typed)
        assert response.status_code == 422
        assert "The guidance asks for the board: " in error_of(response, "despite_guidance")
        assert "although the guidance asks for the board" in text(response)

        browser.post(url("standard_new", board.pk), {**typed, "despite_guidance": "on"})

        assert Standard.objects.get().branch == "B-05-COMP"

    def test_is_changed(self, browser, url, coordinator, board):
        standard = make_standard(by=coordinator, board=board)
        address = url("standard_change", standard.pk)
        version = row_version_of(browser, address)

        response = browser.post(address, {**TYPED, **version})

        assert response.url == url("board_standards", board.pk)
        standard.refresh_from_db()
        assert standard.name == "Surveillance"

    def test_two_who_change_it_see_each_other(self, browser, url, coordinator, board):
        standard = make_standard(by=coordinator, board=board)
        address = url("standard_change", standard.pk)
        version = row_version_of(browser, address)
        given = {name: getattr(standard, name) for name in standards.FIELDS}
        standards.change(standard=standard, by=coordinator, **{**given, "name": "Theirs"})

        response = browser.post(address, {**TYPED, **version})

        assert response.status_code == 422
        assert "Theirs" in text(response)

    def test_is_retired(self, browser, url, coordinator, board):
        standard = make_standard(by=coordinator, board=board)

        page = text(browser.post(url("standard_retire", standard.pk), follow=True))
        assert "No longer in use" in page

        page = text(browser.post(url("standard_retire", standard.pk), follow=True))
        assert "Add a new one." in page

    def test_a_retired_one_is_not_changed(self, browser, url, coordinator, board):
        standard = make_standard(by=coordinator, board=board)
        address = url("standard_change", standard.pk)
        standards.retire(standard=standard, by=coordinator)

        response = browser.post(address, {**TYPED, **row_version_of(browser, address)})

        assert "no longer in use" in text(response)

    def test_the_board_leads_there(self, browser, url, board):
        page = browser.get(url("board", board.pk)).content.decode()
        assert url("board_standards", board.pk) in page

    def test_only_who_manages_boards(self, radiologists_browser, url, board):
        assert radiologists_browser.get(url("board_standards", board.pk)).status_code == 403
        assert pages.standard_change.permission == Permission.BOARD_MANAGE
        assert pages.standard_retire.permission == Permission.BOARD_MANAGE


class TestTrack:
    def test_offered_on_the_meeting_and_back(self, browser, url, coordinator):
        standard = make_standard(by=coordinator)
        meeting = make_meeting(by=coordinator, board=standard.board)
        item = make_item(by=coordinator, meeting=meeting, case=make_settled_case(by=coordinator))
        page = text(browser.get(url("meeting", meeting.pk)))
        assert f"By protocol: {standard.name}" in page
        assert "Settle by protocol" in page

        response = browser.post(
            url("agenda_track", item.pk), {"standard": standard.pk}, follow=True
        )

        assert response.redirect_chain[0][0] == url("meeting", meeting.pk)
        assert "Discuss it after all" in text(response)
        assert AgendaItem.objects.get().standard == standard
        response = browser.post(url("agenda_track", item.pk), follow=True)
        assert "will be discussed" in text(response)
        assert AgendaItem.objects.get().standard is None

    def test_says_why_not(self, browser, url, coordinator):
        standard = make_standard(by=coordinator)
        meeting = make_meeting(by=coordinator, board=standard.board)
        item = make_item(by=coordinator, meeting=meeting)

        response = browser.post(
            url("agenda_track", item.pk), {"standard": standard.pk}, follow=True
        )

        assert "does not settle this case" in text(response)

    def test_a_standard_that_is_none(self, browser, url, coordinator):
        item = make_protocol_item(by=coordinator)
        other = make_standard(by=coordinator)

        for typed in ("x", other.pk):
            response = browser.post(url("agenda_track", item.pk), {"standard": typed})
            assert response.status_code == 404

    def test_only_who_writes_agendas(self, radiologists_browser, url, item):
        assert radiologists_browser.post(url("agenda_track", item.pk)).status_code == 403


class TestAudits:
    @pytest.fixture
    def audit(self, coordinator, chair):
        standard = make_standard(by=coordinator)
        sign_by_protocol(by=coordinator, standard=standard, signer=coordinator)
        return ProtocolAudit.objects.select_related("decision__case__patient").get()

    def test_is_reviewed(self, chairs_browser, url, audit):
        page = text(chairs_browser.get(url("protocol_audits")))
        assert audit.decision.case.patient.record_number in page
        assert "1 drawn, none reviewed yet" in page
        one = text(chairs_browser.get(url("protocol_audit", audit.pk)))
        assert audit.decision.rationale in one
        assert "No sign of recurrence." in one

        response = chairs_browser.post(
            url("protocol_audit", audit.pk),
            {"verdict": "discuss", "note": "Too young"},
            follow=True,
        )

        page = text(response)
        assert "Nothing to review." in page
        assert "1 of 1 should have been discussed (100 %)" in page
        assert "Too young" in page
        assert "Reviewed by" in text(chairs_browser.get(url("protocol_audit", audit.pk)))

    def test_a_verdict_against_it_needs_words(self, chairs_browser, url, audit):
        response = chairs_browser.post(url("protocol_audit", audit.pk), {"verdict": "discuss"})

        assert "Say why" in error_of(response, "note")

    def test_the_signer_is_told_that_another_has_to(self, chairs_browser, url, chair):
        sign_by_protocol(by=chair, standard=make_standard(by=chair))
        audit = ProtocolAudit.objects.get()

        assert "You signed it" in text(chairs_browser.get(url("protocol_audits")))
        assert "Somebody else has to" in text(chairs_browser.get(url("protocol_audit", audit.pk)))
        response = chairs_browser.post(url("protocol_audit", audit.pk), {"verdict": "agreed"})
        assert response.status_code == 422
        assert "Somebody else has to review it" in text(response)

    def test_only_who_audits(self, radiologists_browser, url, audit):
        assert radiologists_browser.get(url("protocol_audits")).status_code == 403
        assert protocol_audits.protocol_audit.permission == Permission.PROTOCOL_AUDIT
