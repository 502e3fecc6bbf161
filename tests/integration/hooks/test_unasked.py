"""An EHR that sends too little is told why its FHIR server was not asked for the rest."""

import json

import pytest

from tests.factories.hooks import SELECT, Ehr, make_ehr
from tests.integration.hooks.test_fetching import opened

pytestmark = pytest.mark.django_db
HOST = "http://127.0.0.1:9"
ADDRESS = f"{HOST}/fhir"
MISSING = "The Patient was not prefetched and could not be fetched."
NOT_SENT = "fhirServer and fhirAuthorization were not sent."
NOT_REGISTERED = "No FHIR server is registered for this EHR."
ANOTHER = "fhirServer is not the address that is registered."
NOT_ALLOWED = "The operator has not allowed the host of the registered FHIR server."


def unopened(body):
    del body["fhirServer"], body["fhirAuthorization"]
    return body


@pytest.mark.parametrize(
    ("registered", "hosts", "body", "why"),
    [
        ("", [HOST], opened(ADDRESS), NOT_REGISTERED),
        (ADDRESS, [HOST], unopened(opened(ADDRESS)), NOT_SENT),
        (ADDRESS, [HOST], opened(f"{HOST}/other"), ANOTHER),
        (ADDRESS, [], opened(ADDRESS), NOT_ALLOWED),
    ],
)
def test_why_nobody_was_asked_is_told(
    institution, administrator, settings, registered, hosts, body, why
):
    # Registered while the host was allowed; the operator may have taken it away since.
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": [HOST]}})
    make_ehr(institution, administrator, fhir_server=registered)
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": hosts}})
    answer = Ehr().post(SELECT, body)
    assert (answer.status_code, answer.json()["detail"]) == (412, f"{MISSING} {why}")


def test_a_server_that_was_asked_and_had_nothing_is_told_without_a_reason(
    institution, administrator, settings
):
    settings.IDENTITY_PROVIDERS = json.dumps({"north": {"hosts": [HOST]}})
    make_ehr(institution, administrator, fhir_server=ADDRESS)
    answer = Ehr().post(SELECT, opened(ADDRESS))
    assert (answer.status_code, answer.json()["detail"]) == (412, MISSING)
