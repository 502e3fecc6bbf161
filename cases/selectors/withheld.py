"""Treatment options that the guidance does not show for a case, each with what keeps it back.

The words are those of the guidance's own reasons (`guidance.engine.why`), from the facts and the
edition of one assessment: of a signed decision, of the one that it was made on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cases.models import Assessment
from cases.selectors.quorum import PRRT
from guidance.editions import shelf
from guidance.engine.edition import Edition
from guidance.engine.facts import parse_facts
from guidance.engine.lines.branch import WITHHELD, branch_lines
from guidance.engine.lines.line import Line, Told
from guidance.engine.lines.options import HAS_TO_HOLD, option_lines
from guidance.engine.why import tell

MET, NOT_MET, UNKNOWN = "met", "not met", "unknown"
#: What a part has to be for its negation to be so.
TURNED = {MET: NOT_MET, NOT_MET: MET, UNKNOWN: UNKNOWN}
#: Where nothing that is known keeps it back: it is no part of what follows the result.
NOT_NAMED = "what follows this result does not name it"
NO_GUIDANCE = "this edition gives no guidance for the case"


@dataclass(frozen=True)
class Withheld:
    """One option by its name, and what keeps it back; `because` is never empty."""

    name: str
    because: tuple[str, ...]

    @property
    def words(self) -> str:
        """Both in one line."""
        return f"{self.name} not shown: {'; '.join(self.because)}"


def withheld_options(assessment: Assessment, *, is_about_prrt: bool) -> tuple[Withheld, ...]:
    """The options of the branch in play that are kept back; no query.

    Args:
        is_about_prrt: whether PRRT is asked for; then it is told also where no branch has it.
    """
    edition = shelf.edition(assessment.edition_version)
    shown = assessment.answer["actions"]
    codes = [code for code in _options(assessment, edition) if code not in shown]
    is_asked = is_about_prrt and PRRT not in (*codes, *shown)
    if not codes and not is_asked:
        return ()
    told = tell(parse_facts(assessment.facts, edition.dictionary), edition)
    lines = {line["anchor"]: line for line in branch_lines(told)}
    found = [_kept_back(code, lines[f"action-{code}"], edition) for code in codes]
    asked = [_asked(told, lines.get("branch"))] if is_asked else []
    return tuple(one for one in (*found, *asked) if one.because)


def _options(assessment: Assessment, edition: Edition) -> Iterator[str]:
    """The codes of the options of the branch in play, shown or not."""
    branch = edition.branches.branches.get(assessment.answer["branch"] or "")
    for action in branch.actions if branch else ():
        if action.kind == "option":
            yield action.code


def _kept_back(code: str, line: Line, edition: Edition) -> Withheld:
    name = _name_of(code, edition) or str(line["statement"]).rstrip(".")
    trees = line["trees"] if line["state"] == WITHHELD else []
    return Withheld(name, tuple(words for each in trees for words in _lacks(each["tree"], edition)))


def _asked(told: Told, branch: Line | None) -> Withheld:
    """PRRT where nothing in play has it: by its own criteria, or for want of a result."""
    name = _name_of(PRRT, told.edition) or PRRT
    for line in option_lines(told):
        if line["title"] == name:
            trees = [each["tree"] for each in line["trees"] if each["title"] == HAS_TO_HOLD]
            lacks = tuple(words for tree in trees for words in _lacks(tree, told.edition))
            return Withheld(name, (str(line["state"]), *lacks) if lacks else ())
    if branch is None:
        return Withheld(name, (NO_GUIDANCE,))
    if told.answer["branch"]:
        return Withheld(name, (NOT_NAMED,))
    return Withheld(name, (str(branch["statement"]).rstrip("."),))


def _name_of(code: str, edition: Edition) -> str:
    """The name of the one treatment that an option stands for; empty where it is not one."""
    names = [rule.name for rule in edition.eligibility if rule.options == {code}]
    return names[0] if len(names) == 1 else ""


def _lacks(tree: Mapping[str, Any], edition: Edition) -> Iterator[str]:
    """What keeps a condition from holding: what is false, or where nothing is, what is unknown."""
    if tree["state"] != MET:
        yield from (_said(leaf, edition) for leaf in _deciding(tree, tree["state"]))


def _deciding(tree: Mapping[str, Any], state: str) -> Iterator[Mapping[str, Any]]:
    """The comparisons that give a condition its state."""
    if not tree["parts"]:
        yield tree
    inner = TURNED[state] if tree["kind"] in ("not", "unless") else state
    for part in tree["parts"]:
        if part["state"] == inner:
            yield from _deciding(part, inner)


def _said(node: Mapping[str, Any], edition: Edition) -> str:
    """A fact with its value, a finding in the words of its condition."""
    fact = edition.dictionary.get(node["fact"])
    if fact is None:
        return f"{node['text']} {node['shown']}".strip()
    unit = fact.label.split()[-1]  # "Krenning grade (2)": the label has said it
    return f"{fact.label} ({node['value'].removesuffix(f' {unit}')})"
