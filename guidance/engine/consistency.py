"""Whether the files of an edition fit each other, beyond what their schemas can say.

Everything is found at once: of a file that breaks its schema, what can be read is looked at.
"""

from collections.abc import Iterator

from guidance.engine.draft.agreement import find_disagreement
from guidance.engine.draft.comparisons import find_bad_comparisons
from guidance.engine.draft.references import Sources, find_bad_source, find_unknown_name, vocabulary
from guidance.engine.draft.repeats import find_repeats
from guidance.engine.draft.route import find_lost_cases
from guidance.engine.draft.unreachable import find_impossible, find_unreachable
from guidance.engine.draft.vocabulary import Draft, terms
from guidance.engine.draft.ways_out import find_dead_ends
from guidance.engine.problems import ContentProblem
from guidance.engine.schema import CONDITION, find_named

SOURCE = "source"


def find_problems(draft: Draft) -> Iterator[ContentProblem]:
    """Yield everything in the files of an edition that does not fit, in no order.

    Sources that are not listed, names that nothing defines, conditions that compare what cannot
    be compared or never hold, what stands twice, results without a branch, and what nothing
    leads to.
    """
    known = vocabulary(draft)
    words = terms(draft)
    sources = Sources.of(draft)
    for name, document in draft.items():
        for named in find_named(name, document):
            if named.kind == CONDITION:
                wrong = list(find_bad_comparisons(document, named, words))
                yield from wrong or find_impossible(document, named, words)
            elif named.kind == SOURCE:
                yield from find_bad_source(document, named, known, sources)
            else:
                yield from find_unknown_name(document, named, known)
    yield from find_repeats(draft)
    yield from find_disagreement(draft)
    yield from find_unreachable(draft, words)
    yield from find_dead_ends(draft, words)
    yield from find_lost_cases(draft, words)
