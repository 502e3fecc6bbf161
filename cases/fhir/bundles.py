"""Transactions, all of them or nothing, and batches, each entry by itself."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from cases.fhir import commands, writing
from cases.fhir.answering import Answer, Get, answered_entry, failed_entry, looked_up, told
from cases.fhir.caller import Caller
from cases.fhir.conditions import criteria_of, match
from cases.fhir.entries import ORDER, READS, Entry, check_types, entries_of, refuse_twice
from cases.fhir.keeping import Json
from cases.fhir.linking import references_in, replaced
from cases.fhir.outcome import BadRequest, FhirError, PreconditionFailed
from cases.fhir.storing import link_anew
from cases.fhir.writable import check_writable
from cases.fhir.write_endpoints import Writes
from cases.fhir.writing import Written
from cases.r4.issue import Code
from cases.r4.references import condition

NO_MATCH = "No resource meets the condition of this reference."
#: Without these nobody knows to whom and to what the others belong.
FIRST = ("Patient", "Condition", "Specimen", "ImagingStudy")
TWICE = "Two entries of the transaction write this resource."


class OnSystem(Writes):
    """POST of a Bundle to the server's own address; every entry needs its own right."""

    def post(self, request: Request) -> Response:
        """Do what the entries of a transaction or a batch ask for."""
        type_, entries = entries_of(request.data, base=self.base)
        get = looked_up(request._request, self.base)
        kind = Transaction if type_ == "transaction" else Batch
        work = kind(entries, self.caller, get, self.preferences.get("return", ""))
        work.do()
        said: Json = {"resourceType": "Bundle", "type": f"{type_}-response"}
        return Response({**said, "entry": work.answered} if entries else said)


class Batch:
    """Each entry by itself: what fails is undone and told, the others stay.

    Args:
        entries: of the bundle.
        caller: who sent it.
        get: answers entries that read.
        wanted: what `Prefer: return=…` asks for.
    """

    def __init__(self, entries: Sequence[Entry], caller: Caller, get: Get, wanted: str) -> None:
        self.entries, self.caller, self.get, self.wanted = entries, caller, get, wanted
        self._answers: dict[int, Json] = {}

    @property
    def answered(self) -> list[Json]:
        """The answers, in the order of the entries."""
        return [self._answers[entry.number] for entry in self.entries]

    def do(self) -> None:
        """Do what each entry asks for."""
        for entry in sorted(self.entries, key=lambda each: ORDER.index(each.method)):
            try:
                with told(entry.path), transaction.atomic():
                    self.answer(entry, self.one(entry, entry.resource_at_home))
            except FhirError as error:
                self._answers[entry.number] = failed_entry(error)

    def answer(self, entry: Entry, answer: Answer) -> None:
        """Note what an entry is answered."""
        base = self.caller.base
        self._answers[entry.number] = answered_entry(answer, base=base, wanted=self.wanted)

    def one(self, entry: Entry, resource: Json | None) -> Answer:
        """Do what one entry asks for.

        Raises:
            FhirError: it cannot be done.
            ServiceError: the record does not take it.
        """
        if entry.method in READS:
            return self.get(entry)
        check_writable(entry.resource_type)
        check_types(entry)
        type_, key, caller = entry.resource_type, entry.resource_id, self.caller
        if entry.method == "DELETE":
            if key:
                commands.delete(type_, key, caller, entry.if_match)
            else:
                commands.delete_where(type_, entry.condition, caller)
            return Answer(HTTPStatus.NO_CONTENT)
        assert resource is not None  # noqa: S101 - `entries_of` saw to it
        return Answer.of(self._written(entry, resource))

    def _written(self, entry: Entry, resource: Json) -> Written:
        where, caller, key = entry.resource_path, self.caller, entry.resource_id
        if entry.method == "POST":
            return commands.create_once(resource, entry.if_none_exist, caller, path=where)
        if not key:
            given = entry.condition
            return commands.put_where(resource, given, caller, entry.if_match, path=where)
        return commands.put(resource, key, caller, entry.if_match, path=where)


class Transaction(Batch):
    """All entries or none: the whole request is one transaction of the database."""

    def do(self) -> None:
        """Do the entries in the standard's order.

        Raises:
            FhirError: one of them cannot be done; then nothing is.
        """
        refuse_twice(self.entries)
        self._links = {
            entry.full_url: f"{entry.resource_type}/{entry.resource_id}"
            for entry in self.entries
            if entry.method == "PUT" and entry.resource_id and entry.full_url
        }
        self._names: set[str] = set()
        later = {
            entry.number: name for entry in _in_order(self.entries) if (name := self._do(entry))
        }
        for entry in self.entries:
            if entry.number in later:
                self._link(entry, later[entry.number])

    def _do(self, entry: Entry) -> str:
        """Do one entry; the resource's name where it refers to one that has no id yet."""
        with told(entry.path):
            resource = self._resolved(entry)
            answer = self.one(entry, resource)
            self._note(entry, answer)
        self.answer(entry, answer)
        if answer.written is None or resource is None:
            return ""
        name = _name(answer.written)
        if entry.full_url:
            self._links[entry.full_url] = name
        awaited = {each.full_url for each in self.entries} - set(self._links)
        return name if any(said in awaited for _, said in references_in(resource, "")) else ""

    def _note(self, entry: Entry, answer: Answer) -> None:
        """Refuse a second write of one resource, by whichever condition it was named."""
        if answer.written is None:
            return
        name = _name(answer.written)
        if name in self._names:
            raise BadRequest(TWICE, entry.path, code=Code.DUPLICATE)
        self._names.add(name)

    def _resolved(self, entry: Entry) -> Json | None:
        """The resource of an entry, with references to what the transaction made or finds."""
        if entry.resource_at_home is None:
            return None
        resource = replaced(entry.resource_at_home, self._links)
        asked = {said for _, said in references_in(resource, "")}
        met = {said: self._met(*found) for said in asked if (found := condition(said))}
        return replaced(resource, met)

    def _met(self, type_: str, text: str) -> str:
        self.caller.check(type_, "s")
        given = criteria_of(text, where="reference")
        there = match(type_, given, self.caller, where="reference", wait=False)
        if there is None:
            raise PreconditionFailed(NO_MATCH, code=Code.NOT_FOUND)
        return "/".join(there.key)

    def _link(self, entry: Entry, name: str) -> None:
        """Set the references of a resource to entries that were done after it."""
        type_, _, key = name.partition("/")
        link_anew(type_, key, self._links)
        there = writing.read_back(type_, key)
        self.answer(entry, Answer.of(Written(there, entry.method == "POST")))


def _name(written: Written) -> str:
    return f"{written.resource['resourceType']}/{written.resource['id']}"


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    """As the standard has it, and of one method those first that others refer to."""
    named: Mapping[str, Entry] = {each.full_url: each for each in entries if each.full_url}
    found: dict[int, Entry] = {}
    begun: set[int] = set()

    def visit(entry: Entry) -> None:
        if entry.number in begun:
            return
        begun.add(entry.number)
        for _, said in references_in(entry.resource_at_home or {}, ""):
            other = named.get(said)
            if other is not None and other.method == entry.method and _rank(other) <= _rank(entry):
                visit(other)
        found[entry.number] = entry

    for entry in sorted(entries, key=lambda each: (ORDER.index(each.method), _rank(each))):
        visit(entry)
    return list(found.values())


def _rank(entry: Entry) -> int:
    """What is written first: whom and what the rest is about, whatever it refers to itself."""
    return FIRST.index(entry.resource_type) if entry.resource_type in FIRST else len(FIRST)
