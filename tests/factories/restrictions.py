"""Records that are restricted, as a person restricts them."""

from cases.models import Case, Restriction
from cases.services import restrictions
from tumorboard.accounts.models import User


def restricted(case: Case, *people: User, by: User) -> Restriction:
    """`case` with a list of `people`; to be called inside a scope."""
    return restrictions.restrict(
        case=case, people=[person.pk for person in people], reason="Works here.", by=by
    )
