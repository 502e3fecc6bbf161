"""Errors that no endpoint raises today, but whose translation every face relies on."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from cases.api.problems import exception_handler
from cases.models import Case
from cases.services.errors import Changed, Invalid, Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PermissionDenied("Secretname"), 403),
        (Http404("Secretname"), 404),
        (Case.DoesNotExist("Secretname"), 404),
        (Changed(seen=1, current=2), 412),
        (Refused("Take it off the list first."), 409),
        (Invalid({"": ["Wrong together."]}), 422),
    ],
)
def test_an_error_is_answered_as_a_problem_that_says_no_more_than_it_should(error, status):
    """ASVS v5.0.0-16.5.1: no stack, no query, no words of the database."""
    answer = exception_handler(error, {})
    assert answer.status_code == answer.data["status"] == status
    assert answer.content_type == "application/problem+json"
    assert "Secretname" not in str(answer.data)


def test_an_unexpected_error_is_left_to_the_server():
    assert exception_handler(ZeroDivisionError(), {}) is None
