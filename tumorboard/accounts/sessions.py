"""A person's sessions: when they began, until when they last, and that they end.

What a request must know stands in the session itself, so that it costs no query. The table knows
which sessions a person has, so that they can be seen and ended from elsewhere.
"""

import time
import uuid
from datetime import timedelta

from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tumorboard.accounts import device
from tumorboard.accounts.models import PersonSession, User
from tumorboard.accounts.sign_in_policies import Limits
from tumorboard.accounts.sso import bound
from tumorboard.audit.origin import client_address

#: Keys of the session: its row; when the person signed in and last did something (seconds since
#: the epoch); the longest that they did nothing since, in seconds.
ROW, SIGNED_IN_AT, ACTIVE_AT = "person_session", "signed_in_at", "active_at"
LONGEST_IDLE = "longest_idle"
#: [INT] How exactly activity is noted; each note is a write.
EXACT_SECONDS = 30
#: Set on a request that asks by itself, without its person: it keeps no session alive.
BACKGROUND = "asks_by_itself"


def begin(request: HttpRequest, user: User) -> None:
    """Note that `user` has just signed in with this session, under a key that is new."""
    if ROW in request.session or request.session.session_key is None:
        request.session.cycle_key()
    bound.forget(request)
    now = time.time()
    row = PersonSession.objects.create(
        user=user,
        session_key=str(request.session.session_key),
        address=client_address(request) or None,
        device=device.words_of(request),
        bound_to=bound.reach_of(request),
    )
    request.session[ROW] = str(row.pk)
    request.session[SIGNED_IN_AT] = request.session[ACTIVE_AT] = now
    request.session[LONGEST_IDLE] = 0


def ages(request: HttpRequest) -> tuple[float, float]:
    """The longest time without activity, in seconds, and seconds since the person signed in.

    The longest, not the last: a page that belongs to no institution, or to one that allows more,
    must not bring a session back to life that is over at another.
    """
    idle, age = _idle(request), time.time() - request.session.get(SIGNED_IN_AT, 0)
    return max(idle, request.session.get(LONGEST_IDLE, 0)), age


def is_over(request: HttpRequest, limits: Limits) -> bool:
    """Whether the session is idle or old beyond `limits`."""
    idle, age = ages(request)
    return idle > limits.idle.total_seconds() or age > limits.absolute.total_seconds()


def seconds_left(request: HttpRequest, limits: Limits) -> float:
    """Until a session that is not over ends, if nothing more happens."""
    _, age = ages(request)
    idle = _idle(request)
    return min(limits.idle.total_seconds() - idle, limits.absolute.total_seconds() - age)


def asks_by_itself(request: HttpRequest) -> None:
    """Let the request count as one that an open page sends by itself."""
    setattr(request, BACKGROUND, True)


def touch(request: HttpRequest) -> None:
    """Note that the person did something just now."""
    idle = _idle(request)
    if idle < EXACT_SECONDS:
        return
    request.session[LONGEST_IDLE] = max(idle, request.session.get(LONGEST_IDLE, 0))
    request.session[ACTIVE_AT] = time.time()
    PersonSession.objects.filter(pk=request.session[ROW]).update(last_seen_at=timezone.now())


def renew_key(request: HttpRequest) -> None:
    """Give the session another key, as whenever what it may do has changed."""
    request.session.cycle_key()
    follow_key(request)


def follow_key(request: HttpRequest) -> None:
    """Let the row say the session's key after that has changed."""
    PersonSession.objects.filter(pk=request.session[ROW]).update(
        session_key=request.session.session_key
    )


def leave(request: HttpRequest) -> None:
    """End this session with everything in it."""
    row = request.session.get(ROW)
    logout(request)
    if row is not None:
        PersonSession.objects.filter(pk=row).delete()


def sessions_of(user: User, *, bound_to: uuid.UUID | None = None) -> list[PersonSession]:
    """Where a person is signed in, newest activity first; ended ones are forgotten meanwhile.

    Args:
        bound_to: where a session asks that reaches this institution alone, only those like it.
    """
    rows = list(_rows(user, bound_to).order_by("-last_seen_at"))
    keys = [row.session_key for row in rows]
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    known = set(alive.values_list("session_key", flat=True))
    gone = [row.pk for row in rows if row.session_key not in known]
    if gone:
        PersonSession.objects.filter(pk__in=gone).delete()
    return [row for row in rows if row.session_key in known]


@transaction.atomic
def end_all(user: User, *, but: str | None = None, bound_to: uuid.UUID | None = None) -> int:
    """End every session of a person at once.

    Args:
        but: the key of the session that goes on, where the person themselves asks.
        bound_to: as `sessions_of`.

    Returns:
        How many ended.
    """
    rows = _rows(user, bound_to).exclude(session_key=but or "")
    return _end(list(rows.values_list("session_key", flat=True)))


@transaction.atomic
def end_one(user: User, session_id: uuid.UUID, *, bound_to: uuid.UUID | None = None) -> bool:
    """End one of a person's own sessions; whether there was such a one.

    Args:
        bound_to: as `sessions_of`.
    """
    rows = _rows(user, bound_to).filter(pk=session_id)
    return _end(list(rows.values_list("session_key", flat=True))) > 0


def sweep() -> int:
    """Forget rows whose session has long run out, and those sessions; how many rows."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    old = timezone.now() - timedelta(days=2)
    removed, _ = PersonSession.objects.filter(last_seen_at__lt=old).delete()
    return removed


def _rows(user: User, bound_to: uuid.UUID | None) -> QuerySet[PersonSession]:
    rows = PersonSession.objects.filter(user=user)
    return rows.filter(bound_to=bound_to) if bound_to else rows


def _idle(request: HttpRequest) -> float:
    """Seconds since the person last did something."""
    return time.time() - float(request.session.get(ACTIVE_AT, 0))


def _end(keys: list[str]) -> int:
    Session.objects.filter(session_key__in=keys).delete()
    PersonSession.objects.filter(session_key__in=keys).delete()
    return len(keys)
