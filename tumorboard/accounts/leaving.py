"""What else is taken from a person who is taken out of an institution.

What names people as those who may see something stands higher in the house; it says at start-up
how it forgets somebody.
"""

from collections.abc import Callable

from tumorboard.accounts.models import User

Forget = Callable[[User], None]
_rules: list[Forget] = []


def when_leaving(*rules: Forget) -> None:
    """Let `rules`, and no others, forget who is taken out of the current institution."""
    _rules[:] = rules


def forget(user: User) -> None:
    """Take what else the person has here."""
    for rule in _rules:
        rule(user)
