"""The case as Facts: what the record says, by named rules, and what was answered directly.

A fact that the record can derive comes from the record; a direct answer stands in where the
record says nothing. Each fact carries where it came from.
"""

from cases.selectors.facts.columns import (
    ORDER_FACTS,
    RECORD_ONLY,
    RESULT_FACTS,
    stands_until_answered,
)
from cases.selectors.facts.reading import (
    RULES,
    CaseFacts,
    facts_from,
    facts_of,
    facts_of_new,
    policy,
    record_of,
    record_of_opened,
)
from cases.selectors.facts.record import Record

__all__ = [
    "ORDER_FACTS",
    "RECORD_ONLY",
    "RESULT_FACTS",
    "RULES",
    "CaseFacts",
    "Record",
    "facts_from",
    "facts_of",
    "facts_of_new",
    "policy",
    "record_of",
    "record_of_opened",
    "stands_until_answered",
]
