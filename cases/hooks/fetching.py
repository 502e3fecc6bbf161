"""What a prefetch lacks, asked of the EHR's FHIR server in time."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cases.hooks.asked import Asked, fault_of
from cases.hooks.catalogue import PATIENT, PREFETCH, TOKEN
from tumorboard.accounts.sso.faults import SignInFault
from tumorboard.accounts.sso.reach import Reach, ask
from tumorboard.timed_http import Deadline

#: [INT] Seconds for all of it: the answer has to be there within half a second.
SECONDS = 0.35
#: [INT] Bytes of one answer, and how many are asked at once.
LARGEST, AT_ONCE = 1_000_000, 4


def completed(asked: Asked, *, registered: str, slug: str) -> Mapping[str, Any]:
    """The prefetch, with what could be had of what it lacks; a key that is missing was not had.

    Outside of any scope: asking must hold no transaction.

    Args:
        registered: the only FHIR server that this client may name; empty: none.
        slug: the institution, whose operator says which hosts may be asked.
    """
    given = {key: value for key, value in asked.prefetch.items() if not _failed(value)}
    # What an EHR could not read itself is not asked for again.
    missing = [key for key in PREFETCH if key not in asked.prefetch]
    server = registered.rstrip("/")
    opened = asked.authorization
    if not missing or opened is None or not server or opened.server.rstrip("/") != server:
        return given
    reach, deadline = Reach.of(slug), Deadline(SECONDS)
    headers = {
        "Authorization": f"Bearer {opened.access_token}",
        "Accept": "application/fhir+json",
    }

    def had(key: str) -> Any:
        query = PREFETCH[key].replace(TOKEN, asked.patient_id)
        try:
            return ask(
                reach, f"{server}/{query}", headers=headers, deadline=deadline, largest=LARGEST
            )
        except SignInFault:
            return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = dict(zip(missing, pool.map(had, missing), strict=True))
    return given | {
        key: value
        for key, value in answers.items()
        if value is not None
        and not _failed(value)
        and not fault_of(value, asked.patient_id, of_patient=key == PATIENT)
    }


def _failed(value: Any) -> bool:
    return isinstance(value, dict) and value.get("resourceType") == "OperationOutcome"
