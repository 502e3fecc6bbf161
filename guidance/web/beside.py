"""Sentences that stand beside the main statements of a file."""

from collections.abc import Collection, Iterator

from guidance.engine.edition import Edition
from guidance.web.sentences import EXPLAINED, Said, explained, said_in
from guidance.web.statement import Statement

#: Files with sentences beside their main statements: the page and what they are for a reader.
BESIDE = {
    "scenarios": ("scenarios/", "How a case finds its scenario"),
    "substitutions": ("studies/", "Substitution"),
    "branches": ("results/", "After the result"),
    "checks": ("checks/", "Check"),
    "checklists": ("checks/", "Checklist"),
    "intervals": ("intervals/", "Interval"),
    "eligibility": ("eligibility/", "Eligibility"),
    "uncovered": ("uncovered/", "Not covered"),
}


def sentences_beside(told: Collection[str], edition: Edition) -> Iterator[Statement]:
    """Yield every sentence with a source whose text is not among those told already."""
    for name, (path, kind) in BESIDE.items():
        for said in said_in(edition.content[name], edition):
            if said.text not in told:
                yield _beside(said, kind, path, said.code)
    for topic in EXPLAINED:
        for said in explained(topic, edition):
            yield _beside(said, "Beside what is computed", f"{topic}/", "said")


def _beside(said: Said, kind: str, path: str, anchor: str) -> Statement:
    title, text = (said.name, said.text) if said.name else (said.text, "")
    more = str(said.words) if said.words else ""
    return Statement(said.code, kind, title, text, said.source, path, anchor, more)
