"""An institution uses an edition from when its administrator says so."""

import pytest
from django.core.exceptions import ValidationError

import cases.jobs  # noqa: F401 - as in a worker
from cases.models import Assessment, Case
from guidance.editions import adoptions, shelf
from guidance.editions.policies import REASSESS
from tests.factories.cases import STAGING, make_case
from tests.factories.editions import loaded, mri_less_appropriate
from tests.integration.outbox.delivery import deliver_all
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def newer():
    return loaded("2027.1", mri_less_appropriate)


def test_adopting_is_kept_with_who_when_and_why(institution, administrator, newer):
    with institution_scope(institution):
        adoption = adoptions.adopt(edition=newer, by=administrator, reason="  New ratings. ")
        assert adoptions.current() == adoption
        assert (adoption.by, adoption.reason) == (administrator, "New ratings.")
        assert shelf.adopted() is shelf.edition("2027.1")
        entry = AuditEntry.objects.get(action="institution.edition.adopted")
        assert (entry.person, entry.subject_id) == (administrator, adoption.id)
        assert OutboxMessage.objects.filter(topic=REASSESS).count() == 1
        assert [each.edition.version for each in adoptions.history()] == ["2027.1", "2026.1"]


def test_going_back_is_adopting_too(institution, administrator, newer):
    with institution_scope(institution):
        adoptions.adopt(edition=newer, by=administrator)
        adoptions.adopt(edition=shelf.edition("2026.1"), by=administrator)
        assert shelf.adopted().version == "2026.1"
        assert len(adoptions.history()) == 3


def test_what_is_in_use_cannot_be_adopted_again(institution, administrator, newer):
    with institution_scope(institution):
        adoptions.adopt(edition=newer, by=administrator)
        with pytest.raises(adoptions.AlreadyAdopted, match=r"2027\.1 is in use already"):
            adoptions.adopt(edition=newer, by=administrator)
        assert len(adoptions.history()) == 2


@pytest.mark.parametrize("reason", ["x" * 501, "nul \x00", "half \ud800"])
def test_a_reason_that_cannot_be_kept_is_refused(institution, administrator, newer, reason):
    with institution_scope(institution):
        with pytest.raises(ValidationError):
            adoptions.adopt(edition=newer, by=administrator, reason=reason)
        assert shelf.adopted().version == "2026.1"


def test_cases_are_assessed_by_it_and_what_stood_is_kept(
    institution, administrator, coordinator, newer
):
    with institution_scope(institution):
        case = make_case(by=coordinator, **STAGING)
        before = case.assessment
        assert (before.edition_version, before.answer["top"]) == ("2026.1", "MRI_AP_WWO")
        adoptions.adopt(edition=newer, by=administrator)
    deliver_all()
    with institution_scope(institution):
        after = Case.objects.select_related("assessment").get().assessment
        assert (after.edition_version, after.answer["top"]) == ("2027.1", "CT_AP_W")
        assert after.edition_hash == newer.hash
        assert Assessment.objects.get(pk=before.pk).answer == before.answer


def test_one_institution_adopts_for_itself_alone(
    institution, other_institution, administrator, newer
):
    with institution_scope(institution):
        adoptions.adopt(edition=newer, by=administrator)
    with institution_scope(other_institution):
        assert shelf.adopted().version == "2026.1"
        assert [each.edition.version for each in adoptions.history()] == ["2026.1"]


class TestNewer:
    def test_what_came_after_the_one_in_use(self, institution, administrator, newer):
        loaded("2027.2", date="2027-06-01")
        with institution_scope(institution):
            assert [each.version for each in adoptions.newer()] == ["2027.2", "2027.1"]
            adoptions.adopt(edition=newer, by=administrator)
            assert [each.version for each in adoptions.newer()] == ["2027.2"]

    def test_nothing_is_newer_for_who_never_chose(self, institution):
        with institution_scope(institution):
            assert adoptions.newer() == []
