"""The specimens of a case as a board reads them: grades, and what does not fit together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cases.models import Case, Specimen
from cases.models.specimen import Differentiation, WhoVersion
from cases.selectors.finding import CAUTION, INFO, Finding
from cases.selectors.pathology_facts import specimen_words, specimens_in
from cases.selectors.specimen_grades import grading, is_carcinoma, reported_by, speaker
from cases.selectors.words import grade_words
from guidance.calculators.grade import DISCORDANT, Grading
from guidance.editions import policies, shelf
from guidance.engine.checks import Check, raise_warnings
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.values import number_words, value_words

#: The checks of an edition that flags of a grade raise arise in this status too.
STATUS = "CONFLICT"
REPORTED = "GRADE-REPORTED"
EDITIONS = "GRADE-EDITIONS"
LOW_GRADE_POOR = "CLS-06"
LOWER_GRADES = ("G1", "G2")
NO_CLASS = "no class"
#: WHO editions that count mitoses per 2 mm2; the record has them per 10 HPF (specification 8.2).
PER_2_MM2 = (WhoVersion.WHO2019, WhoVersion.WHO2022)
NOT_CONVERTED = "counted per 10 HPF; {} counts per 2 mm2; not converted"


@dataclass(frozen=True)
class Graded:
    """One specimen with its grade.

    `in_force` is the grade by the WHO edition of the institution, `by_report` by the one that the
    pathologist used (None where the report names none). `speaks` says whether the guidance reads
    this specimen's grade.
    """

    specimen: Specimen
    who_version: str
    in_force: Grading
    by_report: Grading | None
    speaks: bool
    findings: tuple[Finding, ...]

    @property
    def words(self) -> str:
        """The specimen in a sentence."""
        return specimen_words(self.specimen)

    @property
    def grade(self) -> str:
        """The grade in force with its edition; "no class" in its gap; else "unknown"."""
        return _in_words(self.in_force, self.who_version)

    @property
    def reported(self) -> str:
        """The grade as the pathologist gave it, with the edition as far as it is named."""
        return grade_words(self.specimen.grade or None, self.specimen.who_version or None)

    @property
    def recomputed(self) -> str:
        """What the counts give by the pathologist's edition, where it is another; else empty."""
        other, found = self.specimen.who_version, self.by_report
        if found is None or other == self.who_version or not self.counts:
            return ""
        if found.by_pathologist:
            return grade_words(NO_CLASS, other) if found.in_gap else ""
        return _in_words(found, other)

    @property
    def counts(self) -> str:
        """Ki-67 and mitoses in words; empty where neither was counted."""
        return ", ".join(_counts(self.specimen))

    @property
    def unit_remark(self) -> str:
        """That the mitoses were counted in another unit than the edition's; else empty."""
        if self.specimen.mitoses_per_10hpf is None or self.who_version not in PER_2_MM2:
            return ""
        return NOT_CONVERTED.format(WhoVersion(self.who_version).label)

    @property
    def stains(self) -> str:
        """What it was stained for; empty where nobody says."""
        specimen, said = self.specimen, []
        for stain, label in (
            (specimen.chromogranin_a, "chromogranin A"),
            (specimen.synaptophysin, "synaptophysin"),
        ):
            if stain is not None:
                said.append(f"{label} {'positive' if stain else 'negative'}")
        if specimen.hormones is not None:
            found = value_words(DICTIONARY["hormone_ihc_positive"], specimen.hormones)
            said.append(f"hormones: {found}")
        return ", ".join(said)

    @property
    def nodes(self) -> str:
        """Lymph nodes with tumor of those examined: 2 of 14; empty where nobody says."""
        positive, examined = self.specimen.nodes_positive, self.specimen.nodes_examined
        if positive is None:
            return "" if examined is None else f"{examined} examined"
        return str(positive) if examined is None else f"{positive} of {examined}"


@dataclass(frozen=True)
class Pathology:
    """The specimens of a case, newest first, and what changed from one to the next."""

    specimens: tuple[Graded, ...]
    changes: tuple[Finding, ...]


def pathology_of(case: Case) -> Pathology:
    """Read and grade the specimens of a case, in four queries."""
    rows = specimens_in(case)
    checks = shelf.adopted().checks[STATUS]
    return graded(rows, who_version=policies.current().who_version, checks=checks)


def graded(rows: Sequence[Specimen], *, who_version: str, checks: Sequence[Check]) -> Pathology:
    """Grade specimens by the WHO edition in force; asks for no row.

    Args:
        rows: of one case, oldest first.
        checks: of the guidance, among them those on a grade.
    """
    speaking = speaker(rows, by=who_version)
    found = [_graded(row, who_version, checks, speaks=row is speaking) for row in rows]
    return Pathology(tuple(reversed(found)), tuple(_changes(found)))


