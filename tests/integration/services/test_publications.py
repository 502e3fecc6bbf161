"""Publishing agendas: a version is frozen and its members are told; later changes are changes."""

import pytest
from django.utils import timezone

from cases.models import AgendaItem, AgendaPublication, Case, Meeting, Patient
from cases.selectors.agendas import agenda
from cases.selectors.prepared_agenda import prepared_agenda
from cases.selectors.publications import (
    changes_since,
    frozen,
    lines_of,
    pdf_of,
    publications_of,
    sealed_pdf,
)
from cases.services import agendas, board_members, meetings
from cases.services.errors import Refused
from cases.services.publications import publish
from tests.factories.boards import make_item, make_meeting, sign
from tests.factories.people import add_member
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.vault.fields import Erased

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def meeting(coordinator):
    """A meeting with five cases on its list."""
    meeting = make_meeting(by=coordinator)
    for _ in range(5):
        make_item(by=coordinator, meeting=meeting)
    return meeting


def published(meeting, by, pdf=b"%PDF-1"):
    return publish(meeting=meeting, lines=frozen(agenda(meeting)), pdf=pdf, by=by)


def ids(meeting):
    return [line.item.pk for line in agenda(meeting)]


def said(publication, meeting):
    return [(c.position, c.what) for c in changes_since(publication, agenda(meeting))]


class TestPublishing:
    def test_freezes_the_list_and_its_paper(self, coordinator, meeting):
        done = published(meeting, coordinator, pdf=b"%PDF-1 frozen")
        first = AgendaItem.objects.select_related("case__patient").get(pk=ids(meeting)[0])
        agendas.ask(item=first, question="Another one?", by=coordinator)

        kept = AgendaPublication.objects.get()
        assert (kept, kept.number, kept.published_by) == (done, 1, coordinator)
        assert pdf_of(kept) == b"%PDF-1 frozen"
        assert b"%PDF" not in bytes(kept.pdf)
        line = lines_of(kept)[0]
        assert (line.position, line.question) == (1, "PRRT?")
        assert line.record_number == first.case.patient.record_number
        assert line.track_words == "To discuss"
        assert AuditEntry.objects.filter(action="agenda.published", subject_id=meeting.pk).exists()

    def test_again_makes_the_next_version(self, coordinator, meeting):
        published(meeting, coordinator)

        assert published(meeting, coordinator, pdf=b"%PDF-2").number == 2
        assert [p.number for p in publications_of(meeting)] == [2, 1]

    def test_tells_the_members_without_a_word_of_a_patient(
        self, coordinator, chair, institution, meeting
    ):
        gone = add_member(institution, "CLINICIAN", email="gone@north.example", name="Gone")
        for person in (chair, gone):
            board_members.add(board=meeting.board, person=person, by=coordinator)
        gone.is_active = False
        gone.save()
        OutboxMessage.objects.all().delete()

        published(meeting, coordinator)
        published(meeting, coordinator)

        mails = [m.payload for m in OutboxMessage.objects.filter(topic="mail").order_by("id")]
        assert [mail["to"] for mail in mails] == [chair.email] * 2
        assert f"/i/north/meetings/{meeting.pk}/" in mails[0]["body"]
        assert mails[0]["body"].startswith("The agenda of")
        assert mails[1]["body"].startswith("Version 2 of the agenda of")
        patient = agenda(meeting)[0].item.case.patient
        for mail in mails:
            words = mail["subject"] + mail["body"]
            for secret in (patient.family_name, patient.record_number, "PRRT"):
                assert secret not in words

    def test_not_an_empty_list(self, coordinator):
        with pytest.raises(Refused, match="no case on the list"):
            published(make_meeting(by=coordinator), coordinator)

    def test_not_of_a_canceled_meeting(self, coordinator, meeting):
        lines = frozen(agenda(meeting))
        meetings.cancel(meeting=meeting, by=coordinator)

        with pytest.raises(Refused, match="canceled"):
            publish(meeting=meeting, lines=lines, pdf=b"", by=coordinator)

    def test_not_of_a_meeting_that_is_over(self, coordinator, meeting):
        Meeting.objects.update(ended_at=timezone.now())

        with pytest.raises(Refused, match="over"):
            published(meeting, coordinator)

    def test_not_a_list_that_changed_meanwhile(self, coordinator, meeting):
        lines = frozen(agenda(meeting))
        agendas.move(item=AgendaItem.objects.get(pk=ids(meeting)[0]), up=False, by=coordinator)

        with pytest.raises(Refused, match="changed while"):
            publish(meeting=meeting, lines=lines, pdf=b"", by=coordinator)

        assert not AgendaPublication.objects.exists()

    def test_not_the_paper_of_somebody_who_is_erased_meanwhile(self, coordinator, meeting):
        publication = published(meeting, coordinator)
        case = Case.objects.select_related("patient").get(pk=publication.lines[0]["case"])
        Patient.objects.filter(pk=case.patient_id).update(wrapped_key=None, record_blind=None)

        with pytest.raises(Erased):
            sealed_pdf(b"%PDF", publication=publication)


class TestChanges:
    @pytest.fixture
    def version(self, coordinator, meeting):
        return published(meeting, coordinator)

    def test_none_at_first(self, meeting, version):
        assert said(version, meeting) == []

    def test_who_came_and_who_went(self, coordinator, meeting, version):
        agendas.take_off(item=AgendaItem.objects.get(pk=ids(meeting)[1]), by=coordinator)
        make_item(by=coordinator, meeting=meeting)

        assert said(version, meeting) == [(5, ("added",)), (2, ("taken off",))]

    def test_only_the_case_that_was_moved_has_moved(self, coordinator, meeting, version):
        one, two, three, four, five = ids(meeting)

        agendas.arrange(meeting=meeting, item_ids=[one, two, four, five, three], by=coordinator)

        assert said(version, meeting) == [(5, ("moved from 3 to 5",))]

    def test_question_minutes_and_track(self, coordinator, meeting, version):
        item = AgendaItem.objects.get(pk=ids(meeting)[0])
        before = lines_of(version)[0].minutes
        standard = meeting.board.standards.create(
            name="Surveillance", source="House rule 1", scenario="SC-03", entered_by=coordinator
        )
        agendas.ask(item=item, question="Another one?", by=coordinator)
        AgendaItem.objects.filter(pk=item.pk).update(track="protocol", standard=standard)

        assert said(version, meeting) == [
            (1, ("question changed", "track: by protocol", f"{before} to 1 minutes"))
        ]

    def test_a_decision_is_none(self, chair, meeting, version):
        sign(AgendaItem.objects.get(pk=ids(meeting)[0]), by=chair)

        assert said(version, meeting) == []

    def test_a_case_that_came_after_it_is_marked(self, coordinator, meeting, version):
        late = make_item(by=coordinator, meeting=meeting)

        prepared = prepared_agenda(meeting)

        marked = [line.item for line in prepared.lines if line.is_unpublished]
        assert marked == [late]
        assert "Not in the published agenda" in prepared.lines[-1].marks
        assert (prepared.published, len(prepared.changes)) == (version, 1)
