"""What a draft keeps of a decision, what it refuses, and what a signature needs beside."""

import datetime
import uuid
from dataclasses import asdict, replace

import pytest
from django.utils import timezone

from cases.models import Attendance, DecisionDraft
from cases.models.conclusion import Recommended
from cases.services import attendances, opinions
from cases.services.decision_checks import gaps_of
from cases.services.decision_drafts import Concluded, Dissented, save_draft
from cases.services.errors import Changed, Invalid, Refused
from tests.factories.boards import make_item, sign
from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.people import add_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_people", "scope")]

PET = Recommended("imaging", "PET_DOTATATE")
#: Rated lower in this situation, so it departs.
EUS = Recommended("imaging", "EUS")
CALL = Recommended("other", text="Call the family doctor.")
#: Characters that a page draws as nothing.
UNSEEN = "\u200b\u2060 \ufeff"


@pytest.fixture
def save(item, coordinator):
    """Saves a draft, by default one that could be signed."""

    def saved(*recommendations, **given):
        return save_draft(
            item=item,
            rationale="Because.",
            recommendations=recommendations or (PET,),
            by=coordinator,
            **given,
        )

    return saved


def gaps(draft):
    draft.refresh_from_db()
    return gaps_of(
        draft,
        list(draft.recommendations.all()),
        list(draft.dissents.all()),
        list(Attendance.objects.filter(meeting=draft.agenda_item.meeting_id)),
    )


def refused(save, *recommendations, **given):
    with pytest.raises(Invalid) as error:
        save(*recommendations, **given)
    assert not DecisionDraft.objects.exists()
    return error.value.errors


class TestKept:
    def test_all_of_a_recommendation(self, save, coordinator):
        due_on = datetime.date(2027, 1, 1)
        mri = Recommended("imaging", "MRI_AP_WWO", " first ", "diagnosis", None, due_on)
        pet = replace(PET, intent="diagnosis", alternative_to=1, owner_id=coordinator.pk)

        draft = save(mri, pet)

        first, second = draft.recommendations.all()
        assert (first.text, first.intent, first.due_on) == ("first", "diagnosis", due_on)
        assert first.alternative_to is None
        assert (second.alternative_to, second.owner) == (1, coordinator)

    def test_the_coded_part(self, save):
        given = Concluded(
            concordance="deviates",
            deviation_reason="other",
            deviation_text=" Words. ",
            confidence="low",
            stage_discussed=True,
            guideline_discussed=True,
            is_prospective=False,
        )

        draft = save(EUS, conclusion=given)

        draft.refresh_from_db()
        kept = {name: getattr(draft, name) for name in asdict(given)}
        assert kept == {**asdict(given), "deviation_text": "Words."}

    def test_dissents_instead_of_those_before(self, save):
        save(dissents=[Dissented("Ann", "Wait."), Dissented("Bob", "Resect.")])

        draft = save(dissents=[Dissented(" Ann ", " Treat. ")])

        assert [(d.name, d.text) for d in draft.dissents.all()] == [("Ann", "Treat.")]

    def test_an_incomplete_one(self, save, item, coordinator):
        draft = save_draft(
            item=item,
            rationale="",
            recommendations=(),
            conclusion=Concluded(outcome="none", concordance="deviates"),
            by=coordinator,
        )

        assert draft.pk

    @pytest.mark.parametrize(
        ("asked", "concordance"), [(PET, "concordant"), (EUS, "deviates"), (CALL, "")]
    )
    def test_what_is_coded_says_how_it_stands_to_the_guidance(self, save, asked, concordance):
        assert save(asked).concordance == concordance

    def test_without_a_coded_part_what_was_said_stays(self, save):
        save(EUS, conclusion=Concluded(concordance="deviates", confidence="high"))

        draft = save(PET)

        assert (draft.concordance, draft.confidence) == ("deviates", "high")

    def test_a_case_that_was_never_assessed(self, save, item):
        item.case.assessment = None
        item.case.save(update_fields=["assessment"])

        draft = save(EUS, conclusion=Concluded(concordance="concordant"))

        assert gaps(draft) == {}


