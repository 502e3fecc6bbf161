"""The page of what is there and what is missing, and the forms on its rows."""

import pytest
from django.template.loader import render_to_string

from cases.models import GapAcceptance, GapRequest
from cases.services import facts, gaps
from cases.web.completeness import completeness_section
from tests.factories.cases import make_case
from tests.factories.completeness import days_ago, make_complete_case, make_surveillance_ct
from tests.integration.web.cases.reading import error_at, row_version_of, text_of, value_of
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def bare(coordinator):
    """A case of which nothing is known."""
    return make_case(by=coordinator)


def page(browser, at, case):
    return text_of(browser.get(at("case_completeness", case.pk)))


def ask_form(**given):
    return {"asked_of": "Dr. Patel", "asked_on": "2026-01-12", "note": "", **given}


def test_every_item_stands_with_its_state_age_and_limit(browser, at, coordinator):
    case = make_complete_case(by=coordinator)
    words = page(browser, at, case)
    assert "Ready until" in words
    assert "Surveillance CT or MRI with contrast" in words
    assert f"Current CT , {days_ago(7):%-d %b %Y} 1 week 8 weeks until" in words
    assert "the sources give none" in words
    assert AuditEntry.objects.filter(action="case.read", subject_id=case.pk).exists()


def test_what_is_missing_says_who_is_asked_and_since_when(browser, at, bare, coordinator):
    gaps.ask(
        case=bare,
        item="ki67",
        asked_of="Dr. Patel",
        asked_on=days_ago(3),
        note="by phone",
        by=coordinator,
    )
    words = page(browser, at, bare)
    assert "Not ready, 4 gaps" in words
    assert f"Dr. Patel asked {days_ago(3):%-d %b %Y}: by phone; missing since" in words
    assert "Pathology nobody asked yet; missing since" in words
    assert "No study of this kind has been performed." in words


def test_a_stale_study_links_to_it(browser, at, coordinator):
    case = make_complete_case(by=coordinator, performed_on=days_ago(70))
    body = browser.get(at("case_completeness", case.pk)).content.decode()
    assert at("study_edit", case.studies.get().pk) in body
    assert "Stale" in body


def test_a_study_that_is_not_enough_links_to_it(browser, at, bare, coordinator):
    study = make_surveillance_ct(case=bare, by=coordinator, study_uid="")
    body = browser.get(at("case_completeness", bare.pk)).content.decode()
    assert at("study_edit", study.pk) in body
    assert "no images in the record" in body


def test_asking_without_javascript(browser, at, bare, coordinator):
    address = at("gap_ask", bare.pk, "ki67")
    assert value_of(browser.get(address), "asked_of") == "Pathology"
    response = browser.post(address, ask_form(), follow=True)
    assert response.redirect_chain[0][0] == at("case_completeness", bare.pk) + "#item-ki67"
    assert "It is noted who was asked." in text_of(response)
    request = GapRequest.objects.get()
    assert (request.case, request.asked_of, request.entered_by) == (bare, "Dr. Patel", coordinator)


