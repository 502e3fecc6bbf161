"""Why each rated study stands where it does: what could take it away, and whether it does."""

from collections.abc import Iterator
from typing import Any

from guidance.engine.lines.line import Ground, Line, Told, line_of
from guidance.engine.ratings import Rating

STANDINGS = {
    "top": "first in rank of those that can be made",
    "alternative": "can be made, ranked behind the first",
    "removed": "cannot be made for this patient",
    "add-on": "in addition to another study",
    "not for this question": "not for this question",
}
#: What a rule of substitution can do to a study in each standing.
CONCERNED = ("top", "alternative", "removed")


def study_lines(told: Told) -> Iterator[Line]:
    """Yield a line for each study rated in the scenario, in rank order."""
    ratings = {
        rating.procedure.code: rating
        for rating in told.edition.ratings.by_scenario.get(told.route.scenario, ())
    }
    for study in told.answer["studies"]:
        yield _study(told, study, ratings[study["procedure"]])


def _study(told: Told, study: dict[str, Any], rating: Rating) -> Line:
    reasons = (study["why"], study["reason"])
    return line_of(
        told,
        f"study-{study['procedure']}",
        kind="study",
        title=study["name"],
        statement=" ".join(reason for reason in reasons if reason),
        state=STANDINGS[study["standing"]],
        grounds=list(_grounds(study, rating)),
        facts=study["confirm"],
        source=study["source"],
        standing=study["standing"],
        rating=study["rating"],
        rating_label=study["rating_label"],
    )


def _grounds(study: dict[str, Any], rating: Rating) -> Iterator[Ground]:
    if study["standing"] in CONCERNED or rating.role == "fallback":
        for rule in rating.substitutions:
            yield Ground(f"{rule.id} takes it away where", rule.condition, rule.source)
    if rating.procedure.done is not None:
        yield Ground("Already done where", rating.procedure.done)
