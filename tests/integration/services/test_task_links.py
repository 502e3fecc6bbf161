"""A study that a person chooses for a task, and a match that turns out to be wrong."""

import pytest

from cases.models import Task
from cases.models.conclusion import Recommended
from cases.selectors.task_history import history_of
from cases.selectors.task_studies import offered_studies
from cases.selectors.tasks import lines_of
from cases.services import results, studies, task_links, tasks
from cases.services.errors import Changed, Invalid, Refused
from tests.factories.boards import make_asking_case
from tests.factories.cases import make_study
from tests.factories.tasks import AGAIN, CT, PET, PRRT, REFERRAL, ago, amended, decided, tasks_of
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_people", "scope")]


@pytest.fixture
def mri(task, chair):
    """A study of the case that no rule would match to the task."""
    return study_of(task, by=chair)


def study_of(task, *, by, **fields):
    return make_study(
        case=task.case, by=by, **{"modality": "MRI", "performed_on": ago(9), **fields}
    )


def fresh(task):
    return Task.objects.get(pk=task.pk)


def link(task, study, *, by, **more):
    return task_links.link(task=fresh(task), study=study, by=by, **more)


def unlink(task, *, by, reason="another_study", **more):
    return task_links.unlink(task=fresh(task), reason=reason, by=by, **more)


class TestLinking:
    def test_the_study_says_how_far_the_task_is_and_its_result_is_the_tasks(self, task, mri, chair):
        done = link(task, mri, by=chair)
        assert (done.state, done.study, done.done_on) == ("done", mri, ago(9))
        assert done.is_linked_by_hand

        result = results.enter(study=mri, outcome="positive", by=chair)

        found = fresh(task)
        assert (found.state, found.result, found.resulted_on) == ("resulted", result, ago(0))
        assert AuditEntry.objects.get(action="task.linked").person == chair

    def test_a_study_with_a_result_sets_it_at_once(self, task, chair):
        study = study_of(task, by=chair, outcome="negative")
        assert link(task, study, by=chair).state == "resulted"

    def test_one_that_waits_is_ordered_and_no_other_takes_its_place(self, task, chair):
        waiting = study_of(task, by=chair, ordered_on=ago(40), performed_on=None)
        assert link(task, waiting, by=chair).state == "ordered"
        make_study(
            case=task.case, by=chair, modality="PET_SSTR", procedure="PET_DOTATATE",
            performed_on=ago(3),
        )  # fmt: skip
        assert (fresh(task).state, fresh(task).study) == ("ordered", waiting)

    def test_on_the_day_of_the_decision_it_is_for_the_person_to_say(self, task, chair):
        study = study_of(task, by=chair, performed_on=ago(30))
        assert link(task, study, by=chair).state == "done"

    def test_what_was_said_to_be_done_follows_the_study_from_then_on(self, task, mri, chair):
        tasks.order(task=task, on=ago(20), by=chair)
        tasks.complete(task=fresh(task), on=ago(2), by=chair)
        linked = link(task, mri, by=chair)
        assert (linked.state, linked.ordered_on, linked.done_on) == ("done", ago(20), ago(9))
        undone = unlink(task, by=chair)
        assert (undone.state, undone.ordered_on, undone.done_on) == ("ordered", ago(20), None)

    def test_what_was_done_without_an_order_is_open_again_once_taken_back(self, task, mri, chair):
        tasks.complete(task=task, on=ago(2), by=chair)
        link(task, mri, by=chair)
        assert unlink(task, by=chair).state == "open"

    def test_a_referral_too(self, chair):
        (referral,) = tasks_of(decided(REFERRAL, by=chair))
        assert link(referral, study_of(referral, by=chair), by=chair).state == "done"

    def test_an_alternative_is_replaced_and_comes_back(self, chair):
        other = Recommended("imaging", "CT_AP_W", alternative_to=1)
        first, second = tasks_of(decided(PET, other, by=chair))
        link(first, study_of(first, by=chair), by=chair)
        assert fresh(second).state == "replaced"
        unlink(first, by=chair)
        assert fresh(second).state == "open"

    def test_it_goes_on_after_an_amendment_that_asks_for_the_same(self, task, mri, chair):
        link(task, mri, by=chair)
        (after,) = tasks_of(amended(task.decision, [PET], by=chair))
        assert (after.state, after.study, after.is_linked_by_hand) == ("done", mri, True)
        results.enter(study=mri, outcome="negative", by=chair)
        assert fresh(after).state == "resulted"

    def test_a_study_that_was_performed_before_the_decision_after_all_is_let_go(
        self, task, mri, chair
    ):
        link(task, mri, by=chair)
        studies.change(study=mri, performed_on=ago(31), by=chair)
        found = fresh(task)
        assert (found.state, found.study, found.is_linked_by_hand) == ("open", None, False)

    def test_what_a_person_said_after_it_stands(self, task, chair):
        waiting = study_of(task, by=chair, ordered_on=ago(20), performed_on=None)
        link(task, waiting, by=chair)
        tasks.drop(task=fresh(task), reason="lost", by=chair)
        studies.change(study=waiting, performed_on=ago(9), by=chair)
        assert fresh(task).state == "not_done"


