"""What the pages of a case show of the laboratory."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils import timezone

from cases.models import Case, FactAnswer, LabResult
from cases.models.fact_answer import UNKNOWN
from cases.selectors.analytes import Analyte, catalogue, hormone_of
from cases.selectors.known import Known
from cases.selectors.lab_facts import lab_facts
from cases.selectors.lab_points import HIGH, LOW, Point
from cases.selectors.lab_results import Series, one, results_of, series_of
from cases.web.fields import if_granted, where_answered
from guidance.calculators.function import supports_gastrinoma
from guidance.editions import shelf
from guidance.engine.dictionary import DICTIONARY
from guidance.engine.tables import concerning
from guidance.engine.values import value_words
from tumorboard.accounts.permissions import Permission

#: Days that the table shows at once, newest first.
MOST_DAYS = 6
SUBTYPE = "functional_subtype"
#: Facts that the laboratory may say, and those that are read with them.
SAID = ("cga_trend", "hormone_marker_trend", "gastrin_value", "alp_elevated")
READ = (*SAID, SUBTYPE, "secretin_test_positive")
SUBTYPES = "functioning-subtypes"
#: What is shown of the subtype here; the rest stands among the sources of the case.
CELLS = ("subtype", "hormone", "syndrome", "laboratory")


class Row(NamedTuple):
    """One analyte over the days that are shown; `cells` has the values of each day."""

    series: Series
    cells: Sequence[Sequence[Point]]
    is_own_hormone: bool


class Panel(NamedTuple):
    """The analytes of one panel."""

    code: str
    label: str
    rows: Sequence[Row]


class Said(NamedTuple):
    """A fact as the laboratory says it, beside what a person answered; words are empty for none."""

    label: str
    computed: str
    origin: str
    answered: str
    by: str
    at: datetime.datetime | None
    differs: bool
    url: str


def labs_section(case: Case, *, results: Sequence[LabResult] | None = None) -> dict[str, Any]:
    """The laboratory on the page of a case: the newest value of each analyte with its trend.

    `rows` have each a series and the age of its newest value in weeks, markers first. One query,
    none where the results are given, oldest first.
    """
    today = timezone.localdate()
    found = series_of(results_of(case) if results is None else results)
    rows = [{"series": s, "weeks": s.latest.weeks_old(today)} for s in found.values()]
    return {"rows": rows}


def labs_page(
    case: Case, *, granted: Collection[Permission], every_day: bool = False
) -> dict[str, Any]:
    """The context of the page of laboratory values.

    Args:
        granted: what the reader may do; only what these open is linked.
        every_day: show all days, not only the newest.
    """
    today = timezone.localdate()
    results = results_of(case)
    series = series_of(results)
    answers = answers_of(case, READ)
    subtype = _answered(answers, SUBTYPE)
    hormone = hormone_of(subtype)
    days = sorted({row.taken_on for row in results}, reverse=True)
    shown = days if every_day else days[:MOST_DAYS]
    known = dict(lab_facts(results, on=today, subtype=subtype))
    return {
        "case": case,
        "panels": _panels(series, shown, hormone),
        "days": shown,
        "hidden_days": len(days) - len(shown),
        "said": [said(case, name, known, answers, granted) for name in SAID],
        "function": _function(subtype, hormone, series, known, answers),
        "trend_rule": catalogue().trend,
        "high": HIGH,
        "low": LOW,
    }


def answers_of(case: Case, names: Collection[str]) -> dict[str, FactAnswer]:
    """What was answered to some facts, with who did."""
    rows = FactAnswer.objects.filter(case=case, fact__in=names).select_related("answered_by")
    return {row.fact: row for row in rows}


def said(
    case: Case,
    name: str,
    known: Mapping[str, Known],
    answers: Mapping[str, FactAnswer],
    granted: Collection[Permission],
) -> Said:
    """A fact as the record says it beside what a person answered."""
    fact, from_record, answer = DICTIONARY[name], known.get(name), answers.get(name)
    both = from_record is not None and answer is not None and answer.value != UNKNOWN
    return Said(
        label=fact.label,
        computed=value_words(fact, from_record.value) if from_record else "",
        origin=from_record.origin if from_record else "",
        answered=value_words(fact, answer.value) if answer else "",
        by=answer.answered_by.name if answer else "",
        at=answer.answered_at if answer else None,
        differs=bool(both and answer and from_record and answer.value != from_record.value),
        url=if_granted(where_answered(case, name), granted),
    )


def _panels(
    series: Mapping[tuple[str, str], Series],
    days: Sequence[datetime.date],
    hormone: Analyte | None,
) -> list[Panel]:
    own = hormone.code if hormone else ""
    rows: dict[str, list[Row]] = {}
    for found in series.values():
        cells = [[p for p in found.points if p.result.taken_on == day] for day in days]
        row = Row(found, cells, found.code == own)
        rows.setdefault(found.latest.analyte.panel, []).append(row)
    return [
        Panel(code, label, rows[code]) for code, label in catalogue().panels.items() if code in rows
    ]


def _answered(answers: Mapping[str, FactAnswer], name: str) -> Any:
    """What was answered; empty where nobody knows."""
    answer = answers.get(name)
    return "" if answer is None or answer.value == UNKNOWN else answer.value


def _function(
    subtype: str,
    hormone: Analyte | None,
    series: Mapping[tuple[str, str], Series],
    known: Mapping[str, Known],
    answers: Mapping[str, FactAnswer],
) -> dict[str, Any] | None:
    """What the guidance says of the laboratory of the tumor's subtype (CLS-08), if it is known."""
    tables = shelf.adopted().tables["classification"]
    rows = [
        row for row in concerning(tables, {SUBTYPE: subtype or None}) if row["table"] == SUBTYPES
    ]
    if not rows:
        return None
    answered = _answered(answers, "gastrin_value")
    gastrin = known["gastrin_value"].value if "gastrin_value" in known else answered
    secretin = _answered(answers, "secretin_test_positive")
    supported = supports_gastrinoma(
        gastrin=None if gastrin == "" else gastrin,
        secretin_test_positive=None if secretin == "" else secretin,
    )
    return {
        "cells": [rows[0]["cells"][key] for key in CELLS if key in rows[0]["cells"]],
        "source": rows[0]["source"],
        "hormone": hormone,
        "is_missing": hormone is not None and one(series, hormone.code) is None,
        "is_gastrinoma": subtype == "gastrinoma",
        "supported": supported,
    }
