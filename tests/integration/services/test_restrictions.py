"""Restricting a record, and what must be right for the whole institution all the same."""

import pytest

from cases.models import (
    AgendaItem,
    Case,
    Decision,
    Discussion,
    ImportFile,
    ImportRow,
    Patient,
    RestrictionMember,
)
from cases.selectors.agendas import agenda
from cases.selectors.publications import frozen, is_whole, lines_of
from cases.selectors.restrictions import lists, may_change
from cases.selectors.sight import sight_of
from cases.services import (
    agendas,
    break_glass,
    cases,
    chains,
    discussions,
    meetings,
    patients,
    publications,
    restrictions,
)
from cases.services.errors import Invalid, Refused
from tests.factories.boards import draft, sign
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tumorboard.accounts import memberships
from tumorboard.accounts.models import Membership
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import member_scope, seeing_all
from tumorboard.tenancy.sight import EVERYTHING

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(scope, coordinator):
    return make_case(by=coordinator)


def test_only_the_list_sees_a_restricted_record(case, coordinator, chair, institution):
    """ASVS v5.0.0-8.2.2; HIPAA 164.312(a)(1)."""
    other = make_case(by=coordinator)
    restricted(case, chair, by=coordinator)
    with member_scope(institution, chair.pk):
        assert Case.objects.count() == Patient.objects.count() == 2
    for nobody in (coordinator.pk, None):
        with member_scope(institution, nobody):
            assert list(Case.objects.all()) == [other]
            assert list(Patient.objects.all()) == [other.patient]
            assert not AuditEntry.objects.filter(case_id=case.pk).exists()
            with seeing_all():
                assert Case.objects.count() == 2
            assert Case.objects.count() == 1
    assert Case.objects.count() == 2
    assert AuditEntry.objects.filter(action="case.restricted", subject_id=case.pk).count() == 1


def test_the_patients_other_cases_are_hidden_with_it(case, coordinator, chair, institution):
    restricted(case, chair, by=coordinator)
    later = cases.open_case(patient=case.patient, title="Later", by=chair)
    with member_scope(institution, coordinator.pk):
        assert not Case.objects.filter(pk=later.pk).exists()


def test_a_change_of_the_list_holds_at_once(case, coordinator, chair, institution):
    """ASVS v5.0.0-8.3.2: changes of rights hold at once."""
    restricted(case, chair, by=coordinator)
    restrictions.change_list(case=case, people=[chair.pk, coordinator.pk], by=chair)
    assert sight_of(coordinator.pk) == EVERYTHING
    restrictions.change_list(case=case, people=[chair.pk], by=chair)
    assert case.pk in sight_of(coordinator.pk).hidden
    restrictions.lift(case=case, by=chair)
    assert sight_of(coordinator.pk) == EVERYTHING
    with pytest.raises(Refused, match="not restricted any more"):
        restrictions.lift(case=case, by=chair)
    # It can be restricted anew.
    restricted(case, chair, by=coordinator)
    with pytest.raises(Refused, match="restricted already"):
        restricted(case, chair, by=coordinator)


@pytest.mark.parametrize(
    ("who", "reason", "field"),
    [
        ([], "Works here.", "people"),
        (["clinician"], "Works here.", "people"),
        (["administrator"], "Works here.", "people"),
        (["chair"], " ", "reason"),
        (["chair"], "x" * 501, "reason"),
    ],
)
def test_a_list_that_cannot_be_is_refused(
    who, reason, field, case, coordinator, chair, administrator, institution
):
    people = {
        "chair": chair,
        "administrator": administrator,
        "clinician": add_member(institution, "CLINICIAN", email="clin@north.example", name="Clin"),
    }
    with pytest.raises(Invalid) as caught:
        restrictions.restrict(
            case=case, people=[people[name].pk for name in who], reason=reason, by=coordinator
        )
    assert list(caught.value.errors) == [field]
    with pytest.raises(Invalid) as caught:
        restricted(case, chair, by=coordinator)
        restrictions.change_list(case=case, people=[], by=coordinator)
    assert list(caught.value.errors) == ["people"]


def test_who_has_left_sees_it_no_more(case, coordinator, chair, institution):
    restricted(case, chair, by=coordinator)
    Membership.objects.filter(user=chair).delete()
    with pytest.raises(Invalid):
        restrictions.change_list(case=case, people=[chair.pk], by=coordinator)


def test_a_record_number_is_taken_without_saying_by_whom(case, coordinator, chair, institution):
    restricted(case, chair, by=coordinator)
    with member_scope(institution, coordinator.pk):
        number = "r-0" + case.patient.record_number[3:]
        with pytest.raises(Invalid) as caught:
            patients.add(record_number=number, family_name="Other", by=coordinator)
    assert caught.value.errors == {"record_number": [patients.TAKEN]}


def test_a_list_of_cases_stays_whole(items, meeting, coordinator, chair, institution):
    """Places, the clock and the chain are one for all, whoever sees what."""
    first, hidden, last = items
    restricted(hidden.case, chair, by=coordinator)
    with member_scope(institution, coordinator.pk):
        assert agendas.move(item=last, up=True, by=coordinator) == 1
        new = agendas.put_on(meeting=meeting, case=make_case(by=coordinator), by=coordinator)
        assert new.position == 4
        agendas.take_off(item=first, by=coordinator)
    places = AgendaItem.objects.filter(meeting=meeting).order_by("position")
    assert [(i.pk, i.position) for i in places] == [(last.pk, 1), (hidden.pk, 2), (new.pk, 3)]
    discussions.show(item=hidden, by=chair)
    with member_scope(institution, coordinator.pk):
        assert not Discussion.objects.exists()
        discussions.show(item=last, by=coordinator)
    assert Discussion.objects.filter(ended_at=None).get().item_id == last.pk


