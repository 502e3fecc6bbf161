"""Who the current institution is, in Python and in the database.

Entering a scope opens a transaction and tells the database the institution for just that
transaction. A setting of the session would leak through a connection pool.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import django_scopes
from django.db import connection, transaction

if TYPE_CHECKING:
    from tumorboard.tenancy.models import Institution

INSTITUTION_SETTING = "tumorboard.institution"
PERSON_SETTING = "tumorboard.person"


class ScopeError(RuntimeError):
    """Code tried to work without an institution, or with two at once."""


def current_institution() -> "Institution":
    """The institution of the scope.

    Raises:
        ScopeError: outside of a scope.
    """
    institution: Institution | None = django_scopes.get_scope().get("institution")
    if institution is None:
        message = "No institution is current: enter institution_scope() first."
        raise ScopeError(message)
    return institution


def has_institution() -> bool:
    """Whether code runs in the scope of an institution."""
    return django_scopes.get_scope().get("institution") is not None


def current_institution_id() -> uuid.UUID:
    """The id of `current_institution()`; the default of every tenant row's institution."""
    return current_institution().id


@contextmanager
def institution_scope(institution: "Institution") -> Iterator[None]:
    """Work as one institution: in one transaction, seeing only its rows.

    Raises:
        ScopeError: inside the scope of another institution. Entering the same one again is a
            nested transaction.
    """
    outer: Institution | None = django_scopes.get_scope().get("institution")
    if outer is not None and outer.id != institution.id:
        message = "The scope of one institution cannot be entered inside another's."
        raise ScopeError(message)
    with (
        _setting(INSTITUTION_SETTING, institution.id, kept=outer is not None),
        django_scopes.scope(institution=institution),
    ):
        yield


@contextmanager
def person_scope(person_id: uuid.UUID) -> Iterator[None]:
    """See one person's own memberships in all institutions, and nothing else.

    For choosing an institution after sign-in; the database's policy allows reading only.
    """
    with _setting(PERSON_SETTING, person_id, kept=False), django_scopes.scopes_disabled():
        yield


def let_connection_go() -> None:
    """Close this thread's connection, or give it back to the pool, unless work goes on in it.

    For threads that live longer than their work: each would keep a connection.
    """
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def _setting(name: str, value: uuid.UUID, *, kept: bool) -> Iterator[None]:
    with transaction.atomic():
        _set(name, str(value))
        yield
        if not kept:
            # Where an outer transaction goes on, the setting would live on with it. After an
            # error the savepoint's rollback has already undone it.
            _set(name, "")


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
