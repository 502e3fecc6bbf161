"""What an EHR told of the person and the patient, until the page that needs it.

It waits in the browser's session, sealed by the institution's key like everything that says who a
patient is: sessions stand in a table that belongs to no institution.
"""

import base64
import json
import time
import uuid
from dataclasses import asdict, dataclass, field

from django.http import HttpRequest

from tumorboard.accounts.ehr_models import Ehr
from tumorboard.vault.cipher import DoesNotOpen
from tumorboard.vault.keyring import keyring

KEPT = "ehr_launched"
PURPOSE = "ehr.launched"
#: [INT] Seconds for which it waits: signing in with a second factor, and linking, come between.
SECONDS = 15 * 60


@dataclass(frozen=True, repr=False)
class Context:
    """Who came, by the EHR's word, and about whom."""

    ehr_id: uuid.UUID
    #: The EHR's mark for the person, and what it calls them.
    subject: str
    name: str
    #: Which of its numbers for the patient are our record numbers.
    record_numbers: list[str] = field(default_factory=list)
    #: family_name, given_name, birth_date (ISO 8601) and sex, as far as it said.
    patient: dict[str, str] = field(default_factory=dict)


def keep(request: HttpRequest, context: Context) -> None:
    """Let it wait in the session, instead of what waited before; in the institution's scope."""
    told = asdict(context)
    del told["ehr_id"]
    sealed = keyring().seal(json.dumps(told).encode(), purpose=PURPOSE, row=context.ehr_id)
    request.session[KEPT] = {
        "ehr": str(context.ehr_id),
        "at": time.time(),
        "sealed": base64.b64encode(sealed).decode(),
    }


def waiting(request: HttpRequest) -> Context | None:
    """What waits for the current institution; None for nothing, too old, or another's."""
    kept = request.session.get(KEPT)
    if kept is None or not 0 <= time.time() - kept["at"] < SECONDS:
        return None
    ehr_id = uuid.UUID(kept["ehr"])
    try:
        told = keyring().unseal(base64.b64decode(kept["sealed"]), purpose=PURPOSE, row=ehr_id)
    except DoesNotOpen:
        return None
    context = Context(ehr_id=ehr_id, **json.loads(told))
    return context if Ehr.objects.filter(pk=ehr_id, is_on=True).exists() else None


def forget(request: HttpRequest) -> None:
    """Let nothing wait."""
    request.session.pop(KEPT, None)
