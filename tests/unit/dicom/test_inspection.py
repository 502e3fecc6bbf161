"""The process that reads a file, and what becomes of this one meanwhile."""

import io
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from cases.dicom import inspection, limits
from cases.dicom.inspection import inspect
from cases.dicom.kinds import Kind
from cases.dicom.limits import ProcessLimits
from cases.dicom.reasons import WORDS, Reason, Unfit
from tests.factories import dicom as make

#: Of this process, before anything that a hostile file could make it grow.
MEGABYTE = 1_000_000


def refusal(content, name: str, **given) -> Reason:
    with pytest.raises(Unfit) as caught:
        inspect(content, claimed_name=name, **given)
    assert str(caught.value) == WORDS[caught.value.reason]
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("report.pdf", make.png(), Reason.CLAIM),
        ("ct.dcm", make.with_preamble(b"MZ\x90\x00", make.dicom()), Reason.EXECUTABLE),
        ("ct.dcm", make.nested(), Reason.NESTED),
        ("scan.png", make.png_bomb(), Reason.BOMB),
        ("report.pdf", make.pdf(password="secret"), Reason.ENCRYPTED),
        ("s.zip", make.archive(bytes(20 * MEGABYTE)), Reason.BOMB),
    ],
)
def test_a_reason_comes_back_from_the_process(name, content, reason):
    assert refusal(content, name) is reason


def test_what_was_found_comes_back_from_the_process():
    found = inspect(make.dicom(PatientID="R-1"), claimed_name="ct.dcm")
    assert (found.kind, found.identity["patient_id"]) == (Kind.DICOM, "R-1")
    assert found.series[0]["preview"].startswith(b"\x89PNG")
    assert inspect(make.pdf(), claimed_name="report.pdf").study == {}


def test_a_bomb_is_refused_and_this_process_does_not_grow():
    """ASVS v5.0.0-5.2.3: an archive that unpacks to too much never gets so far."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(make.deflated_bomb(), "ct.dcm") is Reason.BOMB
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 20_000, "kilobytes"


def test_a_bomb_of_a_kind_that_nobody_thought_of_meets_the_limit_on_memory():
    tight = ProcessLimits(memory_bytes=350 * MEGABYTE)
    assert refusal(make.deflated_bomb(), "ct.dcm", limits=tight) is Reason.TOO_MUCH_MEMORY
    # The next file is read as if nothing had been.
    assert inspect(make.dicom(), claimed_name="ct.dcm").kind is Kind.DICOM


def test_reading_that_takes_too_long_is_ended():
    at_once = ProcessLimits(wall_seconds=0.0)
    assert refusal(make.dicom(), "ct.dcm", limits=at_once) is Reason.TOO_SLOW


def test_reading_that_computes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(inspection, "MODULE", "tests.unit.dicom.busy")
    bound = ProcessLimits(cpu_seconds=1)
    assert refusal(make.dicom(), "ct.dcm", limits=bound) is Reason.TOO_SLOW


def test_an_answer_that_grows_too_large_is_cut_off():
    narrow = ProcessLimits(output_bytes=10)
    assert refusal(make.dicom(), "ct.dcm", limits=narrow) is Reason.DAMAGED


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", '{"kind": "pdf", "more": 1}', '{"kind": "dicom"}', '{"unfit": "no"}']
)
def test_an_answer_that_is_none_is_not_believed(monkeypatch, said):
    monkeypatch.setattr(inspection, "MODULE", "tests.unit.dicom.liar")
    # The liar says what its extension says in hexadecimal digits.
    name = f"x.{said.encode().hex()}"
    monkeypatch.setattr(inspection, "claimed", lambda name: name.removeprefix("x."))
    assert refusal(b"x", name) is Reason.DAMAGED


@pytest.mark.parametrize(
    ("code", "reason"),
    [(-24, Reason.TOO_SLOW), (-9, Reason.TOO_MUCH_MEMORY), (-11, Reason.DAMAGED)],
)
def test_how_a_process_ended_says_why(code, reason):
    assert inspection.reason_of(code) is reason


def test_the_process_knows_nothing_and_can_write_nothing(monkeypatch, tmp_path):
    """ASVS v5.0.0-5.3.2: whoever reads a hostile file has no secrets and no paths."""
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    started = []
    real = subprocess.Popen

    def noted(*arguments, **given):
        started.append((arguments, given))
        return real(*arguments, **given)

    monkeypatch.setattr(subprocess, "Popen", noted)
    inspect(make.dicom(), claimed_name="Rivera Ana.dcm")
    ((command,), given) = started[0]
    assert "Rivera" not in " ".join(command)
    assert "DATABASE_URL" not in given["env"]
    assert given["start_new_session"]


def test_what_the_process_reads_it_cannot_change(monkeypatch, tmp_path):
    """ASVS v5.0.0-5.3.2: a parser that was taken over cannot put another file in its place."""
    monkeypatch.setattr(inspection, "MODULE", "tests.unit.dicom.forger")
    path, content = Path(tmp_path, "ct"), make.dicom()
    path.write_bytes(content)
    with path.open("r+b") as file:
        assert inspect(file, claimed_name="ct.dcm").kind is Kind.PDF
    assert path.read_bytes() == content


def test_a_file_on_disk_is_read_where_it_lies(tmp_path):
    path = Path(tmp_path, "ct")
    path.write_bytes(make.dicom())
    with path.open("rb") as file:
        assert inspect(file, claimed_name="ct.dcm").kind is Kind.DICOM
        os.fstat(file.fileno())
    assert inspect(io.BytesIO(make.dicom()), claimed_name="ct.dcm").kind is Kind.DICOM


def test_an_oversize_file_is_refused_before_anything_reads_it(monkeypatch):
    """ASVS v5.0.0-5.2.1: a file has a limit."""
    monkeypatch.setattr(inspection, "FILE_BYTES", 100)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert refusal(make.dicom(), "ct.dcm") is Reason.TOO_LARGE
    assert limits.FILE_BYTES == 250_000_000


def test_the_process_is_the_first_to_go_where_memory_runs_out():
    asks = "from cases.dicom.child import go_first; go_first(); "
    said = "print(open('/proc/self/oom_score_adj').read())"
    command = [sys.executable, "-c", asks + said]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=inspection.ROOT)
    assert ended.stdout.strip() == "1000"
