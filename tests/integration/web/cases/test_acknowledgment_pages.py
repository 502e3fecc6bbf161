"""Acknowledging a check on its page, taking it back, and what the case page says of it."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Acknowledgment
from cases.selectors.cases import one
from cases.services import acknowledgments, facts, studies
from tests.factories.boards import draft, make_item
from tests.factories.cases import STAGING, make_case
from tests.integration.web.cases.reading import checked_of, error_at, summary_of, text_of, value_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.usefixtures("scope")

CODE = "W-NONCONTRAST"
SAID = "Without IV contrast, hypervascular deposits may not show"


@pytest.fixture(scope="module", autouse=True)
def kept_case(house):
    """A staging order without contrast, which is critical; the chest is a caution."""
    by, today = house.coordinator, timezone.localdate()
    with institution_scope(house.institution):
        case = make_case(by=by, **STAGING)
        studies.add(case=case, modality="CT", procedure="CT_AP_WO", ordered_on=today, by=by)
        return one(case.pk)


@pytest.fixture
def page(at, case):
    """The address of the page of a check."""

    def address(code=CODE, query=""):
        return at("check_acknowledge", case.pk, code) + query

    return address


def typed(case, **changes):
    """What the form posts."""
    given = {"assessment_id": one(case.pk).assessment_id, "reason": "not_feasible", "text": ""}
    return {**given, **changes}


def test_the_case_page_leads_to_it(browser, at, case, page):
    response = browser.get(at("case", case.pk))
    words = text_of(response)
    assert f"Critical: {SAID}" in words
    assert words.count("Not acknowledged.") == 2
    assert f'href="{page()}"' in response.content.decode()
    assert f'href="{page("W-CHEST")}"' in response.content.decode()


def test_it_shows_the_check_and_what_it_rests_on(browser, page, coordinator, case):
    words = text_of(browser.get(page()))
    assert SAID in words
    assert "Gadolinium permitted Yes" in words
    assert "Ordered study CT abdomen and pelvis without IV contrast" in words
    assert "What was said of it" not in words
    read = AuditEntry.objects.filter(action="case.read", subject_id=case.pk, person=coordinator)
    assert read.exists()


def test_a_check_is_acknowledged(browser, at, case, page, coordinator):
    response = browser.post(page(), typed(case, text="Contrast <was> refused."), follow=True)

    assert response.redirect_chain == [(at("case", case.pk) + "#checks", 302)]
    row = Acknowledgment.objects.get()
    assert (row.reason, row.text, row.by) == (
        "not_feasible",
        "Contrast <was> refused.",
        coordinator,
    )
    words = text_of(response)
    assert "The check is acknowledged." in words
    assert f"Critical: {SAID}" in words
    assert "Acknowledged. Not feasible otherwise: Contrast <was> refused. Cora" in words
    # What was typed is not in the message that lies in the session.
    assert words.count("Contrast <was> refused.") == 1


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"reason": ""}, "reason", "Choose why the case goes on all the same."),
        ({"reason": "whatever"}, "reason", "Select a valid choice"),
        ({"reason": "other", "text": ""}, "text", "Say in words why."),
        ({"text": "x" * 1_001}, "text", "at most 1000"),
        ({"text": "a\x00"}, "text", "Null characters"),
    ],
)
def test_an_error_stands_by_its_field_and_what_was_typed_stays(
    browser, case, page, changes, field, message
):
    given = typed(case, **{"text": "Typed.", **changes})
    response = browser.post(page(), given)

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert message in summary_of(response)
    if given["reason"] == "not_feasible":
        assert checked_of(response, "reason") == ["not_feasible"]
    if field == "reason":
        assert "Typed." in text_of(response)
    assert not Acknowledgment.objects.exists()


def test_a_broken_page_is_told(browser, case, page):
    response = browser.post(page(), typed(case, assessment_id="nonsense"))
    assert response.status_code == 422
    assert "Enter a valid UUID." in summary_of(response)


def test_not_when_the_guidance_has_changed_since(browser, case, page, coordinator):
    given = typed(case)
    facts.answer(case=case, answers={"bone_pain": True}, by=coordinator)

    response = browser.post(page(), given)

    assert response.status_code == 422
    assert "guidance for this case has changed" in summary_of(response)
    assert value_of(response, "assessment_id") == str(one(case.pk).assessment_id)
    assert not Acknowledgment.objects.exists()


def test_a_second_person_learns_who_was_first(browser, case, page, chair):
    given = typed(case)
    acknowledgments.acknowledge(
        case=case,
        code=CODE,
        assessment_id=case.assessment_id,
        reason="accepted",
        text="Seen.",
        by=chair,
    )

    response = browser.post(page(), given)

    assert response.status_code == 422
    words = text_of(response)
    assert "Chris Chair acknowledged this check already" in words
    assert "Acknowledged. Reviewed and accepted: Seen. Chris Chair" in words
    assert "Withdraw the acknowledgment" in words
    assert "What was said of it Reviewed and accepted: Seen. Chris Chair" in words


def test_one_that_has_lapsed_says_what_it_said_and_why(browser, at, case, page, coordinator):
    browser.post(page(), typed(case, text="Contrast was refused."))
    facts.answer(case=case, answers={"gbca_permitted": False}, by=coordinator)

    for address in (page(), at("case", case.pk)):
        words = text_of(browser.get(address))
        assert (
            "Not acknowledged. An earlier acknowledgment lapsed, as this has changed since "
            "(Gadolinium permitted): Not feasible otherwise: Contrast was refused. Cora" in words
        )


@pytest.mark.parametrize("code", ["W-NEC", "W-NONE", "nonsense", "W-CONTRAST-CROSS"])
def test_what_is_not_raised_or_is_information_has_no_page(browser, case, page, coordinator, code):
    facts.answer(case=case, answers={"renal_impairment_significant": True}, by=coordinator)
    assert browser.get(page(code)).status_code == 404
    assert browser.post(page(code), typed(case)).status_code == 404


class TestWithdrawing:
    @pytest.fixture
    def row(self, case, chair):
        return acknowledgments.acknowledge(
            case=case,
            code=CODE,
            assessment_id=case.assessment_id,
            reason="accepted",
            text="Seen.",
            by=chair,
        )

    def test_is_asked_and_then_done(self, browser, at, case, row, page):
        address = at("acknowledgment_withdraw", row.pk)
        assert f'href="{address}"' in browser.get(at("case", case.pk)).content.decode()
        asked = text_of(browser.get(address))
        assert "Reviewed and accepted: Seen. Chris Chair" in asked
        assert SAID in asked

        response = browser.post(address, {"text": "Not any more."}, follow=True)

        assert response.redirect_chain == [(at("case", case.pk) + "#checks", 302)]
        assert "The acknowledgment is withdrawn." in text_of(response)
        assert text_of(response).count("Not acknowledged.") == 2
        said = text_of(browser.get(page()))
        assert "Withdrawn: Reviewed and accepted: Not any more. Cora Coordinator" in said
        assert "Reviewed and accepted: Seen. Chris Chair" in said

    def test_happens_once(self, browser, at, row):
        address = at("acknowledgment_withdraw", row.pk)
        browser.post(address)
        response = browser.post(address)
        assert response.status_code == 422
        assert "withdrawn already" in summary_of(response)

    def test_a_withdrawal_is_not_withdrawn(self, browser, at, row, chair):
        taken_back = acknowledgments.withdraw(acknowledgment=row, by=chair)
        assert browser.get(at("acknowledgment_withdraw", taken_back.pk)).status_code == 404


class TestComingBack:
    @pytest.fixture
    def item(self, case, coordinator):
        return make_item(by=coordinator, case=case)

    @pytest.mark.parametrize("to", ["decision", "decision_sign"])
    def test_to_the_page_of_the_board(self, client, chair, at, case, page, item, to):
        client.force_login(chair)
        draft(item, by=chair)
        board = client.get(at(to, item.pk)).content.decode()
        address = page(query=f"?item={item.pk.hex}&to={to}")
        assert f'href="{address.replace("&", "&amp;")}"' in board or f'href="{address}"' in board

        asked = client.get(address)
        assert f'href="{at(to, item.pk)}">Cancel' in asked.content.decode()
        assert client.post(address, typed(case))["Location"] == at(to, item.pk)

        row = Acknowledgment.objects.get()
        back = at("acknowledgment_withdraw", row.pk) + f"?item={item.pk.hex}&to={to}"
        assert client.post(back)["Location"] == at(to, item.pk)

    @pytest.mark.parametrize(
        "query",
        [
            "?item=nonsense&to=decision",
            "?to=decision",
            f"?item={uuid.UUID(int=7)}&to=decision",
            "?item={item}&to=case_list",
            "?item={item}&to=https://elsewhere.example/",
            "?item={item}",
        ],
    )
    def test_to_nowhere_else(self, browser, at, case, page, item, query):
        response = browser.post(page(query=query.format(item=item.pk)), typed(case))
        assert response["Location"] == at("case", case.pk) + "#checks"

    def test_to_no_other_case(self, browser, at, case, page, coordinator):
        other = make_item(by=coordinator)
        response = browser.post(page(query=f"?item={other.pk}&to=decision"), typed(case))
        assert response["Location"] == at("case", case.pk) + "#checks"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("COORDINATOR", True),
        ("CLINICIAN", True),
        ("RADIOLOGIST", True),
        ("PATHOLOGIST", True),
        ("BOARD_CHAIR", True),
        ("ADMINISTRATOR", False),
    ],
)
def test_who_decides_or_edits_acknowledges(sign_in_as, at, case, page, role, may):
    person = sign_in_as(role)
    assert person.get(page()).status_code == (200 if may else 403)
    response = person.post(page(), typed(case))
    assert response.status_code == (302 if may else 403)
    assert Acknowledgment.objects.exists() == may
    if may:
        words = person.get(at("case", case.pk)).content.decode()
        assert (
            reverse("acknowledgment_withdraw", args=["north", Acknowledgment.objects.get().pk])
            in words
        )
