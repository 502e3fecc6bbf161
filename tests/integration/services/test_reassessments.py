"""A new choice of the institution reaches every case, by a job."""

import pytest

import cases.jobs  # noqa: F401 - as in a worker
from cases.models import Case, FactAnswer
from cases.selectors.cases import one
from cases.services import reassessments
from guidance.editions.policies import REASSESS, choose
from tests.factories.cases import make_case
from tests.integration.outbox.delivery import deliver_all
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("chunk", [1, 2, 50])
def test_a_new_who_edition_grades_every_case_anew(institution, coordinator, monkeypatch, chunk):
    monkeypatch.setattr(reassessments, "CHUNK", chunk)
    with institution_scope(institution):
        # Between 2 and 3 % there is no grade in WHO 2010.
        cases = [
            make_case(by=coordinator, differentiation="well", ki67_percent=2.5) for _ in range(3)
        ]
        assert {case.assessment.answer["grade"] for case in cases} == {"G1"}
        choose(who_version="WHO2010", tnm_system="ENETS", by=coordinator)
    deliver_all()
    with institution_scope(institution):
        grades = [c.assessment.answer["grade"] for c in Case.objects.select_related("assessment")]
        assert grades == [None, None, None]
        done = OutboxMessage.objects.filter(topic=REASSESS)
        assert {message.state for message in done} == {"done"}


def test_a_job_without_cases_ends(institution, coordinator):
    with institution_scope(institution):
        choose(who_version="WHO2022", tnm_system="ENETS", by=coordinator)
    assert deliver_all() == 1


def test_a_case_that_cannot_be_assessed_holds_up_no_other(institution, coordinator, administrator):
    with institution_scope(institution):
        first, broken, last = (
            make_case(by=coordinator, differentiation="well", ki67_percent=2.5) for _ in range(3)
        )
        FactAnswer.objects.filter(case=broken, fact="ki67_percent").update(fact="ki67_of_old")
        choose(who_version="WHO2010", tnm_system="ENETS", by=administrator)
    deliver_all()
    with institution_scope(institution):
        assert [one(case.pk).assessment.answer["grade"] for case in (first, broken, last)] == [
            None,
            "G1",
            None,
        ]
        noted = AuditEntry.objects.get(action="case.assessment.failed")
        assert (noted.subject_id, noted.person) == (broken.pk, None)


def test_assessing_again_is_asked_for_by_a_person(institution, administrator):
    with institution_scope(institution):
        reassessments.start_again(by=administrator)
        assert OutboxMessage.objects.filter(topic=REASSESS).count() == 1
        entry = AuditEntry.objects.get(action="institution.cases.reassessed")
        assert entry.person == administrator
