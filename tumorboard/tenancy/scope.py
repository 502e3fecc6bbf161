"""Who the current institution is, and for whom work goes on, in Python and in the database.

Entering a scope opens a transaction and tells the database the institution for just that
transaction, and what is hidden from the person. A setting of the session would leak through a
connection pool.

There are two ways in. `member_scope` is every door's: it names who asks, and the database shows
no row of a restricted case to anybody who is not on its list. `institution_scope` is the system's
own work, which sees everything; a test keeps it out of the faces.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import django_scopes
from django.db import connection, transaction

from tumorboard.tenancy.sight import EVERYTHING, Sight, sight_of

if TYPE_CHECKING:
    from tumorboard.tenancy.models import Institution

INSTITUTION_SETTING = "tumorboard.institution"
PERSON_SETTING = "tumorboard.person"
#: Ids of hidden patients and cases, and of the rows by which the tables are found that name
#: neither: PostgreSQL's text of an array of uuid.
HIDDEN_SETTING = "tumorboard.hidden"
HIDDEN_PARTS_SETTING = "tumorboard.hidden_parts"


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


def current_person_id() -> uuid.UUID | None:
    """Who came in through the door; None where the system works by itself, or for nobody known."""
    person: uuid.UUID | None = django_scopes.get_scope().get("person")
    return person


@contextmanager
def institution_scope(institution: "Institution") -> Iterator[None]:
    """Work as one institution: in one transaction, seeing only its rows, restricted ones too.

    For the system's own work: jobs, commands, checks of whole chains. Whoever comes in through a
    door works in `member_scope`.

    Raises:
        ScopeError: inside the scope of another institution. Entering the same one again is a
            nested transaction, in which what was hidden stays hidden.
    """
    outer: Institution | None = django_scopes.get_scope().get("institution")
    if outer is not None and outer.id != institution.id:
        message = "The scope of one institution cannot be entered inside another's."
        raise ScopeError(message)
    if outer is not None:
        with transaction.atomic():
            yield
        return
    inside = {INSTITUTION_SETTING: str(institution.id), **_settings_of(EVERYTHING)}
    with (
        _settings(inside, after=dict.fromkeys(inside, "")),
        django_scopes.scope(institution=institution, sight=EVERYTHING),
    ):
        yield


@contextmanager
def member_scope(
    institution: "Institution", person_id: uuid.UUID | None, *, opened: bool = True
) -> Iterator[Sight]:
    """Work as one institution for one person: no row of a case that is restricted to others.

    Whether the person belongs to the institution the door asks in it.

    Args:
        person_id: who asks; None for somebody who is not known, who sees no restricted case.
        opened: whether the records count that the person has opened with a reason. Not for a
            script: the person has proven who they are at a page, and looks at one.

    Yields:
        What is hidden, and what the person has opened with a reason.

    Raises:
        ScopeError: inside the scope of another institution.
    """
    with institution_scope(institution):
        with seeing_all():
            sight = sight_of(person_id, opened=opened)
        with _seeing(sight), django_scopes.scope(person=person_id):
            yield sight


def hidden_ids() -> frozenset[uuid.UUID]:
    """Patients and cases that are hidden now: for what lies in a document and not in rows."""
    sight: Sight = django_scopes.get_scope().get("sight", EVERYTHING)
    return frozenset(sight.hidden)


@contextmanager
def seeing_all() -> Iterator[None]:
    """See restricted cases too, for what must be right for the whole institution.

    Such as the positions of a list. What is found so must not reach the person.
    """
    with _seeing(EVERYTHING):
        yield


@contextmanager
def seeing_unrestricted() -> Iterator[None]:
    """See what every member may see: no restricted case, not even where one is on its list.

    For what goes to many at once, such as an agenda that is published.
    """
    with seeing_all():
        sight = sight_of(None)
    with _seeing(sight):
        yield


@contextmanager
def _seeing(sight: Sight) -> Iterator[None]:
    outer: Sight = django_scopes.get_scope().get("sight", EVERYTHING)
    if sight[:2] == outer[:2]:
        yield
        return
    with (
        _settings(_settings_of(sight), after=_settings_of(outer)),
        django_scopes.scope(sight=sight),
    ):
        yield


@contextmanager
def person_scope(person_id: uuid.UUID) -> Iterator[None]:
    """See one person's own memberships in all institutions, and nothing else.

    For choosing an institution after sign-in; the database's policy allows reading only.
    """
    mine = {PERSON_SETTING: str(person_id)}
    with _settings(mine, after={PERSON_SETTING: ""}), django_scopes.scopes_disabled():
        yield


def let_connection_go() -> None:
    """Close this thread's connection, or give it back to the pool, unless work goes on in it.

    For threads that live longer than their work: each would keep a connection.
    """
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def _settings(inside: Mapping[str, str], *, after: Mapping[str, str]) -> Iterator[None]:
    goes_on = connection.in_atomic_block
    with transaction.atomic():
        _set(inside)
        yield
        # Where an outer transaction goes on, the settings would live on with it; where none does,
        # they end with this one. After an error the savepoint's rollback has already undone them.
        if goes_on:
            _set(after)


def _settings_of(sight: Sight) -> dict[str, str]:
    return {HIDDEN_SETTING: _array(sight.hidden), HIDDEN_PARTS_SETTING: _array(sight.parts)}


def _array(ids: Iterable[uuid.UUID]) -> str:
    return "{" + ",".join(str(each) for each in ids) + "}"


def _set(values: Mapping[str, str]) -> None:
    calls = ", ".join(["set_config(%s, %s, true)"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])
