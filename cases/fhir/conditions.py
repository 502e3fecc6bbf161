"""Writes on a condition: whether what is about to be written is here already."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from cases.fhir.caller import Caller
from cases.fhir.found import Found
from cases.fhir.outcome import BadRequest, PreconditionFailed
from cases.fhir.search.query import Given, Query, read_query
from cases.fhir.search.scan import everything
from cases.r4.issue import Code
from cases.services.fhir_documents import wait_for_turn

IN_ADDRESS = (
    "Addresses are logged, and this may say who a patient is: send the write in a transaction, "
    "where the condition stands in the body."
)
SEVERAL = "{count} resources meet the condition; at most one may."


def criteria_of(text: str, *, where: str) -> list[Given]:
    """A condition, as parameters.

    Args:
        text: as in an address behind the question mark.
        where: what holds it, for an error.

    Raises:
        BadRequest: it asks for nothing.
    """
    given = parse_qsl(text.removeprefix("?"), keep_blank_values=True, max_num_fields=60)
    if not [name for name, _ in given if not name.startswith("_format")]:
        raise BadRequest("Name at least one search parameter.", where, code=Code.REQUIRED)
    return given


def match(
    resource_type: str,
    given: Sequence[Given],
    caller: Caller,
    *,
    where: str,
    wait: bool = True,
    is_address: bool = False,
) -> Found | None:
    """The one resource that meets a condition; None where there is none.

    Whoever else writes on the same condition waits until this transaction has ended.

    Args:
        wait: whether something is about to be written on it.
        is_address: whether it stands in an address, which is logged.

    Raises:
        BadRequest: a parameter that is not known, or that answers are made by.
        PreconditionFailed: several meet it.
    """
    query = _read(resource_type, given, caller, is_address=is_address)
    if query.links or query.includes or query.reverse_includes or query.order:
        message = "A condition has plain search parameters only."
        raise BadRequest(message, where, code=Code.NOT_SUPPORTED)
    if wait:
        words = "&".join(sorted(f"{name}={value}" for name, value in given))
        wait_for_turn(resource_type=resource_type, condition=words)
    found = everything(query, query.criteria, None, words=where)
    if len(found) > 1:
        message = SEVERAL.format(count=len(found))
        raise PreconditionFailed(message, where, code=Code.MULTIPLE_MATCHES)
    return found[0] if found else None


def _read(resource_type: str, given: Sequence[Given], caller: Caller, *, is_address: bool) -> Query:
    try:
        return read_query(
            resource_type, given, base=caller.base, is_strict=True, is_address=is_address
        )
    except BadRequest as error:
        if any(issue.code is Code.SUPPRESSED for issue in error.issues):
            raise BadRequest(IN_ADDRESS, code=Code.SUPPRESSED) from None
        raise
