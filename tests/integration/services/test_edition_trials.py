"""Which cases another edition would answer differently, found by a job."""

import pytest

import cases.jobs  # noqa: F401 - as in a worker
from cases.models import Case, EditionTrial, EditionTrialChange
from cases.selectors import edition_trials as selectors
from cases.services import edition_trials
from cases.services.assessments import reassess
from cases.services.errors import Invalid
from guidance.editions import adoptions, shelf
from tests.factories.cases import STAGING, SURVEILLANCE, make_case
from tests.factories.editions import loaded, mri_less_appropriate
from tests.integration.outbox.delivery import deliver_all
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox import queue
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
State = EditionTrial.State


@pytest.fixture
def newer():
    return loaded("2027.1", mri_less_appropriate)


@pytest.fixture
def some(institution, coordinator):
    """Three cases of staging, which change, and two of surveillance, which do not."""
    with institution_scope(institution):
        return [
            make_case(by=coordinator, **facts)
            for facts in (STAGING, SURVEILLANCE, STAGING, SURVEILLANCE, STAGING)
        ]


def started(institution, edition, by) -> EditionTrial:
    with institution_scope(institution):
        return edition_trials.start(edition=edition, by=by)


def found(institution) -> tuple[EditionTrial, list[EditionTrialChange]]:
    with institution_scope(institution):
        trial = EditionTrial.objects.exclude(state=State.REPLACED).get()
        return trial, list(EditionTrialChange.objects.filter(trial=trial).order_by("case_id"))


@pytest.mark.parametrize("chunk", [1, 2, 5, 50])
def test_it_finds_the_cases_that_would_change(
    institution, administrator, newer, some, monkeypatch, chunk
):
    monkeypatch.setattr(edition_trials, "CHUNK", chunk)
    started(institution, newer, administrator)
    deliver_all()
    trial, changes = found(institution)
    assert (trial.state, trial.total, trial.done, trial.changed) == (State.DONE, 5, 5, 3)
    assert trial.kinds == {"top": 3, "studies": 3}
    assert trial.finished_at is not None
    assert [change.case_id for change in changes] == [some[0].pk, some[2].pk, some[4].pk]
    for change in changes:
        assert change.kinds == ["top", "studies"]
        assert (change.before["top"], change.after["top"]) == ("MRI_AP_WWO", "CT_AP_W")
        assert change.before["severities"] == change.after["severities"]


def test_nothing_of_the_cases_changes(institution, administrator, newer, some):
    started(institution, newer, administrator)
    deliver_all()
    with institution_scope(institution):
        assert set(Case.objects.values_list("assessment__edition_version", flat=True)) == {"2026.1"}
        assert [c.version for c in Case.objects.order_by("id")] == [c.version for c in some]


def test_it_says_the_same_as_adopting_does(institution, administrator, newer, some):
    started(institution, newer, administrator)
    deliver_all()
    _, changes = found(institution)
    foretold = {change.case_id: change.after["top"] for change in changes}
    with institution_scope(institution):
        adoptions.adopt(edition=newer, by=administrator)
        before = {case.pk: case.assessment.answer["top"] for case in some}
        after = {case.pk: reassess(case=case).answer["top"] for case in Case.objects.all()}
    assert foretold == {pk: top for pk, top in after.items() if top != before[pk]}


def test_a_case_that_is_assessed_by_it_already_does_not_change(
    institution, administrator, newer, some
):
    with institution_scope(institution):
        adoptions.adopt(edition=newer, by=administrator)
        reassess(case=some[0])
    started(institution, newer, administrator)
    deliver_all()
    with institution_scope(institution):
        assert not EditionTrialChange.objects.exists()


def test_facts_that_the_edition_no_longer_has_are_left_out(institution, administrator, coordinator):
    def without_bone_pain(content):
        facts = content["facts"]["facts"]
        facts.remove(next(fact for fact in facts if fact["name"] == "sstr_tracer"))
        mri_less_appropriate(content)

    with institution_scope(institution):
        make_case(by=coordinator, **STAGING, sstr_tracer="DOTATATE")
    started(institution, loaded("2027.1", without_bone_pain), administrator)
    deliver_all()
    trial, _ = found(institution)
    assert (trial.done, trial.changed) == (1, 1)


def test_it_is_recorded_who_tried(institution, administrator, newer):
    trial = started(institution, newer, administrator)
    with institution_scope(institution):
        entry = AuditEntry.objects.get(action="institution.edition.tried")
    assert (entry.person, entry.subject_id, trial.started_by) == (
        administrator, trial.pk, administrator,
    )  # fmt: skip


def test_without_cases_it_is_done_at_once(institution, administrator, newer):
    started(institution, newer, administrator)
    assert deliver_all() == 1
    assert found(institution)[0].state == State.DONE


def test_a_case_that_is_opened_meanwhile_is_looked_at_too(
    institution, administrator, coordinator, newer, some, monkeypatch
):
    monkeypatch.setattr(edition_trials, "CHUNK", 2)
    started(institution, newer, administrator)
    with institution_scope(institution):
        make_case(by=coordinator, **STAGING)
    deliver_all()
    trial, _ = found(institution)
    assert (trial.total, trial.done, trial.changed) == (6, 6, 4)


