"""What changed from one version of a decision to the next, in words."""

import datetime

import pytest
from django.utils import timezone

from cases.models import DecisionDraft
from cases.models.conclusion import Recommended
from cases.selectors.decision_versions import Change, versions_of
from cases.selectors.decisions import accepted_in, open_amendment
from cases.services import amendments, attendances, opinions
from cases.services.decision_drafts import Concluded, Dissented, save_draft
from tests.factories.boards import draft, make_item, sign
from tumorboard.formats import day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

WHY = "The pathology was reread."
OWNER = "seen to by Chris Chair"
CT = Recommended("imaging", "CT_AP_W")
PET = Recommended("imaging", "PET_DOTATATE")
WAIT = Recommended("other", text="Wait")
DEVIATES = {"concordance": "deviates", "deviation_reason": "patient_wish"}


@pytest.fixture
def item(coordinator):
    return make_item(by=coordinator)


@pytest.fixture
def terms(item):
    """The owner and the day that are signed where the board names none."""
    days = datetime.timedelta(days=item.meeting.board.task_days)
    return f"{OWNER}, due {day(timezone.localdate() + days)}"


@pytest.fixture
def amended(item, coordinator, chair):
    """Signs one version, then another; what changed between them."""

    def versions(first, second, **conclusion):
        draft(item, recommendations=first, by=coordinator)
        set_conclusion(**DEVIATES)
        sign(item, by=chair)
        amendments.open(item=item, reason=WHY, by=chair)
        given = {**DEVIATES, **conclusion}
        rationale = given.pop("rationale", "Receptor-positive disease.")
        dissents = given.pop("dissents", ())
        save_draft(
            item=item,
            rationale=rationale,
            recommendations=second,
            conclusion=Concluded(**given, amendment_reason=WHY),
            dissents=dissents,
            by=coordinator,
        )
        sign(item, by=chair)
        newest, oldest = versions_of(item)
        assert oldest.changes == ()
        assert (newest.replaced_by, oldest.replaced_by) == (None, 2)
        return list(newest.changes)

    return versions


def test_nothing(amended):
    assert amended([PET], [PET]) == []


def test_fields(amended):
    changes = amended(
        [PET],
        [PET],
        rationale="Other.",
        deviation_reason="trial",
        deviation_text="NETTER-9",
        confidence="low",
        dissents=[Dissented("Nina Nuclear", "PRRT now")],
    )

    assert set(changes) == {
        Change("Rationale", "Receptor-positive disease.", "Other."),
        Change(
            "Guidance",
            "Departs from the guidance: the patient's wish",
            "Departs from the guidance: a clinical trial (NETTER-9)",
        ),
        Change("Dissent", "nothing", "Nina Nuclear: PRRT now"),
        Change("Confidence", "nothing", "Low"),
    }


def test_to_no_recommendation(amended, terms):
    changes = amended(
        [WAIT],
        [],
        outcome="none",
        no_recommendation_reason="no_consensus",
        concordance="",
        deviation_reason="",
    )

    assert Change("Outcome", "nothing", "No recommendation: no consensus") in changes
    assert Change("Former recommendation 1", f"Wait (other), {terms}", "nothing") in changes


def test_who_took_part_and_what_was_said_before(item, coordinator, chair):
    opinions.give(item=item, text="Wait.", by=chair)
    draft(item, by=coordinator)
    sign(item, by=chair)
    amendments.open(item=item, reason=WHY, by=chair)
    attendances.note_present(meeting=item.meeting, name="Otto", by=coordinator)
    sign(item, by=chair)

    assert versions_of(item)[0].changes == (
        Change("Took part", "Nina Nuclear (NM)", "Nina Nuclear (NM), Otto"),
    )


