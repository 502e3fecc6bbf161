"""What each endpoint answers when all is well, and what it leaves behind."""

import base64
import json
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Assessment, Case, FactAnswer, Patient, Result, Study
from tests.integration.api.conftest import problem
from tests.integration.services.test_patients import ODD_TEXT
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate().isoformat()
NOUNS = {
    "patients": "patient",
    "cases": "case",
    "studies": "study",
    "results": "result",
    "assessments": "assessment",
}


@pytest.mark.parametrize("noun", NOUNS)
def test_one_row_is_read_as_it_stands_in_the_list(script, rows, audited, noun):
    kind = NOUNS[noun]
    audited()
    one = script.get(f"{noun}/{getattr(rows, kind)}/")
    assert one.status_code == 200
    assert one["Content-Type"] == "application/json"
    assert one["Cache-Control"] == "no-store"
    listed = script.get(f"{noun}/").json()
    assert one.json() in listed["results"]
    assert listed["next"] is listed["previous"] is None
    assert audited() == [
        (f"{kind}.read", getattr(rows, kind)),
        (f"{kind}.listed", script.institution.id),
    ]


@pytest.mark.parametrize("noun", NOUNS)
def test_reading_is_noted_with_the_person(script, rows, coordinator, noun):
    script.get(f"{noun}/")
    with institution_scope(script.institution):
        assert AuditEntry.objects.order_by("-at").first().person == coordinator


