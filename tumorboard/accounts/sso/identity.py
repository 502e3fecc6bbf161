"""What a provider has said about a person, by whichever protocol, once its word is checked."""

import datetime
from dataclasses import dataclass, field
from typing import Any

#: Characters of a subject: what OIDC allows, and what is kept.
LONGEST_SUBJECT = 255
MOST_GROUPS = 500


@dataclass(frozen=True)
class Identity:
    """One person as one provider names them.

    `email` is empty unless the provider says that it is theirs. `strengths` are its words for how
    it asked (acr, amr, AuthnContextClassRef). `shown` is what it said in all, for the try-out.
    """

    subject: str
    email: str = ""
    name: str = ""
    groups: frozenset[str] = frozenset()
    strengths: frozenset[str] = frozenset()
    authenticated_at: datetime.datetime | None = None
    shown: dict[str, Any] = field(default_factory=dict, repr=False)


def words_in(value: Any) -> frozenset[str]:
    """The texts in a claim that holds one or a list of them; anything else in it is no text."""
    values = value if isinstance(value, list) else [value]
    return frozenset(v for v in values[:MOST_GROUPS] if isinstance(v, str) and v)
