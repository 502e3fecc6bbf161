"""What a client's token opens, and what ends it."""

import datetime
import uuid

import pytest
from django.utils import timezone

from cases.fhir.endpoint import FhirEndpoint
from cases.models import Patient
from tests.factories.clients import Machine, ec_key, make_client
from tests.factories.people import PASSWORD, add_member
from tests.integration.isolation.routes import all_routes
from tumorboard.accounts import clients, scopes
from tumorboard.accounts.client_models import AccessToken, ApiClient
from tumorboard.accounts.models import Membership, User
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

WRITING = ["system/Patient.crs"]
NEW = {"record_number": "M-1", "family_name": "Machine"}


def machine_of(institution, by, *granted: str, **more) -> Machine:
    client = make_client(institution, by, granted=list(granted) or None, **more)
    return Machine(str(client.pk), slug=institution.slug)


@pytest.fixture
def machine(institution, administrator) -> Machine:
    return machine_of(institution, administrator)


def test_a_scope_opens_its_kind_of_resource_and_no_other(machine):
    """ASVS v5.0.0-10.3.2: the scope decides, by kind of resource and by what is done with it."""
    token = machine.token(scope="system/Patient.s")
    assert machine.call("GET", "patients/", token).status_code == 200
    assert (
        machine.call("POST", "patients/search/", token, {"record_number": "x"}).status_code == 200
    )
    assert machine.call("GET", f"patients/{uuid.uuid4()}/", token).status_code == 403
    assert machine.call("POST", "patients/", token, NEW).status_code == 403
    for path in ("cases/", "studies/", "results/", "treatments/", "lab-results/", "assessments/"):
        assert machine.call("GET", path, token).status_code == 403


def test_every_endpoint_says_which_scope_opens_it():
    """ASVS v5.0.0-8.2.1: what names no scope is closed to clients; none names a wrong one."""
    # Judgments and opinions are a person's, and who was present a chair says.
    closed = {
        ("api_case_acknowledgments", "POST"),
        ("api_gap_acceptances", "POST"),
        ("api_gap_acceptance", "DELETE"),
        ("api_attendances", "POST"),
        ("api_attendance", "DELETE"),
        ("api_opinions", "POST"),
        ("api_opinion", "PATCH"),
        ("api_opinion", "DELETE"),
        ("api_study_file", "PATCH"),
        # Who manages API clients is a person.
        ("api_hook_clients", "GET"),
        ("api_hook_client", "GET"),
    }
    found = [
        route for route in all_routes() if hasattr(getattr(route.view, "cls", None), "resource")
    ]
    assert len(found) > 10
    # Where the type stands in the address, the rights are that type's (tests/integration/fhir).
    found = [route for route in found if not issubclass(route.view.cls, FhirEndpoint)]
    for route in found:
        view = route.view.cls
        for method in view.permissions:
            grant = (view.resource, view.interactions.get(method))
            if hasattr(view, method.lower()) and (route.name, method) not in closed:
                assert grant in scopes.EVERYTHING, (route.name, method)
                needed = scopes.RESOURCES[grant[0]].permissions[grant[1]]
                assert needed == view.permissions[method], (route.name, method)


def test_what_a_client_writes_stands_under_its_own_name(institution, administrator):
    """HIPAA 164.312(a)(2)(i): a system has a name of its own in record, history and audit."""
    machine = machine_of(institution, administrator, *WRITING)
    token = machine.token(scope="system/Patient.crs")
    answer = machine.call("POST", "patients/", token, NEW)
    assert answer.status_code == 201, answer.content
    with institution_scope(institution):
        client = ApiClient.objects.select_related("user").get()
        assert client.user.name == "RIS (API)"
        entry = AuditEntry.objects.get(action="patient.added")
        assert entry.person == client.user
        event = Patient.events.rel.related_model.objects.get(pgh_obj_id=answer.json()["id"])
        assert event.pgh_context == {"person": str(client.user_id)}


def test_the_technical_user_can_do_nothing_else(client, institution, administrator):
    """ASVS v5.0.0-6.3.4: the user of a client has no password, no role, and is not active."""
    machine_of(institution, administrator)
    with institution_scope(institution):
        user = ApiClient.objects.select_related("user").get().user
        assert not Membership.objects.filter(user=user).exists()
    assert not user.has_usable_password()
    assert not user.is_active
    assert user.email.endswith("@client.invalid")
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert answer.status_code != 500