def _graded(
    specimen: Specimen, who_version: str, checks: Sequence[Check], *, speaks: bool
) -> Graded:
    in_force = grading(specimen, by=who_version)
    edition = specimen.who_version
    by_report = grading(specimen, by=edition) if edition else None
    findings = (
        *_flagged(specimen, in_force, who_version, checks),
        *_against_report(specimen, in_force, by_report, who_version),
        *_low_grade_poor(specimen, in_force),
    )
    return Graded(specimen, who_version, in_force, by_report, speaks, findings)


def _flagged(
    specimen: Specimen, found: Grading, who_version: str, checks: Sequence[Check]
) -> Iterator[Finding]:
    """The checks of the guidance on a grade, in its words; both counts beside a discordance."""
    flagged = [check for check in checks if check.code in found.flags]
    reading = {"@grade_flags": found.flags, "who_version": who_version}
    for check in raise_warnings(reading, flagged):
        text = check.text
        if check.code == DISCORDANT:
            sides = zip(_counts(specimen), (found.by_ki67, found.by_mitoses), strict=True)
            both = "; ".join(f"{count}: {grade or NO_CLASS}" for count, grade in sides)
            text = f"{both}. {text}"
        yield Finding(check.code, check.severity, text, check.source)


def _against_report(
    specimen: Specimen, in_force: Grading, by_report: Grading | None, who_version: str
) -> Iterator[Finding]:
    """The pathologist's grade against the counts: both are shown (CLS-05)."""
    compared = by_report or in_force
    edition = specimen.who_version or who_version
    if specimen.grade and not compared.by_pathologist and compared.grade != specimen.grade:
        yield Finding(
            REPORTED,
            CAUTION,
            f"The report says {grade_words(specimen.grade, specimen.who_version or None)}; "
            f"{' and '.join(_counts(specimen))} give {grade_words(compared.grade, edition)}.",
            "004 L74-L78; INT",
        )
    if by_report is not None and by_report.grade != in_force.grade:
        text = (
            f"By the report's edition it is {_in_words(by_report, specimen.who_version)}, "
            f"by the edition in force {_in_words(in_force, who_version)}."
        )
        if in_force.grade is None and not reported_by(specimen, who_version):
            text += " The guidance is not given a grade of another edition."
        yield Finding(EDITIONS, INFO, text, "004 L103-L120; BS")


def _low_grade_poor(specimen: Specimen, found: Grading) -> Iterator[Finding]:
    """Poor differentiation or carcinoma with a low grade: unusual, so it is shown (CLS-06)."""
    if is_carcinoma(specimen) and found.grade in LOWER_GRADES:
        poor = specimen.differentiation == Differentiation.POOR
        kind = "poorly differentiated" if poor else specimen.get_subtype_display()
        text = f"The grade is {found.grade}, yet the report calls it {kind}. Check both."
        yield Finding(LOW_GRADE_POOR, CAUTION, text, "004 L63-L71, L120-L126")


def _changes(found: Sequence[Graded]) -> Iterator[Finding]:
    """What changed from one specimen to the next that says anything of it, oldest first."""
    rated = [row for row in found if row.in_force.grade is not None]
    for before, after in pairwise(rated):
        first, then = str(before.in_force.grade), str(after.in_force.grade)
        if first != then:
            verb = "rose" if then > first else "fell"
            edition = WhoVersion(after.who_version).label
            text = (
                f"The grade {verb} from {first}, {before.words}, to {then}, {after.words} "
                f"({edition})."
            )
            yield Finding(f"GRADE-{verb.upper()}", CAUTION, text, "INT; A-16")
    for column, label in (("differentiation", "Differentiation"), ("subtype", "The subtype")):
        saying = [row for row in found if getattr(row.specimen, column)]
        for before, after in pairwise(saying):
            first, then = (
                getattr(row.specimen, f"get_{column}_display")() for row in (before, after)
            )
            if first != then:
                text = f"{label} changed from {first}, {before.words}, to {then}, {after.words}."
                yield Finding(f"{column.upper()}-CHANGED", CAUTION, text, "INT")


def _in_words(found: Grading, who_version: str) -> str:
    """A grade with its edition; in the gap of WHO 2010 that there is no class."""
    if found.grade is None and found.in_gap:
        return grade_words(NO_CLASS, who_version)
    return grade_words(found.grade, who_version)


def _counts(specimen: Specimen) -> list[str]:
    counts = []
    if specimen.ki67_percent is not None:
        counts.append(f"Ki-67 {number_words(float(specimen.ki67_percent))} %")
    if specimen.mitoses_per_10hpf is not None:
        counts.append(f"mitoses {number_words(float(specimen.mitoses_per_10hpf))} per 10 HPF")
    return counts