class TestStarting:
    def test_again_while_it_runs_it_goes_on(self, institution, administrator, newer, some):
        first = started(institution, newer, administrator)
        assert started(institution, newer, administrator) == first
        assert deliver_all() == 1

    def test_again_when_it_is_done_a_new_one_takes_its_place(
        self, institution, administrator, coordinator, newer, some, monkeypatch
    ):
        monkeypatch.setattr(edition_trials, "DISCARDED", 2)
        first = started(institution, newer, administrator)
        deliver_all()
        with institution_scope(institution):
            make_case(by=coordinator, **STAGING)
        second = started(institution, newer, administrator)
        assert second != first
        deliver_all()
        with institution_scope(institution):
            assert list(EditionTrial.objects.all()) == [second]
            assert EditionTrialChange.objects.filter(trial=second).count() == 4
            assert EditionTrialChange.objects.count() == 4

    def test_of_two_who_start_at_once_one_counts(
        self, institution, administrator, newer, monkeypatch
    ):
        first = started(institution, newer, administrator)
        monkeypatch.setattr(edition_trials, "one_that_counts", lambda *_, **__: None)
        assert started(institution, newer, administrator) == first

    def test_where_it_stopped_it_goes_on(
        self, institution, administrator, newer, some, monkeypatch
    ):
        monkeypatch.setattr(edition_trials, "CHUNK", 2)
        started(institution, newer, administrator)
        queue.deliver(str(OutboxSignal.objects.get().id))
        with institution_scope(institution):
            trial = EditionTrial.objects.get()
            OutboxMessage.objects.filter(pk=trial.job).update(state=OutboxMessage.State.FAILED)
            OutboxSignal.objects.all().delete()
            assert selectors.has_stopped(trial)
            assert edition_trials.start(edition=newer, by=administrator) == trial
            trial.refresh_from_db()
            assert not selectors.has_stopped(trial)
        deliver_all()
        trial, changes = found(institution)
        assert (trial.state, trial.done, trial.changed) == (State.DONE, 5, 3)
        assert len(changes) == 3

    def test_editions_are_tried_apart(self, institution, administrator, newer, some):
        other = loaded("2027.2", date="2027-06-01")
        started(institution, newer, administrator)
        started(institution, other, administrator)
        deliver_all()
        with institution_scope(institution):
            one = selectors.one_that_counts(newer.hash)
            assert (one.changed, selectors.one_that_counts(other.hash).changed) == (3, 0)


class TestTheJob:
    def test_the_same_message_twice_looks_at_no_case_twice(
        self, institution, administrator, newer, some, monkeypatch
    ):
        monkeypatch.setattr(edition_trials, "CHUNK", 2)
        trial = started(institution, newer, administrator)
        with institution_scope(institution):
            for _ in range(5):
                edition_trials.look_at_next({"trial": str(trial.pk)})
        trial, changes = found(institution)
        assert (trial.done, trial.changed, len(changes)) == (5, 3, 3)

    def test_a_trial_that_is_gone_is_no_error(self, institution, administrator, newer):
        trial = started(institution, newer, administrator)
        with institution_scope(institution):
            EditionTrial.objects.all().delete()
            edition_trials.look_at_next({"trial": str(trial.pk)})
            assert not EditionTrial.objects.exists()

    def test_what_counts_is_not_cleared_away(self, institution, administrator, newer, some):
        trial = started(institution, newer, administrator)
        with institution_scope(institution):
            edition_trials.discard_next({"trial": str(trial.pk)})
            assert EditionTrial.objects.get() == trial

    def test_another_institution_sees_none_of_it(
        self, institution, other_institution, administrator, newer, some
    ):
        started(institution, newer, administrator)
        deliver_all()
        with institution_scope(other_institution):
            assert selectors.one_that_counts(newer.hash) is None
            assert not EditionTrialChange.objects.exists()


class TestReading:
    def test_the_weightiest_change_comes_first(self, institution, administrator, newer, some):
        trial = started(institution, newer, administrator)
        deliver_all()
        with institution_scope(institution):
            change = EditionTrialChange.objects.order_by("-case_id").first()
            EditionTrialChange.objects.filter(pk=change.pk).update(weight=9_999)
            first = selectors.page(trial, number=1, size=2)
            assert [each.case_id for each in first.changes] == [change.case_id, some[0].pk]
            assert (first.first, first.has_next) == (1, True)
            second = selectors.page(trial, number=2, size=2)
            assert (len(second.changes), second.first, second.has_next) == (1, 3, False)

    def test_a_page_takes_one_query(
        self, institution, administrator, newer, some, django_assert_num_queries
    ):
        trial = started(institution, newer, administrator)
        deliver_all()
        with institution_scope(institution), django_assert_num_queries(1):
            page = selectors.page(trial, number=1, size=50)
            assert len([change.case.patient.name for change in page.changes]) == 3

    def test_it_is_known_that_a_case_changed_since(
        self, institution, administrator, coordinator, newer, some
    ):
        trial = started(institution, newer, administrator)
        with institution_scope(institution):
            assert not selectors.changed_since(trial)
            make_case(by=coordinator)
            assert selectors.changed_since(trial)


def test_shelf_is_what_a_trial_reads(institution, administrator, newer, some, monkeypatch):
    """The edition of a trial comes from the database, whatever the software brings."""
    started(institution, newer, administrator)
    shelf.forget()
    deliver_all()
    assert found(institution)[0].changed == 3


def test_a_case_that_no_edition_can_read_is_passed_over(
    institution, administrator, newer, some, monkeypatch
):
    def refuse_the_first(values, edition):
        if values is first_facts[0]:
            raise Invalid({"ki67_percent": ["is not a number"]})
        return facts_for(values, edition)

    first_facts = []
    facts_for = edition_trials.facts_for
    looked_at = edition_trials.standings

    def remember(**given):
        found = looked_at(**given)
        first_facts.append(found[0].facts)
        return found

    monkeypatch.setattr(edition_trials, "standings", remember)
    monkeypatch.setattr(edition_trials, "facts_for", refuse_the_first)
    started(institution, newer, administrator)
    deliver_all()
    trial, changes = found(institution)
    assert (trial.state, trial.done, trial.changed) == (State.DONE, 5, 2)
    assert some[0].pk not in {change.case_id for change in changes}
