"""Who may see and do what; what belongs to another institution is not there."""

import copy

import pytest
from django.test import Client

from cases.models import Treatment
from cases.services import procedures, treatments
from tests.factories.cases import make_case, make_study
from tests.factories.history import make_specimen
from tests.factories.lesions import make_lesion
from tests.factories.people import add_member
from tumorboard.tenancy.scope import institution_scope

READ = [
    ("overview", ""),
    ("case_list", ""),
    ("form_drafts", ""),
    ("case", "case"),
    ("lesions", "case"),
    ("pathology", "case"),
    ("treatments", "case"),
]
WRITE = [
    ("case_new", ""),
    ("case_duplicates", ""),
    ("case_edit", "case"),
    ("patient_edit", "patient"),
    ("case_facts", "facts"),
    ("treatment_new", "case"),
    ("treatment_edit", "treatment"),
    ("treatment_remove", "treatment"),
    ("treatments_none", "case"),
    ("specimen_new", "case"),
    ("specimen_edit", "specimen"),
    ("specimen_remove", "specimen"),
    ("procedure_new", "case"),
    ("procedure_edit", "procedure"),
    ("procedure_remove", "procedure"),
]
RESULT = [
    ("study_new", "case"),
    ("study_edit", "study"),
    ("result_enter", "study"),
    ("result_questions", "study"),
    ("lesion_new", "case"),
    ("lesion_edit", "lesion"),
    ("lesion_remove", "lesion"),
    ("measurements_enter", "study"),
]
POST_ONLY = {
    "case_duplicates",
    "treatment_remove",
    "treatments_none",
    "specimen_remove",
    "procedure_remove",
    "result_questions",
    "lesion_remove",
}
GET_ONLY = {"case", "lesions", "pathology", "treatments"}


def ids_of(case, by) -> dict[str, list]:
    """What addresses name, of a case with one study and one treatment."""
    treatment = treatments.add(case=case, type="SSA", by=by)
    return {
        "": [],
        "case": [case.pk],
        "patient": [case.patient_id],
        "facts": [case.pk, "B"],
        "study": [make_study(case=case, by=by).pk],
        "treatment": [treatment.pk],
        "lesion": [make_lesion(case=case, by=by).pk],
        "specimen": [make_specimen(case=case, by=by).pk],
        "procedure": [procedures.add(case=case, kind="whipple", by=by).pk],
    }


@pytest.fixture(scope="module", autouse=True)
def ids(house, kept_case):
    """What addresses of the institution name."""
    with institution_scope(house.institution):
        return ids_of(copy.deepcopy(kept_case), house.coordinator)


def ask(client: Client, name: str, address: str):
    """Ask for a page in the way it can be asked for."""
    return client.post(address) if name in POST_ONLY else client.get(address)


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("COORDINATOR", []),
        ("CLINICIAN", []),
        ("BOARD_CHAIR", []),
        ("RADIOLOGIST", WRITE),
        ("PATHOLOGIST", RESULT),
        ("ADMINISTRATOR", READ + WRITE + RESULT),
    ],
)
def test_each_role_sees_what_is_its_own(sign_in_as, at, ids, role, refused):
    client = sign_in_as(role)
    for name, kind in READ + WRITE + RESULT:
        response = ask(client, name, at(name, *ids[kind]))
        assert (response.status_code == 403) == ((name, kind) in refused), name


@pytest.mark.parametrize(("name", "kind"), READ + WRITE + RESULT)
def test_nobody_sees_anything_without_signing_in(client, at, ids, name, kind):
    response = ask(client, name, at(name, *ids[kind]))

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_what_is_another_institutions_is_not_there(browser, at, other_institution, scope_free):
    for name, kind in READ + WRITE + RESULT:
        if not kind:
            continue
        address = at(name, *scope_free[kind])
        assert ask(browser, name, address).status_code == 404, name
        if name not in GET_ONLY:
            assert browser.post(address, {"type": "SSA"}).status_code == 404, name
    with institution_scope(other_institution):
        assert Treatment.objects.count() == 1


@pytest.fixture
def scope_free(other_institution):
    """What addresses of another institution name."""
    person = add_member(other_institution, "COORDINATOR", email="s@south.example", name="Sue")
    with institution_scope(other_institution):
        return ids_of(make_case(by=person), person)


@pytest.mark.parametrize("group", ["L", "Z", "b", "BB"])
def test_a_group_that_there_is_not_is_not_there(browser, at, case, group):
    assert browser.get(at("case_facts", case.pk, group)).status_code == 404


def test_the_menu_leads_to_the_guidance_and_whom_it_is_for_to_the_tokens(sign_in_as, at, client):
    coordinator = sign_in_as("COORDINATOR").get(at("overview")).content.decode()
    administrator = sign_in_as("ADMINISTRATOR").get(at("people")).content.decode()

    assert f'href="{at("tokens")}"' in coordinator
    assert f'href="{at("tokens")}"' not in administrator
    for page in (coordinator, administrator):
        assert 'href="/guidance/"' in page
    assert 'href="/guidance/"' not in client.get("/accounts/login/").content.decode()
