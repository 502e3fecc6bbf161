"""DiagnosticReports: of imaging, of pathology, of the laboratory."""

from typing import Any

from cases.readings.answer import Coded
from cases.readings.fhir.datatypes import coded, codes_in, day, period, reference, reference_to
from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import is_said
from cases.readings.fhir.texts import REPORT_LETTERS, text_of
from cases.readings.findings.outcomes import outcome_of
from cases.readings.reading import Kind
from cases.readings.sections import IMAGING, PATHOLOGY
from cases.readings.studies import examination
from cases.terminology import codes

SECTIONS = ("http://terminology.hl7.org/CodeSystem/v2-0074", "HL70074")
SUMMARY_LETTERS = 5_000
ACCESSION = "ACSN"
LABORATORY_LETTERS, NUMBER_LETTERS = 200, 60
LONG = "It has more than {:,} letters."
NO_DAY = "The day of the study is not given, so no study is entered."
NO_KIND = "Neither its category nor its code says what was examined."


def read(resource: Resource) -> None:
    """Write down what a DiagnosticReport says beside the observations that it names."""
    root = resource.root
    # The values of a panel are observations of their own.
    root.at("result"), root.at("identifier")
    if not is_said(resource):
        return
    about = coded(root.at("code"))
    sections = _sections(root)
    known = examination(about, local=resource.local)
    if sections & PATHOLOGY or (root.each("specimen") and not sections and _text_parts(root)):
        _read_pathology(resource)
    elif known or sections & IMAGING or root.each("imagingStudy"):
        _read_imaging(resource, known)
    elif _text_parts(root) and not root.each("result"):
        resource.tell_codes(about)
        root.tell(NO_KIND)


def _read_pathology(resource: Resource) -> None:
    root = resource.root
    issued = _reported(root)
    numbers = root.each("identifier")
    values: dict[str, Any] = {
        "reported_on": issued,
        "report": _text(root),
        "laboratory": _fitting(root.first("performer").text("display"), LABORATORY_LETTERS, root),
        "report_number": _fitting(
            numbers[0].text("value") if numbers else "", NUMBER_LETTERS, root
        ),
    }
    specimens = [named for part in root.each("specimen") if (named := reference(part))]
    for specimen in specimens or [resource.origin]:
        resource.say(Kind.SPECIMEN, values, on=issued or _day(root), belongs_to=specimen)


def _read_imaging(resource: Resource, known: dict[str, str]) -> None:
    """The result of a study; where the study itself does not come, the report tells of it."""
    root = resource.root
    performed, issued = _day(root), _reported(root)
    study = reference_to(root.each("imagingStudy"), "ImagingStudy")
    text: dict[str, Any] = {"report": _text(root), "reported_on": issued}
    if not study and known and performed is None:
        root.tell(NO_DAY)
    elif not study and known:
        number = _accession(root)
        values = {**known, "performed_on": performed, "accession_number": number, **text}
        resource.say(Kind.STUDY, values, on=performed)
        study, text = number or resource.origin, {}
    study = study or reference_to(root.each("basedOn"), "ServiceRequest")
    conclusions = codes_in(root.each("conclusionCode"), root.at("conclusionCode").path)
    outcome = outcome_of(conclusions, local=resource.local)
    if not outcome and conclusions.codes:
        resource.tell_codes(conclusions)
    summary = _fitting(root.text("conclusion"), SUMMARY_LETTERS, root.at("conclusion"))
    values = {
        "outcome": outcome,
        "summary": summary,
        **text,
    }
    resource.say(Kind.RESULT, values, on=performed or issued, belongs_to=study)


def _accession(root: Part) -> str:
    """The number under which the study is kept; empty where none is marked so."""
    for part in root.each("identifier"):
        kinds = {code.code for code in coded(part.at("type")).codes}
        if ACCESSION in kinds:
            return _fitting(part.text("value"), NUMBER_LETTERS, part)
    return ""


def _sections(root: Part) -> set[str]:
    given: Coded = codes_in(root.each("category"), root.at("category").path)
    return {code.code for code in given.codes if codes.canonical(code.system) in SECTIONS}


def _text_parts(root: Part) -> bool:
    return bool(root.each("presentedForm")) or bool(root.at("conclusion"))


def _text(root: Part) -> str:
    """The report's own text; its conclusion where nothing else comes."""
    texts = [text for part in root.each("presentedForm") if (text := text_of(part))]
    text = "\n\n".join(texts) or root.text("conclusion")
    return _fitting(text, REPORT_LETTERS, root)


def _reported(root: Part) -> Any:
    """The day of the report: as our own extension says it, else when it was issued."""
    issued = day(root.at("issued"))
    own = root.own_extension("reported-on")
    return day(own.at("valueDate")) if own is not None else issued


def _day(root: Part) -> Any:
    given = root.one_of("effectiveDateTime", "effectivePeriod")
    if given is None:
        return None
    return period(given)[0] if given.path.endswith("Period") else day(given)


def _fitting(text: str, letters: int, part: Part) -> str:
    if len(text) <= letters:
        return text
    part.tell(LONG.format(letters))
    return ""
