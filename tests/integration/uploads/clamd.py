"""A real ClamAV daemon on a socket of the test, with one signature of our own."""

import subprocess
from pathlib import Path

#: EICAR's test file, in two halves: no scanner is to find it in this repository.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + r"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
SIGNATURE = "Tumorboard.Test.Eicar"
STARTED = "Listening daemon"
#: Larger than every file of the tests but one.
MOST_BYTES = 1_000_000


class Clamd:
    """A running daemon; it is stopped by `stop`."""

    def __init__(self, program: str, folder: Path) -> None:
        signatures = folder / "signatures"
        signatures.mkdir()
        # Any kind of file, anywhere in it.
        (signatures / "test.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n")
        self.address = str(folder / "clamd.sock")
        configuration = folder / "clamd.conf"
        configuration.write_text(
            "\n".join(
                [
                    f"DatabaseDirectory {signatures}",
                    f"LocalSocket {self.address}",
                    f"LogFile {folder / 'clamd.log'}",
                    "Foreground yes",
                    f"StreamMaxLength {MOST_BYTES}",
                    "AlertExceedsMax yes",
                    "SelfCheck 0",
                    "MaxThreads 2",
                    "",
                ]
            )
        )
        self._process = subprocess.Popen(
            [program, f"--config-file={configuration}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            text=True,
        )
        self._wait(folder / "clamd.log")

    def _wait(self, log: Path) -> None:
        """Return when the socket is there."""
        while not Path(self.address).exists():
            try:
                said, _ = self._process.communicate(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError(said + (log.read_text() if log.exists() else ""))

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate(timeout=30)
