"""Each wrong value gives its own message next to its own field, and nothing is written."""

import json
import uuid

import pytest
from django.utils import timezone

from cases.api.problems import server_error
from cases.models import Assessment, Case, FactAnswer, Patient, Result, Study
from cases.services import cases, facts
from tests.integration import once
from tests.integration.api.conftest import faults, make_rows, problem
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
institution, coordinator = once.institution, once.coordinator

TODAY = timezone.localdate()
TOMORROW = (TODAY + timezone.timedelta(days=1)).isoformat()
MISSING = str(uuid.UUID(int=7))
MODELS = (Patient, Case, Study, Result, Assessment, FactAnswer)

DEEP = "[" * 200 + "]" * 200


@pytest.fixture(scope="module", autouse=True)
def rows(institution, coordinator):
    """One row of everything, as every test finds it."""
    return make_rows(institution, coordinator)


@pytest.fixture
def good(rows) -> dict[str, tuple[str, dict]]:
    """A body that each endpoint takes."""
    return {
        "patients": ("patients/", {"record_number": "N-1"}),
        "search": ("patients/search/", {"record_number": "N-1"}),
        "cases": ("cases/", {"patient": str(rows.patient), "title": "NET"}),
        "facts": (f"cases/{rows.case}/facts/", {"facts": {"ki67_percent": 5}}),
        "studies": (
            "studies/",
            {"case": str(rows.case), "modality": "CT", "performed_on": TODAY.isoformat()},
        ),
        "results": ("results/", {"study": str(rows.open_study), "outcome": "stable"}),
    }


ENDPOINTS = ["patients", "search", "cases", "facts", "studies", "results"]


@pytest.fixture
def untouched(institution, rows):
    """After the test: nothing was written."""

    def counts() -> list[int]:
        with institution_scope(institution):
            return [model.objects.count() for model in MODELS]

    before = counts()
    yield
    assert counts() == before


