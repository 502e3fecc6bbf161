"""Facts from treatments and procedures.

docs/decisions/0010-what-treatments-say.md says which are derived, which only proposed, and why.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cases.models import Case, Procedure, Treatment
from cases.models.procedure import PANCREATIC, ProcedureKind
from cases.models.treatment import MEDICAL, SURGICAL, BestResponse, StopReason, TreatmentType
from cases.selectors.known import Known
from cases.selectors.procedures import gating
from cases.selectors.provenance import of_rows, of_treatments
from cases.selectors.treatments import treatment_dates
from tumorboard.formats import day

#: Operations after which a complete resection may be reckoned.
RESECTIONS = frozenset({TreatmentType.SURGERY_PRIMARY, TreatmentType.SURGERY_LIVER})
CHEMOTHERAPY = frozenset({TreatmentType.CHEMO, TreatmentType.PLATINUM_CHEMO})
#: The longest time since a resection that guidance reckons with, in years (fact 51).
RECKONED_YEARS = 50
LONG_AGO = datetime.datetime.min.replace(tzinfo=datetime.UTC)


@dataclass(frozen=True)
class History:
    """Treatments and procedures of one case, and when each treatment was written last, by id."""

    treatments: Sequence[Treatment] = ()
    procedures: Sequence[Procedure] = ()
    written: Mapping[UUID, datetime.datetime] = field(default_factory=dict)

    def entered_at(self, *rows: Treatment | Procedure) -> datetime.datetime:
        """When the last of `rows` was written."""
        times = (
            row.entered_at if isinstance(row, Procedure) else self.written.get(row.id, LONG_AGO)
            for row in rows
        )
        return max(times, default=LONG_AGO)


def history_of(case: Case, *, treatments: Sequence[Treatment] | None = None) -> History:
    """Read the history of a case, in three queries at most.

    Args:
        treatments: those of the case, where they have been read already.
    """
    if treatments is None:
        treatments = list(Treatment.objects.filter(case=case).order_by("start", "id"))
    procedures = list(Procedure.objects.filter(case=case).order_by("done_on", "id"))
    return History(treatments, procedures, _written(case, treatments))


def _written(case: Case, treatments: Sequence[Treatment]) -> dict[UUID, datetime.datetime]:
    if not treatments:
        return {}
    ids = [row.id for row in treatments]
    # The institution comes first in the index that finds the history of a row.
    events = Treatment.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        institution_id=case.institution_id, pgh_obj_id__in=ids
    )
    return dict(events.order_by("pgh_id").values_list("pgh_obj_id", "pgh_created_at"))


def history_facts(history: History, *, on: datetime.date) -> Iterator[tuple[str, Known]]:
    """What treatments and procedures say; asks for no row.

    Only what a row says itself is derived, and never that something is absent. What the
    specification leaves to a clinician (A-02, A-04, A-30) is proposed by
    `cases.selectors.history_proposals`.

    Args:
        on: the day of the assessment.
    """
    yield from _biliary(history)
    yield from _ongoing(history)
    yield from _failed(history)
    yield from _resected(history, on)


def _biliary(history: History) -> Iterator[tuple[str, Known]]:
    """Fact 61 [004 L749-L752]; a total pancreatectomy is read so on the safe side [INT]."""
    fact = "bilioenteric_anastomosis_or_biliary_device"
    there = gating(history.procedures)
    if there:
        origin = f"From the procedures: {_procedures(there)}"
        yield fact, Known(True, "procedures.biliary", origin, of_rows("procedures", there))
        return
    total = [row for row in history.procedures if row.kind == ProcedureKind.TOTAL_PANCREATECTOMY]
    if total:
        origin = f"From the procedures: {_procedures(total)}"
        shown = of_rows("procedures", total)
        rule = "procedures.total_pancreatectomy"
        yield fact, Known(True, rule, origin, shown, history.entered_at(*total))


def _ongoing(history: History) -> Iterator[tuple[str, Known]]:
    """What goes on now: contradictions C-03 and C-07 read it the same way."""
    ongoing = [row for row in history.treatments if row.ongoing]
    if not ongoing:
        return
    rule = "treatments.ongoing"
    yield "treated_for_current_disease", _said(history, ongoing, rule)
    yield "current_management", _said(history, ongoing, rule, "active_treatment")
    drugs = [row for row in ongoing if row.type in CHEMOTHERAPY]
    if drugs:
        yield "on_chemo_or_biologic", _said(history, drugs, "treatments.chemo")


def _failed(history: History) -> Iterator[tuple[str, Known]]:
    """Progression under a treatment, as a person recorded it.

    What came before a later operation says nothing of the disease after it.
    """
    failed = [
        row
        for row in history.treatments
        if row.type not in SURGICAL
        and (
            row.stop_reason == StopReason.PROGRESSION
            or row.best_response == BestResponse.PROGRESSION
        )
        and not _followed_by_surgery(row, history.treatments)
    ]
    if failed:
        yield "progression_documented", _said(history, failed, "treatments.progression")
    medical = [row for row in failed if row.type in MEDICAL]
    if medical:
        yield "medical_therapy_failed", _said(history, medical, "treatments.medical_failure")


def _followed_by_surgery(treatment: Treatment, treatments: Sequence[Treatment]) -> bool:
    """Whether an operation came after a treatment, or may have."""
    since = treatment.end or treatment.start
    return any(
        row.type in SURGICAL and (row.start is None or since is None or row.start >= since)
        for row in treatments
    )


def _resected(history: History, on: datetime.date) -> Iterator[tuple[str, Known]]:
    """The day of the last resection, where the primary was resected and every day is known.

    Whether the resection was complete is a clinician's to say (A-30).
    """
    operations = [row for row in history.treatments if row.type in RESECTIONS]
    procedures = [row for row in history.procedures if row.kind in PANCREATIC]
    primary = [row for row in operations if row.type == TreatmentType.SURGERY_PRIMARY]
    left = [row for row in history.treatments if row.type in SURGICAL - RESECTIONS]
    dates = [*(row.start for row in operations), *(row.done_on for row in procedures)]
    if left or not (primary or procedures) or None in dates:
        return
    last = max(date for date in dates if date)
    if (last.year + RECKONED_YEARS, last.month, last.day) < (on.year, on.month, on.day):
        return
    of_last = [row for row in operations if row.start == last]
    done = [row for row in procedures if row.done_on == last]
    shown = of_treatments(of_last) | (of_rows("procedures", done) if done else {})
    origin = f"From the surgery of {day(last)}"
    entered_at = history.entered_at(*operations, *procedures)
    rule = "treatments.resection"
    yield "resection_date", Known(last.isoformat(), rule, origin, shown, entered_at)


def _said(history: History, rows: Sequence[Treatment], rule: str, value: object = True) -> Known:
    """What treatments say together; a person who answers after the last of them says more."""
    names = "; ".join(f"{row.get_type_display()}, {treatment_dates(row)}" for row in rows)
    origin = f"From the treatments: {names}"
    return Known(value, rule, origin, of_treatments(rows), history.entered_at(*rows))


def _procedures(rows: Sequence[Procedure]) -> str:
    return "; ".join(f"{row.get_kind_display()}, {day(row.done_on)}" for row in rows)
