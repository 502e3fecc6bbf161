"""Chained parameters: what is referred to is found first, or, with `_has`, what refers here."""

from collections.abc import Callable

from cases.fhir.outcome import TooCostly
from cases.fhir.search.criteria import Criterion, among, of_ids
from cases.fhir.search.definitions import parameters
from cases.fhir.search.includes import referred
from cases.fhir.search.query import Chain, Query, Reverse, read_query
from cases.fhir.search.scan import everything, record_of

#: How many resources one link of a chain may lead to.
MOST = 500
TOO_MANY = "{code} leads to more than {most} resources: ask for one of them."


def criteria_of(query: Query, *, base: str, may: Callable[[str, str], bool]) -> list[Criterion]:
    """The criteria of a query, with each chain as the references or ids that it leads to.

    Args:
        may: whether the caller may search a type; what they may not leads nowhere.

    Raises:
        TooCostly: a chain that leads to too many.
    """
    return [
        *query.criteria,
        *(_resolved(chain, base, may) for chain in query.chains),
        *(_referring(each, query.resource_type, base, may) for each in query.reverses),
    ]


def _resolved(chain: Chain, base: str, may: Callable[[str, str], bool]) -> Criterion:
    found: set[tuple[str, str]] = set()
    for resource_type in chain.types:
        if may(resource_type, "s"):
            query = read_query(resource_type, [(chain.name, chain.text)], base=base)
            criteria = criteria_of(query, base=base, may=may)
            record = record_of([(query, criteria)])
            found |= {each.key for each in everything(query, criteria, record, words="a chain")}
    if len(found) > MOST:
        raise TooCostly(TOO_MANY.format(code=chain.parameter.code, most=MOST))
    return among(chain.parameter, frozenset(found), base=base)


def _referring(
    link: Reverse, resource_type: str, base: str, may: Callable[[str, str], bool]
) -> Criterion:
    ids: set[str] = set()
    if may(link.source, "s"):
        query = read_query(link.source, [(link.name, link.text)], base=base)
        criteria = criteria_of(query, base=base, may=may)
        found = everything(query, criteria, record_of([(query, criteria)]), words="_has")
        there = referred(found, link.parameter.paths, base=base)
        ids = {key for name, key in there if name == resource_type}
    if len(ids) > MOST:
        raise TooCostly(TOO_MANY.format(code="_has", most=MOST))
    return of_ids(parameters(resource_type)["_id"], frozenset(ids))