WRONG = [
    # Patients
    ("patients", {"record_number": ""}, "record_number", "blank"),
    ("patients", {"record_number": "   "}, "record_number", "blank"),
    ("patients", {"record_number": None}, "record_number", "null"),
    ("patients", {"record_number": 12345678901234567890.0}, "record_number", "valid string"),
    ("patients", {"record_number": 12}, "record_number", "valid string"),
    ("patients", {"record_number": True}, "record_number", "valid string"),
    ("patients", {"record_number": ["N-1"]}, "record_number", "valid string"),
    ("patients", {"record_number": {"is": "N-1"}}, "record_number", "valid string"),
    ("patients", {"record_number": "x" * 61}, "record_number", "60"),
    ("patients", {"record_number": "a\x00"}, "record_number", "Null characters"),
    ("patients", {"record_number": "\ufdfa" * 60}, "record_number", "searched"),
    ("patients", {"family_name": "x" * 121}, "family_name", "120"),
    ("patients", {"family_name": "\x00"}, "family_name", "Null characters"),
    ("patients", {"given_name": "x" * 121}, "given_name", "120"),
    ("patients", {"given_name": 7}, "given_name", "valid string"),
    ("patients", {"birth_date": "02.05.1968"}, "birth_date", "format"),
    ("patients", {"birth_date": "1968-02-30"}, "birth_date", "format"),
    ("patients", {"birth_date": ""}, "birth_date", "format"),
    ("patients", {"birth_date": 1968}, "birth_date", "format"),
    ("patients", {"birth_date": "1968-05-02T00:00:00"}, "birth_date", "format"),
    ("patients", {"birth_date": TOMORROW}, "birth_date", "future"),
    ("patients", {"birth_date": "1850-01-01"}, "birth_date", "120 years"),
    ("patients", {"sex": "F"}, "sex", "not a valid choice"),
    ("patients", {"sex": None}, "sex", "null"),
    ("patients", {"id": MISSING}, "id", "cannot be written"),
    ("patients", {"created_at": "2020-01-01"}, "created_at", "cannot be written"),
    ("patients", {"institution": MISSING}, "institution", "no such field"),
    ("patients", {"record_key": "n-1"}, "record_key", "no such field"),
    ("patients", {"": 1}, "", "no such field"),
    # Searching
    ("search", {"record_number": ""}, "record_number", "blank"),
    ("search", {"record_number": "x" * 61}, "record_number", "60"),
    ("search", {"record_number": "\x00"}, "record_number", "Null characters"),
    ("search", {"record_number": 7}, "record_number", "valid string"),
    ("search", {"family_name": "Example"}, "family_name", "no such field"),
    # Cases
    ("cases", {"patient": MISSING}, "patient", "no such row"),
    ("cases", {"patient": "N-1"}, "patient", "valid UUID"),
    ("cases", {"patient": None}, "patient", "null"),
    ("cases", {"patient": []}, "patient", "valid UUID"),
    ("cases", {"title": ""}, "title", "blank"),
    ("cases", {"title": "x" * 201}, "title", "200"),
    ("cases", {"title": "\x00"}, "title", "Null characters"),
    ("cases", {"board_question": "x" * 501}, "board_question", "500"),
    ("cases", {"version": 7}, "version", "cannot be written"),
    ("cases", {"readiness": "signed"}, "readiness", "cannot be written"),
    ("cases", {"scenario": "SC-01"}, "scenario", "cannot be written"),
    ("cases", {"assessment": MISSING}, "assessment", "cannot be written"),
    ("cases", {"facts": []}, "facts", "dictionary"),
    ("cases", {"facts": "ki67_percent"}, "facts", "dictionary"),
    ("cases", {"facts": None}, "facts", "null"),
    ("cases", {"facts": {"ki67_percent": 101}}, "facts.ki67_percent", "at most 100"),
    # Facts
    ("facts", {"facts": {}}, "facts", "empty"),
    ("facts", {"facts": [["ki67_percent", 4]]}, "facts", "dictionary"),
    ("facts", {"facts": {"ki67_percent": -1}}, "facts.ki67_percent", "at least 0"),
    ("facts", {"facts": {"ki67_percent": [4]}}, "facts.ki67_percent", "Must be a number"),
    ("facts", {"facts": {"ki67_percent": {"value": 4}}}, "facts.ki67_percent", "a number"),
    ("facts", {"facts": {"shoe_size": 43}}, "facts.shoe_size", "not a fact"),
    ("facts", {"facts": {"sex": "male"}}, "facts.sex", "from the record"),
    ("facts", {"facts": {"diagnosis_date": "2026-13-01"}}, "facts.diagnosis_date", "a date"),
    ("facts", {"facts": {"diagnosis_date": TOMORROW}}, "facts.diagnosis_date", "future"),
    (
        "facts",
        {"facts": {"treatments": [{"type": "SSA", "target": "\x00"}]}},
        "facts.treatments",
        "cannot be stored",
    ),
    ("facts", {"source": "x" * 201}, "source", "200"),
    ("facts", {"source": "\x00"}, "source", "Null characters"),
    ("facts", {"if_match": "newest"}, "if_match", "valid integer"),
    ("facts", {"if_match": None}, "if_match", "null"),
    ("facts", {"if_match": 1.5}, "if_match", "valid integer"),
    ("facts", {"case": MISSING}, "case", "no such field"),
    # Studies
    ("studies", {"case": MISSING}, "case", "no such row"),
    ("studies", {"case": 7.5}, "case", "valid UUID"),
    ("studies", {"modality": "XRAY"}, "modality", "not a valid choice"),
    ("studies", {"modality": ["CT"]}, "modality", "not a valid choice"),
    ("studies", {"procedure": "BARIUM"}, "procedure", "not a procedure"),
    ("studies", {"procedure": "MRI_AP_WWO"}, "procedure", "done by MRI"),
    ("studies", {"performed_on": None}, "performed_on", "ordered or performed"),
    ("studies", {"performed_on": TOMORROW}, "performed_on", "future"),
    ("studies", {"ordered_on": TOMORROW, "performed_on": None}, "ordered_on", "future"),
    ("studies", {"multiphasic": "yes"}, "multiphasic", "valid boolean"),
    ("studies", {"dwi": 1}, "dwi", "valid boolean"),
    ("studies", {"covers_pelvis": []}, "covers_pelvis", "valid boolean"),
    ("studies", {"target": "spleen"}, "target", "not a valid choice"),
    ("studies", {"accession_number": "x" * 61}, "accession_number", "60"),
    ("studies", {"contrast": "milk"}, "contrast", "not a valid choice"),
    ("studies", {"phases": "unenhanced"}, "phases", "list of items"),
    ("studies", {"coverage": ["soul"]}, "coverage.0", "not a valid choice"),
    ("studies", {"sequences": ["T1"]}, "sequences", "An MRI has sequences"),
    ("studies", {"dlp_mgy_cm": "12 mGy"}, "dlp_mgy_cm", "valid number"),
    ("studies", {"dlp_mgy_cm": 999999}, "dlp_mgy_cm", "Check the unit"),
    ("studies", {"dlp_mgy_cm": "1_0"}, "dlp_mgy_cm", "digits 0 to 9"),
    ("studies", {"performed_on": "\uff12026-01-01"}, "performed_on", "digits 0 to 9"),
    ("studies", {"study_uid": "1.x"}, "study_uid", "digits and dots"),
    ("studies", {"reported_on": TOMORROW}, "reported_on", "future"),
    ("studies", {"report": "x" * 50_001}, "report", "50000"),
    ("studies", {"report": "x" * 300_000}, "report", "50000"),
    ("studies", {"report": "\x00"}, "report", "Null characters"),
    # Results
    ("results", {"study": MISSING}, "study", "no such row"),
    ("results", {"outcome": "cured"}, "outcome", "not a valid choice"),
    ("results", {"outcome": None}, "outcome", "null"),
    ("results", {"summary": "x" * 5_001}, "summary", "5000"),
    ("results", {"new_lesions": "no"}, "new_lesions", "valid boolean"),
    ("results", {"size_change": "bigger"}, "size_change", "not a valid choice"),
    ("results", {"complication_type": 1}, "complication_type", "not a valid choice"),
    ("results", {"krenning_grade": "\u0663"}, "krenning_grade", "digits 0 to 9"),
    ("results", {"case": MISSING}, "case", "cannot be written"),
    ("results", {"entered_by": MISSING}, "entered_by", "no such field"),
]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(("endpoint", "wrong", "field", "words"), WRONG)
def test_a_wrong_value_says_so_at_its_own_field(script, good, endpoint, wrong, field, words):
    """ASVS v5.0.0-2.2.1: every value is checked against what is expected of it."""
    path, body = good[endpoint]
    found = faults(script.post(path, {**body, **wrong}))
    assert list(found) == [field]
    assert words in found[field][0]