class TestRefused:
    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            (replace(PET, intent="fun"), "recommendations.0.intent"),
            (replace(PET, alternative_to=1), "recommendations.0.alternative_to"),
            (replace(PET, alternative_to=0), "recommendations.0.alternative_to"),
            (replace(PET, alternative_to=2), "recommendations.0.alternative_to"),
            (replace(PET, owner_id=uuid.uuid4()), "recommendations.0.owner_id"),
            (replace(PET, due_on=datetime.date.max), "recommendations.0.due_on"),
        ],
    )
    def test_of_a_recommendation(self, save, asked, field):
        assert list(refused(save, asked)) == [field]

    def test_words_that_nobody_can_see(self, save):
        assert list(refused(save, replace(CALL, text=UNSEEN))) == ["recommendations.0.text"]

    def test_a_dissent_that_nobody_can_see(self, item, coordinator):
        with pytest.raises(Invalid) as caught:
            save_draft(
                item=item,
                rationale="",
                recommendations=(),
                dissents=[Dissented("Ann", UNSEEN)],
                by=coordinator,
            )
        assert list(caught.value.errors) == ["dissents.0.text"]

    def test_an_alternative_to_an_alternative(self, save):
        second, third = replace(PET, alternative_to=1), replace(PET, alternative_to=2)

        assert list(refused(save, PET, second, third)) == ["recommendations.2.alternative_to"]

    def test_an_owner_from_elsewhere_or_who_left(self, save, institution):
        stranger = add_member(institution, email="s@south.example", name="S")
        gone = add_member(institution, "COORDINATOR", email="g@north.example", name="G")
        gone.is_active = False
        gone.save(update_fields=["is_active"])

        for person in (stranger, gone):
            errors = refused(save, replace(PET, owner_id=person.pk))
            assert errors == {"recommendations.0.owner_id": ["Choose somebody who works here."]}

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("outcome", "perhaps"),
            ("no_recommendation_reason", "tired"),
            ("no_recommendation_text", "x" * 501),
            ("concordance", "somewhat"),
            ("deviation_reason", "mood"),
            ("deviation_text", "x\x00"),
            ("confidence", "total"),
            ("amendment_reason", "x" * 501),
        ],
    )
    def test_of_the_coded_part(self, save, name, value):
        assert name in refused(save, conclusion=replace(Concluded(), **{name: value}))

    @pytest.mark.parametrize(
        ("dissents", "field"),
        [
            ([("", "Wait.")], "dissents.0.name"),
            ([("Ann", "")], "dissents.0.text"),
            ([("A" * 121, "Wait.")], "dissents.0.name"),
            ([("Ann", "x" * 501)], "dissents.0.text"),
            ([("Ann", "Wait."), ("Ann", "Treat.")], "dissents.1.name"),
        ],
    )
    def test_of_a_dissent(self, save, dissents, field):
        given = [Dissented(*one) for one in dissents]

        assert list(refused(save, dissents=given)) == [field]

    def test_to_say_that_the_guidance_says_so_where_a_code_departs(self, save):
        errors = refused(save, EUS, conclusion=Concluded(concordance="concordant"))

        (reason,) = errors["concordance"]
        assert reason.startswith("This is not what the guidance says. Endoscopic ultrasound:")

    def test_to_say_that_there_is_no_guidance_where_there_is(self, save):
        errors = refused(save, PET, conclusion=Concluded(concordance="no_guidance"))

        assert "covers this case" in errors["concordance"][0]

    def test_after_signing_unless_it_is_amended(self, save, item, chair):
        draft = save()
        attendances.note_present(meeting=item.meeting, name="Ann", by=chair)
        sign(item, by=chair)
        with pytest.raises(Refused, match="is signed and cannot be changed"):
            save()
        DecisionDraft.objects.filter(pk=draft.pk).update(amends=1)

        assert save(CALL).recommendations.get().text == "Call the family doctor."

    def test_another_version(self, save):
        save(if_match=0)

        with pytest.raises(Changed):
            save(if_match=0)


