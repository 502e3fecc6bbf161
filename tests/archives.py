"""Picture archives for tests: small servers on loopback that answer what a test says."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.factories.dicom import jpeg

Answer = Callable[[BaseHTTPRequestHandler], None]
#: A sign-in that `access` gives to the institution north.
NAME = "north-archive"


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """A server that lets `answer` write; the address it stands at."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # The client may have heard enough.
            with suppress(BrokenPipeError, ConnectionResetError):
                answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    #: Set when the test has seen enough; what drips waits on it.
    listening.ends = threading.Event()
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.ends.set()
        listening.shutdown()
        thread.join()
        listening.server_close()


def send(to: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: str) -> None:
    """One whole answer; underscores in names of headers become hyphens."""
    to.send_response(status)
    for name, value in {"Content_Type": "application/dicom+json", **headers}.items():
        to.send_header(name.replace("_", "-"), value)
    to.send_header("Content-Length", str(len(body)))
    to.end_headers()
    to.wfile.write(body)


class Archive:
    """An archive with studies; a test compares them with a real one's.

    Args:
        studies: entries as `study` makes them.
    """

    def __init__(self, *studies: dict[str, Any]) -> None:
        self.studies = list(studies)
        self.series: list[dict[str, Any]] = [series()]
        self.instances: list[dict[str, Any]] = [instance(1), instance(2), instance(3)]
        self.picture = jpeg()
        #: Paths with queries, in order.
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    def __call__(self, to: BaseHTTPRequestHandler) -> None:
        """Answer one question."""
        self.asked.append(to.path)
        self.headers.append(dict(to.headers))
        address = urlsplit(to.path)
        query = parse_qs(address.query)
        if address.path.endswith("/rendered"):
            send(to, self.picture, Content_Type="image/jpeg")
        elif address.path.endswith("/instances"):
            first = int(query.get("offset", ["0"])[0])
            self._entries(to, self.instances[first : first + int(query["limit"][0])])
        elif address.path.endswith("/series"):
            self._entries(to, self.series)
        else:
            wanted = query["PatientID"][0]
            self._entries(to, [s for s in self.studies if text_of(s, "00100020") == wanted])

    def _entries(self, to: BaseHTTPRequestHandler, entries: list[dict[str, Any]]) -> None:
        send(to, json.dumps(entries).encode())


def text_of(entry: dict[str, Any], tag: str) -> Any:
    """The first value of an attribute; empty where it has none."""
    return next(iter(entry.get(tag, {}).get("Value", [])), "")


def study(uid: str = "1.2.3", **given: Any) -> dict[str, Any]:
    """A study of Ana Rivera in DICOM JSON; by name of the element, None leaves it out."""
    elements = {
        "00080020": "20260112",
        "00080050": "A-1",
        "00080061": ["CT"],
        "00081030": "CT abdomen",
        "00100010": {"Alphabetic": "RIVERA^Ana"},
        "00100020": "R-1",
        "00100030": "19670512",
        "0020000D": uid,
        "00201206": 2,
        "00201208": 300,
    }
    tags = {
        "date": "00080020",
        "accession": "00080050",
        "modalities": "00080061",
        "description": "00081030",
        "name": "00100010",
        "patient_id": "00100020",
        "birth_date": "00100030",
        "series": "00201206",
        "instances": "00201208",
    }
    elements.update({tags[name]: value for name, value in given.items()})
    return _entry(elements)


def series(uid: str = "1.2.3.1", **given: Any) -> dict[str, Any]:
    """A series in DICOM JSON."""
    elements = {
        "0020000E": uid,
        "00080060": given.get("modality", "CT"),
        "0008103E": given.get("description", "Portal venous"),
        "00200011": given.get("number", 2),
        "00201209": given.get("instances", 3),
    }
    return _entry(elements)


def instance(number: int, *, frames: int | None = None) -> dict[str, Any]:
    """An object of a series in DICOM JSON."""
    elements = {"00080018": f"1.2.3.1.{number}", "00200013": number, "00280008": frames}
    return _entry(elements)


def _entry(elements: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for tag, value in elements.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        entry[tag] = {"vr": "UN", "Value": values} if values else {"vr": "UN"}
    return entry
