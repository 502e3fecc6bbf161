"""Finding an Orthanc: one that starts and has its plugin, installed where that is possible."""

import subprocess

import pytest

from tests.unit.operations.stubs import program
from tumorboard.operations import orthanc, programs


@pytest.fixture
def system(monkeypatch, tmp_path):
    """A system whose only programs lie in a folder of the test, for somebody who is not root."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(orthanc.NAMED_BY, raising=False)
    monkeypatch.setattr(orthanc, "CANDIDATES", ("Orthanc",))
    monkeypatch.setattr(orthanc, "PLUGINS", (tmp_path / "plugin.so",))
    monkeypatch.setattr(programs, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(programs.os, "geteuid", lambda: 1000)
    return tmp_path


def test_an_orthanc_with_its_plugin_is_found(system, capsys):
    path = program(system, "Orthanc")
    (system / "plugin.so").touch()
    orthanc.main()
    assert capsys.readouterr().out == f"{path}\n"


def test_one_without_the_plugin_is_none(system, capsys):
    program(system, "Orthanc")
    orthanc.main()
    words = capsys.readouterr()
    assert words.out == ""
    assert "THE TESTS AGAINST A PICTURE ARCHIVE WILL NOT RUN" in words.err
    assert "apt-get install orthanc orthanc-dicomweb" in words.err


def test_root_gets_one_and_no_service_of_it(system, monkeypatch, capsys):
    program(system, "apt-get")
    monkeypatch.setattr(programs.os, "geteuid", lambda: 0)
    real, asked = subprocess.run, []

    def run(command, **options):
        asked.append(command[1:])
        if "install" in command:
            assert subprocess.call([programs.POLICY], env={}) == 101
            program(system, "Orthanc")
            (system / "plugin.so").touch()
        return real(command, **options)

    monkeypatch.setattr(programs.subprocess, "run", run)
    orthanc.main()
    assert capsys.readouterr().out == f"{system / 'Orthanc'}\n"
    assert asked[1][-2:] == ["orthanc", "orthanc-dicomweb"]
    assert not programs.POLICY.exists()


def test_the_policy_of_the_machine_stays(system, monkeypatch):
    program(system, "apt-get")
    programs.POLICY.write_text("theirs")
    monkeypatch.setattr(programs.os, "geteuid", lambda: 0)
    assert orthanc.install()
    assert programs.POLICY.read_text() == "theirs"
