"""The choices of an institution about the guidance."""

import pytest

from guidance.editions.models import GuidancePolicy
from tests.factories.cases import STAGING, make_case
from tests.integration.web.cases.reading import error_at, text_of
from tumorboard.audit.models import AuditEntry


@pytest.fixture
def admin(client, administrator):
    """A browser of the administrator."""
    client.force_login(administrator)
    return client


def test_an_institution_chooses_its_who_edition(admin, at, scope, coordinator, administrator):
    old = make_case(by=coordinator, **STAGING)
    page = admin.get(at("guidance_settings"))
    assert "All cases are assessed anew in the background." in text_of(page)

    response = admin.post(
        at("guidance_settings"), {"who_version": "WHO2010", "tnm_system": "AJCC8"}
    )

    assert response["Location"] == at("guidance_settings")
    policy = GuidancePolicy.objects.get()
    assert (policy.who_version, policy.tnm_system) == ("WHO2010", "AJCC8")
    assert AuditEntry.objects.get(action="institution.guidance.chosen").person == administrator
    new = make_case(by=coordinator, **STAGING)
    assert new.assessment.answer["grade_detail"]["who_version"] == "WHO2010"
    old.refresh_from_db()
    assert old.assessment.answer["grade_detail"]["who_version"] == "WHO2022"

    admin.post(at("guidance_settings"), {"who_version": "WHO2019", "tnm_system": "UICC"})
    assert GuidancePolicy.objects.get().who_version == "WHO2019"


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("who_version", "", "Choose the WHO edition."),
        ("who_version", "WHO1899", "Select a valid choice"),
        ("tnm_system", "", "Choose the TNM system."),
        ("tnm_system", "XYZ", "Select a valid choice"),
    ],
)
def test_a_choice_that_there_is_not_is_told(admin, at, scope, field, typed, message):
    data = {"who_version": "WHO2017", "tnm_system": "UICC", field: typed}
    response = admin.post(at("guidance_settings"), data)

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert not GuidancePolicy.objects.exists()


def test_the_choices_are_the_administrators(browser, at):
    assert browser.get(at("guidance_settings")).status_code == 403
