"""Find a Chromium for the browser tests, or install one with the system's package manager.

`python -m tumorboard.operations.chromium` prints the browser's path, or nothing; what it did or
could not do stands on standard error.
"""

import shutil
import subprocess

from tumorboard.operations import programs

NAMED_BY = "TUMORBOARD_CHROMIUM"
CANDIDATES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: What the pages are set in on Linux: with a wider font, what must fit on a screen does not.
FONT, FONT_PACKAGE = "Liberation Sans", "fonts-liberation"


def find() -> str | None:
    """Path of a browser that starts: the named one, else the first of the candidates."""
    return programs.find(NAMED_BY, CANDIDATES)


def install() -> bool:
    """Install a Chromium where this process may; whether it tried and the installer succeeded."""
    why = "No Chromium found: installing one with apt-get, for the browser tests."
    return programs.install("chromium", FONT_PACKAGE, why=why)


def have_font() -> None:
    """Install the font of the pages where the system says that it lacks it."""
    matcher = shutil.which("fc-match")
    if matcher is None:
        return
    told = subprocess.run(  # noqa: S603 - the system's own program
        [matcher, FONT], capture_output=True, text=True, check=False
    )
    if FONT not in told.stdout:
        programs.install(FONT_PACKAGE, why=f"No {FONT} found: installing it with apt-get.")


def main() -> None:
    """Print the path of a Chromium, or say why there is none."""
    path = find() or (find() if install() else None)
    if path:
        have_font()
    programs.tell(
        path,
        named_by=NAMED_BY,
        lack="THE BROWSER TESTS WILL NOT RUN: they need a Chromium.",
        remedy="Install one (Debian: apt-get install chromium)",
    )


if __name__ == "__main__":
    main()
