"""Looking into a file that somebody uploaded, in a process of its own.

Parsers of DICOM, PDF and pictures can be made to crash, to loop, and to fill memory; nested
sequences and deflated bombs are known to. So they run in a process with limits on memory, time
and output, without the environment of this one (it holds passwords), and its answer is checked.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO, cast

from cases.dicom.answers import is_answer
from cases.dicom.kinds import Kind, claimed
from cases.dicom.limits import FILE_BYTES, ProcessLimits
from cases.dicom.reasons import Reason, Unfit
from cases.dicom.slots import slot

MODULE = "cases.dicom.child"
ROOT = Path(__file__).resolve().parent.parent.parent
#: All that the process knows of its surroundings; one thread, since each takes address space.
ENVIRONMENT = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
#: Signals by which the system ends a process that took too much.
SLOW_SIGNALS = (signal.SIGXCPU,)
MEMORY_SIGNALS = (signal.SIGKILL,)
DEFAULT = ProcessLimits()


@dataclass(frozen=True)
class Inspection:
    """What a file holds. Everything but `kind` is empty for what is not DICOM.

    Attributes:
        identity: `patient_id`, `name` (Family^Given), `birth_date` (2026-11-21), `sex`, as they
            stand in the header; empty where they do not.
        study: what the headers and the dose report say; see `cases.dicom.answers.STUDY`.
        series: each with `series_uid`, `number`, `modality`, `description`, `body_part`,
            `instances`, `has_pictures`, and `preview`, a PNG that is empty where the pictures
            cannot be decoded.
        measurements: those of TID 1500; see `cases.dicom.measurements.measurements_of`.
    """

    kind: Kind
    identity: dict[str, str] = field(default_factory=dict)
    study: dict[str, Any] = field(default_factory=dict)
    series: list[dict[str, Any]] = field(default_factory=list)
    measurements: list[dict[str, Any]] = field(default_factory=list)


def inspect(
    content: bytes | BinaryIO, *, claimed_name: str, limits: ProcessLimits = DEFAULT
) -> Inspection:
    """Judge a file by its content.

    Args:
        content: the bytes, or a file open for reading; one on disk is not copied.
        claimed_name: only its extension is looked at; it never leaves this process.

    Raises:
        Unfit: the file is not kept; its `reason` says why.
    """
    with _on_disk(content) as file:
        if file.seek(0, os.SEEK_END) > FILE_BYTES:
            raise Unfit(Reason.TOO_LARGE)
        file.seek(0)
        with slot():
            said = _said(file, claimed(claimed_name), limits)
    if "unfit" in said:
        raise Unfit(Reason(said["unfit"]))
    for series in said.get("series", []):
        series["preview"] = bytes.fromhex(series["preview"])
    return Inspection(**{**said, "kind": Kind(said["kind"])})


@contextmanager
def _on_disk(content: bytes | BinaryIO) -> Iterator[BinaryIO]:
    """The content as a file that another process can read."""
    if not isinstance(content, bytes):
        try:
            content.fileno()
        except OSError:
            pass
        else:
            yield content
            return
    with tempfile.TemporaryFile() as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content.seek(0)
            copyfileobj(content, file)
        file.flush()
        yield cast("BinaryIO", file)


@contextmanager
def _read_only(file: BinaryIO) -> Iterator[int]:
    """Another descriptor of `file`, at its beginning, through which nothing can be written.

    What is scanned and stored afterwards must be what was read.
    """
    descriptor = os.open(f"/dev/fd/{file.fileno()}", os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _said(file: BinaryIO, extension: str, limits: ProcessLimits) -> dict[str, Any]:
    """The answer of a process that reads `file`."""
    bounds = (limits.memory_bytes, limits.cpu_seconds, limits.output_bytes)
    command = [sys.executable, "-B", "-E", "-s", "-m", MODULE]
    # The answer goes to a file, so that the limit on files holds for it too.
    with tempfile.TemporaryFile() as output, _read_only(file) as descriptor:
        process = subprocess.Popen(  # noqa: S603 - nothing of the command is typed
            [*command, *map(str, bounds), extension],
            stdin=descriptor,
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=ENVIRONMENT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            raise Unfit(Reason.TOO_SLOW) from None
        finally:
            if process.poll() is None:
                # With whatever it started; it leads a group of its own.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if code:
            raise Unfit(reason_of(code))
        output.seek(0)
        return _parsed(output.read(limits.output_bytes + 1))


def reason_of(code: int) -> Reason:
    """Why a process ended without an answer."""
    if -code in SLOW_SIGNALS:
        return Reason.TOO_SLOW
    return Reason.TOO_MUCH_MEMORY if -code in MEMORY_SIGNALS else Reason.DAMAGED


def _parsed(output: bytes) -> dict[str, Any]:
    try:
        said = json.loads(output)
    except ValueError:
        raise Unfit(Reason.DAMAGED) from None
    if not is_answer(said):
        raise Unfit(Reason.DAMAGED)
    return cast("dict[str, Any]", said)
