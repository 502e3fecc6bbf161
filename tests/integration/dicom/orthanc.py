"""A real Orthanc on loopback, with a configuration of its own."""

import json
import socket
import subprocess
import threading
from pathlib import Path

import requests

from tumorboard.operations import orthanc

USER, PASSWORD = "tumorboard", "secret of the test"
STARTED = "Orthanc has started"


class Orthanc:
    """A running server; it is stopped by `stop`."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.origin = f"http://127.0.0.1:{port}"
        configuration = {
            "Name": "test",
            "StorageDirectory": str(folder / "storage"),
            "IndexDirectory": str(folder / "storage"),
            "HttpPort": port,
            "RemoteAccessAllowed": False,
            "DicomServerEnabled": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {USER: PASSWORD},
            "Plugins": [str(orthanc.plugin())],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }
        path = folder / "orthanc.json"
        path.write_text(json.dumps(configuration))
        self._process = subprocess.Popen(
            [program, str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            text=True,
        )
        said = []
        for line in self._lines():
            said.append(line)
            if STARTED in line:
                break
        else:
            raise RuntimeError("".join(said))
        # Read on, or it would stop when nobody takes what it says.
        self._reader = threading.Thread(target=lambda: list(self._lines()))
        self._reader.start()

    @property
    def dicomweb(self) -> str:
        """The address of its services."""
        return f"{self.origin}/dicom-web"

    def send(self, *files: bytes) -> None:
        """Put DICOM files into it, by STOW-RS."""
        boundary = "between-files"
        parts = (
            f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode() + file + b"\r\n"
            for file in files
        )
        answer = requests.post(
            f"{self.dicomweb}/studies",
            data=b"".join(parts) + f"--{boundary}--".encode(),
            headers={
                "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
                "Accept": "application/dicom+json",
            },
            auth=(USER, PASSWORD),
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["00081199"]["Value"]) == len(files), answer.text

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(timeout=30)
        self._reader.join()
        self._process.stdout.close()

    def _lines(self):
        return iter(self._process.stdout.readline, "")
