"""How much each reason to ask for the board weighs.

All numbers are product choices [INT]: no source ranks these reasons. They only order a list that
shows every addend; what is to be done about a case is nowhere read from them. A week of waiting
adds 1 (`cases.selectors.candidates`).
"""

from collections.abc import Mapping
from types import MappingProxyType

from cases.models.case import BoardLevel
from cases.models.result import Outcome

#: Days before its date from which a re-discussion asks for a place on a list [INT]: a board that
#: sits every fortnight meets once in that time.
REDISCUSSION_LEAD_DAYS = 14

#: A result, by what it said. Progression and a complication change what is done next, so they
#: outweigh everything else together with one other reason. A positive or an indeterminate one
#: leaves a question open. The others confirm what was expected and are to be seen, not hurried.
#: Where the guidance sends the case to no board, they weigh `QUIET_RESULT` instead.
RESULT: Mapping[str, int] = MappingProxyType(
    {
        Outcome.PROGRESSION: 40,
        Outcome.COMPLICATION: 40,
        Outcome.POSITIVE: 25,
        Outcome.INDETERMINATE: 25,
        Outcome.RESPONSE: 15,
        Outcome.STABLE: 15,
        Outcome.NEGATIVE: 15,
    }
)

#: A negative, stable or responding result of a case that the guidance sends to no board [INT]: less
#: than a case for which it says "consider", as nothing but the result itself asks.
QUIET_RESULT = 5
#: Results that ask for nothing by themselves.
QUIET = frozenset({Outcome.RESPONSE, Outcome.STABLE, Outcome.NEGATIVE})

#: A board that asked to see a case again has promised it.
REDISCUSSION = 30

#: What is overdue harms the longer it waits, but is often done elsewhere and only not recorded.
OVERDUE = 25

#: The guidance sends the case to a board, or says that a board may be considered.
GUIDANCE: Mapping[str, int] = MappingProxyType({BoardLevel.YES: 20, BoardLevel.CONSIDER: 10})

#: Somebody asked: it counts from the first day, and nothing in the record need press.
REFERRAL = 15
