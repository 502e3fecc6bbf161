"""Find an Orthanc for the tests of picture archives, or install one with the package manager.

`python -m tumorboard.operations.orthanc` prints the server's path, or nothing; what it did or
could not do stands on standard error. The tests start it with a configuration of their own, on
loopback, for as long as they run.
"""

from pathlib import Path

from tumorboard.operations import programs

NAMED_BY = "TUMORBOARD_ORTHANC"
#: The second for people whose path leaves out the programs of the system.
CANDIDATES = ("Orthanc", "/usr/sbin/Orthanc")
PACKAGES = ("orthanc", "orthanc-dicomweb")
#: Where packages put the part that answers DICOMweb.
PLUGINS = (
    Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so"),
    Path("/usr/local/share/orthanc/plugins/libOrthancDicomWeb.so"),
)


def find() -> str | None:
    """Path of an Orthanc that starts, where its DICOMweb plugin is too; else None."""
    return programs.find(NAMED_BY, CANDIDATES) if plugin() else None


def plugin() -> Path | None:
    """Where the DICOMweb plugin is; None where it is not installed."""
    return next((path for path in PLUGINS if path.exists()), None)


def install() -> bool:
    """Install Orthanc where this process may; whether it tried and the installer succeeded."""
    why = "No Orthanc found: installing one with apt-get, for the tests of picture archives."
    return programs.install(*PACKAGES, why=why)


def main() -> None:
    """Print the path of an Orthanc, or say why there is none."""
    programs.tell(
        find() or (find() if install() else None),
        named_by=NAMED_BY,
        lack=(
            "THE TESTS AGAINST A PICTURE ARCHIVE WILL NOT RUN: "
            "they need an Orthanc with its DICOMweb plugin."
        ),
        remedy=f"Install one (Debian: apt-get install {' '.join(PACKAGES)})",
    )


if __name__ == "__main__":
    main()
