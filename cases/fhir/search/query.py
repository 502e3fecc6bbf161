"""What a search asks for, read from its parameters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cases.fhir.outcome import BadRequest
from cases.fhir.registry import types
from cases.fhir.search.criteria import IDENTIFIER, Criterion, read_criterion
from cases.fhir.search.definitions import Kind, Parameter, parameters
from cases.r4.issue import Code, Issue, Severity

Given = tuple[str, str]
#: How many entries a page has unless `_count` says otherwise, and at most.
USUAL, LARGEST = 50, 200
#: How many parameters and how long a value may be: more is no search.
MOST, LONGEST = 60, 8_000
#: `code`, `code:modifier`, `code.chained` or `code:Type.chained`.
NAME = re.compile(r"\A(?P<code>[^:.]+)(?::(?P<modifier>[^:.]+))?(?:\.(?P<chained>[^.]+))?\Z")
INCLUDE = re.compile(
    r"\A(?P<source>[A-Z][A-Za-z]+):(?P<code>[a-z-]+|\*)(?::(?P<target>[A-Z][A-Za-z]+))?\Z"
)
#: `_has:Type:code:…`, where the rest may begin with `_has` again.
HAS = re.compile(r"\A_has:(?P<source>[A-Z][A-Za-z]+):(?P<code>[a-z-]+):(?P<rest>.+)\Z", re.S)
#: How many links one such parameter may have.
DEEPEST = 3
SUMMARIES = ("true", "false", "text", "data", "count")
TOTALS = ("none", "estimate", "accurate")
#: What says how a request is answered; `endpoint` has read these.
GENERAL = ("_format", "_pretty")
BY_POST = (
    "Addresses are logged, and this may say who a patient is: send the search as POST to "
    "{type}/_search, with the parameters in the body."
)


class Order(NamedTuple):
    """One part of `_sort`."""

    parameter: Parameter
    is_descending: bool


class Chain(NamedTuple):
    """`subject:Patient.identifier=…`: what is referred to must itself be found."""

    parameter: Parameter
    types: tuple[str, ...]
    name: str
    text: str


class Reverse(NamedTuple):
    """`_has:Observation:patient:code=…`: one that refers here must itself be found."""

    source: str
    parameter: Parameter
    name: str
    text: str


class Include(NamedTuple):
    """`_include` or `_revinclude`; a code of `*` is every reference, an empty target any type."""

    source: str
    code: str
    target: str
    is_iterated: bool


@dataclass
class Query:
    """A search of one type, judged."""

    resource_type: str
    criteria: list[Criterion] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    reverses: list[Reverse] = field(default_factory=list)
    order: list[Order] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    reverse_includes: list[Include] = field(default_factory=list)
    count: int = USUAL
    total: str = ""
    summary: str = ""
    elements: tuple[str, ...] = ()
    #: What was understood, as it was given.
    used: list[Given] = field(default_factory=list)
    #: What was passed over, and why.
    ignored: list[Issue] = field(default_factory=list)

    @property
    def links(self) -> list[Chain | Reverse]:
        """What asks for other resources first."""
        return [*self.chains, *self.reverses]

    @property
    def is_count(self) -> bool:
        """Whether only the number of matches is wanted."""
        return self.summary == "count" or self.count == 0

    @property
    def names(self) -> list[str]:
        """By what is searched, for the audit: never for what."""
        return [name for name, _ in self.used]


def read_query(
    resource_type: str,
    given: Sequence[Given],
    *,
    base: str,
    is_strict: bool = False,
    is_address: bool = False,
) -> Query:
    """The search that parameters ask for.

    Args:
        base: this server's address.
        is_strict: whether what is not known is an error.
        is_address: whether the parameters stand in an address.

    Raises:
        BadRequest: what is not known where `is_strict`, a modifier or a value that is none, or
            what may say who a patient is where `is_address`.
    """
    if len(given) > MOST:
        raise BadRequest(f"Give at most {MOST} parameters.", code=Code.TOO_LONG)
    reader = _Reader(Query(resource_type), base, is_address)
    unknown: list[Issue] = []
    for name, text in given:
        if len(text) > LONGEST or not text or "\x00" in text:
            message = f"Give a value of at most {LONGEST:,} characters."
            raise BadRequest(message, f"http.{name[:100]}", code=Code.VALUE)
        if name in GENERAL:
            continue
        if reader.read(name, text):
            reader.query.used.append((name, text))
        else:
            words = f"{resource_type} has no search parameter {name[:100]}; it was passed over."
            where = (f"http.{name[:100]}",)
            unknown.append(Issue(Code.NOT_SUPPORTED, words, where, Severity.WARNING))
    if unknown and is_strict:
        raise BadRequest(issues=[issue._replace(severity=Severity.ERROR) for issue in unknown])
    reader.query.ignored.extend(unknown)
    return reader.query


class _Reader:
    """Reads parameter after parameter into a query."""

    def __init__(self, query: Query, base: str, is_address: bool) -> None:
        self.query, self.base, self.is_address = query, base, is_address
        self.known = parameters(query.resource_type)

    def read(self, name: str, text: str) -> bool:
        """Take one parameter; False where it is not known."""
        plain, _, modifier = name.partition(":")
        how = getattr(self, f"_read{plain}", None) if plain in RESULTS else None
        if how is not None:
            if modifier and plain not in INCLUDES:
                return False
            how(name, text)
            return True
        if plain == "_has":
            return self._read_reverse(name, text)
        found = NAME.match(name)
        parameter = self.known.get(found["code"]) if found else None
        if found is None or parameter is None:
            return False
        if found["chained"]:
            return self._read_chain(name, text, parameter, found)
        if self.is_address and (parameter.is_private or found["modifier"] == IDENTIFIER):
            self._refuse(name)
        self.query.criteria.append(
            read_criterion(name, parameter, found["modifier"] or "", text, base=self.base)
        )
        return True

    def _read_chain(self, name: str, text: str, parameter: Parameter, found: re.Match[str]) -> bool:
        if parameter.kind is not Kind.REFERENCE:
            return False
        wanted = [found["modifier"]] if found["modifier"] else [*parameter.targets]
        code = found["chained"].partition(":")[0]
        there = [each for each in wanted if each in types() and code in parameters(each)]
        if not set(wanted) <= set(parameter.targets) or not there:
            return False
        if self.is_address and any(parameters(each)[code].is_private for each in there):
            self._refuse(name)
        for each in there:
            # Judged now, so that a value that is none is told before anything is read.
            read_query(each, [(found["chained"], text)], base=self.base, is_strict=True)
        self.query.chains.append(Chain(parameter, tuple(there), found["chained"], text))
        return True

    def _read_reverse(self, name: str, text: str) -> bool:
        found = HAS.match(name)
        if found is None or name.count("_has:") > DEEPEST:
            return False
        source, rest = found["source"], found["rest"]
        parameter = parameters(source).get(found["code"]) if source in types() else None
        if parameter is None or self.query.resource_type not in parameter.targets:
            return False
        code = re.split("[:.]", rest, maxsplit=1)[0]
        if code != "_has" and code not in parameters(source):
            return False
        # Judged now, as a chain is; and as strictly, where it stands in an address.
        read_query(
            source, [(rest, text)], base=self.base, is_strict=True, is_address=self.is_address
        )
        self.query.reverses.append(Reverse(source, parameter, rest, text))
        return True

    def _refuse(self, name: str) -> None:
        message = BY_POST.format(type=self.query.resource_type)
        raise BadRequest(message, f"http.{name}", code=Code.SUPPRESSED)

    def _read_count(self, name: str, text: str) -> None:
        if not (text.isascii() and text.isdigit()):
            raise BadRequest("Give a whole number.", f"http.{name}", code=Code.VALUE)
        self.query.count = min(int(text[:9]), LARGEST)

    def _read_sort(self, name: str, text: str) -> None:
        for each in text.split(","):
            parameter = self.known.get(each.removeprefix("-"))
            if parameter is None or parameter.kind is Kind.COMPOSITE:
                message = f"There is no sorting by {each[:100]}."
                raise BadRequest(message, f"http.{name}", code=Code.NOT_SUPPORTED)
            self.query.order.append(Order(parameter, each.startswith("-")))

    def _read_summary(self, name: str, text: str) -> None:
        self.query.summary = one_of(SUMMARIES, name, text)

    def _read_total(self, name: str, text: str) -> None:
        self.query.total = one_of(TOTALS, name, text)

    def _read_elements(self, name: str, text: str) -> None:
        # What is deeper than the top of a resource is given whole.
        self.query.elements += tuple(each.strip().partition(".")[0] for each in text.split(","))

    def _read_include(self, name: str, text: str) -> None:
        self.query.includes.append(self._included(name, text))

    def _read_revinclude(self, name: str, text: str) -> None:
        self.query.reverse_includes.append(self._included(name, text))

    def _included(self, name: str, text: str) -> Include:
        modifier = name.partition(":")[2]
        if text == "*":
            text = f"{self.query.resource_type}:*"
        found = INCLUDE.match(text)
        known = found is not None and (
            found["code"] == "*" or _is_reference(found["source"], found["code"])
        )
        if found is None or not known or modifier not in ("", "iterate", "recurse"):
            message = "Give Type:parameter or Type:parameter:Type, of a reference that is known."
            raise BadRequest(message, f"http.{name[:100]}", code=Code.NOT_SUPPORTED)
        return Include(found["source"], found["code"], found["target"] or "", bool(modifier))


INCLUDES = ("_include", "_revinclude")
#: Parameters that say what the answer holds and how it is sorted.
RESULTS = ("_count", "_sort", "_summary", "_total", "_elements", *INCLUDES)


def _is_reference(resource_type: str, code: str) -> bool:
    found = parameters(resource_type).get(code)
    return found is not None and found.kind is Kind.REFERENCE


def one_of(known: Iterable[str], name: str, text: str) -> str:
    """A value that is one of a few.

    Raises:
        BadRequest: it is not.
    """
    if text not in known:
        message = f"Choose one of {', '.join(known)}."
        raise BadRequest(message, f"http.{name}", code=Code.VALUE)
    return text
