"""Find a Chromium for the browser tests, or install one with the system's package manager.

`python -m tumorboard.operations.chromium` prints the browser's path, or nothing; what it did or
could not do stands on standard error.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMED_BY = "TUMORBOARD_CHROMIUM"
CANDIDATES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: Seconds; the first start from a cold disk is slow.
LONGEST_START = 60


def find() -> str | None:
    """Path of a browser that starts: the named one, else the first of the candidates."""
    named = os.environ.get(NAMED_BY)
    found = map(shutil.which, [named] if named else CANDIDATES)
    return next((path for path in found if path and starts(path)), None)


def starts(path: str) -> bool:
    """Whether the browser really starts; some systems install a stub that only asks for another."""
    try:
        answer = subprocess.run(  # noqa: S603 - a path that `which` found
            [path, "--version"], capture_output=True, timeout=LONGEST_START, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def install() -> bool:
    """Install a Chromium where this process may; whether it tried and the installer succeeded."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    say("No Chromium found: installing one with apt-get, for the browser tests.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run(  # noqa: S603 - the system's package manager
            [apt, "-qq", *arguments],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        # Some source of packages may be out of reach while Chromium's is not.
        if done.returncode != 0 and arguments[0] == "install":
            return False
    return True


def say(words: str) -> None:
    """Tell the person at the terminal; standard output belongs to the path."""
    sys.stderr.write(words + "\n")


def main() -> None:
    """Print the path of a Chromium, or say why there is none."""
    path = find() or (find() if install() else None)
    if path:
        sys.stdout.write(str(Path(path)) + "\n")
        return
    named = os.environ.get(NAMED_BY)
    reason = f"{NAMED_BY} names {named}, which does not start." if named else "None was found."
    say(
        f"THE BROWSER TESTS WILL NOT RUN: they need a Chromium. {reason}\n"
        f"Install one (Debian: apt-get install chromium) or name one with {NAMED_BY}=/path/to/it."
    )


if __name__ == "__main__":
    main()
