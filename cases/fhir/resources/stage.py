"""Observation: T, N, M and the stage group, as they were reckoned from the facts of a case."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet

from cases.fhir.references import instant
from cases.fhir.resources import mcode
from cases.fhir.resources.codings import SNOMED, absent, category, concept
from cases.fhir.resources.elements import LONG_OF_CASE, condition_of, notes, said, subject_of
from cases.fhir.resources.narrowings import by_code, by_day, of_case
from cases.fhir.source import Narrowing, Source, Stand, reference
from cases.models import Assessment, Case
from cases.selectors.staging import staging_of
from cases.terminology.codes import Coding
from guidance.engine.staging import RESTS_ON


class Part(NamedTuple):
    """One of T, N, M and the group: its concept, its words, and what it stands behind an id as."""

    concept: str
    words: str
    suffix: str


#: By their names in an assessment.
PARTS: Mapping[str, Part] = {
    "t": Part("tnm/T", "T category", "t"),
    "n": Part("tnm/N", "N category", "n"),
    "m": Part("tnm/M", "M category", "m"),
    "stage": Part("tnm/stage_group", "TNM stage group", "stage"),
}
#: What a stage group is of.
CATEGORIES = ("t", "n", "m")
#: The facts of which one must be known, so that there is anything to say.
FACTS: Mapping[str, list[str]] = {
    "t": [*RESTS_ON["t"]],
    "n": [*RESTS_ON["n"]],
    "m": [*RESTS_ON["m"], "metastases_known"],
    "stage": [*RESTS_ON["t"], *RESTS_ON["n"], *RESTS_ON["m"], "metastases_known"],
}


def _is_neutral(coding: Coding) -> bool:
    """LOINC's codes say that the category is clinical or pathologic; those of SNOMED CT do not."""
    return coding.system == SNOMED


def code_of(part: Part) -> dict[str, Any]:
    """What is staged, as a code."""
    return concept(part.concept, part.words, fits=_is_neutral)


def narrowed(part: str) -> Mapping[str, Narrowing]:
    """The narrowings of one part of TNM."""
    return of_case(date=by_day("evaluated_on"), code=by_code(code_of(PARTS[part])))


def current() -> QuerySet[Any]:
    """The assessments by which cases stand now, without their answers."""
    now = Case.objects.filter(assessment__isnull=False).values("assessment")
    found = Assessment.objects.filter(pk__in=now).select_related("case")
    return found.defer("answer", "origins", LONG_OF_CASE)


class Staging(Source):
    """One part of TNM, of the current assessment of each case that says anything of it.

    The guidance reckons it from the facts and no person stages by it, so it is `preliminary`. It is
    neither clinical nor pathologic: the facts say from where they are, each for itself. One that
    the facts leave open has no value and says how far it is known. An assessment is never changed,
    so there is one version; a new one has a new id.
    """

    resource_type: ClassVar[str] = "Observation"
    model = Assessment
    shared = staticmethod(current)
    #: A name of `PARTS`.
    part: ClassVar[str]

    def rows(self) -> QuerySet[Any]:
        """Those that say anything of it."""
        return current().filter(facts__has_any_keys=FACTS[self.part])

    def is_among(self, row: Assessment) -> bool:
        """Whether it says anything of it."""
        return not row.facts.keys().isdisjoint(FACTS[self.part])

    def project(self, row: Assessment) -> dict[str, Any]:
        """The category, by which system, and of which tumor."""
        staging = staging_of(row)
        part, found = PARTS[self.part], staging[self.part]
        return said(
            resourceType=self.resource_type,
            status="preliminary",
            category=[category("observation-category", "survey")],
            code=code_of(part),
            subject=subject_of(row),
            focus=[condition_of(row)],
            effectiveDateTime=row.evaluated_on.isoformat(),
            issued=instant(row.made_at),
            method=_method(staging),
            hasMember=_members(row, staging) if self.part == "stage" else [],
            **_value(part, found),
        )

    def stand(self, row: Assessment) -> Stand:
        """The only version, since the assessment was made."""
        return Stand(1, row.made_at, row)


def _value(part: Part, found: Mapping[str, Any]) -> dict[str, Any]:
    """The category, or that it is open, how far it is known, and why."""
    if found["category"]:
        path = f"{part.concept}/{found['category']}"
        return {"valueCodeableConcept": concept(path, found["category"])}
    lowest = f"At least {found['at_least']}." if found["at_least"] else ""
    reason = found["reason"]["text"] if found["reason"] else ""
    return {"dataAbsentReason": absent("unknown"), "note": notes(lowest, reason)}


def _method(staging: Mapping[str, Any]) -> dict[str, Any]:
    return concept(f"fact/tnm_system/{staging['system']}", staging["system_name"])


def _members(row: Assessment, staging: Mapping[str, Any]) -> list[dict[str, str]]:
    """The categories that are definite."""
    return [
        reference("Observation", row.pk, PARTS[name].suffix)
        for name in CATEGORIES
        if staging[name]["category"]
    ]


class StageGroup(Staging):
    """The stage group."""

    part: ClassVar[str] = "stage"
    suffix: ClassVar[str] = PARTS["stage"].suffix
    narrowings: ClassVar = narrowed("stage")
    profiles: ClassVar = (mcode.STAGE_GROUP,)


class TumorCategory(Staging):
    """T."""

    part: ClassVar[str] = "t"
    suffix: ClassVar[str] = PARTS["t"].suffix
    narrowings: ClassVar = narrowed("t")
    profiles: ClassVar = (mcode.T_CATEGORY,)


class NodesCategory(Staging):
    """N."""

    part: ClassVar[str] = "n"
    suffix: ClassVar[str] = PARTS["n"].suffix
    narrowings: ClassVar = narrowed("n")
    profiles: ClassVar = (mcode.N_CATEGORY,)


class MetastasesCategory(Staging):
    """M."""

    part: ClassVar[str] = "m"
    suffix: ClassVar[str] = PARTS["m"].suffix
    narrowings: ClassVar = narrowed("m")
    profiles: ClassVar = (mcode.M_CATEGORY,)
