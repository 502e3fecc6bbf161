"""README and the list of dependencies say what the code says."""

import re
import tomllib
from pathlib import Path

import pytest

from tumorboard.operations import demo

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text()


def test_every_demo_sign_in_stands_in_the_readme():
    for institution, path, role, email, password in demo.SIGN_INS:
        assert f"| {role} | {email} | `{path}` |" in README
        assert f"| {institution} |" in README
        assert password in README


def test_every_variable_that_settings_read_stands_in_the_readme():
    settings = (ROOT / "tumorboard" / "settings.py").read_text()
    names = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', settings))
    assert len(names) > 10
    assert [name for name in sorted(names) if f"`{name}`" not in README] == []


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = (ROOT / "docs" / "dependencies.md").read_text()
    direct = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = [re.match(r"[\w.-]+", each)[0] for each in direct]
    reason = r"`{}(\[[\w,]+\])?`"
    missing = [name for name in names if not re.search(reason.format(re.escape(name)), listed)]
    assert missing == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_pin_hashes_and_name_no_address(name):
    lock = (ROOT / name).read_text()
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?:|index-url|find-links", lock)


def test_what_runs_is_locked_alike_for_tests():
    def pins(name):
        return set(re.findall(r"^[\w.-]+==[^\s;]+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
