"""Finding a ClamAV daemon: one that starts, installed where that is possible."""

import pytest

from tests.unit.operations.stubs import program
from tumorboard.operations import clamav, programs


@pytest.fixture
def system(monkeypatch, tmp_path):
    """A system whose only programs lie in a folder of the test, for somebody who is not root."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(clamav.NAMED_BY, raising=False)
    monkeypatch.setattr(clamav, "CANDIDATES", ("clamd",))
    monkeypatch.setattr(programs, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(programs.os, "geteuid", lambda: 1000)
    return tmp_path


def test_a_daemon_is_found(system, capsys):
    path = program(system, "clamd")
    clamav.main()
    assert capsys.readouterr().out == f"{path}\n"


def test_where_there_is_none_it_says_what_will_not_run(system, capsys):
    clamav.main()
    words = capsys.readouterr()
    assert words.out == ""
    assert "THE TESTS AGAINST A VIRUS SCANNER WILL NOT RUN" in words.err
    assert "apt-get install clamav-daemon" in words.err