@pytest.mark.usefixtures("untouched")
def test_all_wrong_values_are_told_at_once(script, good):
    path, body = good["cases"]
    wrong = {
        **body,
        "title": "",
        "colour": "red",
        "version": 1,
        "facts": {"ki67_percent": 101, "shoe_size": 43, "differentiation": "well"},
    }
    assert set(faults(script.post(path, wrong))) == {
        "title",
        "colour",
        "version",
        "facts.ki67_percent",
        "facts.shoe_size",
    }


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_what_is_required_is_asked_for(script, good, endpoint):
    path, _ = good[endpoint]
    needed = {
        "patients": {"record_number"},
        "search": {"record_number"},
        "cases": {"patient", "title"},
        "facts": {"facts"},
        "studies": {"case", "modality"},
        "results": {"study", "outcome"},
    }[endpoint]
    found = faults(script.post(path, {}))
    assert set(found) == needed
    assert set(map(tuple, found.values())) == {("This field is required.",)}
    assert faults(script.post(path, b"")) == found


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("body", ["[]", '[{"title": "NET"}]', '"text"', "7", "true", "null"])
def test_a_body_is_an_object(script, good, endpoint, body):
    path, _ = good[endpoint]
    assert list(faults(script.post(path, body))) == [""]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "not JSON"),
        ("{'record_number': 'N-1'}", "not JSON"),
        ("record_number=N-1", "not JSON"),
        ('{"record_number": "N-1"} {}', "not JSON"),
        ("\ufeff{}", "not JSON"),
        ('{"record_number": NaN}', "NaN is not a number"),
        ('{"record_number": -Infinity}', "-Infinity is not a number"),
        ('{"record_number": "N-1", "record_number": "N-2"}', "gives a name twice"),
        ('{"record_number": "\\ud800"}', "not text in UTF-8"),
        ('{"\\udc00": 1}', "not text in UTF-8"),
        ('{"record_number": "é"}'.encode("latin-1"), "not text in UTF-8"),
        ('{"record_number": "N-1"}'.encode("utf-16"), "not text in UTF-8"),
        ('{"record_number": ' + DEEP + "}", "nested more than 20 deep"),
        ("[" * 300_000, "nested more than 20 deep"),
        ('{"a":' * 50_000, "nested more than 20 deep"),
        ('{"record_number": ' + "9" * 5_000 + "}", "beyond all that can be kept"),
    ],
)
def test_what_is_not_json_is_refused_whole(script, body, words):
    answer = script.post("patients/", body)
    assert answer.status_code == 400
    assert words in problem(answer)["detail"]


