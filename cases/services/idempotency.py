"""Requests that may arrive twice and must act once.

A caller names each request by a key of its own. The first one under a key writes a row in the
same transaction as what it does, so both are there or neither is; a second one waits at the
unique key until the first is through, and is told what the first one was.
"""

import datetime
import json
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils import timezone

from cases.models import Case, IdempotencyKey, Patient
from cases.services.errors import Invalid, ServiceError
from cases.services.sweeps import in_each_institution
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.tenancy.models import Institution
from tumorboard.vault.keyring import keyring

#: How long a key is kept.
KEPT_FOR = datetime.timedelta(hours=24)
LONGEST = 255
#: The header; also the field under which a bad key is told.
HEADER = "Idempotency-Key"
#: What a keyed hash is of.
KEY, REQUEST = "idempotency_key", "idempotency_request"


class KeyReused(ServiceError):
    """The key was used for another request."""


class Claim(NamedTuple):
    """The row of a key, and whether this request is the first under it."""

    row: IdempotencyKey
    is_first: bool


def claim(*, key: str, route: str, request: Any, by: User) -> Claim:
    """Take a key for a request, or find what the request under it was answered.

    Waits for a request under the same key that is still at work; where that one failed, this one
    is the first. To be followed by `keep` in the same transaction.

    Args:
        key: as the caller gave it.
        route: the name of the route.
        request: what makes a request another one, as JSON.

    Raises:
        Invalid: the key is empty, too long, or not of visible ASCII characters.
        KeyReused: it was used for another request.
        DoesNotExist: what was written under it is not there for the caller any more.
    """
    if not 0 < len(key) <= LONGEST or not all("!" <= letter <= "~" for letter in key):
        raise Invalid({HEADER: [f"Give 1 to {LONGEST} visible ASCII characters."]})
    said = json.dumps(request, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key_token, request_token = keyring().blind(KEY, key), keyring().blind(REQUEST, said)
    rows = IdempotencyKey.objects.filter(person=by, key_token=key_token)
    rows.filter(made_at__lte=timezone.now() - KEPT_FOR).delete()
    new = IdempotencyKey(person=by, key_token=key_token, request_token=request_token, route=route)
    # One statement: it waits for another request's row and says nothing where that one stays.
    IdempotencyKey.objects.bulk_create([new], ignore_conflicts=True)
    row = rows.get()
    if row.pk == new.pk:
        return Claim(row, is_first=True)
    if bytes(row.request_token) != request_token:
        message = f"This {HEADER} was used for another request. Give each request its own."
        raise KeyReused(message)
    record(action="request.replayed", subject=row, by=by)
    return Claim(row, is_first=False)


def keep(
    *, row: IdempotencyKey, status: int, headers: dict[str, str], body: str, written: Model | None
) -> None:
    """Keep the answer to the first request under a key.

    Args:
        body: JSON as text, to the letter.
        written: the row that was written; its case or patient is whom the answer is about.
    """
    if isinstance(written, Case):
        row.case = written
    elif isinstance(written, Patient):
        row.patient = written
    else:
        row.case_id = getattr(written, "case_id", None)
        row.patient_id = getattr(written, "patient_id", None)
    row.status = status
    row.answer = {"headers": headers, "body": body}
    row.save(update_fields=["case", "patient", "status", "answer"])


def sweep() -> None:
    """Delete every institution's keys that are older than `KEPT_FOR`; what a worker does."""
    in_each_institution(_forget)


def _forget(institution: Institution) -> None:
    IdempotencyKey.objects.filter(made_at__lte=timezone.now() - KEPT_FOR).delete()
