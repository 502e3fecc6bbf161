"""The draft of a decision as paper shows it: what is saved, in words."""

from typing import Any

from cases.models import AgendaItem, DecisionDraft
from cases.selectors.decisions import asked_lines, conclusion_lines, outcome_words
from guidance.editions import shelf


def on_paper(item: AgendaItem, draft: DecisionDraft | None) -> dict[str, Any] | None:
    """The context `saved` of `templates/boards/draft_on_paper.html`; None where nothing is."""
    if draft is None:
        return None
    assessment = item.case.assessment
    version = assessment.edition_version if assessment else shelf.adopted().version
    recommendations = list(draft.recommendations.select_related("owner"))
    return {
        "outcome": outcome_words(draft),
        "recommendations": asked_lines(recommendations, version=version),
        "lines": conclusion_lines(draft),
        "dissents": list(draft.dissents.all()),
    }