def test_a_canceled_meeting_lets_go_of_restricted_cases_too(
    items, meeting, coordinator, chair, institution
):
    restricted(items[1].case, chair, by=coordinator)
    with member_scope(institution, coordinator.pk):
        meetings.cancel(meeting=meeting, by=coordinator)
    assert not AgendaItem.objects.filter(meeting=meeting).exists()


def test_the_chain_goes_on_from_a_restricted_decision(
    items, meeting, coordinator, chair, institution
):
    draft(items[0], by=coordinator)
    signed = sign(items[0], by=chair)
    restricted(items[0].case, chair, by=coordinator)
    with member_scope(institution, coordinator.pk):
        assert not Decision.objects.exists()
        assert chains.next_place(meeting.board).previous_hash == signed.chain_hash


def test_what_is_published_holds_no_restricted_case(
    items, meeting, coordinator, chair, institution
):
    """ASVS v5.0.0-8.2.2: one document for everybody shows what everybody may see."""
    before = publications.publish(
        meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF", by=coordinator
    )
    restricted(items[1].case, chair, by=coordinator)
    with member_scope(institution, coordinator.pk):
        seen = frozen(agenda(meeting))
        assert {line.case for line in lines_of(before)} == {line["case"] for line in seen}
        assert not is_whole(before)
    with member_scope(institution, chair.pk):
        assert is_whole(before)
        with pytest.raises(Refused, match="changed"):
            publications.publish(
                meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF", by=chair
            )
        after = publications.publish(meeting=meeting, lines=seen, pdf=b"%PDF", by=chair)
    assert len(after.lines) == 2


def test_who_only_opened_a_record_does_not_say_who_sees_it(case, coordinator, chair, institution):
    """ASVS v5.0.0-8.3.1; an hour's sight of a record must not become everybody's for ever."""
    restriction = restricted(case, chair, by=coordinator)
    number = case.patient.record_number
    given = {"cause": "emergency", "words": "Bleeding in the ward."}
    break_glass.open_record(record_number=number, by=coordinator, **given)
    with member_scope(institution, coordinator.pk):
        seen = Case.objects.get(pk=case.pk)
        with pytest.raises(Refused, match="not on this list"):
            restrictions.lift(case=seen, by=coordinator)
        with pytest.raises(Refused, match="not on this list"):
            restrictions.change_list(case=seen, people=[coordinator.pk], by=coordinator)
        assert not may_change(restriction, coordinator)
    # Once nobody on the list can change it, whoever opened it may.
    Membership.objects.filter(user=chair).delete()
    with member_scope(institution, coordinator.pk):
        restrictions.change_list(case=case, people=[coordinator.pk], by=coordinator)
    assert lists() == {case.patient_id: {coordinator.pk}}


def test_who_is_taken_out_of_the_institution_is_on_no_list_when_they_come_back(
    case, coordinator, chair, administrator, institution
):
    """ASVS v5.0.0-8.3.2; HIPAA 164.308(a)(3)(ii)(C): access ends with the work."""
    restricted(case, chair, coordinator, by=coordinator)
    with member_scope(institution, administrator.pk):
        assert not RestrictionMember.objects.exists()
        memberships.remove(user=chair, by=administrator)
    add_member(institution, "RADIOLOGIST", email=chair.email, name="")
    assert lists() == {case.patient_id: {coordinator.pk}}
    assert case.pk in sight_of(chair.pk).hidden
    # A list on which nobody is left hides the record all the same.
    with member_scope(institution, administrator.pk):
        memberships.remove(user=coordinator, by=administrator)
    assert lists() == {case.patient_id: frozenset()}
    assert case.pk in sight_of(coordinator.pk).hidden


def test_two_cases_of_one_patient_are_restricted_once(case, coordinator, chair, monkeypatch):
    """Two browsers at once: the second is told so, and no error page comes of it."""
    restricted(case, chair, by=coordinator)
    other = cases.open_case(patient=case.patient, title="Other", by=chair)
    # As if the first had not been there yet when it was looked for.
    monkeypatch.setattr(restrictions, "_standing", lambda _: None)
    with pytest.raises(Refused, match="restricted already"):
        restricted(other, chair, by=coordinator)


def test_rows_of_imports_that_name_the_patient_are_hidden_too(
    case, coordinator, chair, institution
):
    file = ImportFile.objects.create(
        name="a.csv", sha256="0" * 64, columns=["Number", "Name"], uploaded_by=coordinator
    )
    number = case.patient.record_number.lower()
    for line, cells in enumerate([[number, "x"], ["Z-9", "Other"]], start=1):
        ImportRow.objects.create(file=file, number=line, cells=cells, state="bad")
    restricted(case, chair, by=coordinator)
    with member_scope(institution, coordinator.pk):
        assert [row.cells for row in ImportRow.objects.all()] == [["Z-9", "Other"]]
    with member_scope(institution, chair.pk):
        assert ImportRow.objects.count() == 2


def test_who_watches_over_restrictions_is_told_of_them_and_not_of_whom(
    case, coordinator, chair, institution
):
    add_member(institution, "PRIVACY_OFFICER", email="olga@north.example", name="Olga Officer")
    restricted(case, chair, by=coordinator)
    restrictions.lift(case=case, by=chair)
    begun, ended = OutboxMessage.objects.filter(topic="mail").order_by("created_at", "id")
    assert begun.payload["to"] == ended.payload["to"] == "olga@north.example"
    assert "Cora Coordinator restricted a record to a list of 1" in begun.payload["body"]
    assert "showed a restricted record to everybody again" in ended.payload["body"]
    said = f"{begun.payload}{ended.payload}"
    for part in (case.patient.record_number, case.patient.family_name, case.title, str(case.pk)):
        assert part not in said
