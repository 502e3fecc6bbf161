"""Nobody off the list changes a row of a restricted case, or learns that it is there."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, ExportFile
from tests.factories.clients import Machine, make_client
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.integration.api.conftest import script_of
from tests.integration.isolation.routes import all_routes
from tests.integration.isolation.test_restricted_cases import OF_NO_CASE
from tumorboard.accounts import scopes
from tumorboard.accounts.roles import Role
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ROUTES = [
    route
    for route in all_routes()
    if (route.name or "").startswith("api_")
    and route.ids == ["pk"]
    and route.name not in OF_NO_CASE
]


@pytest.fixture
def rows(institution, chair):
    """One row of everything, of a case that only the chair may see."""
    by = add_member(institution, "COORDINATOR", email="by@north.example", name="By Whom")
    with institution_scope(institution):
        made = one_of_everything(by=by)
        for case in Case.objects.all():
            restricted(case, chair, by=by)
    return made


def test_no_change_reaches_a_row_of_a_restricted_case(rows, institution, administrator):
    """ASVS v5.0.0-8.2.2, v5.0.0-8.3.1: a person's token and a machine change no more."""
    stranger = add_member(
        institution, *(role.name for role in Role), email="all@north.example", name="All Roles"
    )
    every = [scope for scope, _ in scopes.choices()]
    client = make_client(institution, administrator, granted=every)
    machine = Machine(str(client.pk)).token(scope=" ".join(every))
    found = {}
    for token in (script_of(institution, stranger).token, machine):
        for route in ROUTES:
            for method in ("PATCH", "PUT", "DELETE", "POST"):
                if not hasattr(route.view.cls, method.lower()):
                    continue
                answer = Client().generic(
                    method,
                    reverse(route.name, kwargs={"slug": "north", "pk": rows.api[route.name]}),
                    json.dumps({}),
                    content_type="application/json",
                    headers={"authorization": f"Bearer {token}", "if-match": "*"},
                )
                # A machine may not judge, whoever's the row is.
                if answer.status_code not in (404, 403 if token == machine else 404):
                    found[route.name, method] = answer.status_code
    assert found == {}


def test_an_export_that_holds_a_restricted_case_is_not_given_out(rows, institution):
    """ASVS v5.0.0-8.2.2."""
    with institution_scope(institution):
        by = ExportFile.objects.get().requested_by
    script = script_of(institution, by)
    path = f"exports/{rows.api['api_export']}/file/"
    answer = script.get(path)
    assert answer.status_code == 409
    assert b"CANARY" not in answer.content
