"""Observations: laboratory values, pathology, findings and facts."""

import datetime

from cases.readings import findings
from cases.readings.answer import Absent, Amount, Answer, Coded
from cases.readings.fhir.datatypes import (
    amount,
    coded,
    day,
    period,
    reference,
    reference_to,
    value,
)
from cases.readings.fhir.part import NO_PLACE, Part
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import is_said, silence
from cases.readings.findings import facts, specimen_columns
from cases.readings.findings.finding import Finding
from cases.readings.naming import Named
from cases.terminology import codes
from guidance.engine.dictionary import DICTIONARY

LOINC = "http://loinc.org"
#: The component of mCODE's tumor size that has the longest diameter.
LONGEST_DIAMETER = "33728-7"
#: Somebody asked, and nobody knows.
ASKED = frozenset({"unknown", "asked-unknown"})
#: Which tumor it is of, which is found by whoever looks for the case.
RELATED_CONDITION = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition"
ABSENT_REASONS = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
#: Our own panels whose components are read; others say how a study or lesion was recorded.
PANELS = frozenset({"pathology-findings", "result-findings"})
OF_ROWS = "This is told of rows here, and not read back."
#: Facts that are lists.
LISTS = tuple(f"fact/{name}" for name, fact in DICTIONARY.items() if fact.kind == "list")
WHO_VERSION = "fact/who_version"
NO_VALUE = "It has no value."
SEVERAL_RANGES = "It gives several reference ranges, and not which one is for this patient."
#: A range for everybody, where no other is said.
NORMAL = frozenset({"", "normal"})


def read(resource: Resource) -> None:
    """Write down what an Observation and its components say."""
    root = resource.root
    root.at("category"), root.at("identifier")
    subject = resource.subject
    if not is_said(resource):
        return
    own = resource.find(coded(root.at("code")), "record")
    if own is not None and own.last not in PANELS and own.last not in specimen_columns.RECORD:
        silence(resource, root.at("code"), OF_ROWS)
        return
    whole = _Whole(resource, subject)
    related = root.extension(RELATED_CONDITION)
    if related is not None:
        related.at("valueReference")
    # What a panel groups are observations of their own; of itself it says nothing.
    members = root.each("hasMember")
    answer = _answer(root)
    components = root.each("component")
    size = _tumor_size(components, whole) if answer is None else None
    if size is not None:
        answer, components = size
    if answer is not None or not (components or members):
        whole.read(root, answer)
    else:
        root.at("code")
    for component in components:
        whole.read(component, _answer(component))
    _read_edition(whole)


def _read_edition(whole: "_Whole") -> None:
    """By which edition a grade was given, which stands in the method."""
    resource = whole.resource
    part = resource.root.at("method")
    named = resource.find(coded(part), WHO_VERSION)
    if named is not None:
        finding = whole.finding(resource.root, coded(part))
        here = Named(WHO_VERSION, named.code)
        facts.read(here, finding, local=resource.local, notebook=resource.notebook)
    elif part:
        part.tell(NO_PLACE)


class _Whole:
    """What an observation says for all of its components."""

    def __init__(self, resource: Resource, subject: str) -> None:
        root = resource.root
        self.resource = resource
        self.subject = subject
        self.on = _day(root)
        self.specimen = reference(root.at("specimen"))
        sources = [*root.each("derivedFrom"), *root.each("partOf"), *root.each("focus")]
        self.study = reference_to(sources, "ImagingStudy", "DiagnosticReport")
        self.site, self.of_lesion = _site(resource)
        # Where the question itself is the list, its components are all the answers.
        self._is_list = resource.find(coded(root.at("code")), *LISTS) is not None
        self.laboratory = root.first("performer").text("display")
        self.note = " ".join(note.text("text") for note in root.each("note")).strip()

    def read(self, part: Part, answer: Answer | None) -> None:
        """Read the observation itself or one of its components."""
        finding = self.finding(part, answer)
        findings.read(finding, local=self.resource.local, notebook=self.resource.notebook)

    def finding(self, part: Part, answer: Answer | None) -> Finding:
        """What was observed, in our own form."""
        low, high = _limits(part)
        return Finding(
            about=coded(part.at("code")),
            answer=answer,
            origin=self.resource.origin,
            path=part.path,
            subject=self.subject,
            on=self.on,
            specimen=self.specimen,
            study=self.study,
            site=self.site,
            of_lesion=self.of_lesion,
            is_whole_list=part is not self.resource.root and self._is_list,
            low=low,
            high=high,
            laboratory=self.laboratory,
            note=self.note,
        )


def _site(resource: Resource) -> tuple[Coded | None, bool]:
    """Where it was observed, and whether on one lesion; a lesion's place is where it lies."""
    root = resource.root
    lesion = reference_to(root.each("focus"), "BodyStructure")
    if root.at("bodySite"):
        return coded(root.at("bodySite")), bool(lesion)
    structure = resource.others.get(lesion) if lesion else None
    if structure is None:
        return None, bool(lesion)
    return coded(Part(structure, lesion, resource.notebook).at("location")), True


def _answer(part: Part) -> Answer | None:
    """The value, or why there is none."""
    given = value(part)
    if given is not None or not part.at("dataAbsentReason"):
        return given
    absent = part.at("dataAbsentReason")
    reasons = coded(absent)
    known = {c.code for c in reasons.codes if codes.canonical(c.system) == ABSENT_REASONS}
    words = reasons.words or ", ".join(sorted(known)) or "no reason is given"
    return Absent(absent.path, f"{NO_VALUE[:-1]}: {words}.", bool(known & ASKED))


def _tumor_size(components: list[Part], whole: _Whole) -> tuple[Answer | None, list[Part]] | None:
    """The longest diameter of mCODE's tumor size, which stands in a component, and the others."""
    named = whole.resource.find(coded(whole.resource.root.at("code")), "fact/primary_size_mm")
    if named is None:
        return None
    for component in components:
        about: Coded = coded(component.at("code"))
        if any(c.code == LONGEST_DIAMETER and c.system == LOINC for c in about.codes):
            rest = [other for other in components if other is not component]
            return _answer(component), rest
    return None


def _day(root: Part) -> datetime.date | None:
    given = root.one_of("effectiveDateTime", "effectiveInstant", "effectivePeriod")
    if given is None:
        return None
    return period(given)[0] if given.path.endswith("Period") else day(given)


def _limits(part: Part) -> tuple[Amount | None, Amount | None]:
    """The one range of what is normal; none where several are given."""
    ranges = [one for one in part.each("referenceRange") if _is_normal(one)]
    if len(ranges) > 1:
        part.at("referenceRange").tell(SEVERAL_RANGES)
    if len(ranges) != 1:
        return None, None
    low, high = ranges[0].at("low"), ranges[0].at("high")
    return (amount(low) if low else None), (amount(high) if high else None)


def _is_normal(part: Part) -> bool:
    kinds = coded(part.at("type"))
    return not kinds.codes or any(code.code in NORMAL for code in kinds.codes)
