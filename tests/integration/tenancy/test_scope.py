"""A row is seen by its institution and by nobody else, in Python and by raw SQL."""

import uuid
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django_scopes.exceptions import ScopeError as MissingScope

from cases.models import Case, Patient, Treatment
from tests.factories.cases import make_case
from tumorboard.accounts.models import Membership
from tumorboard.tenancy import sight
from tumorboard.tenancy.scope import (
    ScopeError,
    current_institution,
    has_institution,
    hidden_ids,
    institution_scope,
    let_connection_go,
    member_scope,
    person_scope,
    seeing_all,
    seeing_unrestricted,
)

pytestmark = pytest.mark.django_db


def raw(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


@pytest.fixture
def patient(institution):
    with institution_scope(institution):
        return Patient.objects.create(record_number="N-1", family_name="Testperson")


def test_without_an_institution_raw_sql_returns_nothing(patient):
    """ASVS v5.0.0-8.4.1: a query that forgets the institution finds nothing."""
    assert raw("SELECT count(*) FROM cases_patient") == [(0,)]
    assert raw("SELECT count(*) FROM cases_patientevent") == [(0,)]


def test_without_an_institution_raw_sql_changes_nothing(patient, institution):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_patient SET sex = 'male'")
        assert cursor.rowcount == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tenancy_institution (id, slug, name, created_at)"
                " VALUES (gen_random_uuid(), 'west', 'West', now())"
            )
            cursor.execute(
                "INSERT INTO editions_guidancepolicy (id, institution_id, who_version, tnm_system)"
                " SELECT gen_random_uuid(), id, 'WHO2022', 'ENETS' FROM tenancy_institution"
            )


def test_another_institution_sees_nothing_by_raw_sql(patient, other_institution):
    with institution_scope(other_institution):
        assert raw("SELECT count(*) FROM cases_patient") == [(0,)]
        assert not Patient.objects.exists()


def test_its_own_institution_sees_it(patient, institution):
    with institution_scope(institution):
        assert raw("SELECT count(*) FROM cases_patient") == [(1,)]
        assert current_institution() == institution


def test_a_query_without_an_institution_raises(patient):
    with pytest.raises(MissingScope):
        Patient.objects.count()
    with pytest.raises(ScopeError):
        current_institution()


def test_another_institutions_scope_cannot_be_entered_inside(institution, other_institution):
    with institution_scope(institution):
        with pytest.raises(ScopeError):
            with institution_scope(other_institution):
                pass
        with institution_scope(institution):
            assert current_institution() == institution
        assert raw("SELECT current_setting('tumorboard.institution', true)") == [
            (str(institution.id),)
        ]


def test_the_setting_ends_with_the_scope(institution):
    with institution_scope(institution):
        pass
    assert raw("SELECT NULLIF(current_setting('tumorboard.institution', true), '')") == [(None,)]


def test_the_setting_ends_with_a_scope_that_failed(institution):
    with pytest.raises(ZeroDivisionError), institution_scope(institution):
        _ = 1 / 0
    assert raw("SELECT NULLIF(current_setting('tumorboard.institution', true), '')") == [(None,)]


