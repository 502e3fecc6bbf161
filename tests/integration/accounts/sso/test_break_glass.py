"""Somebody without a password opens a restricted record: the provider asks them once more."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import BreakGlass
from tests.factories.cases import make_case
from tests.factories.restrictions import restricted
from tests.integration.accounts.sso.test_signing import bound, confirm
from tests.integration.web.boards.page import text
from tumorboard.tenancy.scope import institution_scope

__all__ = ["bound"]

pytestmark = pytest.mark.django_db

PAGE = reverse("break_glass", args=["north"])


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def numbers(institution, coordinator) -> list[str]:
    """Two records that only the coordinator may see."""
    with institution_scope(institution):
        made = [make_case(by=coordinator) for _ in range(2)]
        for case in made:
            restricted(case, coordinator, by=coordinator)
        return [case.patient.record_number for case in made]


def ask(browser: Client, number: str) -> object:
    given = {"record_number": number, "cause": "emergency", "words": "Bleeding in the ward."}
    return browser.post(PAGE, given)


def test_confirmed_at_the_provider_it_opens_one_record(
    numbers, bound, idp, provider, institution, settings
):
    """HIPAA 164.312(a)(2)(ii): access in an emergency, for who has no password here too.

    ASVS v5.0.0-7.5.3: what is grave is confirmed anew, each time.
    """
    shown = text(bound.get(PAGE))
    assert "Your password" not in shown
    assert "Confirm that it is you" in shown
    refused = ask(bound, numbers[0])
    assert refused.status_code == 422
    assert "Confirm again that it is you" in text(refused)
    confirm(bound, idp, provider, PAGE)
    assert "for this one record" in text(bound.get(PAGE))
    assert ask(bound, numbers[0]).status_code == 302
    # It is used up.
    assert "Confirm again that it is you" in text(ask(bound, numbers[1]))
    with institution_scope(institution):
        assert BreakGlass.objects.count() == 1
