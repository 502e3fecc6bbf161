"""What treatments and specimens suggest, but a clinician has to say.

The specification leaves these to a person (A-02, A-04, A-30), so the record only puts them forward.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cases.models import Treatment
from cases.models.treatment import LIVER_DIRECTED, SURGICAL, Intent, Margin, TreatmentType
from cases.selectors.treatment_findings import named


@dataclass(frozen=True)
class Proposal:
    """A value of a fact that the record suggests, because of `rows`; `source` of the rule.

    `answered` is what a person said otherwise, None where nobody did: then both sides are shown.
    One that `yields` has nothing to say once somebody answered.
    """

    fact: str
    value: Any
    because: str
    rows: tuple[Treatment, ...]
    source: str
    yields: bool = False
    answered: Any = None


def proposals(treatments: Sequence[Treatment], *, known: Mapping[str, Any]) -> list[Proposal]:
    """What the treatments of a case suggest beside what is known; asks for no row.

    Args:
        known: the facts that are known already, with their values.
    """
    found = (*_definitive(treatments), *_current(treatments), *_resection(treatments))
    return [
        replace(proposal, answered=answered)
        for proposal in found
        if (answered := known.get(proposal.fact)) is None
        or (answered != proposal.value and not proposal.yields)
    ]


def _definitive(treatments: Sequence[Treatment]) -> Iterator[Proposal]:
    """Any treatment directed at the tumor counts (A-02); one for symptoms alone is not."""
    rows = [row for row in treatments if row.intent != Intent.SYMPTOM_CONTROL]
    if rows:
        yield _proposal("definitive_treatment_done", True, rows, "002 L11; INT; A-02")


def _current(treatments: Sequence[Treatment]) -> Iterator[Proposal]:
    """What was given after the last operation was given for the disease as it now is (A-04)."""
    operated = [row for row in treatments if row.type in SURGICAL]
    last = max((row.start for row in operated if row.start), default=None)
    if any(row.start is None for row in operated):
        return
    rows = [
        row
        for row in treatments
        if row.type not in SURGICAL
        and row.intent != Intent.NEOADJUVANT
        and (last is None or (row.start is not None and row.start > last))
    ]
    if rows:
        yield _proposal("treated_for_current_disease", True, rows, "000 L9, L16; INT; A-04")


def _resection(treatments: Sequence[Treatment]) -> Iterator[Proposal]:
    """R2 at the last operation suggests incomplete, R0 of the primary complete.

    Complete means that every known metastasis is gone too, and by surgery (A-30): where anything
    was done to the liver short of resection, nothing is proposed.
    """
    operated = [row for row in treatments if row.type in SURGICAL]
    if not operated or any(row.start is None for row in operated):
        return
    last = max(row.start for row in operated if row.start)
    margins = {row.margin for row in operated if row.start == last}
    source = "000 L14; 001 L11; INT; A-30"
    if Margin.R2 in margins:
        yield _proposal("resection_status", "incomplete", operated, source)
        return
    primary = [row for row in operated if row.type == TreatmentType.SURGERY_PRIMARY]
    debulked = any(row.type == TreatmentType.DEBULKING for row in operated)
    in_liver = any(row.type in LIVER_DIRECTED for row in treatments)
    if primary and {row.margin for row in operated} == {Margin.R0} and not (debulked or in_liver):
        # Answered otherwise is no contradiction: metastases may have been left in place.
        yield replace(_proposal("resection_status", "complete", operated, source), yields=True)


def _proposal(fact: str, value: Any, rows: Sequence[Treatment], source: str) -> Proposal:
    return Proposal(fact, value, "; ".join(map(named, rows)), tuple(rows), source)
