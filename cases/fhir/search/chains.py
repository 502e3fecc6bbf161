"""Chained parameters: what is referred to is found first."""

from collections.abc import Callable

from cases.fhir.outcome import TooCostly
from cases.fhir.search.criteria import Criterion, among
from cases.fhir.search.query import Chain, Query, read_query
from cases.fhir.search.scan import everything

#: How many resources one link of a chain may lead to.
MOST = 500
TOO_MANY = "{code} leads to more than {most} resources: ask for one of them."


def criteria_of(query: Query, *, base: str, may: Callable[[str, str], bool]) -> list[Criterion]:
    """The criteria of a query, with each chain as the references that it leads to.

    Args:
        may: whether the caller may search a type; what they may not leads nowhere.

    Raises:
        TooCostly: a chain that leads to too many.
    """
    return [*query.criteria, *(_resolved(chain, base, may) for chain in query.chains)]


def _resolved(chain: Chain, base: str, may: Callable[[str, str], bool]) -> Criterion:
    found: set[tuple[str, str]] = set()
    for resource_type in chain.types:
        if may(resource_type, "s"):
            query = read_query(resource_type, [(chain.name, chain.text)], base=base)
            found |= {each.key for each in everything(query, query.criteria, words="a chain")}
    if len(found) > MOST:
        raise TooCostly(TOO_MANY.format(code=chain.parameter.code, most=MOST))
    return among(chain.parameter, frozenset(found), base=base)
