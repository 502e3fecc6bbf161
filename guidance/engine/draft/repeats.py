"""What stands twice in the content and must not."""

import json
from collections.abc import Iterator

from guidance.engine.draft.vocabulary import Draft
from guidance.engine.places import Document, Path
from guidance.engine.problems import ContentProblem
from guidance.engine.tables import FILES as TABLE_FILES

#: What must not stand twice: file, where it counts anew, items within, and the fields that tell
#: one from another. A check may stand twice with different conditions, a substitution for
#: different traits.
UNIQUE: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("edition", "", ("sources/*",), ("tag",)),
    ("facts", "", ("facts/*",), ("name",)),
    ("facts", "", ("facts/*",), ("number",)),
    ("facts", "facts/*", ("fields/*",), ("name",)),
    ("procedures", "", ("procedures/*",), ("code",)),
    ("scenarios", "", ("scenarios/*",), ("id",)),
    ("scenarios", "", ("hints/*",), ("id",)),
    ("scenarios", "", ("steps/*",), ("number",)),
    (
        "scenarios",
        "",
        (
            "gates/*",
            "carcinoma_gate",
            "carcinoma_open",
            "reservations/*",
            "steps/*/rules/*",
            "steps/*/rules/*/reserve/*",
            "scenarios/*/criteria/*",
            "scenarios/*/exclusions/*",
        ),
        ("id",),
    ),
    ("ratings", "ratings/*", ("*",), ("procedure",)),
    ("protocols", "", ("protocols/*",), ("id",)),
    ("protocols", "", ("protocols/*",), ("scenario", "procedure")),
    ("substitutions", "", ("substitutions/*",), ("id", "trait")),
    ("branches", "", ("branches/*",), ("id",)),
    ("branches", "branches/*", ("actions/*",), ("code",)),
    ("actions", "", ("actions/*",), ("code",)),
    ("intervals", "", ("intervals/*",), ("id",)),
    ("escalations", "", ("escalations/*",), ("code",)),
    ("checks", "", ("checks/*",), ("code", "when")),
    ("checklists", "", ("checklists/*",), ("id",)),
    ("contradictions", "", ("contradictions/*",), ("id",)),
    ("headlines", "", ("headlines/*",), ("scenario",)),
    ("eligibility", "", ("eligibility/*",), ("id",)),
    ("disagreements", "", ("disagreements/*",), ("id",)),
    ("ambiguities", "", ("ambiguities/*",), ("id",)),
    ("uncovered", "", ("uncovered/*",), ("number",)),
)
TABLES = tuple(
    found
    for name in TABLE_FILES
    for found in (
        (name, "", ("tables/*",), ("id",)),
        (name, "tables/*", ("columns/*",), ("key",)),
        (name, "tables/*", ("rows/*",), ("id",)),
    )
)


def find_repeats(draft: Draft) -> Iterator[ContentProblem]:
    """Yield everything that stands twice and must not, at its second place."""
    for name, scope, patterns, keys in (*UNIQUE, *TABLES):
        if name in draft:
            for path, _ in draft[name].select(scope):
                yield from _repeats(draft[name], path, patterns, keys)


def _repeats(
    document: Document, scope: Path, patterns: tuple[str, ...], keys: tuple[str, ...]
) -> Iterator[ContentProblem]:
    seen: set[str] = set()
    for pattern in patterns:
        for path, item in document.select(pattern, within=scope):
            if not isinstance(item, dict) or keys[0] not in item:
                continue
            values = [item.get(key) for key in keys]
            identity = json.dumps(values)
            if identity in seen:
                text = " with ".join(str(value) for value in values if value is not None)
                yield document.problem((*path, keys[0]), f"{keys[0]}: {text} stands twice")
            seen.add(identity)
