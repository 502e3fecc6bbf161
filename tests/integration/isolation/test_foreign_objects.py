"""Another institution's row is the same 404 as one that is not there, on every route."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter

from tests.factories.everything import one_of_everything
from tests.factories.people import add_member
from tests.integration.isolation.routes import Route, all_routes
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
        return one_of_everything(by=by)


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
    for name, converter in route.converters.items():
        given.setdefault(name, 1 if isinstance(converter, IntConverter) else "B")
    return {name: given[name] for name in route.converters}


def faults(routes: list[Route], fault_of: Callable[[Route], str]) -> dict[str, str]:
    """What is wrong, by route: all of them in one test, since the foreign rows are dear to make."""
    return {route.pattern: fault for route in routes if (fault := fault_of(route))}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_answers_a_foreign_row_as_a_missing_one(method, signed_in, foreign):
    def fault_of(route: Route) -> str:
        theirs = {name: getattr(foreign, name) for name in route.ids}
        missing = {name: uuid.uuid4() for name in route.ids}
        answers = []
        for ids in (theirs, missing):
            url = reverse(route.name, kwargs=arguments(route, ids))
            response = getattr(signed_in, method)(url)
            if b"anary" in response.content:
                return "shows the foreign row"
            # The page's own address and its form's fresh secret differ from answer to answer.
            content = SECRET.sub(b"", response.content.replace(url.encode(), b""))
            answers.append((response.status_code, content))
        status = answers[0][0]
        # A method that the page does not have is refused before anything is looked up.
        if status not in (404, 405):
            return f"answers {status}"
        is_same = answers[0] == answers[1] if status == 404 else status == answers[1][0]
        return "" if is_same else "tells a foreign row from a missing one"

    assert faults(PAGES, fault_of) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_endpoint_answers_a_foreign_row_as_a_missing_one(
    method, institution, everything, foreign
):
    with institution_scope(institution):
        _, secret = issue(user=everything, label="test", days=1, by=everything)

    def fault_of(route: Route) -> str:
        answers = []
        for pk in (foreign.api[route.name], uuid.uuid4()):
            response = getattr(Client(), method)(
                reverse(route.name, kwargs={"slug": "north", "pk": pk}),
                data="{}" if method == "post" else None,
                content_type="application/json",
                headers={"authorization": f"Bearer {secret}"},
            )
            answers.append((response.status_code, response.content))
        if answers[0][0] not in (404, 405):
            return f"answers {answers[0][0]}"
        return "" if answers[0] == answers[1] else "tells a foreign row from a missing one"

    assert faults(ENDPOINTS, fault_of) == {}


def test_a_stranger_gets_the_404_of_an_institution_that_is_not_there(
    institution, other_institution, foreign
):
    stranger = add_member(
        institution, "COORDINATOR", email="stranger@north.example", name="Stranger"
    )
    client = Client()
    client.force_login(stranger)

    def fault_of(route: Route) -> str:
        ids = {name: getattr(foreign, name) for name in route.ids}
        there, nowhere = (
            client.get(reverse(route.name, kwargs={**arguments(route, ids), "slug": slug}))
            for slug in ("south", "nowhere")
        )
        if b"anary" in there.content:
            return "shows the foreign row"
        if there.status_code not in (404, 405):
            return f"answers {there.status_code}"
        return "" if there.status_code == nowhere.status_code else "tells that it is there"

    assert faults(PAGES, fault_of) == {}


def test_somebody_signed_out_is_sent_to_sign_in(institution):
    def fault_of(route: Route) -> str:
        ids = {name: uuid.uuid4() for name in route.ids}
        response = Client().get(reverse(route.name, kwargs=arguments(route, ids)))
        is_sent = response.status_code == 302
        is_sent = is_sent and response["Location"].startswith(reverse("account_login"))
        return "" if is_sent else f"answers {response.status_code}"

    guarded = [route for route in PAGES if not getattr(route.view, "public_because", "")]
    assert faults(guarded, fault_of) == {}