def test_a_row_cannot_point_into_another_institution(patient, other_institution):
    """HIPAA 164.312(a)(1): a reference never leads across, whatever the code does."""
    with pytest.raises(IntegrityError), institution_scope(other_institution):
        Case.objects.create(patient_id=patient.id, title="stolen")
        raw("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_row_cannot_be_written_for_another_institution(institution, other_institution):
    """ASVS v5.0.0-8.4.1: nothing is written for somebody else."""
    with pytest.raises(ProgrammingError, match="row-level security"):
        with institution_scope(institution):
            Patient.objects.create(institution=other_institution, record_number="X")


def test_a_person_sees_their_own_memberships_in_all_institutions(
    coordinator, chair, other_institution
):
    with institution_scope(other_institution):
        Membership.objects.create(user=coordinator, role="CLINICIAN")
    with person_scope(coordinator.id):
        assert {m.role for m in Membership.objects.all()} == {"COORDINATOR", "CLINICIAN"}
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_membership SET role = 'ADMINISTRATOR'")
            assert cursor.rowcount == 0
    assert raw("SELECT count(*) FROM accounts_membership") == [(0,)]


def test_history_keeps_every_change_and_who_made_it(patient, institution):
    """HIPAA 164.312(b): who changed what can be examined."""
    import pghistory

    with institution_scope(institution), pghistory.context(person="somebody"):
        patient.family_name = "Renamed"
        patient.save()
        labels = raw(
            "SELECT pgh_label, pgh_context ->> 'person' FROM cases_patientevent ORDER BY pgh_id"
        )
    assert labels == [("insert", None), ("update", "somebody")]
    with institution_scope(institution):
        names = [event.family_name for event in patient.events.order_by("pgh_id")]
    assert names == ["Testperson", "Renamed"]


@pytest.mark.parametrize("table", ["cases_decision", "cases_assessment", "audit_auditentry"])
@pytest.mark.parametrize(
    "verb", ["UPDATE {} SET institution_id = institution_id", "DELETE FROM {}"]
)
def test_what_is_append_only_cannot_be_changed(institution, table, verb):
    """HIPAA 164.312(c)(1): what was signed or noted is neither altered nor destroyed."""
    with pytest.raises(ProgrammingError, match="permission denied"), institution_scope(institution):
        with connection.cursor() as cursor:
            cursor.execute(verb.format(table))


def test_code_may_ask_whether_it_is_in_a_scope(institution):
    assert not has_institution()
    with institution_scope(institution):
        assert has_institution()
    assert str(institution) == "North Hospital"


def test_a_connection_in_use_is_not_let_go(institution):
    with institution_scope(institution):
        let_connection_go()
        assert Patient.objects.count() == 0


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_connection_that_is_done_is_let_go():
    connection.ensure_connection()
    let_connection_go()
    assert connection.connection is None


def test_no_door_opens_while_nobody_says_what_is_restricted(institution, monkeypatch):
    """ASVS v5.0.0-8.2.2: what cannot be known is not granted."""
    monkeypatch.setattr(sight, "_rules", [])
    with pytest.raises(RuntimeError, match="no door may open"):
        with member_scope(institution, None):
            pass


def test_what_is_hidden_is_hidden_in_every_nested_scope_and_no_longer(institution, monkeypatch):
    """ASVS v5.0.0-8.2.2; HIPAA 164.312(a)(1)."""
    secret, part = uuid.uuid4(), uuid.uuid4()
    monkeypatch.setattr(
        sight, "_rules", [lambda _, *, opened: sight.Sight(hidden=(secret,), parts=(part,))]
    )
    hidden = "SELECT current_setting('tumorboard.hidden', true)"
    with institution_scope(institution):
        with member_scope(institution, None):
            assert raw(hidden) == [(f"{{{secret}}}",)]
            assert hidden_ids() == {secret}
            with institution_scope(institution):
                # The system's own scope does not widen a person's.
                assert raw(hidden) == [(f"{{{secret}}}",)]
            with seeing_all():
                assert raw(hidden) == [("{}",)]
            with suppress(ZeroDivisionError), seeing_all():
                _ = 1 / 0
            assert raw(hidden) == [(f"{{{secret}}}",)]
        assert raw(hidden) == [("{}",)]
        with seeing_unrestricted():
            assert raw(hidden) == [(f"{{{secret}}}",)]
        assert hidden_ids() == frozenset()


def test_a_row_of_a_hidden_case_can_neither_be_read_nor_written(
    institution, coordinator, monkeypatch
):
    """ASVS v5.0.0-8.2.2: the database itself refuses it."""
    with institution_scope(institution):
        case = make_case(by=coordinator)
        monkeypatch.setattr(sight, "_rules", [lambda _, *, opened: sight.Sight(hidden=(case.pk,))])
        with member_scope(institution, None):
            assert not Case.objects.filter(pk=case.pk).exists()
            assert Case.objects.filter(pk=case.pk).update(title="x") == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Treatment.objects.create(case=case, type="SSA")
