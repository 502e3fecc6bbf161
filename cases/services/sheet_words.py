"""What is about to be signed, in words."""

from collections.abc import Sequence
from dataclasses import replace

from cases.models import Assessment
from cases.selectors.decisions import (
    AskedLine,
    Person,
    Said,
    asked_lines,
    conclusion_lines,
    opinions_in,
    outcome_words,
    track_words,
)
from cases.services.decision_sheets import Sheet, opinions_as_json
from tumorboard.formats import day


def said_on(sheet: Sheet) -> Said:
    """What would be signed; nothing is accepted yet. The case of the sheet is assessed.

    On the sheet of a signer, each recommendation says until when its task will be due and whose
    it will be, as far as nothing is left to choose.
    """
    item, draft = sheet.item, sheet.draft
    # Nothing is drafted on a case that was never assessed.
    assessment: Assessment = item.case.assessment  # type: ignore[assignment]
    lines = asked_lines(sheet.recommendations, version=assessment.edition_version)
    if sheet.terms:
        lines = _with_terms(lines, sheet)
    return Said(
        question=item.question,
        track=track_words(item.track, sheet.standard_name, sheet.standard_source),
        outcome=outcome_words(draft),
        recommendations=lines,
        rationale=draft.rationale,
        lines=conclusion_lines(draft),
        people=[Person(p.name, p.specialty, p.dissent) for p in sheet.people],
        opinions=opinions_in(opinions_as_json(sheet.opinions)),
        accepted=(),
    )


def _with_terms(lines: Sequence[AskedLine], sheet: Sheet) -> list[AskedLine]:
    untimed = {int(field.split(".")[1]) for field in sheet.gaps if field.endswith(".due_on")}
    return [
        replace(
            line,
            owner=term.owner.name,
            due_on=line.due_on if place in untimed else day(term.due_on),
        )
        for place, (line, term) in enumerate(zip(lines, sheet.terms, strict=True))
    ]
