"""How a draft order wants the study made, and what of that differs from the guidance.

Priority is left alone: the guidance says nothing of how urgent a study is.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from cases.hooks.coded import codings, concepts
from cases.models import Study
from cases.models.study import Contrast, Phase, Region, Sequence, Tracer
from cases.readings.days import day_of
from cases.readings.notebook import Unreadable
from cases.terminology.codes import LocalCodes
from guidance.engine.ratings import Procedure

PHASES, DWI, MULTIPHASIC = "fact/ordered_phases", "fact/ordered_dwi", "fact/ordered_multiphasic"
#: What the guidance's traits of a study say of its contrast.
CONTRAST: Mapping[str, frozenset[str]] = {
    "iodinated": frozenset({Contrast.IODINATED}),
    "gadolinium": frozenset({Contrast.GADOLINIUM, Contrast.GADOLINIUM_HEPATOBILIARY}),
    "non_contrast": frozenset({Contrast.NONE}),
}
PET = "PET_"


def details(order: Mapping[str, Any], *, local: LocalCodes) -> dict[str, Any]:
    """Columns of a study that codes in `orderDetail` and `bodySite` fill.

    Words are not read: "no delayed phase" names one too.
    """
    said = list(concepts(codings(order.get("orderDetail")), local=local))
    found: dict[str, Any] = {}
    if phases := _members(said, PHASES, Phase.values):
        found["phases"] = phases
    if sequences := _members(said, "sequence", Sequence.values):
        found["sequences"] = sequences
    if DWI in said or Sequence.DWI in sequences:
        found["dwi"] = True
    if MULTIPHASIC in said:
        found["multiphasic"] = True
    sites = concepts(codings(order.get("bodySite")), local=local)
    if coverage := _members(list(sites), "region", Region.values):
        found["coverage"] = coverage
    return found


def planned_on(order: Mapping[str, Any]) -> datetime.date | None:
    """The day from which the study is wanted; None where the order does not name one."""
    period = order.get("occurrencePeriod")
    begin = period.get("start") if isinstance(period, dict) else order.get("occurrenceDateTime")
    try:
        return day_of(begin) if isinstance(begin, str) else None
    except Unreadable:
        return None


def differences(
    study: Study, procedure: Procedure, check: Mapping[str, Any] | None, words: Mapping[str, str]
) -> list[str]:
    """What of an order is not as the guidance has the very study that it names.

    Args:
        check: `order_check` of the guidance's answer.
        words: of phases, by code.
    """
    return [
        *_lacking(check, words),
        *_contrast(study, procedure),
        *_tracer(study, procedure),
        *_coverage(study, procedure),
    ]


def _lacking(check: Mapping[str, Any] | None, words: Mapping[str, str]) -> Iterator[str]:
    for part in check["lacking"] if check else ():
        named = words[part].lower() + " phase" if part in words else part.upper()
        yield f"It lacks: {named}."


def _contrast(study: Study, procedure: Procedure) -> Iterator[str]:
    fitting = [CONTRAST[trait] for trait in procedure.traits if trait in CONTRAST]
    if study.contrast and fitting and study.contrast not in frozenset().union(*fitting):
        named = study.get_contrast_display().lower()
        yield f"It names as contrast agent: {named}. The study is {procedure.name}."


def _tracer(study: Study, procedure: Procedure) -> Iterator[str]:
    fitting = procedure.code.removeprefix(PET)
    if study.tracer and fitting in Tracer.values and study.tracer != fitting:
        yield f"It names as tracer: {study.get_tracer_display()}. The study is {procedure.name}."


def _coverage(study: Study, procedure: Procedure) -> Iterator[str]:
    covered = [region for region in Region.values if region in procedure.region]
    if study.coverage and covered and set(study.coverage) != set(covered):
        named = " and ".join(Region(each).label.lower() for each in study.coverage)
        yield f"It names as body site: {named}. The study covers {procedure.region}."


def _members(said: list[str], place: str, known: list[str]) -> list[str]:
    named = (one.removeprefix(f"{place}/") for one in said if one.startswith(f"{place}/"))
    return [each for each in dict.fromkeys(named) if each in known]
