"""Why a treatment is an option to weigh, or not: the criteria of each rule (section 11)."""

from collections.abc import Iterator

from guidance.engine.eligibility import judge, relevant
from guidance.engine.eligibility_rule import Rule
from guidance.engine.lines.line import Ground, Line, Told, line_of

#: The heading of the criteria of a rule itself.
HAS_TO_HOLD = "Has to hold"


def option_lines(told: Told) -> Iterator[Line]:
    """Yield a line for each treatment option that is shown beside the case."""
    ids = relevant(told.reading, told.answer["actions"], told.edition)
    rules = {rule.id: rule for rule in told.edition.eligibility}
    for found in judge(told.reading, told.edition, ids):
        if found["hidden"]:
            continue
        yield line_of(
            told,
            f"option-{found['id']}",
            kind="option",
            title=found["name"],
            statement=found["text"],
            state=found["words"],
            grounds=list(_grounds(rules[found["id"]])),
            source=found["source"],
        )


def _grounds(rule: Rule) -> Iterator[Ground]:
    if rule.condition is not None:
        yield Ground(HAS_TO_HOLD, rule.condition)
    for way in rule.routes:
        yield Ground(way.text, way.condition, way.source)
    for remark in (rule.not_covered, *rule.cautions):
        if remark is not None and remark.condition is not None:
            yield Ground(remark.text, remark.condition, remark.source)
