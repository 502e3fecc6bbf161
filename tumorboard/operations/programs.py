"""Programs of the system that tests drive: found, or installed with the package manager."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: Seconds; the first start from a cold disk is slow.
LONGEST_START = 60
#: Asked by Debian's packages whether they may start a service; 101 is no.
POLICY = Path("/usr/sbin/policy-rc.d")
NEVER_START = "#!/bin/sh\nexit 101\n"


def find(named_by: str, candidates: Iterable[str]) -> str | None:
    """Path of a program that starts.

    Args:
        named_by: variable of the environment that names it; then no other is taken.
        candidates: names and paths to look for, best first.
    """
    named = os.environ.get(named_by)
    found = map(shutil.which, [named] if named else candidates)
    return next((path for path in found if path and starts(path)), None)


def starts(path: str) -> bool:
    """Whether the program really starts; some systems install a stub that only asks for another."""
    try:
        answer = subprocess.run(  # noqa: S603 - a path that `which` found
            [path, "--version"], capture_output=True, timeout=LONGEST_START, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def install(*packages: str, why: str) -> bool:
    """Install packages where this process may; whether it tried and the installer succeeded.

    No service is started by it: the tests start what they need, where they need it.

    Args:
        why: told to the person at the terminal before it begins.
    """
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    say(why)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _no_service():
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            done = subprocess.run(  # noqa: S603 - the system's package manager
                [apt, "-qq", *arguments],
                env=environment,
                stdout=subprocess.DEVNULL,
                check=False,
            )
            # Some source of packages may be out of reach while the one that is needed is not.
            if done.returncode != 0 and arguments[0] == "install":
                return False
    return True


@contextmanager
def _no_service() -> Iterator[None]:
    """Keep packages from starting services; where the machine has a policy, that one holds."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text(NEVER_START)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def say(words: str) -> None:
    """Tell the person at the terminal; standard output belongs to the path."""
    sys.stderr.write(words + "\n")


def tell(path: str | None, *, named_by: str, lack: str, remedy: str) -> None:
    """Print the path, or say what will not run without it.

    Args:
        lack: what will not run, as a sentence.
        remedy: how to get the program.
    """
    if path:
        sys.stdout.write(str(Path(path)) + "\n")
        return
    named = os.environ.get(named_by)
    reason = f"{named_by} names {named}, which does not start." if named else "None was found."
    say(f"{lack} {reason}\n{remedy} or name one with {named_by}=/path/to/it.")
