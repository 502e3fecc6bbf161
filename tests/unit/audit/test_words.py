"""Every action that the code records has its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.api.endpoint import ReadList, ReadOne
from tests.integration.isolation.routes import all_routes
from tumorboard.audit.kinds import Kind
from tumorboard.audit.words import ACTIONS, action_of, words_of

ROOT = Path(__file__).resolve().parents[3]
DOTTED = re.compile(r"[a-z_]+(\.[a-z_]+)+")
#: What stands in a file that names actions: it records them, or says what is recorded for it.
WRITES = re.compile("audit.record import|two_administrators import")
#: Dotted names in the same files that are something else: messages of the outbox, paths of
#: serializers, events of the log.
NO_ACTIONS = {
    "bulk_export.resources",
    "by.name",
    "cases.completeness",
    "cases.edition_trial",
    "cases.edition_trial.discard",
    "cases.reassess",
    "export.rows",
    "import.csv",
    "import.rows",
    "published_by.name",
    "study_file.virus_check",
    "tasks.relist",
    "upload.infected",
    "upload.unchecked",
    "webhooks.deliver",
}


def recorded() -> Iterator[tuple[str, str]]:
    """Every dotted name in a file that writes audit entries, with the file."""
    for package in ("cases", "guidance", "tumorboard"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text()
            if "migrations" in path.parts or not WRITES.search(text):
                continue
            for node in ast.walk(ast.parse(text)):
                word = node.value if isinstance(node, ast.Constant) else None
                if isinstance(word, str) and DOTTED.fullmatch(word) and word not in NO_ACTIONS:
                    yield word, path.name


def test_every_recorded_action_has_words():
    """ASVS v5.0.0-16.2.1: a log that nobody can read proves nothing."""
    without = {f"{action} in {file}" for action, file in recorded() if action not in ACTIONS}
    assert without == set()


def test_every_reading_by_the_api_has_words():
    views = {getattr(route.view, "cls", None) for route in all_routes()}
    ones = {v.called() for v in views if isinstance(v, type) and issubclass(v, ReadOne)}
    lists = {v.looked_at() for v in views if isinstance(v, type) and issubclass(v, ReadList)}
    expected = {f"{name}.read" for name in ones} | lists
    assert len(expected) > 10
    assert expected - set(ACTIONS) == set()


@pytest.mark.parametrize(
    ("action", "kind", "letter"),
    [
        ("case.read", Kind.READ, "R"),
        ("case.searched", Kind.SEARCH, "E"),
        ("agenda.printed", Kind.PRINT, "R"),
        ("case.exported", Kind.EXPORT, "R"),
        ("patient.added", Kind.CHANGE, "C"),
        ("case.changed", Kind.CHANGE, "U"),
        ("case.lesion.removed", Kind.CHANGE, "D"),
    ],
)
def test_an_action_has_its_kind(action, kind, letter):
    assert action_of(action)[:2] == (kind, letter)


def test_an_action_of_another_version_is_said_as_well_as_can_be():
    assert words_of("case.old_thing.done") == "case old thing done"