def test_a_clients_permissions_are_its_scopes_alone():
    """ASVS v5.0.0-8.2.1: no scope leads to people, settings or signing."""
    assert scopes.permissions_of(scopes.EVERYTHING) == {
        Permission.AGENDA_WRITE,
        Permission.AUDIT_READ,
        Permission.BOARD_MANAGE,
        Permission.BOARD_READ,
        Permission.CASE_EXPORT,
        Permission.CASE_IMPORT,
        Permission.CASE_READ,
        Permission.CASE_WRITE,
        Permission.EVENT_SUBSCRIBE,
        Permission.INTAKE_MANAGE,
        Permission.NUMBERS_READ,
        Permission.RESULT_WRITE,
        Permission.TASK_WRITE,
        Permission.TERMINOLOGY_MANAGE,
        Permission.TOKEN_USE,
    }
    assert scopes.permissions_of(frozenset()) == {Permission.TOKEN_USE}


def end_by_disabling(client, by):
    clients.disable(client=client, by=by)


def end_by_time(client, by):
    past = timezone.now() - datetime.timedelta(seconds=1)
    AccessToken.objects.update(expires_at=past)


def end_by_the_key(client, by):
    clients.remove_key(client=client, kid="ec-1", by=by)


@pytest.mark.parametrize("end", [end_by_disabling, end_by_time, end_by_the_key])
def test_a_living_token_ends_at_once(machine, institution, administrator, end):
    """ASVS v5.0.0-10.4.9: an administrator ends a client's tokens, and time does."""
    token = machine.token()
    assert machine.call("GET", "patients/", token).status_code == 200
    with institution_scope(institution):
        end(ApiClient.objects.get(), administrator)
    answer = machine.call("GET", "patients/", token)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "This token is not valid here."


def test_a_scope_that_is_taken_is_gone_from_living_tokens(machine, institution, administrator):
    """ASVS v5.0.0-8.3.2: a right that is taken ends at once, not with the token."""
    token = machine.token()
    with institution_scope(institution):
        client = ApiClient.objects.get()
        clients.set_access(
            client=client,
            granted=["system/Condition.rs"],
            requests_per_minute=600,
            by=administrator,
        )
    assert machine.call("GET", "patients/", token).status_code == 403
    assert machine.call("GET", "cases/", token).status_code == 200


def test_a_token_of_one_institution_is_none_in_another(machine, other_institution):
    """ASVS v5.0.0-8.4.1: the answer is that to any invalid token, here and where nothing is."""
    token = machine.token()
    answers = [
        machine.call("GET", "patients/", token, slug="south"),
        machine.call("GET", "patients/", token, slug="nowhere"),
        machine.call("GET", "patients/", "tba_guessed"),
        machine.call("GET", "patients/", "guessed"),
    ]
    assert len({(a.status_code, a.content, a["WWW-Authenticate"]) for a in answers}) == 1
    assert answers[0].status_code == 401


def test_rows_of_another_institution_are_not_there(machine, other_institution):
    """ASVS v5.0.0-8.2.2: another institution's row is as good as missing to a client."""
    by = add_member(other_institution, "COORDINATOR", email="s@s.example", name="S")
    with institution_scope(other_institution):
        theirs = Patient.objects.create(record_number="S-1", family_name="South")
    token = machine.token()
    answers = [machine.call("GET", f"patients/{key}/", token) for key in (theirs.pk, uuid.uuid4())]
    assert answers[0].status_code == answers[1].status_code == 404
    assert answers[0].content == answers[1].content
    assert by.is_active


def test_an_assertion_is_no_access_token(machine):
    """ASVS v5.0.0-9.2.2: what proves a client opens no data by itself."""
    assert machine.call("GET", "patients/", machine.assertion()).status_code == 401


def test_a_page_knows_no_access_token(machine):
    """ASVS v5.0.0-10.3.1: tokens of the API count in the API alone."""
    token = machine.token()
    answer = machine.browser.get("/i/north/cases/", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 302


def test_no_person_is_made_by_an_invitation_to_a_clients_address(institution, administrator):
    """ASVS v5.0.0-6.3.4: the technical user is nobody's account."""
    make_client(institution, administrator, ec_key())
    assert User.objects.filter(email__endswith="@client.invalid", is_active=True).count() == 0
