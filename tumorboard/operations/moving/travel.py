"""How each table of an institution travels to another installation: the one place that says so.

Every tenant table of the catalogue travels whole, as its columns are; a new table travels without
a word here. What does otherwise stands in `HOW`, with its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tumorboard.vault.moving import bare, under_our_master

#: A row on its way: each column as PostgreSQL writes it, or None.
Row = dict[str, str | None]


def as_it_is(row: Row) -> Row:
    """The row, unchanged."""
    return row


@dataclass(frozen=True)
class Travel:
    """How the rows of one table travel.

    Attributes:
        stays: why they stay behind; empty where they travel.
        leaving: what becomes of a row on its way out, for instance a key that is unwrapped with the
            key of the old house. Of equal rows it makes equal ones: what arrived is compared by it.
        arriving: what becomes of it on its way in, for instance wrapped with that of the new one.
    """

    stays: str = ""
    leaving: Callable[[Row], Row] = as_it_is
    arriving: Callable[[Row], Row] = as_it_is


HOW = {
    "accounts_accesstoken": Travel(
        stays="tokens of machines, for minutes; the new house gives new"
    ),
    "accounts_spentassertion": Travel(stays="what machines have shown once, for minutes"),
    "accounts_spentresponse": Travel(stays="what identity providers have said once, for minutes"),
    "accounts_apitoken": Travel(stays="who holds such a token could come into both houses"),
    "accounts_invitation": Travel(
        stays="their links lead into the old house; people are invited anew"
    ),
    "cases_bulkexport": Travel(stays="files for some hours, at addresses of the old house"),
    "cases_bulkexportpart": Travel(stays="files for some hours, at addresses of the old house"),
    "cases_calendarfeed": Travel(stays="secret addresses of the old house"),
    "vault_institutionkey": Travel(leaving=bare, arriving=under_our_master),
    "cases_webhookdelivery": Travel(stays="the old house delivers what it has promised"),
    "outbox_outboxmessage": Travel(stays="the old house does and mails what it has promised"),
}
WHOLE = Travel()


def travel_of(table: str) -> Travel:
    """How the rows of a table travel."""
    return HOW.get(table, WHOLE)
