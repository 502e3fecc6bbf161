"""Guessing is slowed down: by account and by address, in the database, so for all processes.

Each wrong guess beyond the free ones makes the next wait twice as long, up to a bound that a person
can wait for. A guess is counted before it is looked at, so that many at once gain nothing; a right
one takes its count back.

An account is counted apart for strangers and for each browser in which the person signed in before
(`device`): whoever guesses from elsewhere never makes the person wait in their own browser, and a
passkey is never counted. See docs/decisions/0018-sign-in.md.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from tumorboard.accounts import device
from tumorboard.accounts.models import Throttle, User
from tumorboard.accounts.sign_in_history import is_known
from tumorboard.audit.origin import client_network

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """How many guesses are free, how long the first wait is and the longest.

    `forget` after which time without a guess the count begins anew.
    """

    free: int
    first: timedelta
    longest: timedelta
    forget: timedelta = timedelta(hours=1)


#: [INT] One account, guessed by strangers or in one known browser.
ACCOUNT = Limit(free=5, first=timedelta(seconds=15), longest=timedelta(minutes=5))
#: [INT] One network address: a whole hospital may share one.
ADDRESS = Limit(free=60, first=timedelta(seconds=15), longest=timedelta(minutes=15))
#: [INT] Kept for the sweep: no row is needed longer.
LONGEST_KEPT = timedelta(days=1)

#: What is guessed.
PASSWORD, CODE, RECORD_NUMBER = "password", "code", "record number"
PURPOSES = (PASSWORD, CODE)

#: Counted before the guess is read; no row comes back while the wait lasts.
COUNT = """
    INSERT INTO accounts_throttle AS t (key, failures, last_at, open_at)
    VALUES (%(key)s, 1, now(), now())
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN t.last_at < now() - %(forget)s THEN 1 ELSE t.failures + 1 END,
        last_at = now(),
        open_at = now() + CASE
            WHEN t.last_at < now() - %(forget)s OR t.failures + 1 < %(free)s THEN interval '0'
            ELSE least(%(longest)s, %(first)s * power(2, least(t.failures + 1 - %(free)s, 20)))
        END
    WHERE t.open_at <= now()
    RETURNING failures
"""


@dataclass(frozen=True)
class Guess:
    """One guess that was counted; `right` takes it back."""

    account: str
    address: str

    def right(self) -> None:
        """It was no guess: the account's count ends, the address's goes back by this one."""
        Throttle.objects.filter(key=self.account).delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_throttle SET failures = greatest(failures - 1, 0), open_at = now()"
                " WHERE key = %s",
                [self.address],
            )


def count(request: HttpRequest, *, purpose: str, account: str) -> Guess | None:
    """Count one guess.

    Args:
        purpose: what is guessed, such as "password"; each is counted apart for an account.
        account: whose, as it was given or by id; in any letter case.

    Returns:
        The guess; None where it must not be looked at yet.
    """
    who = account.strip().lower()
    guess = Guess(
        account=_key("account", purpose, who, _known_browser(request, who)),
        address=_key("address", client_network(request)),
    )
    if _count(guess.address, ADDRESS) and _count(guess.account, ACCOUNT):
        return guess
    logger.warning("a guess was not looked at", extra={"event": "sign_in.throttled"})
    return None


def forget(user: User) -> None:
    """Nobody waits for this account any more: its person has just proven who they are by mail."""
    keys = [_key("account", purpose, who, "") for purpose in PURPOSES for who in _names(user)]
    Throttle.objects.filter(key__in=keys).delete()


def sweep() -> int:
    """Remove what no wait depends on any more; how many rows."""
    removed, _ = Throttle.objects.filter(last_at__lt=timezone.now() - LONGEST_KEPT).delete()
    return removed


def _names(user: User) -> Iterable[str]:
    return (user.email.lower(), str(user.pk))


def _known_browser(request: HttpRequest, account: str) -> str:
    """This browser, where the person signed in with it before; empty for a stranger."""
    browser = device.browser_of(request)
    return browser if browser and is_known(browser, account=account) else ""


def _key(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _count(key: str, limit: Limit) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "key": key,
                "free": limit.free,
                "first": limit.first,
                "longest": limit.longest,
                "forget": limit.forget,
            },
        )
        return cursor.fetchone() is not None
