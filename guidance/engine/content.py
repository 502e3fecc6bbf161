"""Reading of the YAML files of an edition, checked against their schemas and each other."""

import functools
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml

from guidance.engine import consistency, schema
from guidance.engine.places import Document, read_document
from guidance.engine.problems import ContentError, ContentProblem

CONTENT = Path(__file__).resolve().parent.parent / "content"
EDITIONS = CONTENT / "editions"
SCHEMAS = schema.SCHEMAS
DEFAULT_VERSION = "2026.1"
MERGE = "tag:yaml.org,2002:merge"

ReadFile = tuple[Document | None, tuple[ContentProblem, ...]]

FILES = (
    "edition",
    "facts",
    "procedures",
    "scenarios",
    "ratings",
    "protocols",
    "substitutions",
    "branches",
    "actions",
    "intervals",
    "escalations",
    "checks",
    "checklists",
    "contradictions",
    "headlines",
    "explanations",
    "classification",
    "response",
    "prognosis",
    "eligibility",
    "performance",
    "reports",
    "disagreements",
    "ambiguities",
    "uncovered",
)


class UniqueKeyLoader(yaml.SafeLoader):
    """Safe YAML loader that refuses a mapping in which one key stands twice.

    Plain YAML would keep the last value in silence, which for a fact means that one of two
    contradictory entries is lost.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return the mapping of `node`; raise `yaml.constructor.ConstructorError` on a repeat."""
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == MERGE:
                continue
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable):
                if key in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key!r} stands twice", key_node.start_mark
                    )
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


def parse_yaml(text: str) -> Any:
    """Return the value of a YAML (or JSON) `text`; raise `yaml.YAMLError` when it is neither."""
    try:
        return yaml.load(text, Loader=UniqueKeyLoader)  # noqa: S506 - a subclass of SafeLoader
    except (LookupError, AttributeError, TypeError, ArithmeticError) as error:
        # A value that does not fit the tag it is given: the loader does not check first.
        raise yaml.YAMLError("a value does not fit its tag") from error


def versions() -> tuple[str, ...]:
    """Return the versions of all editions on disk, oldest name first."""
    return tuple(sorted(path.name for path in EDITIONS.iterdir() if path.is_dir()))


def check(folder: Path) -> list[ContentProblem]:
    """Return everything that is wrong with an edition in `folder`, in order of file and line.

    An empty list means that it can be loaded.
    """
    _, problems = _read_folder(folder, _read_file)
    return problems


def read_edition(version: str) -> Mapping[str, dict[str, Any]]:
    """Return all files of the edition `version` by name, checked as `check` does.

    Raises `ContentError` for an unknown edition, and with everything that is wrong with it.
    The result is shared: treat it as read-only.
    """
    documents, problems = _read_folder(_folder(version), _read_once)
    if problems:
        raise ContentError(f"The edition {version} cannot be loaded:", problems)
    return {name: documents[name].value for name in FILES}


def read(version: str, name: str) -> dict[str, Any]:
    """Return the file `name` of the edition `version`, checked against its schema alone.

    Raises `ContentError` for an unknown edition and for content that breaks the schema.
    The result is shared: treat it as read-only.
    """
    document, problems = _read_once(_folder(version), name)
    if document is None or problems:
        raise ContentError(f"{name}.yaml of the edition {version} cannot be read:", problems)
    checked: dict[str, Any] = document.value
    return checked


def _folder(version: str) -> Path:
    if version not in versions():
        raise ContentError(f"There is no edition {version!r}; there are: {', '.join(versions())}.")
    return EDITIONS / version


def _read_folder(
    folder: Path, read_file: Callable[[Path, str], ReadFile]
) -> tuple[dict[str, Document], list[ContentProblem]]:
    """Return the files that can be read, and everything that is wrong with all of them."""
    documents: dict[str, Document] = {}
    problems = {
        ContentProblem(path.name, 1, 1, "is no file of an edition")
        for path in folder.glob("*.y*ml")
        if path.name not in {f"{name}.yaml" for name in FILES}
    }
    for name in FILES:
        document, found = read_file(folder, name)
        problems.update(found)
        if document is not None:
            documents[name] = document
    problems.update(consistency.find_problems(documents))
    return documents, sorted(problems)


def _read_file(folder: Path, name: str) -> ReadFile:
    file = f"{name}.yaml"
    try:
        document = read_document(file, (folder / file).read_text(encoding="utf-8"))
    except OSError as error:
        return None, (ContentProblem(file, 1, 1, f"cannot be read: {error.strerror}"),)
    except UnicodeDecodeError as error:
        return None, (ContentProblem(file, 1, 1, f"is not text in UTF-8: {error.reason}"),)
    except ContentError as error:
        return None, error.problems
    breaches = list(schema.find_breaches(name, document.value))
    problems = [document.problem(each.path, each.text, key=each.is_key) for each in breaches]
    # What is of no use is left out, so that the rest can be looked at all the same.
    usable = document.without(each.path for each in breaches if each.is_part and not each.is_key)
    return usable, tuple(sorted(problems))


#: For the editions of this software, which do not change while it runs.
_read_once = functools.cache(_read_file)
