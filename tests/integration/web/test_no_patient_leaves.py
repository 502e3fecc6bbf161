"""Nothing that names a patient stands in an address, a header or a message."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import get_messages

from cases.models import FactAnswer
from cases.services.decision_sheets import sheet_of
from cases.services.row_versions import version_of
from tests.factories.boards import draft, make_asking_case, make_item, make_meeting
from tests.factories.cases import STAGING, make_case, make_study

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

FAMILY_NAME = "Quetzalcoatl"
RECORD_NUMBER = "QX-98765"
HTMX = {"HX-Request": "true"}

TEMPLATES = Path(settings.BASE_DIR, "templates")


@pytest.fixture
def send(browser):
    """Post, and see that neither a message nor a header names the patient."""

    def post(address, data=None, *, headers=None):
        response = browser.post(address, data or {}, headers=headers)
        assert response.status_code < 400, response.content.decode()
        told = [str(message) for message in get_messages(response.wsgi_request)]
        told += [*response.headers.values(), str(response.cookies)]
        for words in told:
            assert FAMILY_NAME not in words
            assert RECORD_NUMBER not in words
        return response

    return post


@pytest.fixture
def case(coordinator):
    """A case that asks for the board, of a patient with a name like no other."""
    return make_asking_case(by=coordinator, family_name=FAMILY_NAME)


def test_the_posts_of_a_case(send, url, coordinator):
    """ASVS v5.0.0-14.2.1: no patient stands in an address, a header or a message."""
    send(
        url("case_new"),
        {
            "record_number": RECORD_NUMBER,
            "family_name": FAMILY_NAME,
            "sex": "",
            "title": f"pNET of {FAMILY_NAME}",
            "board_question": "",
        },
    )
    send(url("case_duplicates"), {"record_number": RECORD_NUMBER, "family_name": FAMILY_NAME})
    case = make_case(by=coordinator, family_name=FAMILY_NAME, **STAGING)
    study = make_study(case=case, by=coordinator)
    send(url("case_list"), {"q": FAMILY_NAME})
    send(url("case_list"), {"q": RECORD_NUMBER}, headers=HTMX)
    case.refresh_from_db()
    head = {"title": FAMILY_NAME, "board_question": "", "row_version": version_of(case)}
    send(url("case_edit", case.pk), head)
    person = {
        "row_version": version_of(case.patient),
        "record_number": RECORD_NUMBER + "0",
        "family_name": FAMILY_NAME,
        "sex": "female",
    }
    send(url("patient_edit", case.patient_id), person)
    send(url("treatments_none", case.pk), {"given": "false", "source": FAMILY_NAME})
    send(url("treatment_new", case.pk), {"type": "SSA", "target": FAMILY_NAME})
    send(url("procedure_new", case.pk), {"kind": "whipple", "note": FAMILY_NAME})
    tissue = {"taken_on": "2026-01-02", "kind": "biopsy", "site": "liver", "report": FAMILY_NAME}
    send(url("specimen_new", case.pk), tissue)
    send(url("lesion_new", case.pk), {"label": FAMILY_NAME, "place": "liver", "role": "target"})
    send(url("device_new", case.pk), {"kind": "pacemaker", "note": FAMILY_NAME})
    send(url("study_new", case.pk), {"modality": "CT", "performed_on": "2026-01-20"})
    send(url("result_questions", study.pk), {"outcome": "stable", "summary": FAMILY_NAME})
    send(url("result_enter", study.pk), {"outcome": "stable", "summary": FAMILY_NAME})
    case.refresh_from_db()
    send(url("case_facts", case.pk, "C"), {"source": FAMILY_NAME})
    assert FactAnswer.objects.exists()


def test_the_posts_of_a_check(send, url, coordinator):
    carcinoma = {**STAGING, "differentiation": "poor", "histology_subtype": "NEC_small_cell"}
    case = make_case(by=coordinator, family_name=FAMILY_NAME, **carcinoma)
    given = {"assessment_id": case.assessment_id, "reason": "other", "text": FAMILY_NAME}
    send(url("check_acknowledge", case.pk, "W-NEC"), given)
    row = case.acknowledgments.get()
    send(url("acknowledgment_withdraw", row.pk), {"text": FAMILY_NAME})


def test_the_posts_of_a_board(send, url, case, coordinator):
    meeting = make_meeting(by=coordinator)
    other = make_item(by=coordinator, meeting=meeting)
    send(url("agenda_put_on", case.pk), {"meeting": meeting.pk, "question": FAMILY_NAME})
    item = case.agenda_items.get()
    asked = {"question": f"{FAMILY_NAME}?", "row_version": version_of(item)}
    send(url("agenda_question", item.pk), asked)
    send(url("agenda_move", item.pk), {"move": "up"})
    send(url("agenda_move", item.pk), {"move": "down"}, headers=HTMX)
    draft(item, by=coordinator)
    version = item.drafts.get().version
    written = {"version": version, "rationale": FAMILY_NAME}
    send(url("decision", item.pk), {**written, "add-row": "1"}, headers=HTMX)
    send(url("decision", item.pk), written)
    assert sheet_of(item).draft.rationale == FAMILY_NAME
    send(url("agenda_take_off", item.pk))
    send(url("agenda_take_off", other.pk))
    send(url("agenda_put_on", case.pk), {"meeting": meeting.pk})
    send(url("meeting_cancel", meeting.pk))


def test_messages_stay_on_the_server(browser, url, case, coordinator):
    meeting = make_meeting(by=coordinator)

    response = browser.post(url("agenda_put_on", case.pk), {"meeting": meeting.pk})

    assert "messages" not in response.cookies


def test_no_form_of_a_page_is_sent_in_an_address():
    """A form with a GET would write what is typed into the address, and so into logs."""
    for template in sorted(TEMPLATES.rglob("*.html")):
        markup = re.sub(r"(?s){% comment %}.*?{% endcomment %}", "", template.read_text())
        for form in re.findall(r"<form[^>]*>", markup):
            assert re.search(r'method="(post|{{)', form), f"{template.name}: {form}"
        assert not re.search(r"<(form|input|select|textarea)[^>]*hx-get", markup), template.name
        for attribute in ("hx-push-url", "hx-replace-url"):
            assert attribute not in markup, template.name
