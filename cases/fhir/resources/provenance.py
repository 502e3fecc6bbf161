"""Provenance: who signed a decision, and who wrote which row when."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.db.models import Exists, Model, OuterRef, Prefetch, QuerySet, Subquery, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from cases.fhir.references import extension, instant, person
from cases.fhir.resources.codings import category
from cases.fhir.resources.elements import condition_of, said
from cases.fhir.resources.narrowings import by_moment, by_reference, of_case
from cases.fhir.signed import decisions, signed
from cases.fhir.source import Source, Stand, reference
from cases.fhir.versions import events_of, rebuilt
from cases.models import Decision, Task
from cases.models.conclusion import Outcome
from tumorboard.accounts.models import Membership, User

#: What of a decision's resources is signed.
IMPRESSION, PLAN = "ClinicalImpression", "CarePlan"
ATTESTER, ENTERER = "attester", "enterer"
#: ASTM E1762-95, to which `Signature.type` is bound: the signer verifies what was decided.
VERIFICATION = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.5",
    "display": "Verification Signature",
}
OPERATIONS = {"insert": "CREATE", "update": "UPDATE", "delete": "DELETE"}
#: Who is named where a row was written in the course of the system's own work.
SYSTEM = {"display": "Tumorboard"}
#: More digits than any entry's number has, and fewer than the database could not compare.
LONGEST = 18


def _signed_with(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    """The decisions of which these are, or whose tasks they are."""
    asked = by_reference("pk")(Task.objects.all(), values).values("decision")
    return by_reference("pk")(rows, values) | rows.filter(pk__in=asked)


class SignedProvenance(Source):
    """The signature of a decision, which is on all that is made from it.

    It is an electronic signature: the signer confirmed it with their password, and the database
    keeps what was signed as it was. There is no digital signature over it, so `Signature.data` is
    absent. What can be shown instead are the hashes: of what was signed, and of its place in the
    board's chain (ADR 0015).
    """

    resource_type: ClassVar[str] = "Provenance"
    model = Decision
    shared = staticmethod(decisions)
    narrowings: ClassVar = of_case(
        recorded=by_moment("signed_at"), when=by_moment("signed_at"), target=_signed_with
    )

    def rows(self) -> QuerySet[Any]:
        """Signed decisions with what follows from each."""
        tasks = Task.objects.only("pk", "decision_id").order_by("recommendation__position")
        return signed(Decision.objects.all()).prefetch_related(Prefetch("tasks", queryset=tasks))

    def project(self, row: Any) -> dict[str, Any]:
        """What was signed, by whom, in which role, and its place in the chain."""
        signer = person(row.signed_by_id, row.signer_name)
        at = instant(row.signed_at)
        return said(
            resourceType=self.resource_type,
            extension=[_chain(row)],
            target=list(_signed_targets(row)),
            occurredDateTime=at,
            recorded=at,
            reason=[{"text": row.meaning}],
            activity=category("v3-DocumentCompletion", "LA"),
            agent=[
                {
                    "type": category("provenance-participant-type", ATTESTER),
                    "role": [{"text": row.signer_role}],
                    "who": signer,
                    "onBehalfOf": reference("Organization", row.institution_id),
                }
            ],
            entity=list(_sources(row)),
            signature=[{"type": [VERIFICATION], "when": at, "who": signer}],
        )

    def stand(self, row: Any) -> Stand:
        """There is one."""
        return Stand(1, row.signed_at, row)


def _signed_targets(decision: Any) -> Iterator[dict[str, str]]:
    yield reference(IMPRESSION, decision.pk)
    if decision.outcome == Outcome.RECOMMENDATION:
        yield reference(PLAN, decision.pk)
        for task in decision.tasks.all():
            yield reference("ServiceRequest", task.pk)


def _sources(decision: Any) -> Iterator[dict[str, Any]]:
    """What the signer saw, and the version that was amended."""
    yield {"role": "source", "what": reference("GuidanceResponse", decision.assessment_id)}
    if decision.previous:
        yield {"role": "revision", "what": reference(IMPRESSION, decision.previous)}


def _chain(decision: Decision) -> dict[str, Any]:
    """The hashes; what was signed before there were chains has the first alone."""
    hashes = {
        "content-hash": decision.content_hash,
        "assessment-hash": decision.assessment_hash,
        "previous-hash": decision.previous_hash,
        "chain-hash": decision.chain_hash,
    }
    parts: list[dict[str, Any]] = [
        {"url": name, "valueString": value} for name, value in hashes.items() if value
    ]
    if decision.chain_position:
        parts.append({"url": "chain-position", "valuePositiveInt": decision.chain_position})
    return extension("decision-signature", extension=parts)


class WrittenProvenance(Source):
    """The entries of the history of one kind of row: who wrote it, when, and how.

    An id is the kind's name and the entry's number. Each entry is a version of every resource that
    the row gave then, of the same time.
    """

    resource_type: ClassVar[str] = "Provenance"

    def __init__(self, sources: Sequence[Source]) -> None:
        """Of the history of the rows that `sources`, all of one model, are made from."""
        self.sources = sources
        self.written = sources[0].model
        self.model = events_of(sources[0])  # type: ignore[misc]
        self.patient = _in_entries(sources[0].patient)  # type: ignore[misc]
        self.case = _in_entries(sources[0].case)  # type: ignore[misc]
        whose = {"patient": by_reference(self.patient)} if self.patient else {}
        self.narrowings = {  # type: ignore[misc]
            **whose,
            "recorded": by_moment("pgh_created_at"),
            "when": by_moment("pgh_created_at"),
            "target": self._narrow_to_targets,
        }

    def rows(self) -> QuerySet[Any]:
        """The entries, each with who wrote it and whether they are or were a member."""
        members: Any = Membership.pgh_event_model  # type: ignore[attr-defined]
        writer = Cast(KeyTextTransform("person", "pgh_context"), UUIDField())
        entries: Any = self.model
        return entries.objects.annotate(writer=writer).annotate(
            writer_name=Subquery(User.objects.filter(pk=OuterRef("writer")).values("name")[:1]),
            was_member=Exists(members.objects.filter(user=OuterRef("writer"))),
        )

    def project(self, row: Any) -> dict[str, Any]:
        """What was written, by whom, when."""
        at = instant(row.pgh_created_at)
        return {
            "resourceType": self.resource_type,
            "target": self._targets(row),
            "occurredDateTime": at,
            "recorded": at,
            "activity": category("v3-DataOperation", OPERATIONS[row.pgh_label]),
            "agent": [
                {"type": category("provenance-participant-type", ENTERER), "who": _writer(row)}
            ],
        }

    def stand(self, row: Any) -> Stand:
        """There is one: history is only ever added to."""
        return Stand(1, row.pgh_created_at, row)

    def id_of(self, row: Any) -> str:
        """The kind's name and the entry's number."""
        return f"{self.written._meta.model_name}-{row.pk}"

    def row_id(self, resource_id: str) -> Any:
        """The entry that an id names; None where it is not of this kind."""
        name, _, number = resource_id.partition("-")
        is_ours = name == self.written._meta.model_name and number.isascii() and number.isdecimal()
        return int(number) if is_ours and len(number) <= LONGEST else None

    def _targets(self, entry: Any) -> list[dict[str, str]]:
        """What the row gave then; the tumor where that is nothing, as of most answers."""
        then = rebuilt(self.sources[0], entry, None)
        given = [each for each in self.sources if each.gives(then)]
        if not given and getattr(entry, "case_id", None):
            return [condition_of(entry)]
        return [
            reference(each.resource_type, entry.pgh_obj_id, each.suffix)
            for each in given or self.sources
        ]

    def _narrow_to_targets(self, rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        named = [value.rstrip("/").rpartition("/")[2] for value in values]
        keys = {source.row_id(each) for source in self.sources for each in named}
        return rows.filter(pgh_obj_id__in=keys - {None})


def written_by(sources: Sequence[Source]) -> Iterator[WrittenProvenance]:
    """One source for the history of each kind of row that others are made from."""
    of_models: dict[type[Model], list[Source]] = {}
    for source in sources:
        if events_of(source) is not None:
            of_models.setdefault(source.model, []).append(source)
    yield from map(WrittenProvenance, of_models.values())


def _in_entries(path: str) -> str:
    """A way from a row as one from an entry of its history: the row itself is `pgh_obj` there.

    What leads to the row, and not from it, has no way from an entry.
    """
    if path in ("pk", "id"):
        return "pgh_obj_id"
    return "" if path.startswith("items") else path


def _writer(row: Any) -> dict[str, Any]:
    """A member by reference; an API client, which is nobody's account, by name alone."""
    if row.writer is None or row.writer_name is None:
        return SYSTEM
    if row.was_member:
        return person(row.writer, row.writer_name)
    return {"display": row.writer_name}
