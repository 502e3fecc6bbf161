"""Finding a browser: one that starts, installed where that is possible, else plain words."""

import subprocess

import pytest

from tests.unit.operations.stubs import program
from tumorboard.operations import chromium, programs


@pytest.fixture
def system(monkeypatch, tmp_path):
    """A system whose only programs lie in a folder of the test, for somebody who is not root."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(chromium.NAMED_BY, raising=False)
    monkeypatch.setattr(chromium, "CANDIDATES", ("chromium", "google-chrome"))
    monkeypatch.setattr(programs, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(programs.os, "geteuid", lambda: 1000)
    return tmp_path


def test_a_system_browser_is_found(system, capsys):
    path = program(system, "chromium")
    chromium.main()
    assert capsys.readouterr().out == f"{path}\n"


def test_a_stub_that_does_not_start_is_passed_over(system):
    program(system, "chromium", status=1)
    other = program(system, "google-chrome")
    assert chromium.find() == other


def test_a_file_that_is_no_program_is_passed_over(system):
    (system / "chromium").write_bytes(b"\x7fELF")
    (system / "chromium").chmod(0o755)
    assert chromium.find() is None


def test_the_named_browser_goes_before_all_others(system, monkeypatch):
    program(system, "chromium")
    monkeypatch.setenv(chromium.NAMED_BY, program(system, "mine"))
    assert chromium.find() == str(system / "mine")


def test_without_any_it_says_that_browser_tests_will_not_run(system, capsys):
    chromium.main()
    words = capsys.readouterr()
    assert words.out == ""
    assert "THE BROWSER TESTS WILL NOT RUN" in words.err
    assert "None was found" in words.err


def test_a_named_browser_that_does_not_start_is_named(system, monkeypatch, capsys):
    monkeypatch.setenv(chromium.NAMED_BY, "/nowhere/chromium")
    chromium.main()
    assert "/nowhere/chromium, which does not start" in capsys.readouterr().err


def test_root_gets_one_from_the_package_manager(system, monkeypatch, capsys):
    program(system, "apt-get")
    monkeypatch.setattr(programs.os, "geteuid", lambda: 0)
    real, asked = subprocess.run, []

    def run(command, **options):
        asked.append(command[1:])
        if "install" in command:
            program(system, "chromium")
        return real(command, **options)

    monkeypatch.setattr(programs.subprocess, "run", run)
    chromium.main()
    assert capsys.readouterr().out == f"{system / 'chromium'}\n"
    assert [command[1] for command in asked[:2]] == ["update", "install"]
    assert asked[1][-2:] == ["chromium", "fonts-liberation"]


@pytest.mark.parametrize(
    ("told", "installed"),
    [("DejaVuSans.ttf: DejaVu Sans", 1), ("LiberationSans-Regular.ttf: Liberation Sans", 0)],
)
def test_the_font_of_the_pages_is_installed_where_it_is_lacking(
    system, monkeypatch, told, installed
):
    program(system, "chromium")
    matcher = system / "fc-match"
    matcher.write_text(f"#!/bin/sh\necho '{told}'\n")
    matcher.chmod(0o755)
    asked = []
    monkeypatch.setattr(programs, "install", lambda *packages, why: asked.append(packages))
    chromium.main()
    assert asked == [("fonts-liberation",)] * installed


def test_a_package_manager_that_fails_is_no_browser(system, monkeypatch, capsys):
    program(system, "apt-get", status=100)
    monkeypatch.setattr(programs.os, "geteuid", lambda: 0)
    chromium.main()
    words = capsys.readouterr()
    assert words.out == ""
    assert "THE BROWSER TESTS WILL NOT RUN" in words.err