@pytest.mark.usefixtures("untouched")
def test_a_refusal_quotes_nothing_of_the_body(script):
    """ASVS v5.0.0-16.5.1: a refusal repeats no patient."""
    answer = script.post("patients/", '{"record_number": "N-1", "family_name": Secretname}')
    assert answer.status_code == 400
    assert b"Secretname" not in answer.content


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json-patch+json",
        "nonsense",
    ],
)
def test_a_body_is_announced_as_json(script, good, content_type):
    path, body = good["patients"]
    answer = script.post(path, json.dumps(body), content_type=content_type)
    assert answer.status_code == 415
    assert problem(answer)["title"] == "Unsupported Media Type"


@pytest.mark.parametrize("charset", ["utf-8", "UTF-16", "zlib", "nonsense"])
def test_a_body_is_utf8_whatever_it_says(script, charset):
    answer = script.post(
        "patients/", {"record_number": "é"}, content_type=f"application/json; charset={charset}"
    )
    assert (answer.status_code, answer.json()["record_number"]) == (201, "é")


@pytest.mark.usefixtures("untouched")
def test_a_body_has_its_limit(script, good):
    """ASVS v5.0.0-2.4.1: nobody fills the memory by one request."""
    path, body = good["patients"]
    answer = script.post(path, json.dumps(body) + " " * 1_000_000)
    assert answer.status_code == 413
    assert problem(answer)["detail"] == "Send at most 1,000,000 bytes."


def test_the_longest_report_is_taken_however_it_is_escaped(script, good):
    path, body = good["studies"]
    answer = script.post(
        path, json.dumps({**body, "accession_number": "L-1", "report": "😀" * 50_000})
    )
    assert answer.status_code == 201


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400])
@pytest.mark.usefixtures("untouched")
def test_a_number_beyond_all_numbers_is_none(script, rows, number):
    """ASVS v5.0.0-1.4.2: a number has bounds."""
    body = f'{{"facts": {{"ki67_percent": {number}}}}}'
    assert list(faults(script.post(f"cases/{rows.case}/facts/", body))) == ["facts.ki67_percent"]


def test_a_number_without_a_limit_does_no_harm(script, rows):
    body = '{"facts": {"gastrin_value": 1' + "0" * 400 + "}}"
    answer = script.post(f"cases/{rows.case}/facts/", body)
    assert answer.status_code in (200, 422)
    assert script.get(f"cases/{rows.case}/").status_code == 200


# --- States that do not allow it ----------------------------------------------------------------


@pytest.mark.usefixtures("untouched")
def test_a_study_has_one_result(script, rows):
    answer = script.post("results/", {"study": str(rows.study), "outcome": "positive"})
    assert answer.status_code == 409
    assert "has a result already" in problem(answer)["detail"]


