"""One recommendation in the plain words of `guidance/content/plain_language.yaml`.

A code has its own words, and so has the text of an action of the edition that the decision quotes.
What a person typed is shown only where it names a place or a person and nothing in it is for the
doctor's talk with the patient; the page says where words are left to that talk.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cases.models import Recommendation
from cases.models.conclusion import RecommendationKind
from cases.selectors.branch_actions import parts_of
from cases.selectors.recommended import codes_in
from guidance.editions.plain_language import Plain, plain_language
from guidance.engine.edition import Edition

#: Words of a team that a patient is told by their doctor and not by a page: figures of chance, and
#: what frightens without a talk [INT].
FOR_THE_TALK = re.compile(
    r"%|\d|recurr|relaps|re-?stag|metasta|complicat|progress|malign|surviv|cancer|incurable"
    r"|\b(percent|chance|risk|prognos|palliat|terminal|mortal|fail|fatal|death|dead"
    r"|(die|dies|died|dying)\b)",
    re.IGNORECASE,
)
#: Kinds whose typed words name a place or a person, and so are part of what is suggested.
TYPED = (RecommendationKind.REFERRAL, RecommendationKind.OTHER)
HELD_BACK = "Your doctor will explain this step to you."


@dataclass(frozen=True)
class InPlainWords:
    """What a recommendation is called and is; `typed` are the team's own words, or empty.

    `more` are sentences that several recommendations may have alike.
    """

    name: str
    typed: str
    what: str
    more: tuple[str, ...]


def in_plain_words(asked: Recommendation, actions: Mapping[str, Plain]) -> InPlainWords:
    """A signed recommendation; `actions` are those of `action_words` of its edition."""
    words = plain_language()
    kind = words.kinds[asked.kind]
    coded = words.procedures.get(asked.code) or words.options.get(asked.code)
    known = coded or actions.get(asked.text.strip())
    is_typed = bool(asked.text.strip()) and (coded is not None or known is None)
    typed = asked.text if is_typed and _is_shown(asked) else ""
    more = []
    # A treatment is told as what it is, and that the doctor says more of it.
    if coded and asked.kind == RecommendationKind.TREATMENT:
        more.append(kind.what)
    if is_typed and not typed:
        more.append(HELD_BACK)
    if asked.intent:
        more.append(words.intents[asked.intent].name)
    plain = known or kind
    # Nothing is said twice: what is of no other kind is only what the doctor tells.
    is_left = plain is words.kinds[RecommendationKind.OTHER] and HELD_BACK in more
    return InPlainWords(plain.name, typed, "" if is_left else plain.what, tuple(more))


def action_words(edition: Edition) -> dict[str, Plain]:
    """The plain words of an edition's actions, by the texts that a recommendation has of them."""
    words, codes = plain_language(), codes_in(edition)
    found = {}
    for action in edition.content["actions"]["actions"]:
        plain = words.actions.get(action["code"]) or words.options[action["code"]]
        found[action["text"]] = plain
        # One action may be taken over in parts, of which only some have a code.
        found |= {part.text: plain for part in parts_of(action, codes) if part.text}
    return found


def _is_shown(asked: Recommendation) -> bool:
    return asked.kind in TYPED and not FOR_THE_TALK.search(asked.text)