def on_the_page(at, case):
    """What htmx sends from a form in the table of the case."""
    url = f"http://testserver{at('case_completeness', case.pk)}"
    return {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": url}


def test_a_form_on_a_page_of_its_own_leads_back_to_the_table(browser, at, bare):
    address = at("gap_ask", bare.pk, "ki67")
    here = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{address}"}
    response = browser.post(address, ask_form(), **here)
    assert response.headers["HX-Redirect"] == at("case_completeness", bare.pk) + "#item-ki67"
    assert "It is noted who was asked." in text_of(browser.get(at("case_completeness", bare.pk)))


def test_an_open_scenario_says_that_the_list_is_not_whole(browser, at, bare):
    words = text_of(browser.get(at("case_completeness", bare.pk)))
    assert "The scenario is open: what else is asked for is known only once" in words


def test_asking_within_the_row(browser, at, bare):
    address = at("gap_ask", bare.pk, "ki67")
    form = browser.get(address, HTTP_HX_REQUEST="true")
    assert b"<form" in form.content
    assert b"<html" not in form.content
    assert form.headers["Vary"].count("HX-Request") == 1
    response = browser.post(address, ask_form(), **on_the_page(at, bare))
    assert response.headers["HX-Retarget"] == "#completeness"
    assert response.content.decode().startswith('<div id="completeness"')
    assert "It is noted who was asked." in text_of(response)


def test_a_form_with_errors_stays_in_its_row_with_what_was_typed(browser, at, bare):
    address = at("gap_ask", bare.pk, "ki67")
    response = browser.post(address, ask_form(asked_on="soon"), HTTP_HX_REQUEST="true")
    assert response.status_code == 422
    assert "HX-Retarget" not in response.headers
    assert error_at(response, "asked_on")
    assert value_of(response, "asked_of") == "Dr. Patel"
    response = browser.post(address, ask_form(asked_on="2199-01-01"))
    assert error_at(response, "asked_on") == "The date lies in the future."


def test_of_two_who_ask_the_second_sees_what_the_first_wrote(browser, at, bare, chair):
    address = at("gap_ask", bare.pk, "ki67")
    gaps.ask(case=bare, item="ki67", asked_of="Dr. Weber", asked_on=days_ago(3), by=chair)
    seen = row_version_of(browser, address)
    gaps.ask(case=bare, item="ki67", asked_of="Dr. Lund", asked_on=days_ago(3), by=chair)
    response = browser.post(address, {**ask_form(), **seen})
    assert response.status_code == 422
    assert "Now: Dr. Lund" in text_of(response)
    assert value_of(response, "asked_of") == "Dr. Patel"
    assert GapRequest.objects.get().asked_of == "Dr. Lund"


def test_a_request_is_shown_in_its_form_and_withdrawn(browser, at, bare, coordinator):
    request = gaps.ask(
        case=bare, item="ki67", asked_of="Dr. Weber", asked_on=days_ago(3), by=coordinator
    )
    assert value_of(browser.get(at("gap_ask", bare.pk, "ki67")), "asked_of") == "Dr. Weber"
    response = browser.post(at("gap_request_withdraw", request.pk), follow=True)
    assert "The request is withdrawn." in text_of(response)
    assert not GapRequest.objects.exists()


def test_accepting_a_gap_by_name(browser, at, bare):
    address = at("gap_accept", bare.pk, "ki67")
    assert "Your name and this reason stand beside the case" in text_of(browser.get(address))
    response = browser.post(address, {"reason": ""})
    assert error_at(response, "reason") == "Say why the board can decide without it."
    words = text_of(browser.post(address, {"reason": "Too little tissue"}, follow=True))
    assert "accepted by Cora Coordinator" in words
    assert "Too little tissue" in words
    assert "Not ready, 3 gaps" in words


def test_accepting_twice_is_refused_in_the_form(browser, at, bare, chair):
    gaps.accept(case=bare, item="ki67", reason="Urgent", by=chair)
    response = browser.post(at("gap_accept", bare.pk, "ki67"), {"reason": "Too"})
    assert response.status_code == 422
    assert "Chris Chair accepted this gap already." in text_of(response)


def test_an_acceptance_is_withdrawn_within_the_row(browser, at, bare, coordinator):
    acceptance = gaps.accept(case=bare, item="ki67", reason="Urgent", by=coordinator)
    response = browser.post(at("gap_acceptance_withdraw", acceptance.pk), **on_the_page(at, bare))
    assert "Not ready, 4 gaps" in text_of(response)
    assert not GapAcceptance.objects.exists()


@pytest.mark.parametrize("item", ["differentiation", "rereading", "nonsense"])
@pytest.mark.parametrize("name", ["gap_ask", "gap_accept"])
def test_what_is_no_gap_has_no_form(browser, at, bare, coordinator, name, item):
    facts.answer(case=bare, answers={"differentiation": "well"}, by=coordinator)
    assert browser.get(at(name, bare.pk, item)).status_code == 404


def test_who_reads_sees_no_forms(sign_in_as, at, bare, coordinator):
    gaps.accept(case=bare, item="ki67", reason="Urgent", by=coordinator)
    radiologist = sign_in_as("RADIOLOGIST")
    body = radiologist.get(at("case_completeness", bare.pk)).content.decode()
    assert at("gap_ask", bare.pk, "differentiation") not in body
    assert at("gap_accept", bare.pk, "differentiation") in body
    admin = sign_in_as("ADMINISTRATOR")
    assert admin.get(at("case_completeness", bare.pk)).status_code == 403
    assert radiologist.get(at("gap_ask", bare.pk, "differentiation")).status_code == 403


def test_the_section_of_the_case_page(institution, bare, coordinator):
    gaps.accept(case=bare, item="ki67", reason="Urgent", by=coordinator)
    context = {"institution": institution, "case": bare, **completeness_section(bare)}
    words = render_to_string("cases/parts/completeness_section.html", context)
    assert "accepted by Cora Coordinator: Urgent" in words
    assert "Not ready, 3 gaps" in words
    line = render_to_string("cases/parts/gaps_line.html", context)
    assert "Ki-67 (Cora Coordinator: Urgent)" in line
    assert "Question for the board; " in line


def test_queries_do_not_grow_with_the_record(browser, at, coordinator, django_assert_num_queries):
    case = make_complete_case(by=coordinator)
    with django_assert_num_queries(24):
        browser.get(at("case_completeness", case.pk))
    for days in range(100, 110):
        make_surveillance_ct(case=case, by=coordinator, performed_on=days_ago(days))
    with django_assert_num_queries(24):
        browser.get(at("case_completeness", case.pk))
