"""Asking for what is missing, and accepting by name that the board decides without it."""

import datetime

import pytest
from django.utils import timezone

from cases.models import Gap, GapAcceptance, GapRequest
from cases.models.case import Preparation
from cases.services import facts, gaps, lab_results
from cases.services.errors import Invalid, Refused
from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.completeness import days_ago, make_complete_case, open_gaps
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


SURVEILLANCE_WITHOUT_MARKERS = {
    name: value for name, value in SURVEILLANCE.items() if name != "cga_trend"
}


def ask(case, by, **given):
    fields = {"item": "ki67", "asked_of": "Dr. Patel", "asked_on": days_ago(2), **given}
    return gaps.ask(case=case, by=by, **fields)


def test_who_was_asked_and_when_is_kept(coordinator):
    case = make_case(by=coordinator)
    version = case.version
    request = ask(case, coordinator, asked_of=" Dr. Patel ", note=" by phone ")
    assert (request.asked_of, request.note, request.entered_by) == (
        "Dr. Patel",
        "by phone",
        coordinator,
    )
    assert Gap.objects.get(case=case, item="ki67").asked_on == days_ago(2)
    assert AuditEntry.objects.get(action="case.gap.asked").subject_id == case.pk
    case.refresh_from_db()
    assert case.version == version


def test_asking_again_replaces_whom_and_when(coordinator, chair):
    case = make_case(by=coordinator)
    ask(case, coordinator)
    ask(case, chair, asked_of="Dr. Weber", asked_on=days_ago(1))
    request = GapRequest.objects.get(case=case)
    assert (request.asked_of, request.asked_on) == ("Dr. Weber", days_ago(1))
    assert request.entered_by == chair
    assert Gap.objects.get(case=case, item="ki67").asked_on == days_ago(1)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"asked_of": "  "}, "asked_of"),
        ({"asked_of": "x" * 201}, "asked_of"),
        ({"note": "x" * 301}, "note"),
        ({"asked_on": timezone.localdate() + datetime.timedelta(days=2)}, "asked_on"),
        ({"asked_on": datetime.date(1900, 1, 1)}, "asked_on"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(coordinator, given, field):
    case = make_case(by=coordinator)
    with pytest.raises(Invalid) as refused:
        ask(case, coordinator, **given)
    assert list(refused.value.errors) == [field]
    assert not GapRequest.objects.exists()


def test_a_request_is_withdrawn_and_history_keeps_it(coordinator):
    case = make_case(by=coordinator)
    request = ask(case, coordinator)
    gaps.withdraw_request(request=request, by=coordinator)
    assert not GapRequest.objects.exists()
    assert Gap.objects.get(case=case, item="ki67").asked_on is None
    assert GapRequest.pgh_event_model.objects.count() == 2
    assert AuditEntry.objects.filter(action="case.gap.request_withdrawn").exists()


def test_nobody_is_asked_for_what_is_there_or_not_asked_for(coordinator):
    case = make_complete_case(by=coordinator)
    for item, reason in (
        ("ki67", "This is there by now"),
        ("rereading", "not asked for in this case"),
        ("nonsense", "not asked for in this case"),
    ):
        with pytest.raises(Refused, match=reason):
            ask(case, coordinator, item=item)
        with pytest.raises(Refused, match=reason):
            gaps.accept(case=case, item=item, reason="Urgent", by=coordinator)


def test_with_every_gap_accepted_by_name_a_case_is_ready_with_gaps(coordinator, chair):
    case = make_case(by=coordinator)
    for item in ("board-question", "scenario", "differentiation", "ki67"):
        acceptance = gaps.accept(case=case, item=item, reason=" Urgent ", by=chair)
    case.refresh_from_db()
    assert (case.preparation, open_gaps(case)) == (Preparation.READY_WITH_GAPS, 0)
    assert (acceptance.reason, acceptance.entered_by) == ("Urgent", chair)
    assert set(Gap.objects.values_list("is_accepted", flat=True)) == {True}
    assert AuditEntry.objects.filter(action="case.gap.accepted", person=chair).count() == 4


@pytest.mark.parametrize("reason", ["", "  ", "\u200b\u2060", "x" * 501])
def test_an_acceptance_gives_a_reason(coordinator, reason):
    case = make_case(by=coordinator)
    with pytest.raises(Invalid) as refused:
        gaps.accept(case=case, item="ki67", reason=reason, by=coordinator)
    assert list(refused.value.errors) == ["reason"]
    assert not GapAcceptance.objects.exists()


def test_a_gap_is_accepted_once(coordinator, chair):
    case = make_case(by=coordinator)
    gaps.accept(case=case, item="ki67", reason="Urgent", by=chair)
    with pytest.raises(Refused, match="Chris Chair accepted this gap already"):
        gaps.accept(case=case, item="ki67", reason="Urgent", by=coordinator)


def test_an_acceptance_is_withdrawn_and_history_keeps_it(coordinator):
    case = make_case(by=coordinator)
    acceptance = gaps.accept(case=case, item="ki67", reason="Urgent", by=coordinator)
    case.refresh_from_db()
    assert open_gaps(case) == 3
    gaps.withdraw_acceptance(acceptance=acceptance, by=coordinator)
    case.refresh_from_db()
    assert (case.preparation, open_gaps(case)) == (Preparation.NOT_READY, 4)
    assert GapAcceptance.pgh_event_model.objects.count() == 2
    assert AuditEntry.objects.filter(action="case.gap.acceptance_withdrawn").exists()


def test_an_acceptance_ends_when_the_gap_becomes_another(coordinator):
    """Accepted as never measured; then an old value turns up: that is another thing to accept."""
    case = make_case(by=coordinator, **SURVEILLANCE_WITHOUT_MARKERS)
    gaps.accept(case=case, item="chromogranin-a", reason="Never measured", by=coordinator)
    facts.answer(case=case, answers={"bone_pain": False}, by=coordinator)
    assert GapAcceptance.objects.exists()
    lab_results.add(
        case=case,
        analyte="chromogranin_a",
        value=80,
        unit="ng/mL",
        taken_on=days_ago(900),
        by=coordinator,
    )
    assert not GapAcceptance.objects.exists()
    case.refresh_from_db()
    assert case.preparation == Preparation.NOT_READY
    assert AuditEntry.objects.filter(action="case.gap.ended").exists()


def test_an_acceptance_does_not_wait_for_a_gap_that_comes_back(coordinator):
    case = make_case(by=coordinator, **SURVEILLANCE_WITHOUT_MARKERS)
    gaps.accept(case=case, item="chromogranin-a", reason="Never measured", by=coordinator)
    staging = {"clinical_question": "distant_staging", "resection_status": "none"}
    facts.answer(case=case, answers={**staging, "definitive_treatment_done": False}, by=coordinator)
    facts.answer(
        case=case,
        answers={name: SURVEILLANCE[name] for name in (*staging, "definitive_treatment_done")},
        by=coordinator,
    )
    assert not GapAcceptance.objects.exists()
