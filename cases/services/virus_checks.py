"""Looking for viruses in what people upload, failing closed.

A file that the scanner did not judge stays in quarantine: its content is kept, nothing of it is
shown, given out or offered, and a job looks again. What holds a virus is not kept.
"""

import logging
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from cases.models import StudyFile, StudyFilePart, StudySeries
from cases.models.study_file import FileState, VirusCheck
from cases.selectors.study_files import content_of
from cases.services.assessments import changed
from cases.services.cases import lock
from cases.services.sweeps import in_each_institution
from tumorboard.audit.record import record
from tumorboard.clamd import ScannerUnavailable, scan
from tumorboard.outbox.queue import enqueue
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import current_institution_id

logger = logging.getLogger(__name__)

#: What a worker is asked to do.
TOPIC = "study_file.virus_check"
#: Seconds that a person waits for the scanner, and that a worker does.
PERSON_WAITS = 20.0
WORKER_WAITS = 300.0
#: Files of one institution that one sweep asks for.
SWEEP_SIZE = 50
LONGEST_NAME = 100


@dataclass(frozen=True)
class Look:
    """What came of looking into a file; `virus` is the signature's name where one was found."""

    check: VirusCheck
    virus: str = ""

    @property
    def is_infected(self) -> bool:
        """Whether a virus was found."""
        return self.check is VirusCheck.INFECTED


def are_looked_for() -> bool:
    """Whether the operator has named a scanner."""
    return bool(settings.CLAMD_ADDRESS)


def look(content: IO[bytes], *, timeout_seconds: float = PERSON_WAITS) -> Look:
    """Ask the scanner about a file; says that it waits where there is no answer in this time."""
    if not are_looked_for():
        return Look(VirusCheck.NOT_CHECKED)
    address = settings.CLAMD_ADDRESS
    try:
        virus = scan(content, address=address, timeout_seconds=timeout_seconds)
    except ScannerUnavailable as error:
        logger.warning(
            "the virus scanner gave no answer: %s", error, extra={"event": "upload.unchecked"}
        )
        return Look(VirusCheck.WAITING)
    if not virus:
        return Look(VirusCheck.CLEAN)
    logger.warning(
        "an upload holds a virus: %s",
        virus[:LONGEST_NAME],
        extra={"event": "upload.infected", "institution": str(current_institution_id())},
    )
    return Look(VirusCheck.INFECTED, virus[:LONGEST_NAME])


def state_after(check: VirusCheck, *, is_held: bool) -> FileState:
    """Where a file stands after a look; a virus and an open question come before all else."""
    if check is VirusCheck.INFECTED:
        return FileState.INFECTED
    if check is VirusCheck.WAITING:
        return FileState.WAITING
    return FileState.HELD if is_held else FileState.STORED


def sweep() -> None:
    """Ask for another look at the files that wait, one institution at a time."""
    if are_looked_for():
        in_each_institution(_ask_again)


def look_again(payload: dict[str, Any]) -> None:
    """Look into a file that waits; without an answer it waits for the next sweep."""
    waiting = StudyFile.objects.filter(pk=payload["file"], state=FileState.WAITING)
    file = waiting.select_related("case").first()
    if file is None:
        return
    with content_of(file) as content:
        found = look(content, timeout_seconds=WORKER_WAITS)
    if found.check not in (VirusCheck.CLEAN, VirusCheck.INFECTED):
        return
    # Only now, and as everywhere the case first: looking may take minutes.
    case = lock(file.case)
    file = waiting.select_for_update().first()
    if file is None:
        return
    file.virus_check, file.virus, file.virus_checked_at = found.check, found.virus, timezone.now()
    file.state = state_after(found.check, is_held=bool(file.mismatches))
    if found.is_infected:
        StudyFilePart.objects.filter(file=file).delete()
        StudySeries.objects.filter(file=file).delete()
        file.findings, file.mismatches = {}, []
    file.save()
    action = "case.study_file.infected" if found.is_infected else "case.study_file.released"
    record(action=action, subject=file, by=None)
    changed(case=case)


def _ask_again(institution: Institution) -> None:
    # In no order, so that files which the scanner never takes do not keep others waiting.
    waiting = StudyFile.objects.filter(state=FileState.WAITING).order_by("?")
    for file_id in waiting.values_list("pk", flat=True)[:SWEEP_SIZE]:
        enqueue(TOPIC, {"file": str(file_id)})
