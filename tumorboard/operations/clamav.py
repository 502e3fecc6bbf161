"""Find a ClamAV daemon for the tests of uploads, or install one with the package manager.

`python -m tumorboard.operations.clamav` prints the daemon's path, or nothing; what it did or could
not do stands on standard error. The tests start it with a configuration and signatures of their
own, on a socket in a folder of theirs, for as long as they run; nothing is fetched for it.
"""

from tumorboard.operations import programs

NAMED_BY = "TUMORBOARD_CLAMD"
#: The second for people whose path leaves out the programs of the system.
CANDIDATES = ("clamd", "/usr/sbin/clamd")
PACKAGE = "clamav-daemon"


def find() -> str | None:
    """Path of a clamd that starts; else None."""
    return programs.find(NAMED_BY, CANDIDATES)


def install() -> bool:
    """Install it where this process may; whether it tried and the installer succeeded."""
    why = "No ClamAV daemon found: installing one with apt-get, for the tests of uploads."
    return programs.install(PACKAGE, why=why)


def main() -> None:
    """Print the path of a clamd, or say why there is none."""
    programs.tell(
        find() or (find() if install() else None),
        named_by=NAMED_BY,
        lack="THE TESTS AGAINST A VIRUS SCANNER WILL NOT RUN: they need a ClamAV daemon.",
        remedy=f"Install one (Debian: apt-get install {PACKAGE})",
    )


if __name__ == "__main__":
    main()