class TestGaps:
    def test_none(self, save, coordinator):
        owner = replace(PET, owner_id=coordinator.pk, due_on=timezone.localdate())

        assert gaps(save(owner, replace(PET, alternative_to=1))) == {}

    def test_nothing_recommended(self, item, coordinator):
        given = Concluded(concordance="concordant")
        draft = save_draft(
            item=item, rationale="", recommendations=(), conclusion=given, by=coordinator
        )

        assert gaps(draft) == {
            "recommendations": [
                "Add at least one recommendation, or say that there is none and why."
            ]
        }

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({}, "no_recommendation_reason"),
            ({"no_recommendation_reason": "other"}, "no_recommendation_text"),
            ({"no_recommendation_reason": "information"}, None),
            ({"no_recommendation_reason": "other", "no_recommendation_text": "Tired."}, None),
        ],
    )
    def test_no_recommendation_says_why(self, item, coordinator, given, field):
        draft = save_draft(
            item=item,
            rationale="",
            recommendations=(),
            conclusion=Concluded(outcome="none", **given),
            by=coordinator,
        )

        assert list(gaps(draft)) == ([field] if field else [])

    def test_what_nobody_can_see_says_nothing(self, save, item, coordinator):
        given = Concluded(concordance="deviates", deviation_reason="other", deviation_text=UNSEEN)
        draft = save(EUS, conclusion=given)
        assert list(gaps(draft)) == ["deviation_text"]

        given = Concluded(
            outcome="none", no_recommendation_reason="other", no_recommendation_text=UNSEEN
        )
        draft = save_draft(
            item=item, rationale=UNSEEN, recommendations=(), conclusion=given, by=coordinator
        )

        assert list(gaps(draft)) == ["no_recommendation_text"]
        assert draft.rationale == ""

    def test_no_recommendation_has_none(self, save):
        given = Concluded(outcome="none", no_recommendation_reason="information")

        assert (
            "says that there is no recommendation"
            in (gaps(save(PET, conclusion=given))["recommendations"][0])
        )

    @pytest.mark.parametrize(
        ("asked", "given", "field"),
        [
            (CALL, {}, "concordance"),
            (CALL, {"concordance": "concordant"}, None),
            (EUS, {"concordance": "deviates"}, "deviation_reason"),
            (EUS, {"concordance": "deviates", "deviation_reason": "other"}, "deviation_text"),
            (EUS, {"concordance": "deviates", "deviation_reason": "comorbidity"}, None),
        ],
    )
    def test_how_it_stands_to_the_guidance(self, save, asked, given, field):
        assert list(gaps(save(asked, conclusion=Concluded(**given)))) == ([field] if field else [])

    def test_the_guidance_that_has_changed_since(self, save):
        draft = save(PET)
        DecisionDraft.objects.filter(pk=draft.pk).update(concordance="no_guidance")

        assert "covers this case" in gaps(draft)["concordance"][0]

    def test_a_day_that_has_passed(self, save):
        yesterday = timezone.localdate() - datetime.timedelta(days=1)

        found = gaps(save(PET, replace(PET, due_on=yesterday)))

        assert found == {
            "recommendations.1.due_on": ["The day has passed. Choose today or a later day."]
        }

    def test_a_day_too_far_ahead(self, save):
        last = timezone.localdate() + datetime.timedelta(days=730)
        draft = save(PET, replace(PET, due_on=last))
        assert gaps(draft) == {}

        draft.recommendations.filter(position=2).update(due_on=datetime.date.max)

        assert gaps(draft) == {
            "recommendations.1.due_on": ["The date lies more than two years ahead."]
        }

    def test_an_alternative_to_nothing(self, save):
        draft = save(PET, replace(PET, alternative_to=1))
        draft.recommendations.filter(position=2).update(alternative_to=2)

        assert list(gaps(draft)) == ["recommendations.1.alternative_to"]

    def test_an_owner_who_left_since(self, save, institution):
        owner = add_member(institution, "COORDINATOR", email="g@north.example", name="G")
        draft = save(replace(PET, owner_id=owner.pk))
        owner.is_active = False
        owner.save(update_fields=["is_active"])

        assert list(gaps(draft)) == ["recommendations.0.owner_id"]

    def test_only_who_was_there_or_gave_an_opinion_dissents(self, save, item, coordinator, chair):
        attendances.note_present(meeting=item.meeting, name="Ann", by=coordinator)
        opinions.give(item=item, text="Wait.", by=chair)
        dissents = [Dissented(name, "Wait.") for name in ("Ann", chair.name, "Zoe")]

        found = gaps(save(dissents=dissents))

        assert list(found) == ["dissents.2.name"]
        assert found["dissents.2.name"][0].startswith("Zoe is neither present")


def test_another_situation_has_its_own_guidance(coordinator):
    item = make_item(by=coordinator, case=make_case(by=coordinator, **SURVEILLANCE))

    draft = save_draft(item=item, rationale="", recommendations=[PET], by=coordinator)

    assert draft.concordance == "concordant"
