"""HTTP to a picture archive that ends in time, in size, and at the address it was meant for.

One deadline holds for everything that is asked through a session (`tumorboard.timed_http`).
"""

from http.client import HTTPException, RemoteDisconnected
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from cases.dicom.pacs_faults import Fault, PacsError
from tumorboard.timed_http import Deadline, TimedAdapter

#: Bytes that are read at once.
CHUNK = 64 * 1024


class _Adapter(TimedAdapter):
    """Sends one request and reads its whole answer within the limits."""

    def __init__(self, *, deadline: Deadline, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        super().__init__(deadline)

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **kwargs: Any
    ) -> requests.Response:
        """The answer with its body.

        Raises:
            PacsError: there is no answer, or none that may be used.
        """
        try:
            left = self._deadline.left()
            response = super().send(request, **{**kwargs, "stream": True, "timeout": (left, left)})
            with response:
                # What `requests` would set by itself, had it read the body.
                response._content = self._body(response)
                return response
        except (TimeoutError, ReadTimeoutError, requests.ReadTimeout):
            raise PacsError(Fault.TOO_SLOW) from None
        except requests.exceptions.SSLError:
            raise PacsError(Fault.UNTRUSTED) from None
        except requests.RequestException as error:
            raise PacsError(_reason(error)) from None
        except (HTTPError, OSError):
            # The connection broke in the middle of the answer.
            raise PacsError(Fault.UNREACHABLE) from None

    def _body(self, response: requests.Response) -> bytes:
        if 300 <= response.status_code < 400:
            raise PacsError(Fault.REDIRECTED)
        if response.status_code >= 400:
            # Nobody reads what it says.
            return b""
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            # Not asked for; unpacked it could be of any size.
            raise PacsError(Fault.NOT_DICOMWEB)
        body = bytearray()
        while chunk := response.raw.read(CHUNK, decode_content=False):
            body += chunk
            if len(body) > self._most_bytes:
                raise PacsError(Fault.TOO_LARGE)
        return bytes(body)


def _reason(error: BaseException) -> Fault:
    """What is behind an error of `requests`."""
    causes = [error]
    while causes[-1].args and isinstance(causes[-1].args[0], BaseException):
        causes.append(causes[-1].args[0])
    behind = [*causes, *(cause.args[1] for cause in causes if len(cause.args) > 1)]
    if any(isinstance(e, HTTPException) and not isinstance(e, RemoteDisconnected) for e in behind):
        return Fault.NOT_DICOMWEB
    return Fault.UNREACHABLE


class LimitedSession(requests.Session):
    """A session without redirects, proxies and cookies of its own surroundings.

    Args:
        seconds: how long everything together may take.
        most_bytes: of one answer's body.
        ca_file: PEM file of the authorities that sign archives' certificates; empty for those
            that `requests` brings.
    """

    def __init__(self, *, seconds: float, most_bytes: int, ca_file: str = "") -> None:
        super().__init__()
        # Neither a proxy nor a password out of ~/.netrc.
        self.trust_env = False
        self.verify = ca_file or True
        self.headers.update({"Accept-Encoding": "identity", "User-Agent": "Tumorboard"})
        adapter = _Adapter(deadline=Deadline(seconds), most_bytes=most_bytes)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """The answer of the address itself."""
        # dicomweb-client writes this header without the port.
        request.headers.pop("Host", None)
        return super().send(request, **{**kwargs, "allow_redirects": False})
