"""Find a Chromium for the browser tests, or install one with the system's package manager.

`python -m tumorboard.operations.chromium` prints the browser's path, or nothing; what it did or
could not do stands on standard error.
"""

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


def find() -> str | None:
    """Path of a browser that starts: the named one, else the first of the candidates."""
    return programs.find(NAMED_BY, CANDIDATES)


def install() -> bool:
    """Install a Chromium where this process may; whether it tried and the installer succeeded."""
    why = "No Chromium found: installing one with apt-get, for the browser tests."
    return programs.install("chromium", why=why)


def main() -> None:
    """Print the path of a Chromium, or say why there is none."""
    programs.tell(
        find() or (find() if install() else None),
        named_by=NAMED_BY,
        lack="THE BROWSER TESTS WILL NOT RUN: they need a Chromium.",
        remedy="Install one (Debian: apt-get install chromium)",
    )


if __name__ == "__main__":
    main()
