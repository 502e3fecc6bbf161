"""Packages of npm that judge FHIR, and examples: installed below `var/`, as the lock says.

    python -m tests.judges.packages

installs what judges, so that the suite can ask it; nothing happens where it is there or where
there is no npm. The lock names no registry: npm's own settings do.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PLACE = HERE.parents[1] / "var" / "fhir_judges"
MODULES = PLACE / "node_modules"
LOCK = "package-lock.json"
MEDPLUM = "@medplum/core"
MCODE = "hl7.fhir.us.mcode"
EXAMPLES = "hl7.fhir.r4.examples"
#: Which Node runs what the lock names, by its own words.
NODE = 20


def lack() -> str:
    """Why nothing can be judged here; empty where it can."""
    if shutil.which("node") is None:
        return "there is no node"
    if not is_installed(MEDPLUM, MCODE):
        return "python -m tests.judges.packages has not installed them"
    return ""


def is_installed(*names: str) -> bool:
    """Whether these packages are there in the versions that the lock names."""
    locked = json.loads((HERE / LOCK).read_bytes())["packages"]
    return all(_version(name) == locked[f"node_modules/{name}"]["version"] for name in names)


def install(*, with_examples: bool = False) -> None:
    """Install what the lock names, where it is not there.

    Raises:
        RuntimeError: there is no npm or no node, or npm did not succeed.
    """
    if is_installed(MEDPLUM, MCODE, *([EXAMPLES] if with_examples else [])):
        return
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        message = f"Install Node.js {NODE} or newer with npm: it runs what judges FHIR."
        raise RuntimeError(message)
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", LOCK):
        shutil.copyfile(HERE / name, PLACE / name)
    options = ["--ignore-scripts", "--no-audit", "--no-fund"]
    left_out = [] if with_examples else ["--omit=optional"]
    done = subprocess.run(
        [npm, "ci", *options, *left_out], cwd=PLACE, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        message = f"npm could not install the packages.\n{done.stderr}"
        raise RuntimeError(message)


def _version(name: str) -> str:
    try:
        said: str = json.loads((MODULES / name / "package.json").read_bytes())["version"]
    except FileNotFoundError:
        return ""
    return said


def main() -> None:
    """Install what judges, or say why not: the suite then leaves out what needs it."""
    try:
        install()
    except RuntimeError as error:
        sys.stderr.write(f"FHIR WILL NOT BE HELD AGAINST MEDPLUM'S RULES: {error}\n")


if __name__ == "__main__":
    main()
