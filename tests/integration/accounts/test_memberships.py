"""Roles that come and go, and people who leave."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from tests.factories.people import add_member
from tumorboard.accounts import tokens
from tumorboard.accounts.access import permissions_in_scope
from tumorboard.accounts.errors import LastAdministrator, NoRole, NotMember
from tumorboard.accounts.memberships import remove, set_roles
from tumorboard.accounts.models import ApiToken, Membership, User
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(institution):
    with institution_scope(institution):
        yield


def roles_of(user: User) -> set[str]:
    return set(Membership.objects.filter(user=user).values_list("role", flat=True))


def test_the_roles_are_made_to_match(inside, coordinator, administrator, actions):
    kept = Membership.objects.get(user=coordinator)
    written = set_roles(
        user=coordinator, roles=["COORDINATOR", "CLINICIAN", "BOARD_CHAIR"], by=administrator
    )
    assert [membership.role for membership in written] == [
        "BOARD_CHAIR",
        "CLINICIAN",
        "COORDINATOR",
    ]
    assert kept in written
    set_roles(user=coordinator, roles=["CLINICIAN"], by=administrator)
    assert roles_of(coordinator) == {"CLINICIAN"}
    assert actions() == [
        ("person.role.given", administrator),
        ("person.role.given", administrator),
        ("person.role.taken", administrator),
        ("person.role.taken", administrator),
    ]


def test_what_is_so_already_is_not_written(inside, coordinator, administrator, actions):
    set_roles(user=coordinator, roles=["COORDINATOR"], by=administrator)
    assert actions() == []


def test_other_institutions_roles_stay(institution, other_institution, coordinator, administrator):
    add_member(other_institution, "CLINICIAN", email=coordinator.email, name="Cora")
    with institution_scope(institution):
        set_roles(user=coordinator, roles=["RADIOLOGIST"], by=administrator)
    with institution_scope(other_institution):
        assert roles_of(coordinator) == {"CLINICIAN"}


def test_an_unknown_role_is_refused(inside, coordinator, administrator):
    with pytest.raises(ValidationError, match="There is no role KING"):
        set_roles(user=coordinator, roles=["KING", "CLINICIAN"], by=administrator)
    assert roles_of(coordinator) == {"COORDINATOR"}


def test_a_member_keeps_a_role(inside, coordinator, administrator):
    with pytest.raises(NoRole):
        set_roles(user=coordinator, roles=[], by=administrator)
    assert roles_of(coordinator) == {"COORDINATOR"}


def test_nobody_comes_in_by_a_role(stranger, administrator, inside):
    with pytest.raises(NotMember):
        set_roles(user=stranger, roles=["CLINICIAN"], by=administrator)
    with pytest.raises(NotMember):
        remove(user=stranger, by=administrator)
    assert roles_of(stranger) == set()


def test_the_last_administrator_stays(inside, administrator):
    with pytest.raises(LastAdministrator, match="give somebody else that role first"):
        set_roles(user=administrator, roles=["CLINICIAN"], by=administrator)
    with pytest.raises(LastAdministrator):
        remove(user=administrator, by=administrator)
    assert roles_of(administrator) == {"ADMINISTRATOR"}


def test_one_of_two_administrators_may_go(inside, institution, administrator):
    second = add_member(institution, "ADMINISTRATOR", email="bea@north.example", name="Bea")
    set_roles(user=administrator, roles=["CLINICIAN"], by=second)
    assert roles_of(administrator) == {"CLINICIAN"}


def test_somebody_who_cannot_sign_in_is_no_administrator(inside, institution, administrator):
    second = add_member(institution, "ADMINISTRATOR", email="bea@north.example", name="Bea")
    User.objects.filter(pk=second.pk).update(is_active=False)
    with pytest.raises(LastAdministrator):
        remove(user=administrator, by=second)


def test_another_institutions_administrator_does_not_count(
    institution, other_institution, administrator
):
    add_member(other_institution, "ADMINISTRATOR", email="sue@south.example", name="Sue")
    with institution_scope(institution), pytest.raises(LastAdministrator):
        remove(user=administrator, by=None)


def test_who_is_removed_keeps_the_person_and_loses_the_rest(
    inside, coordinator, administrator, actions
):
    token, _ = tokens.issue(user=coordinator, label="script", days=30, by=coordinator)
    remove(user=coordinator, by=administrator)
    assert roles_of(coordinator) == set()
    assert User.objects.filter(pk=coordinator.pk, is_active=True).exists()
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    assert permissions_in_scope(coordinator) == frozenset()
    assert [action for action, _ in actions()] == [
        "token.issued",
        "person.role.taken",
        "token.revoked",
        "person.removed",
    ]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_administrators_cannot_remove_each_other(institution, administrator):
    second = add_member(institution, "ADMINISTRATOR", email="bea@north.example", name="Bea")
    refused = []

    def remove_the_first() -> None:
        try:
            with institution_scope(institution):
                remove(user=administrator, by=second)
        except LastAdministrator as error:
            refused.append(error)
        finally:
            connections["default"].close()

    other = threading.Thread(target=remove_the_first)
    with institution_scope(institution):
        remove(user=second, by=administrator)
        other.start()
        wait_for_a_blocked_connection()
    other.join(timeout=10)
    assert len(refused) == 1
    with institution_scope(institution):
        assert roles_of(administrator) == {"ADMINISTRATOR"}


def wait_for_a_blocked_connection() -> None:
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND %s = ANY"
                " (pg_blocking_pids(pid))",
                [connection.connection.info.backend_pid],
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("the other connection never waited")
