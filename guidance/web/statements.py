"""Every statement of an edition with its code and its place in the library.

Search, links between pages and the data dictionary read this one list.
"""

from collections.abc import Mapping

from guidance.engine.edition import Edition
from guidance.web.collecting import collect
from guidance.web.statement import Statement

#: By hash of the edition; a content never changes under its hash.
_collected: dict[str, tuple[Statement, ...]] = {}


def statements(edition: Edition) -> tuple[Statement, ...]:
    """All statements of an edition, in the order of the library."""
    if edition.hash not in _collected:
        _collected[edition.hash] = tuple(collect(edition))
    return _collected[edition.hash]


def by_code(edition: Edition) -> Mapping[str, Statement]:
    """The statement that each code stands for; the first where several share one."""
    return {statement.code: statement for statement in reversed(statements(edition))}
