"""Studies that cannot be had: who said so, why, until when, and what became of it."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from guidance.editions import local_studies
from guidance.editions.local_words import LONGEST_REVIEW_DAYS, Overtaken
from guidance.editions.models import LocalStudy
from guidance.editions.policies import REASSESS
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LATER = TODAY + datetime.timedelta(days=100)


@pytest.fixture(autouse=True)
def _scope(institution):
    with institution_scope(institution):
        yield


@pytest.fixture
def mark(administrator):
    """Marks a study as not available."""

    def call(procedure="EUS", reason="No endoscopist", review_on=LATER, **more):
        return local_studies.mark_unavailable(
            procedure=procedure, reason=reason, review_on=review_on, by=administrator, **more
        )

    return call


def reassessments() -> int:
    return OutboxMessage.objects.filter(topic=REASSESS).count()


def test_it_is_kept_with_who_why_and_until_when(mark, administrator):
    study = mark(reason="  No endoscopist ")

    (found,) = local_studies.unavailable()
    assert found == study
    assert (found.procedure, found.version, found.is_withdrawn) == ("EUS", 1, False)
    assert (found.reason, found.by, found.review_on) == ("No endoscopist", administrator, LATER)
    entry = AuditEntry.objects.get(action="institution.study.unavailable")
    assert (entry.person, entry.subject_id) == (administrator, study.id)


def test_a_new_version_takes_the_place_of_the_old_one(mark):
    old = mark()
    new = mark(reason="Still none", if_match=1)

    assert local_studies.unavailable() == [new]
    assert (new.version, new.reason) == (2, "Still none")
    assert local_studies.history() == [new, old]


def test_it_can_be_had_again_and_what_was_said_stays(mark, chair):
    study = mark()
    again = local_studies.mark_available(study=study, reason="New endoscopist", by=chair)

    assert local_studies.unavailable() == []
    assert local_studies.history() == [again, study]
    assert (again.version, again.is_withdrawn, again.by, again.review_on) == (2, True, chair, None)
    assert AuditEntry.objects.filter(action="institution.study.available").exists()


def test_it_can_be_lost_once_more(mark, chair):
    local_studies.mark_available(study=mark(), reason="Back", by=chair)
    third = mark()

    assert third.version == 3
    assert local_studies.unavailable() == [third]


@pytest.mark.parametrize("procedure", local_studies.AVAILABILITY)
def test_where_the_guidance_asks_for_it_all_cases_are_assessed_anew(mark, chair, procedure):
    study = mark(procedure)
    assert reassessments() == 1
    local_studies.mark_available(study=study, reason="Back", by=chair)
    assert reassessments() == 2


def test_other_studies_change_no_case(mark, chair):
    local_studies.mark_available(study=mark("CT_AP_W"), reason="Back", by=chair)
    assert reassessments() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"procedure": "XRAY"}, "procedure"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
        ({"review_on": None}, "review_on"),
        ({"review_on": TODAY}, "review_on"),
        ({"review_on": TODAY + datetime.timedelta(days=LONGEST_REVIEW_DAYS + 1)}, "review_on"),
    ],
)
def test_what_cannot_be_accepted_is_told_by_field(mark, given, field):
    with pytest.raises(ValidationError) as caught:
        mark(**given)

    assert set(caught.value.message_dict) == {field}
    assert not LocalStudy.objects.exists()


def test_without_a_reason_it_stays_as_it_is(mark, chair):
    study = mark()
    with pytest.raises(ValidationError, match="blank"):
        local_studies.mark_available(study=study, reason=" ", by=chair)
    assert local_studies.unavailable() == [study]


@pytest.mark.parametrize("seen", [0, 2])
def test_of_two_who_saw_the_same_version_one_is_told(mark, seen):
    mark()
    with pytest.raises(Overtaken, match="Somebody else changed this"):
        mark(if_match=seen)


def test_what_is_overtaken_cannot_be_ended(mark, chair):
    study = mark()
    again = local_studies.mark_available(study=study, reason="Back", by=chair)
    for word in (study, again):
        with pytest.raises(Overtaken):
            local_studies.mark_available(study=word, reason="Back", by=chair)


def test_the_same_version_is_never_there_twice(mark, monkeypatch):
    mark()
    monkeypatch.setattr(local_studies, "_version", lambda _: 0)
    with pytest.raises(Overtaken):
        mark()
    assert LocalStudy.objects.count() == 1


def test_a_review_is_overdue_from_the_day_after(mark):
    study = mark()
    assert not study.is_overdue_on(LATER)
    assert study.is_overdue_on(LATER + datetime.timedelta(days=1))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE editions_localstudy SET reason = 'x'", "DELETE FROM editions_localstudy"],
)
def test_what_was_said_cannot_be_changed(mark, statement):
    mark()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
