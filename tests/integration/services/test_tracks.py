"""Settling an item by a standard of care, and discussing it after all."""

import pytest

from cases.models import AgendaItem, Standard
from cases.models.agenda_item import Track
from cases.services import amendments, facts, standards, tracks
from cases.services.content_hash import is_intact
from cases.services.decision_sheets import sheet_of
from cases.services.errors import Refused
from cases.services.sheet_words import said_on
from tests.factories.boards import draft, make_item, make_meeting, sign
from tests.factories.standards import (
    make_protocol_item,
    make_settled_case,
    sign_by_protocol,
)
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_is_settled_and_discussed_after_all(coordinator, standard):
    item = make_protocol_item(by=coordinator, standard=standard)
    item.refresh_from_db()
    assert (item.track, item.standard) == (Track.PROTOCOL, standard)

    tracks.discuss(item=item, by=coordinator)

    item.refresh_from_db()
    assert (item.track, item.standard) == (Track.DISCUSSION, None)
    actions = ("agenda.track.protocol", "agenda.track.discussion")
    assert AuditEntry.objects.filter(action__in=actions).count() == 2


def test_not_by_another_boards_standard(coordinator, standard):
    item = make_item(by=coordinator, case=make_settled_case(by=coordinator))

    with pytest.raises(Refused, match="another board"):
        tracks.settle_by_protocol(item=item, standard=standard, by=coordinator)


def test_not_where_it_does_not_hold_and_says_why(coordinator, standard):
    item = make_item(by=coordinator, meeting=make_meeting(by=coordinator, board=standard.board))

    with pytest.raises(Refused, match="does not settle this case: It is for "):
        tracks.settle_by_protocol(item=item, standard=standard, by=coordinator)

    assert AgendaItem.objects.get().track == Track.DISCUSSION


def test_not_what_is_signed(coordinator, chair, standard):
    decision = sign_by_protocol(by=coordinator, standard=standard, signer=chair)

    for write in (
        lambda item: tracks.discuss(item=item, by=coordinator),
        lambda item: tracks.settle_by_protocol(item=item, standard=standard, by=coordinator),
    ):
        with pytest.raises(Refused, match="signed"):
            write(decision.agenda_item)


def test_the_signed_record_names_the_standard_under_its_hash(coordinator, chair, standard):
    decision = sign_by_protocol(by=coordinator, standard=standard, signer=chair)

    assert (decision.track, decision.standard_name) == (Track.PROTOCOL, standard.name)
    assert decision.standard_source == standard.source
    assert is_intact(decision)
    decision.standard_name = "Another"
    assert not is_intact(decision)


def test_a_case_that_no_longer_fits_is_not_signed(coordinator, chair, standard):
    item = make_protocol_item(by=coordinator, standard=standard)
    facts.answer(case=item.case, answers={"stage_class": None}, by=coordinator)
    draft(item, by=coordinator)

    with pytest.raises(Refused, match="Facts are missing"):
        sign(item, by=chair)


def test_nor_by_a_standard_that_was_retired(coordinator, chair, standard):
    item = make_protocol_item(by=coordinator, standard=standard)
    draft(item, by=coordinator)
    standards.retire(standard=standard, by=coordinator)

    with pytest.raises(Refused, match="no longer in use"):
        sign(AgendaItem.objects.get(pk=item.pk), by=chair)


@pytest.mark.parametrize("change", ["retired", "moved on"])
def test_an_error_in_what_was_signed_can_be_corrected(coordinator, chair, standard, change):
    first = sign_by_protocol(by=coordinator, standard=standard, signer=chair)
    if change == "retired":
        standards.retire(standard=standard, by=coordinator)
    else:
        facts.answer(case=first.case, answers={"stage_class": None}, by=coordinator)
    item = AgendaItem.objects.get()
    amendments.open(item=item, reason="A wrong day.", by=chair)

    second = sign(item, by=chair)

    assert (second.version, second.track) == (2, Track.PROTOCOL)
    assert is_intact(second)


def test_an_amendment_keeps_the_words_of_the_standard(coordinator, chair, standard):
    first = sign_by_protocol(by=coordinator, standard=standard, signer=chair)
    Standard.objects.update(name="Rewritten", source="SOP 9")
    item = AgendaItem.objects.get()
    amendments.open(item=item, reason="A wrong day.", by=chair)
    assert first.standard_name in said_on(sheet_of(item)).track

    second = sign(AgendaItem.objects.get(), by=chair)

    words = (first.standard_name, first.standard_source)
    assert (second.standard_name, second.standard_source) == words


def test_what_is_discussed_is_never_refused(coordinator):
    tracks.check_track(make_item(by=coordinator))
