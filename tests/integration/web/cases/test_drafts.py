"""What is typed is kept while it is typed, for the person who typed it and for nobody else."""

import json

import pytest
from django.test import Client

from cases.models import Case, FormDraft
from cases.services import form_drafts
from cases.services.form_drafts import DraftKey
from tests.integration.web.cases.reading import row_version_of, text_of, value_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_case")]


@pytest.fixture
def keep(browser, at):
    """Keep a draft as a page would, and give the answer."""

    def post(page, **fields):
        data = {"draft": value_of(page, "draft"), "fields": json.dumps(fields)}
        return browser.post(at("form_drafts"), data)

    return post


def test_what_was_typed_is_offered_when_the_form_opens_again(browser, at, keep, scope):
    page = browser.get(at("case_new"))
    assert "was not saved" not in text_of(page)

    answer = keep(page, title=["pNET </script> of the tail"])
    assert answer.status_code == 200
    assert list(answer.json()) == ["saved_at"]

    again = browser.get(at("case_new"))
    assert f"What you typed on {answer.json()['saved_at']} was not saved." in text_of(again)
    assert "pNET \\u003C/script\\u003E of the tail" in again.content.decode()


def test_saving_the_form_clears_it(browser, at, keep, scope):
    page = browser.get(at("case_new"))
    keep(page, title=["T"])
    data = {"record_number": "N-1", "title": "T", "draft": value_of(page, "draft")}
    assert browser.post(at("case_new"), {**data, "title": ""}).status_code == 422
    assert FormDraft.objects.exists()

    assert browser.post(at("case_new"), data).status_code == 302
    assert Case.objects.exists()
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize("name", ["case_edit", "patient_edit"])
def test_every_form_of_a_row_has_its_own(browser, at, case, keep, institution, name):
    address = at(name, case.pk if name == "case_edit" else case.patient_id)
    keep(browser.get(address), title=["typed"])

    assert "was not saved" in text_of(browser.get(address))
    assert "was not saved" not in text_of(browser.get(at("case_new")))
    with institution_scope(institution):
        assert FormDraft.objects.get().about in address


def test_each_group_of_facts_has_its_own(browser, at, case, keep):
    keep(browser.get(at("case_facts", case.pk, "B")), ki67_percent_0=["3"])

    assert "was not saved" in text_of(browser.get(at("case_facts", case.pk, "B")))
    assert "was not saved" not in text_of(browser.get(at("case_facts", case.pk, "C")))


def test_a_refused_form_holds_what_was_typed_and_offers_nothing(browser, at, case, keep):
    address = at("case_edit", case.pk)
    keep(browser.get(address), title=["typed"])
    response = browser.post(address, {**row_version_of(browser, address), "title": ""})

    assert response.status_code == 422
    assert "was not saved" not in text_of(response)


def test_a_draft_can_be_discarded(browser, at, keep, scope):
    page = browser.get(at("case_new"))
    keep(page, title=["T"])
    data = {"draft": value_of(page, "draft"), "discard": "yes"}

    assert browser.post(at("form_drafts"), data).status_code == 200
    assert not FormDraft.objects.exists()


def test_another_person_neither_sees_nor_writes_it(browser, at, keep, sign_in_as, institution):
    page = browser.get(at("case_new"))
    keep(page, title=["Mine"])
    other = sign_in_as("CLINICIAN")

    assert "was not saved" not in text_of(other.get(at("case_new")))
    data = {"draft": value_of(page, "draft"), "fields": json.dumps({"title": ["Theirs"]})}
    for more in ({}, {"discard": "yes"}):
        answer = other.post(at("form_drafts"), {**data, **more})
        assert answer.status_code == 409
        assert answer.json() == {"reason": "Somebody else is signed in now."}
    with institution_scope(institution):
        assert FormDraft.objects.get().fields == {"title": ["Mine"]}


def test_whoever_is_signed_out_is_led_to_sign_in(browser, at, keep):
    page = browser.get(at("case_new"))
    browser.logout()

    assert keep(page, title=["T"]).status_code == 302


def test_a_page_left_open_gets_a_fresh_token(browser, at):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    fresh = strict.get(at("form_drafts")).json()["csrf"]
    data = {"draft": "made up", "csrfmiddlewaretoken": fresh}

    assert strict.post(at("form_drafts"), {**data, "csrfmiddlewaretoken": "x"}).status_code == 403
    assert strict.post(at("form_drafts"), data).status_code == 409


@pytest.mark.parametrize("fields", ["", "{", "[]", '{"a": 1}', "[" * 100_000, '{"a": ["\\u0000"]}'])
def test_what_no_page_sends_is_refused_with_a_reason(browser, at, fields, scope):
    token = value_of(browser.get(at("case_new")), "draft")
    answer = browser.post(at("form_drafts"), {"draft": token, "fields": fields})

    assert answer.status_code == 422
    assert answer.json()["reason"]
    assert not FormDraft.objects.exists()


def test_drafts_of_another_institution_stay_there(
    browser, at, institution, other_institution, coordinator
):
    with institution_scope(other_institution):
        key = DraftKey(coordinator.pk, "case")
        form_drafts.keep(key=key, fields={"title": ["South"]})

    assert "was not saved" not in text_of(browser.get(at("case_new")))
