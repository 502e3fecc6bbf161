"""What an entry of a bundle is answered, and how one that reads is looked up."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from cases.fhir.commands import headers_of
from cases.fhir.entries import Entry
from cases.fhir.keeping import Json
from cases.fhir.outcome import FhirError, NotFound, outcome, translated
from cases.fhir.writing import Written
from cases.r4.issue import Code, Issue

#: Headers of the bundle's request that say nothing of one that is read for it.
OF_BODY = ("CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_PREFER")


class Answer(NamedTuple):
    """What became of an entry."""

    status: int
    written: Written | None = None
    #: What was read.
    resource: Json | None = None

    @classmethod
    def of(cls, written: Written) -> Self:
        """The answer to a write that left a resource."""
        return cls(written.status, written)


Get = Callable[[Entry], Answer]


def answered_entry(answer: Answer, *, base: str, wanted: str) -> Json:
    """The entry of the answer.

    Args:
        wanted: what `Prefer: return=…` asks for; without it a write is answered without a body.
    """
    status = HTTPStatus(answer.status)
    response: Json = {"status": f"{status.value} {status.phrase}"}
    written = answer.written
    if written is None:
        resource = {} if answer.resource is None else {"resource": answer.resource}
        return {**resource, "response": response}
    headers = headers_of(written, base=base)
    response |= {
        "location": f"{base}/{written.name}",
        "etag": headers["ETag"],
        "lastModified": written.resource["meta"]["lastUpdated"],
    }
    found: Json = {"fullUrl": f"{base}/{written.name.partition('/_history/')[0]}"}
    if wanted == "representation":
        found["resource"] = written.resource
    elif wanted == "OperationOutcome":
        response["outcome"] = outcome(written.notes)
    return {**found, "response": response}


def failed_entry(error: FhirError) -> Json:
    """The entry of the answer to one that was not done."""
    status = HTTPStatus(error.status)
    said = {"status": f"{status.value} {status.phrase}", "outcome": outcome(error.issues)}
    return {"response": said}


@contextmanager
def told(path: str) -> Iterator[None]:
    """Errors of one entry, with where it stands before each place.

    Raises:
        FhirError: instead of every error that has words.
    """
    try:
        yield
    except Exception as error:
        known = translated(error)
        if known is None:
            raise
        raise placed(known, path) from None


def placed(error: FhirError, path: str) -> FhirError:
    """An error with where the entry stands before each place that does not say so."""
    issues = [issue._replace(expression=_places(issue, path)) for issue in error.issues]
    known = FhirError(issues=issues, headers=error.headers)
    known.status = error.status
    return known


def _places(issue: Issue, path: str) -> tuple[str, ...]:
    return tuple(
        each if each.startswith("Bundle") else f"{path}.resource" if each[:1].isupper() else path
        for each in issue.expression or ("",)
    )


def looked_up(request: HttpRequest, base: str) -> Get:
    """How entries that read are answered: as if each had been sent by itself, rights and all.

    Args:
        request: the bundle's.
        base: this server's address.
    """

    def get(entry: Entry) -> Answer:
        path, _, query = entry.url.partition("?")
        address = f"{urlsplit(base).path}/{path}".rstrip("/")
        try:
            found = resolve(address)
        except Resolver404:
            raise NotFound("There is nothing at this address.", f"{entry.path}.request") from None
        inner = _inner(request.META, address, query)
        response = found.func(inner, *found.args, **found.kwargs)
        data = getattr(response, "data", None)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise _as_error(response.status_code, data)
        return Answer(response.status_code, resource=data)

    return get


def _inner(meta: Mapping[str, Any], address: str, query: str) -> HttpRequest:
    inner = HttpRequest()
    inner.method = "GET"
    inner.path = inner.path_info = address
    inner.META = {
        **{name: value for name, value in meta.items() if name not in OF_BODY},
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": query,
    }
    inner.GET = QueryDict(query)
    return inner


def _as_error(status: int, data: Any) -> FhirError:
    said = data.get("issue", []) if isinstance(data, dict) else []
    issues = [
        Issue(Code(each["code"]), each.get("diagnostics", ""), tuple(each.get("expression", ())))
        for each in said
    ]
    error = FhirError("This could not be read.", issues=issues)
    error.status = status
    return error