class TestAcceptances:
    @pytest.fixture
    def changes(self, item, chair, monkeypatch):
        """What changed between two versions with these acceptances."""

        def between(first, second):
            for version, kept in enumerate((first, second), start=1):
                if version > 1:
                    amendments.open(item=item, reason=WHY, by=chair)
                rows = [dict(zip(("what", "text", "reason"), one, strict=True)) for one in kept]
                monkeypatch.setattr("cases.services.decisions._accepted", lambda *_, r=rows: r)
                sign(item, by=chair)
            return list(versions_of(item)[0].changes)

        return between

    KI67 = ("gap:ki67", "Ki-67: missing.", "Lost")
    IMAGES = ("gap:images", "Images: missing.", "Lost")
    SURGERY = ("quorum:surgery", "Surgery: nobody is noted as present.", "Asked before")

    def test_the_same_ones_are_no_change(self, changes):
        kept = [self.SURGERY, self.KI67, self.IMAGES]
        older = ("gap:ki67", "Ki-67: 3 weeks old.", "Lost")
        assert changes(kept, [self.SURGERY, older, self.IMAGES]) == []

    def test_only_what_came_and_went(self, changes):
        assert changes([self.KI67, self.IMAGES], [self.IMAGES, self.SURGERY]) == [
            Change(
                "Accepted by the signer",
                "Ki-67: missing",
                "Surgery: nobody is noted as present",
            )
        ]

    def test_nothing_more(self, changes):
        assert changes([self.KI67], []) == [
            Change("Accepted by the signer", "Ki-67: missing", "nothing")
        ]

    def test_another_reason_is_said_once(self, changes):
        other = [(what, text, "Not needed") for what, text, _ in (self.KI67, self.IMAGES)]
        assert changes([self.KI67, self.IMAGES, self.SURGERY], [*other, self.SURGERY]) == [
            Change("Reason for accepting", "Lost", "Not needed")
        ]

    def test_a_reason_stands_once_for_its_group(self):
        groups = accepted_in(
            [
                dict(zip(("what", "text", "reason"), one, strict=True))
                for one in (self.SURGERY, self.KI67, self.IMAGES)
            ]
        )
        assert [(one.group, one.names, one.reason) for one in groups] == [
            ("quorum", "Surgery: nobody is noted as present", "Asked before"),
            ("gap", "Ki-67: missing; Images: missing", "Lost"),
        ]


class TestRecommendations:
    def test_one_more(self, amended, terms):
        assert amended([WAIT], [WAIT, PET]) == [
            Change("Recommendation 2", "nothing", f"DOTATATE PET/CT (imaging), {terms}")
        ]

    def test_one_less(self, amended, terms):
        assert amended([PET, WAIT], [PET]) == [
            Change("Former recommendation 2", f"Wait (other), {terms}", "nothing")
        ]

    def test_another_day_of_the_same(self, amended, terms):
        due_on = timezone.localdate() + datetime.timedelta(days=9)
        later = Recommended("imaging", "PET_DOTATATE", "soon", intent="diagnosis", due_on=due_on)

        assert amended([PET], [later]) == [
            Change(
                "Recommendation 1",
                f"DOTATATE PET/CT (imaging), {terms}",
                f"DOTATATE PET/CT: soon (imaging), Diagnosis or staging, {OWNER}, "
                f"due {day(due_on)}",
            )
        ]

    def test_another_of_the_same_kind(self, amended):
        (change,) = amended([CT], [PET])

        assert change.label == "Recommendation 1"
        assert change.before.startswith("CT ")
        assert change.after.startswith("DOTATATE PET/CT")

    def test_another_order(self, amended):
        assert [change.label for change in amended([PET, WAIT], [WAIT, PET])] == [
            "Recommendation 1 (was number 2)",
            "Recommendation 2 (was number 1)",
        ]

    def test_an_alternative_and_an_owner(self, amended, chair, terms):
        instead = Recommended("other", text="Wait", alternative_to=1, owner_id=chair.pk)

        (change,) = amended([PET, WAIT], [PET, instead])

        assert change.after == f"Wait (other), {terms}, instead of recommendation 1"


def test_the_amendment_that_is_being_written(item, chair):
    signed = sign(item, by=chair)
    assert open_amendment(signed) is None

    amendments.open(item=item, reason=WHY, by=chair)

    found = open_amendment(signed)
    assert (found.amends, found.changed_by) == (1, chair)


def set_conclusion(**values):
    """Write the coded part of the draft, past the form."""
    DecisionDraft.objects.update(**values)
