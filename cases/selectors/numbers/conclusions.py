"""What the meetings concluded, and how it is documented."""

from collections import Counter

from cases.models.agenda_item import Track
from cases.models.conclusion import Concordance, DeviationReason, NoRecommendation, Outcome
from cases.selectors.numbers.figures import Count, Figure, Section, Share, parts_of
from cases.selectors.numbers.period import Period

COLUMNS = (
    "outcome",
    "no_recommendation_reason",
    "concordance",
    "deviation_reason",
    "stage_discussed",
    "guideline_discussed",
    "is_prospective",
    "track",
)


def conclusions(period: Period) -> Section:
    """Numbers on the decisions, each in its newest version."""
    signed = list(period.decisions.values(*COLUMNS))
    number = len(signed)
    none = [d for d in signed if d["outcome"] == Outcome.NONE]
    by_concordance = Counter(d["concordance"] for d in signed)
    deviating = [d for d in signed if d["concordance"] == Concordance.DEVIATES]
    compared = by_concordance[Concordance.CONCORDANT] + len(deviating)
    prospective = [d["is_prospective"] for d in signed if d["is_prospective"] is not None]
    return Section(
        "Decisions",
        (
            Figure(
                "decided",
                "Cases decided",
                Count(number),
                "Items of these meetings with a signed decision; the others are still open.",
            ),
            Figure(
                "protocol",
                "Settled by protocol",
                Share(sum(d["track"] == Track.PROTOCOL for d in signed), number),
                "Decisions that a named standard of care settled without discussion.",
            ),
            Figure(
                "prospective",
                "Discussed before treatment",
                Share(sum(prospective), len(prospective)),
                "Decisions recorded as prospective, of those that say so or the contrary.",
            ),
            Figure(
                "stage",
                "Stage discussion documented",
                Share(sum(d["stage_discussed"] for d in signed), number),
                "Decisions in which the discussion of the stage is ticked.",
            ),
            Figure(
                "guideline",
                "Guideline discussion documented",
                Share(sum(d["guideline_discussed"] for d in signed), number),
                "Decisions in which the discussion of the guidance is ticked.",
            ),
            Figure(
                "no_recommendation",
                "Without a recommendation",
                Share(len(none), number),
                "Decisions that recommend nothing, by their coded reason.",
                parts_of(
                    Counter(d["no_recommendation_reason"] for d in none),
                    dict(NoRecommendation.choices),
                ),
            ),
            Figure(
                "concordance",
                "As the guidance says",
                Share(by_concordance[Concordance.CONCORDANT], compared),
                "Decisions as the guidance says, of those that were compared with it.",
            ),
            Figure(
                "deviations",
                "Departures from the guidance, by reason",
                Share(len(deviating), compared),
                "Decisions that depart from the guidance, by their coded reason.",
                parts_of(
                    Counter(d["deviation_reason"] for d in deviating), dict(DeviationReason.choices)
                ),
            ),
            Figure(
                "no_guidance",
                "Beyond the guidance",
                Share(by_concordance[Concordance.NO_GUIDANCE], number),
                "Decisions on cases that the guidance does not cover.",
            ),
        ),
    )