@pytest.mark.usefixtures("untouched")
def test_a_record_number_is_taken_once(script, rows):
    found = faults(script.post("patients/", {"record_number": rows.record_number.lower()}))
    assert found == {"record_number": ["A patient with this record number is already there."]}


@pytest.mark.usefixtures("untouched")
def test_what_somebody_changed_meanwhile_is_not_written_over(script, rows):
    answer = script.post(
        f"cases/{rows.case}/facts/",
        {"facts": {"rcc_history": True}, "if_match": rows.version - 1},
    )
    assert answer.status_code == 412
    assert "Somebody else changed this" in problem(answer)["detail"]


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("patients/?record_number=N-1", "record_number"),
        ("patients/?family_name=Example", "family_name"),
        ("patients/?institution=x", "institution"),
        ("patients/?page_size=0", "page_size"),
        ("patients/?page_size=-1", "page_size"),
        ("patients/?page_size=201", "page_size"),
        ("patients/?page_size=1e2", "page_size"),
        ("patients/?page_size=", "page_size"),
        ("patients/?page_size=" + "9" * 5000, "page_size"),
        ("patients/?page_size=1&page_size=2", "page_size"),
        ("patients/?cursor=nonsense", "cursor"),
        ("patients/?cursor=%F0%9F%98%80", "cursor"),
        ("patients/?cursor=cD1ub25zZW5zZQ==", "cursor"),
        ("patients/?cursor=cj14", "cursor"),
        ("patients/?offset=10", "offset"),
        ("cases/?patient=", "patient"),
        ("cases/?patient=%00", "patient"),
        ("cases/?patient=x'%20OR%20'1'='1", "patient"),
        (f"cases/?patient={MISSING}&patient={MISSING}", "patient"),
        (f"cases/?pateint={MISSING}", "pateint"),
        (f"cases/?institution_id={MISSING}", "institution_id"),
        ("results/?study=1", "study"),
        ("assessments/?case=1", "case"),
    ],
)
def test_a_wrong_parameter_says_so(script, query, field):
    assert list(faults(script.get(query))) == [field]


def test_one_row_and_a_post_take_no_parameters(script, rows, good):
    assert list(faults(script.get(f"cases/{rows.case}/?fields=all"))) == ["fields"]
    for path, body in good.values():
        assert list(faults(script.post(f"{path}?page_size=2", body))) == ["page_size"]


# --- Addresses, and what breaks -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["nonsense/", "patients/7/", "patients/x/y/"])
def test_an_address_that_is_none(script, path):
    assert problem(script.get(path))["title"] == "Not Found"


def test_without_the_slash_a_post_is_not_turned_into_a_get(script):
    answer = script.post("patients", {"record_number": "N-1"})
    assert answer.status_code == 404
    assert problem(answer)
    assert script.get("patients").status_code == 404


def test_a_page_that_is_none_is_a_page(client, db):
    answer = client.get("/nonsense/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_an_unacceptable_answer_is_refused(script, rows):
    answer = script.get("patients/", headers={"accept": "text/html"})
    assert answer.status_code == 406
    assert problem(answer)


@pytest.mark.usefixtures("untouched")
def test_what_breaks_says_nothing_and_writes_nothing(script, rows, monkeypatch, caplog):
    """ASVS v5.0.0-16.5.1 and 16.5.3: an error tells no secret, and undoes what was begun."""

    def broken(**_):
        message = "Secretname"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(facts, "changed", broken)
    answer = script.post(f"cases/{rows.case}/facts/", {"facts": {"rcc_history": True}})
    assert answer.status_code == 500
    assert problem(answer) == {
        "type": "urn:tumorboard:problem:internal-server-error",
        "title": "Internal Server Error",
        "status": 500,
    }


def test_a_page_that_breaks_is_a_page(rf):
    answer = server_error(rf.get("/i/north/"))
    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content


def test_a_case_is_opened_whole_or_not_at_all(script, rows, monkeypatch, untouched):
    def broken(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(cases, "opened", broken)
    body = {"patient": str(rows.patient), "title": "NET", "facts": {"rcc_history": True}}
    assert script.post("cases/", body).status_code == 500
