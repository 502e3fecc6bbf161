"""Another institution's row is the same 404 as one that is not there, on every route."""

import re
import uuid
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import ImportFile
from cases.services import (
    acknowledgments,
    agendas,
    boards,
    cases,
    facts,
    patients,
    results,
    studies,
    treatments,
)
from guidance.editions import local_notes, local_studies
from tests.factories.people import add_member
from tests.integration.isolation.routes import Route, all_routes
from tumorboard.accounts.invitations import invite
from tumorboard.accounts.roles import Role
from tumorboard.accounts.tokens import issue
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

SECRET = re.compile(rb"(?<=[\"'])[A-Za-z0-9]{64}(?=[\"'])")
WITH_IDS = [r for r in all_routes() if r.ids]
PAGES = [r for r in WITH_IDS if r.pattern.startswith("/i/")]
ENDPOINTS = [r for r in WITH_IDS if r.pattern.startswith("/api/")]


def test_there_are_routes_to_try():
    assert len(PAGES) > 10
    assert len(ENDPOINTS) > 3


@pytest.fixture
def foreign(other_institution):
    """One row of everything in the other institution."""
    by = add_member(
        other_institution, "COORDINATOR", email="someone@south.example", name="Someone South"
    )
    with institution_scope(other_institution):
        patient = patients.add(record_number="CANARY-1", family_name="Canarysouth", by=by)
        case = cases.open_case(patient=patient, title="Canary diagnosis", by=by)
        today = timezone.localdate()
        study = studies.add(case=case, modality="CT", performed_on=today, by=by)
        result = results.enter(study=study, outcome="negative", by=by)
        treatment = treatments.add(case=case, type="SSA", by=by)
        board = boards.add(name="Canary board", by=by)
        meeting = boards.plan_meeting(
            board=board, starts_at=timezone.now() + timezone.timedelta(days=1), by=by
        )
        attendance = boards.note_present(meeting=meeting, name="Canary person", by=by)
        item = agendas.put_on(meeting=meeting, case=case, by=by)
        file = ImportFile.objects.create(
            name="canary.csv", sha256="0" * 64, columns=["a"], uploaded_by=by
        )
        token, _ = issue(user=by, label="canary", days=1, by=by)
        later = today + timezone.timedelta(days=9)
        local_study = local_studies.mark_unavailable(
            procedure="EUS", reason="Canary reason", review_on=later, by=by
        )
        note = local_notes.add(
            subject="scenario:SC-01:",
            text="Canary note",
            low_months=None,
            high_months=None,
            reason="Canary reason",
            review_on=later,
            by=by,
        )
        facts.answer(case=case, answers={"differentiation": "poor"}, by=by)
        case.refresh_from_db()
        acknowledgment = acknowledgments.acknowledge(
            case=case, code="W-NEC", assessment_id=case.assessment_id, reason="accepted", by=by
        )
        invitation, _ = invite(email="c@south.example", name="Canary", role="CLINICIAN", by=by)
    return SimpleNamespace(
        patient_id=patient.id,
        case_id=case.id,
        study_id=study.id,
        result_id=result.id,
        treatment_id=treatment.id,
        board_id=board.id,
        meeting_id=meeting.id,
        attendance_id=attendance.id,
        item_id=item.id,
        file_id=file.id,
        user_id=by.id,
        token_id=token.id,
        invitation_id=invitation.id,
        local_study_id=local_study.id,
        note_id=note.id,
        acknowledgment_id=acknowledgment.id,
        assessment_id=case.assessment_id,
        api={
            "api_patient": patient.id,
            "api_case": case.id,
            "api_case_facts": case.id,
            "api_case_acknowledgments": case.id,
            "api_study": study.id,
            "api_result": result.id,
            "api_assessment": case.assessment_id,
        },
    )


@pytest.fixture
def everything(institution):
    """Somebody in the first institution who may do everything there."""
    return add_member(
        institution, *(role.name for role in Role), email="all@north.example", name="All Roles"
    )


@pytest.fixture
def signed_in(everything):
    client = Client()
    client.force_login(everything)
    return client


def arguments(route: Route, ids: dict[str, object]) -> dict[str, object]:
    given = {"slug": "north", **ids}
    for name in route.converters:
        given.setdefault(name, "B")
    return {name: given[name] for name in route.converters}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.pattern)
def test_a_page_answers_a_foreign_row_as_a_missing_one(route, method, signed_in, foreign):
    theirs = {name: getattr(foreign, name) for name in route.ids}
    missing = {name: uuid.uuid4() for name in route.ids}
    answers = []
    for ids in (theirs, missing):
        url = reverse(route.name, kwargs=arguments(route, ids))
        response = getattr(signed_in, method)(url)
        assert b"anary" not in response.content
        # The page's own address and its form's fresh secret differ from answer to answer.
        answers.append(
            (response.status_code, SECRET.sub(b"", response.content.replace(url.encode(), b"")))
        )
    status = answers[0][0]
    assert status == answers[1][0]
    # A method that the page does not have is refused before anything is looked up.
    assert status in (404, 405)
    if status == 404:
        assert answers[0] == answers[1]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", ENDPOINTS, ids=lambda route: route.pattern)
def test_an_endpoint_answers_a_foreign_row_as_a_missing_one(
    route, method, institution, everything, foreign
):
    with institution_scope(institution):
        _, secret = issue(user=everything, label="test", days=1, by=everything)
    answers = []
    for pk in (foreign.api[route.name], uuid.uuid4()):
        response = getattr(Client(), method)(
            reverse(route.name, kwargs={"slug": "north", "pk": pk}),
            data="{}" if method == "post" else None,
            content_type="application/json",
            headers={"authorization": f"Bearer {secret}"},
        )
        answers.append((response.status_code, response.content))
    assert answers[0] == answers[1]
    assert answers[0][0] in (404, 405)


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.pattern)
def test_a_stranger_gets_the_404_of_an_institution_that_is_not_there(
    route, institution, other_institution, foreign
):
    stranger = add_member(
        institution, "COORDINATOR", email="stranger@north.example", name="Stranger"
    )
    client = Client()
    client.force_login(stranger)
    ids = {name: getattr(foreign, name) for name in route.ids}
    there = client.get(reverse(route.name, kwargs={**arguments(route, ids), "slug": "south"}))
    nowhere = client.get(reverse(route.name, kwargs={**arguments(route, ids), "slug": "nowhere"}))
    assert there.status_code == nowhere.status_code
    assert there.status_code in (404, 405)
    assert b"anary" not in there.content


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.pattern)
def test_somebody_signed_out_is_sent_to_sign_in(route, institution, foreign):
    if getattr(route.view, "public_because", ""):
        return
    ids = {name: uuid.uuid4() for name in route.ids}
    response = Client().get(reverse(route.name, kwargs=arguments(route, ids)))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