class TestRefused:
    def test_performed_before_the_decision(self, task, chair):
        study = study_of(task, by=chair, performed_on=ago(31))
        with pytest.raises(Invalid) as caught:
            link(task, study, by=chair)
        (said,) = caught.value.errors["study"]
        assert said.startswith("It was performed on ")
        assert "before the decision of" in said
        assert fresh(task).study is None

    def test_of_another_case(self, task, chair):
        other = make_study(case=make_asking_case(by=chair), by=chair, performed_on=ago(9))
        with pytest.raises(Invalid, match="belongs to another case"):
            link(task, other, by=chair)

    def test_one_that_carries_out_another_task(self, chair):
        pet, ct = tasks_of(decided(PET, CT, by=chair))
        study = study_of(pet, by=chair, modality="CT", procedure="CT_AP_W")
        assert fresh(ct).study == study
        with pytest.raises(Invalid, match=r"CT abdomen and pelvis.*Take that match back first"):
            link(pet, study, by=chair)
        unlink(ct, by=chair)
        assert link(pet, study, by=chair).state == "done"

    def test_something_is_matched_already(self, task, mri, chair):
        link(task, mri, by=chair)
        with pytest.raises(Refused, match="Take that back first"):
            link(task, study_of(task, by=chair, performed_on=ago(5)), by=chair)

    @pytest.mark.parametrize(("asked", "kind"), [(PRRT, "treatment"), (AGAIN, "re-discussion")])
    def test_no_study_carries_it_out(self, chair, asked, kind):
        (task,) = tasks_of(decided(asked, by=chair))
        with pytest.raises(Refused, match=f"a task of this kind: {kind}"):
            link(task, study_of(task, by=chair), by=chair)

    def test_closed_or_of_a_former_version(self, task, mri, chair):
        tasks.drop(task=task, reason="lost", by=chair)
        with pytest.raises(Refused, match="Reopen it first"):
            link(task, mri, by=chair)
        tasks.reopen(task=fresh(task), by=chair)
        amended(task.decision, [CT], by=chair)
        with pytest.raises(Refused, match="belongs to what it said before"):
            link(task, mri, by=chair)

    def test_changed_since(self, task, mri, chair):
        with pytest.raises(Changed):
            link(task, mri, by=chair, if_match=7)


class TestTakingBack:
    def test_says_why_and_nothing_is_matched_by_itself_any_more(self, task, mri, chair):
        link(task, mri, by=chair)
        undone = unlink(task, reason="other", text=" It was of the knee. ", by=chair)
        assert (undone.state, undone.study, undone.done_on) == ("open", None, None)
        assert (undone.unlinked_because, undone.unlinked_text) == ("other", "It was of the knee.")
        assert not undone.is_linked_by_hand
        make_study(
            case=task.case, by=chair, modality="PET_SSTR", procedure="PET_DOTATATE",
            performed_on=ago(3),
        )  # fmt: skip
        assert fresh(task).state == "open"
        assert link(task, mri, by=chair).state == "done"

    def test_the_history_keeps_every_reason(self, task, mri, chair):
        for reason in ("mistake", "incomplete"):
            link(task, mri, by=chair)
            unlink(task, reason=reason, by=chair)
        kept = Task.pgh_event_model.objects.filter(id=task.pk).order_by("pgh_id")
        reasons = [row.unlinked_because for row in kept]
        assert [r for n, r in enumerate(reasons) if r and r != reasons[n - 1]] == [
            "mistake",
            "incomplete",
        ]

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"reason": ""}, "reason"),
            ({"reason": "nonsense"}, "reason"),
            ({"reason": "other"}, "text"),
            ({"reason": "mistake", "text": "x" * 501}, "text"),
        ],
    )
    def test_asks_for_a_reason(self, task, mri, chair, given, field):
        link(task, mri, by=chair)
        with pytest.raises(Invalid) as caught:
            unlink(task, by=chair, **given)
        assert list(caught.value.errors) == [field]
        assert fresh(task).study == mri

    def test_only_what_is_matched(self, task, chair):
        with pytest.raises(Refused, match="Nothing in the record is matched"):
            unlink(task, by=chair)

    def test_what_was_not_done_stays_so(self, task, chair):
        waiting = study_of(task, by=chair, ordered_on=ago(20), performed_on=None)
        link(task, waiting, by=chair)
        tasks.drop(task=fresh(task), reason="lost", by=chair)
        with pytest.raises(Refused, match="Reopen it first"):
            unlink(task, by=chair)

    def test_of_a_former_version(self, task, mri, chair):
        link(task, mri, by=chair)
        amended(task.decision, [CT], by=chair)
        with pytest.raises(Refused, match="belongs to what it said before"):
            unlink(task, by=chair)


def test_what_is_offered_and_why_other_studies_are_not(task, mri, chair):
    early = study_of(task, by=chair, performed_on=ago(31), outcome="negative")
    waiting = study_of(task, by=chair, ordered_on=ago(2), performed_on=None)

    offered = offered_studies(fresh(task))

    by_study = {offer.study: offer for offer in offered}
    assert [study for study in by_study if study in (waiting, mri, early)] == [waiting, mri, early]
    assert [bool(by_study[study].fault) for study in (waiting, mri, early)] == [False, False, True]
    assert offered[0].words.startswith("MRI, ordered ")
    assert offered[0].words.endswith(": no result yet")
    assert by_study[early].words.endswith(": Negative")


def test_a_line_says_whether_a_study_can_be_chosen(task, mri, chair):
    assert lines_of([fresh(task)])[0].may_be_linked
    link(task, mri, by=chair)
    assert not lines_of([fresh(task)])[0].may_be_linked


def test_what_happened_newest_first(task, mri, chair):
    link(task, mri, by=chair)
    unlink(task, by=chair)
    AuditEntry.objects.create(
        action="task.listed", subject_type="task", subject_id=task.pk, person=None
    )

    told = [(entry.words, entry.who) for entry in history_of(task)]

    assert told == [
        ("Case listed again", ""),
        ("Match taken back", "Chris Chair"),
        ("Brought to what the record says", "Chris Chair"),
        ("Study chosen by hand", "Chris Chair"),
        ("Made from the signed decision", "Chris Chair"),
    ]
