"""Two administrators for who may let people in: one writes it, another one confirms it.

Who could write it alone could give themselves every role, by naming a provider or an EHR of their
own that calls them whatever they like. So nothing that lets more people in, or lets them do more,
is in force before somebody else has seen it. What is on goes on with what holds meanwhile; what
is off stays off.
"""

import abc
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from tumorboard.accounts import selectors
from tumorboard.accounts.ehr_models import Ehr
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.sso_models import IdentityProvider
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.scope import current_institution

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

OTHER = "Another administrator has to confirm what you have changed."
MEANWHILE = "It was changed meanwhile: look at it again."
NOTHING = "Nothing waits to be confirmed."

Row = TypeVar("Row", IdentityProvider, Ehr)
Terms = TypeVar("Terms", bound="DataclassInstance")


class Actions(NamedTuple):
    """What the audit calls it."""

    changed: str
    proposed: str
    confirmed: str
    taken_back: str


class TwoAdministrators(abc.ABC, Generic[Row, Terms]):
    """How the terms of one kind of row come to hold.

    `Terms` is a frozen dataclass whose fields have defaults and go into JSON: what can be changed.
    """

    terms: ClassVar[type[Any]]
    #: What a row is called in a sentence.
    noun: ClassVar[str]
    actions: ClassVar[Actions]
    #: The name of the route to its page, which takes its id.
    route: ClassVar[str]
    mail_subject: ClassVar[str]
    mail_template: ClassVar[str]

    @abc.abstractmethod
    def in_force(self, row: Row) -> Terms:
        """By what people come in now."""

    @abc.abstractmethod
    def locked(self, row: Row) -> Row:
        """The same row, for nobody else to change before the end of the transaction."""

    @abc.abstractmethod
    def is_wider(self, held: Terms, wanted: Terms) -> bool:
        """Whether somebody could come in, or do more, who could not before."""

    @abc.abstractmethod
    def apply(self, row: Row, terms: Terms) -> None:
        """Let terms be in force; the row itself is saved by the caller."""

    @abc.abstractmethod
    def seen_beside(self, row: Row) -> list[Any]:
        """What who confirms sees besides the terms."""

    @abc.abstractmethod
    def sentences(self, before: Terms, after: Terms) -> Iterator[str]:
        """What differs."""

    def latest(self, row: Row) -> Terms:
        """What was written last: what waits to be confirmed, else what is in force."""
        return self.terms(**row.proposal) if row.proposal else self.in_force(row)

    def version_of(self, row: Row) -> str:
        """A mark of everything that who confirms has seen."""
        seen = [*self.seen_beside(row), asdict(self.latest(row))]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()

    def differences(self, row: Row) -> list[str]:
        """What waits to be confirmed, a sentence each; of a row that is off, all of it."""
        before = self.in_force(row) if row.proposal else self.terms()
        return list(self.sentences(before, self.latest(row)))

    def put(self, row: Row, terms: Terms, *, by: User) -> None:
        """Let other terms hold; where they widen anything, they wait for another administrator.

        Args:
            row: locked by the caller.

        Raises:
            ValidationError: what somebody else changed waits to be confirmed.
        """
        if row.unconfirmed_by_id not in (None, by.pk):
            message = f"Another administrator has changed this {self.noun}"
            raise ValidationError(f"{message}: confirm that, or take it back, first.")
        is_wider = self.is_wider(self.in_force(row), terms)
        row.proposal = None
        if row.is_on and is_wider:
            row.proposal = asdict(terms)
        else:
            self.apply(row, terms)
        if row.is_on or is_wider:
            row.unconfirmed_by = by if is_wider else None
        row.save()
        action = self.actions.proposed if row.proposal else self.actions.changed
        record(action=action, subject=row, by=by)
        if is_wider:
            self.tell(row, by=by)

    @transaction.atomic
    def confirm(self, row: Row, *, version: str, by: User) -> Row:
        """Let what another administrator wrote be in force.

        Args:
            version: of what the person has seen.

        Raises:
            ValidationError: nothing waits; the person wrote it themselves; it was changed
                meanwhile.
        """
        row = self.locked(row)
        if row.unconfirmed_by_id is None:
            raise ValidationError(NOTHING)
        if row.unconfirmed_by_id == by.pk:
            raise ValidationError(OTHER)
        if version != self.version_of(row):
            raise ValidationError(MEANWHILE)
        self.apply(row, self.latest(row))
        row.proposal = row.unconfirmed_by = None
        row.save()
        record(action=self.actions.confirmed, subject=row, by=by)
        return row

    @transaction.atomic
    def take_back(self, row: Row, *, by: User) -> Row:
        """Let what holds go on, and forget what was to be changed.

        Raises:
            ValidationError: nothing was to be changed of what holds.
        """
        row = self.locked(row)
        if row.proposal is None:
            raise ValidationError(NOTHING)
        row.proposal = row.unconfirmed_by = None
        row.save()
        record(action=self.actions.taken_back, subject=row, by=by)
        return row

    def tell(self, row: Row, *, by: User) -> None:
        """Let the other administrators know that something waits for one of them."""
        institution = current_institution()
        path = reverse(self.route, args=[institution.slug, row.pk])
        context = {"by": by, "institution": institution, "url": urljoin(settings.SITE_URL, path)}
        others = selectors.everybody_with(Permission.PEOPLE_MANAGE).exclude(pk=by.pk)
        post(
            to=list(others.values_list("email", flat=True)),
            subject=self.mail_subject,
            body=render_to_string(self.mail_template, context),
        )


def changed(before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    """What is there that was not, and what is no more, a sentence each."""
    held, wanted = list(before), list(after)
    yield from (f"{words}." for words in wanted if words not in held)
    yield from (f"No more: {words}." for words in held if words not in wanted)
