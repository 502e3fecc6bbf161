"""ORU: values of the laboratory, reports of imaging and of pathology."""

from typing import Any

from cases.readings import findings, naming
from cases.readings.answer import Coded
from cases.readings.findings.finding import Finding
from cases.readings.hl7v2 import examinations as about
from cases.readings.hl7v2.groups import Group
from cases.readings.hl7v2.segments import Segment
from cases.readings.hl7v2.specimens import read_specimen, specimen_number
from cases.readings.hl7v2.statuses import is_said
from cases.readings.hl7v2.values import is_text, limits, text, value
from cases.readings.notebook import Notebook
from cases.readings.reading import Kind, Reading
from cases.readings.sections import IMAGING, PATHOLOGY
from cases.readings.studies import examination
from cases.terminology import codes
from cases.terminology.codes import LocalCodes

OBX_CODE, OBX_STATUS, OBX_TIME, OBX_WHO, NTE_TEXT = 3, 11, 14, 23, 3
#: The impression of a radiologist: by LOINC, and by the suffix of table 0396's old usage "&IMP".
LOINC, IMPRESSION, SUFFIX = "http://loinc.org", "19005-8", "IMP"
REPORT_LETTERS, SUMMARY_LETTERS = 50_000, 5_000
LONG = "The report has more than {:,} letters."
NO_DAY = "The day of the study is not given, so no study is entered."
READ_OF_OBX = frozenset({1, 2, OBX_CODE, 4, 5, 6, 7, OBX_STATUS, OBX_TIME, OBX_WHO})
NO_TUMOR = "This specimen is not one of pathology."
NO_KIND = "What was examined cannot be told, so its text is not read."
NO_NUMBER = "No number says which specimen or study it belongs to."


class Examination:
    """One OBR with what was observed, while it is read."""

    def __init__(
        self, group: Group, *, subject: str, local: LocalCodes, notebook: Notebook
    ) -> None:
        self.group = group
        self.subject = subject
        self.origin = group.request.path if group.request else "OBR"
        self.local = local
        self.notebook = notebook
        self.kind = examination(about.service(group), local=local)
        section = about.section(group)
        self.is_pathology = section in PATHOLOGY
        self.is_imaging = not self.is_pathology and (bool(self.kind) or section in IMAGING)
        self.on = about.day(group.request, about.OBSERVED, notebook)
        self.numbers = about.numbers(group, notebook) if self.is_imaging else {}
        self.study = self._study() if self.is_imaging else ""
        self.specimen = specimen_number(group) if self.is_pathology else ""
        self.lines: list[str] = []
        self.impression: list[str] = []

    def read(self) -> None:
        """Write down everything that the examination says."""
        request, order = self.group.request, self.group.order
        if request is not None and not is_said(request, about.STATUS, self.notebook):
            return
        if request is not None:
            request.tell_rest(about.READ_OF_OBR, self.notebook)
        if order is not None:
            order.tell_rest(about.READ_OF_ORC, self.notebook)
        for segment, notes in self.group.observations:
            if is_said(segment, OBX_STATUS, self.notebook):
                self._read_observation(segment, _text_of(notes))
        self.lines += [_text_of([note]) for note in self.group.notes]
        for segment in self.group.specimens:
            if not self.is_pathology:
                self.notebook.tell(segment.path, NO_TUMOR)
                continue
            read_specimen(
                segment,
                self.specimen,
                subject=self.subject,
                local=self.local,
                notebook=self.notebook,
            )
        if self.is_imaging:
            self._say_study()
        elif self.is_pathology:
            self._say_pathology()
        elif self.lines:
            self.notebook.tell(self.origin, NO_KIND)

    def _study(self) -> str:
        """How the study is referred to: by its number, else as what the report itself says."""
        number = self.numbers.get("accession_number", "")
        is_told = self.kind and self.on
        return number or (self.origin if is_told else about.filler(self.group))

    def _read_observation(self, segment: Segment, note: str) -> None:
        segment.tell_rest(READ_OF_OBX, self.notebook)
        coded = segment.coded(OBX_CODE)
        if (self.is_imaging or self.is_pathology) and self._is_line(segment, coded):
            place = self.impression if _is_impression(segment, coded) else self.lines
            place.append(text(segment))
            self.lines += [note] if note else []
            return
        low, high = limits(segment, self.notebook)
        finding = Finding(
            about=coded,
            answer=value(segment, self.notebook),
            origin=segment.path,
            path=segment.path,
            subject=self.subject,
            on=about.day(segment, OBX_TIME, self.notebook) or self.on,
            specimen=self.specimen,
            study=self.study,
            low=low,
            high=high,
            laboratory=segment.text(OBX_WHO),
            note=note,
        )
        findings.read(finding, local=self.local, notebook=self.notebook)

    def _is_line(self, segment: Segment, coded: Coded) -> bool:
        """Whether it is a line of a report: text whose code asks for no value."""
        return is_text(segment) and naming.find(coded, *findings.PLACES, local=self.local) is None

    def _say_study(self) -> None:
        """The study of which a report tells, and its result."""
        reported = about.day(self.group.request, about.REPORTED, self.notebook)
        report = self._text(self.lines + self.impression, REPORT_LETTERS)
        of_study: dict[str, Any] = {"report": report, "reported_on": reported}
        if self.kind and self.on:
            study = {**self.kind, "performed_on": self.on, **self.numbers, **of_study}
            self._say(Kind.STUDY, study, "")
            of_study = {}
        elif self.kind:
            self.notebook.tell(self.origin, NO_DAY)
        else:
            naming.tell(about.service(self.group), local=self.local, notebook=self.notebook)
        if not self.study:
            self.notebook.tell(self.origin, NO_NUMBER)
        summary = self._text(self.impression, SUMMARY_LETTERS)
        self._say(Kind.RESULT, {"summary": summary, **of_study}, self.study)

    def _say_pathology(self) -> None:
        reported = about.day(self.group.request, about.REPORTED, self.notebook)
        report = self._text(self.lines + self.impression, REPORT_LETTERS)
        if not self.specimen:
            self.notebook.tell(self.origin, NO_NUMBER)
        values = {"report": report, "reported_on": reported}
        self._say(Kind.SPECIMEN, values, self.specimen or self.origin)

    def _say(self, kind: Kind, values: dict[str, Any], belongs_to: str) -> None:
        said = about.known(values)
        if said:
            self.notebook.say(
                Reading(kind, said, self.origin, self.subject, belongs_to=belongs_to, on=self.on)
            )

    def _text(self, lines: list[str], letters: int) -> str:
        text = "\n".join(lines).strip()
        if len(text) <= letters:
            return text
        self.notebook.tell(self.origin, LONG.format(letters))
        return ""


def _is_impression(segment: Segment, coded: Coded) -> bool:
    if segment.text(OBX_CODE, 1, 2) == SUFFIX:
        return True
    return any(
        code.code == IMPRESSION and codes.canonical(code.system) == LOINC for code in coded.codes
    )


def _text_of(notes: list[Segment]) -> str:
    return "\n".join(text for note in notes if (text := note.whole(NTE_TEXT)))
