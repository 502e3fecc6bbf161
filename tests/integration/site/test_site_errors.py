"""What is at no address, and a fault of ours, are told in the format of the door."""

import pytest
from django.test import Client

from tumorboard.site_errors import server_error

DOORS = [
    ("/api/v1/i/north/nothing", "application/problem+json"),
    ("/cds-services/north/a/b/c", "application/problem+json"),
    ("/fhir/", "application/fhir+json"),
    ("/intake/north/nothing", "application/fhir+json"),
    ("/intake/north/hl7v2/", "text/plain; charset=utf-8"),
    ("/nothing", "text/html; charset=utf-8"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "kind"), DOORS)
def test_nothing_is_there(path, kind):
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, kind)
    assert answer.content


@pytest.mark.parametrize(("path", "kind"), DOORS)
def test_a_fault_of_ours_is_told_without_details(path, kind, rf):
    """ASVS v5.0.0-16.5.1."""
    answer = server_error(rf.get(path))
    assert answer.status_code == 500
    assert answer["Content-Type"].startswith(kind.partition(";")[0])
    assert answer.content


@pytest.mark.django_db
def test_a_form_that_is_too_old_is_refused_on_a_page_of_ours():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@north.example"})
    assert answer.status_code == 403
    assert "Go back, load the page again" in answer.content.decode()
    assert "CSRF verification failed" not in answer.content.decode()