@pytest.mark.parametrize("noun", NOUNS)
def test_head_is_a_get_without_a_body(script, rows, noun):
    for path in (f"{noun}/", f"{noun}/{getattr(rows, NOUNS[noun])}/"):
        answer = script.ask("HEAD", path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_a_patient_is_added(script, audited, coordinator):
    answer = script.post(
        "patients/",
        {
            "record_number": " N-1 ",
            "family_name": "Example",
            "given_name": "Alex",
            "birth_date": "1968-05-02",
            "sex": "female",
        },
    )
    assert answer.status_code == 201
    body = answer.json()
    assert {**body, "id": "", "created_at": ""} == {
        "id": "",
        "record_number": "N-1",
        "family_name": "Example",
        "given_name": "Alex",
        "birth_date": "1968-05-02",
        "sex": "female",
        "created_at": "",
    }
    assert script.get(f"patients/{body['id']}/").json() == body
    assert audited()[0][0] == "patient.added"
    with institution_scope(script.institution):
        event = Patient.objects.get().events.get()
        assert event.pgh_context == {"person": str(coordinator.pk)}


def test_a_pseudonymous_patient_is_added(script):
    body = script.post("patients/", {"record_number": "S-1", "birth_date": None}).json()
    assert (body["family_name"], body["birth_date"], body["sex"]) == ("", None, "")


@pytest.mark.parametrize("text", ODD_TEXT)
def test_text_of_every_kind_comes_back_as_it_was_sent(script, text):
    body = script.post("patients/", {"record_number": text, "family_name": text}).json()
    assert (body["record_number"], body["family_name"]) == (text, text)
    assert script.post("patients/search/", {"record_number": text}).json()["results"] == [body]


def test_a_patient_is_searched_by_record_number_in_the_body(script, rows, audited):
    audited()
    typed = f" {rows.record_number.lower()} "
    answer = script.post("patients/search/", {"record_number": typed})
    assert answer.status_code == 200
    assert answer.json() == {"results": [script.get(f"patients/{rows.patient}/").json()]}
    assert audited()[:2] == [
        ("patient.searched", script.institution.id),
        ("patient.read", rows.patient),
    ]
    nobody = script.post("patients/search/", {"record_number": "nobody"})
    assert (nobody.status_code, nobody.json()) == (200, {"results": []})
    assert audited() == [("patient.searched", script.institution.id)]


def test_a_case_is_opened_with_answers_and_assessed(script, rows, audited):
    audited()
    answer = script.post(
        "cases/",
        {
            "patient": str(rows.patient),
            "title": "NET of the tail",
            "board_question": "Resect?",
            "facts": {"clinical_question": "distant_staging", "ki67_percent": "unknown"},
        },
    )
    assert answer.status_code == 201
    body = answer.json()
    assert (body["title"], body["version"], body["readiness"]) == (
        "NET of the tail",
        1,
        "incomplete",
    )
    assert "facts" not in body
    assert script.get(f"cases/{body['id']}/").json() == body
    assert [action for action, _ in audited()] == [
        "case.opened",
        "case.facts.answered",
        "case.read",
    ]
    made = script.get(f"assessments/{body['assessment']}/").json()
    assert made["case"] == body["id"]
    assert made["facts"]["clinical_question"] == "distant_staging"
    assert made["answer"]["scenario"] == made["scenario"] == body["scenario"]
    assert set(made["edition"]) == {"version", "hash"}
    assert made["origins"]["ki67_percent"]["text"].endswith("from API")


def test_a_case_is_opened_without_answers(script, rows):
    body = script.post("cases/", {"patient": str(rows.patient), "title": "NET"}).json()
    assert (body["version"], body["readiness"]) == (1, "not started")


def test_facts_are_answered(script, rows, coordinator):
    answer = script.post(
        f"cases/{rows.case}/facts/",
        {
            "facts": {"ki67_percent": 25, "cga_trend": "unknown", "chest_imaging_done": None},
            "source": "Report of 12 Nov",
            "if_match": rows.version,
        },
    )
    assert answer.status_code == 200
    assert answer.json() == script.get(f"cases/{rows.case}/").json()
    assert answer.json()["version"] == rows.version + 1
    with institution_scope(script.institution):
        told = {row.fact: (row.value, row.source) for row in FactAnswer.objects.all()}
        assert told["ki67_percent"] == (25, "Report of 12 Nov")
        assert told["cga_trend"] == ("unknown", "Report of 12 Nov")
        assert "chest_imaging_done" not in told
        event = FactAnswer.pgh_event_model.objects.filter(fact="ki67_percent").latest("pgh_id")
        assert (event.answered_by_id, event.pgh_context) == (
            coordinator.pk,
            {"person": str(coordinator.pk)},
        )


def test_a_study_is_added(script, rows, audited):
    audited()
    answer = script.post(
        "studies/",
        {
            "case": str(rows.case),
            "modality": "MRI",
            "procedure": "MRI_AP_WWO",
            "performed_on": TODAY,
            "multiphasic": False,
            "dwi": None,
            "report": "Liver:\n<b>clear</b>",
        },
    )
    assert answer.status_code == 201
    body = answer.json()
    assert (body["case"], body["multiphasic"], body["dwi"]) == (str(rows.case), False, None)
    assert body["report"] == "Liver:\n<b>clear</b>"
    assert script.get(f"studies/{body['id']}/").json() == body
    assert audited()[0] == ("case.study.added", rows.case)


def test_a_study_keeps_everything_that_is_sent_of_it(script, rows):
    sent = {
        "modality": "PET_SSTR",
        "performed_on": TODAY,
        "reported_on": TODAY,
        "contrast": "iodinated",
        "contrast_flow_ml_s": "4.0",
        "phases": ["unenhanced", "portal_venous"],
        "sequences": None,
        "coverage": ["abdomen"],
        "tracer": "DOTATATE",
        "activity_mbq": "185.0",
        "ctdi_vol_mgy": "8.10",
        "dlp_mgy_cm": "612.5",
        "effective_dose_msv": "14.20",
        "performing_site": "East Clinic",
        "study_uid": "1.2.840.1",
    }
    body = script.post("studies/", {"case": str(rows.case), **sent}).json()
    assert {name: body[name] for name in sent} == sent
    assert script.get(f"studies/{body['id']}/").json() == body


def test_a_result_is_entered_and_opens_its_branch(script, rows, audited):
    audited()
    answer = script.post(
        "results/",
        {"study": str(rows.open_study), "outcome": "positive", "new_lesions": True},
    )
    assert answer.status_code == 201
    body = answer.json()
    assert (body["case"], body["new_lesions"], body["response_basis"]) == (
        str(rows.case),
        True,
        "",
    )
    assert audited()[0] == ("case.result.entered", rows.case)
    case = script.get(f"cases/{rows.case}/").json()
    assert case["board_level"] == "yes"
    assert script.get(f"assessments/{case['assessment']}/").json()["branch"] == "B-01-POS"


def test_lists_are_narrowed(script, rows):
    other = script.post("cases/", {"patient": str(rows.patient), "title": "Second"}).json()["id"]
    new = script.post("patients/", {"record_number": "N-2"}).json()["id"]

    def ids(path: str) -> list[str]:
        return [row["id"] for row in script.get(path).json()["results"]]

    assert ids(f"cases/?patient={rows.patient}") == [str(rows.case), other]
    assert ids(f"cases/?patient={new}") == []
    assert ids(f"studies/?case={rows.case}") == [str(rows.study), str(rows.open_study)]
    assert ids(f"studies/?case={other}") == []
    assert ids(f"results/?case={rows.case}") == [str(rows.result)]
    assert ids(f"results/?study={rows.open_study}") == []
    assert ids(f"results/?study={rows.study}&case={rows.case}") == [str(rows.result)]
    assert ids(f"assessments/?case={rows.case}")[-1] == str(rows.assessment)
    assert len(ids(f"assessments/?case={other}")) == 1


# --- Pages --------------------------------------------------------------------------------------


def add_patients(script, numbers) -> list[str]:
    return [
        script.post("patients/", {"record_number": f"P-{n}"}).json()["record_number"]
        for n in numbers
    ]


def follow(script, link: str) -> dict:
    path = link.partition(f"/api/v1/i/{script.institution.slug}/")[2]
    return script.get(path).json()


def test_pages_are_complete_while_rows_are_added(script):
    first = add_patients(script, range(7))
    page = script.get("patients/?page_size=2").json()
    seen = []
    added = []
    while True:
        seen += [row["record_number"] for row in page["results"]]
        if len(added) < 3:
            added += add_patients(script, [f"late-{len(added)}"])
        if page["next"] is None:
            break
        page = follow(script, page["next"])
    assert seen == first + added
    back = follow(script, page["previous"])
    assert [row["record_number"] for row in back["results"]] == seen[-4:-2]


def test_a_link_to_a_page_says_nothing_but_ids(script):
    add_patients(script, range(3))
    link = script.get("patients/?page_size=1").json()["next"]
    (cursor,) = parse_qs(urlsplit(link).query)["cursor"]
    place = parse_qs(base64.b64decode(cursor).decode())
    assert [uuid.UUID(value) for value in place.pop("p")]
    assert not place


def test_the_largest_page(script):
    add_patients(script, range(3))
    assert len(script.get("patients/?page_size=200").json()["results"]) == 3


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_takes_the_same_queries_for_many_rows(script, rows, noun):
    with CaptureQueriesContext(connection) as few:
        script.get(f"{noun}/")
    for n in range(3):
        patient = script.post("patients/", {"record_number": f"Q-{n}"}).json()["id"]
        case = script.post("cases/", {"patient": patient, "title": "NET"}).json()["id"]
        study = script.post(
            "studies/", {"case": case, "modality": "CT", "performed_on": TODAY}
        ).json()["id"]
        assert script.post("results/", {"study": study, "outcome": "stable"}).status_code == 201
    with CaptureQueriesContext(connection) as many:
        assert len(script.get(f"{noun}/").json()["results"]) > 3
    assert len(many) == len(few)


# --- What is and is not there -------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE"])
@pytest.mark.parametrize("noun", NOUNS)
def test_nothing_is_replaced_or_deleted_here(script, rows, noun, method):
    for path in (f"{noun}/", f"{noun}/{getattr(rows, NOUNS[noun])}/"):
        answer = script.ask(method, path, {})
        assert answer.status_code == 405
        assert "GET" in answer["Allow"]
        assert problem(answer)["title"] == "Method Not Allowed"


def test_assessments_are_not_posted(script, rows):
    assert script.post("assessments/", {}).status_code == 405
    assert script.post(f"cases/{rows.case}/", {}).status_code == 405
    assert script.get(f"cases/{rows.case}/facts/").status_code == 405


def test_options_says_no_more_than_any_other_action_without_permission(script, rows):
    answer = script.ask("OPTIONS", f"patients/{rows.patient}/")
    assert answer.status_code == 403
    assert set(problem(answer)) == {"type", "title", "status", "detail"}


def test_everything_written_is_json_in_utf8(script):
    body = script.post("patients/", {"record_number": "é"}).content
    assert json.loads(body)["record_number"] == "é"
    assert "é".encode() in body


def test_nothing_is_left_open(script, rows):
    """The rows that these endpoints made stand in the institution and nowhere else."""
    with institution_scope(script.institution):
        for model in (Patient, Case, Study, Result, Assessment):
            assert model.objects.exists()
            owners = set(model.objects.values_list("institution_id", flat=True))
            assert owners == {script.institution.id}
