"""Who is where, in how many queries."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.factories.people import add_member
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.roles import Role
from tumorboard.accounts.selectors import holders, member, members, signed_in, workplaces_of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def institutions_of(person):
    return [workplace.institution for workplace in workplaces_of(person)]


def test_institutions_of_a_person_by_name(coordinator, institution, other_institution):
    assert institutions_of(coordinator) == [institution]
    add_member(other_institution, "CLINICIAN", email=coordinator.email, name="Cora")
    add_member(institution, "RADIOLOGIST", email=coordinator.email, name="Cora")
    assert institutions_of(coordinator) == [institution, other_institution]
    north, south = workplaces_of(coordinator)
    assert north.roles == [Role.COORDINATOR, Role.RADIOLOGIST]
    assert south.roles == [Role.CLINICIAN]
    assert Permission.CASE_IMPORT in north.permissions
    assert Permission.CASE_IMPORT not in south.permissions


def test_a_person_of_nowhere(db):
    user = User.objects.create_user(email="n@n.example", name="Nobody")
    assert institutions_of(user) == []


def test_members_come_by_name_with_all_their_roles_in_one_query(
    coordinator, chair, stranger, institution, django_assert_num_queries
):
    add_member(institution, "CLINICIAN", email=chair.email, name="Chris")
    with institution_scope(institution), django_assert_num_queries(1):
        assert members() == [
            (chair, [Role.CLINICIAN, Role.BOARD_CHAIR]),
            (coordinator, [Role.COORDINATOR]),
        ]


def test_two_people_of_one_name_stay_two(institution):
    first = add_member(institution, "CLINICIAN", "PATHOLOGIST", email="a@n.example", name="Kim")
    second = add_member(institution, "CLINICIAN", "PATHOLOGIST", email="b@n.example", name="Kim")
    with institution_scope(institution):
        assert {found.user for found in members()} == {first, second}
        assert len(members()) == 2


def test_one_member(coordinator, stranger, institution):
    with institution_scope(institution):
        assert member(coordinator.pk) == (coordinator, [Role.COORDINATOR])
        assert member(stranger.pk) is None


def test_who_holds_a_permission(institution, coordinator, chair, administrator, stranger):
    asked = [coordinator.pk, administrator.pk, stranger.pk]
    with institution_scope(institution):
        assert holders(Permission.BOARD_READ, among=asked) == {coordinator.pk}
        User.objects.filter(pk=coordinator.pk).update(is_active=False)
        assert holders(Permission.BOARD_READ, among=asked) == set()


def test_which_sessions_hold(db):
    keys = []
    for _ in range(3):
        store = SessionStore()
        store.create()
        keys.append(store.session_key)
    Session.objects.filter(pk=keys[1]).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert signed_in([*keys[:2], "none"]) == {keys[0]}
