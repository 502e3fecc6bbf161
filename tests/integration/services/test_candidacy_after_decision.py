"""A case whose board recommended nothing, or nothing that was carried out, asks again at once."""

import pytest
from django.utils import timezone

from cases.models import Candidacy, Task
from cases.models.agenda_item import ListingReason
from cases.models.conclusion import NoRecommendation, Recommended
from cases.models.task import NotDone
from cases.selectors.candidates import candidates_among
from cases.services import amendments, attendances, tasks
from cases.services.decision_drafts import Concluded, save_draft
from tests.factories.boards import draft, make_item, sign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

PRRT = Recommended("treatment", "OPT-PRRT")
PET = Recommended("imaging", "PET_DOTATATE")
REFERRAL = Recommended("referral", text="Nuclear medicine")
LDT_INSTEAD = Recommended("treatment", "OPT-LDT", alternative_to=1)


def asked(case):
    """The words in which the case asks to be discussed again, where it does so today."""
    rows = Candidacy.objects.filter(
        case=case, reason=ListingReason.REDISCUSSION, begins_on__lte=timezone.localdate()
    )
    return rows.values_list("detail", flat=True).first()


def sign_none(*, by, reason, text=""):
    """An item whose decision is that nothing is recommended."""
    item = make_item(by=by)
    attendances.note_present(meeting=item.meeting, name="Nina Nuclear", specialty="NM", by=by)
    conclusion = Concluded(
        outcome="none", no_recommendation_reason=reason, no_recommendation_text=text
    )
    save_draft(item=item, rationale="Not today.", recommendations=(), conclusion=conclusion, by=by)
    sign(item, by=by)
    return item


def sign_with(*recommendations, by, item=None):
    item = item or make_item(by=by)
    draft(item, by=by, recommendations=recommendations)
    sign(item, by=by)
    return item.case


def task_of(case, code):
    return Task.objects.get(case=case, code=code)


class TestNoRecommendation:
    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            (NoRecommendation.INFORMATION, "information is missing"),
            (NoRecommendation.SPECIALTY, "a specialty that is needed was not there"),
            (NoRecommendation.NO_CONSENSUS, "no consensus"),
            (NoRecommendation.PATIENT_ABSENT, "the patient's wish or condition is not known"),
            (NoRecommendation.OTHER, "other (Power failed)"),
        ],
    )
    def test_asks_at_once_and_says_why(self, chair, reason, words):
        text = "Power failed" if reason == NoRecommendation.OTHER else ""
        case = sign_none(by=chair, reason=reason, text=text).case

        assert asked(case) == f"The board gave no recommendation: {words}"
        assert candidates_among([case.pk])[case.pk].because == ListingReason.REDISCUSSION

    def test_not_what_is_no_question_for_this_board(self, chair):
        case = sign_none(by=chair, reason=NoRecommendation.NOT_FOR_THIS_BOARD).case

        assert asked(case) is None

    def test_until_it_is_decided_with_a_recommendation(self, chair):
        case = sign_none(by=chair, reason=NoRecommendation.INFORMATION).case
        again = make_item(by=chair, case=case)
        assert asked(case) is not None

        sign_with(REFERRAL, by=chair, item=again)

        assert asked(case) is None

    def test_an_amendment_with_a_recommendation_ends_it(self, chair):
        item = sign_none(by=chair, reason=NoRecommendation.INFORMATION)

        amendments.open(item=item, reason="The report arrived", by=chair)
        draft(item, by=chair, recommendations=[REFERRAL])
        item.drafts.update(amendment_reason="The report arrived")
        sign(item, by=chair)

        assert asked(item.case) is None


class TestNotCarriedOut:
    @pytest.mark.parametrize("recommended", [PRRT, PET, REFERRAL])
    def test_asks_at_once_and_says_why(self, chair, recommended):
        case = sign_with(recommended, by=chair)
        assert asked(case) is None

        tasks.drop(task=Task.objects.get(case=case), reason=NotDone.AVAILABILITY, by=chair)

        assert asked(case) == "A recommendation was not carried out: not available"
        assert case.pk in candidates_among([case.pk])

    def test_with_what_was_said_in_words(self, chair):
        case = sign_with(PRRT, by=chair)

        task = task_of(case, "OPT-PRRT")
        tasks.drop(task=task, reason=NotDone.OTHER, text="No bed", by=chair)

        assert asked(case) == "A recommendation was not carried out: other (No bed)"

    @pytest.mark.parametrize("reason", [NotDone.DIED, NotDone.ELSEWHERE])
    def test_not_where_nothing_is_left_for_the_board(self, chair, reason):
        case = sign_with(PRRT, by=chair)

        tasks.drop(task=task_of(case, "OPT-PRRT"), reason=reason, by=chair)

        assert asked(case) is None

    def test_not_for_what_needs_no_board(self, chair):
        case = sign_with(Recommended("other", text="Tell them"), by=chair)

        tasks.drop(task=Task.objects.get(case=case), reason=NotDone.AVAILABILITY, by=chair)

        assert asked(case) is None

    def test_not_where_it_is_opened_again(self, chair):
        case = sign_with(PRRT, by=chair)
        tasks.drop(task=task_of(case, "OPT-PRRT"), reason=NotDone.AVAILABILITY, by=chair)

        tasks.reopen(task=task_of(case, "OPT-PRRT"), by=chair)

        assert asked(case) is None

    def test_not_where_an_alternative_was_carried_out(self, chair):
        case = sign_with(PRRT, LDT_INSTEAD, by=chair)
        tasks.drop(task=task_of(case, "OPT-PRRT"), reason=NotDone.AVAILABILITY, by=chair)
        assert asked(case) is not None

        tasks.complete(task=task_of(case, "OPT-LDT"), on=timezone.localdate(), by=chair)

        assert asked(case) is None

    def test_what_was_carried_out_besides_replaces_nothing(self, chair):
        case = sign_with(PRRT, PET, by=chair)
        tasks.drop(task=task_of(case, "OPT-PRRT"), reason=NotDone.AVAILABILITY, by=chair)

        tasks.complete(task=task_of(case, "PET_DOTATATE"), on=timezone.localdate(), by=chair)

        assert asked(case) is not None

    def test_until_it_is_decided_again(self, chair):
        case = sign_with(PRRT, by=chair)
        tasks.drop(task=task_of(case, "OPT-PRRT"), reason=NotDone.AVAILABILITY, by=chair)

        sign_with(REFERRAL, by=chair, item=make_item(by=chair, case=case))

        assert asked(case) is None

    def test_what_is_given_up_after_a_newer_decision_asks_too(self, chair):
        case = sign_with(PRRT, by=chair)
        sign_with(REFERRAL, by=chair, item=make_item(by=chair, case=case))

        tasks.drop(task=task_of(case, "OPT-PRRT"), reason=NotDone.AVAILABILITY, by=chair)

        assert asked(case) is not None
