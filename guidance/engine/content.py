"""Reading of the YAML files of an edition, each checked against its JSON schema."""

import functools
import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from referencing import Registry, Resource

CONTENT = Path(__file__).resolve().parent.parent / "content"
EDITIONS = CONTENT / "editions"
SCHEMAS = CONTENT / "schema"
DEFAULT_VERSION = "2026.1"
MERGE = "tag:yaml.org,2002:merge"


class ContentError(ValueError):
    """A content file that is missing, is not YAML, or breaks its schema."""


class UniqueKeyLoader(yaml.SafeLoader):
    """Safe YAML loader that refuses a mapping in which one key stands twice.

    Plain YAML would keep the last value in silence, which for a fact or a rating means
    that one of two contradictory entries is lost.
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


@functools.cache
def _schemas() -> Registry[Any]:
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json"))
    resources = (Resource.from_contents(document) for document in documents)
    return Registry().with_resources((str(found.id()), found) for found in resources)


def validate(name: str, content: object) -> None:
    """Raise `ContentError` where `content` breaks the schema of the file `name`."""
    registry = _schemas()
    schema = registry.contents(f"{name}.json")
    for error in jsonschema.Draft202012Validator(schema, registry=registry).iter_errors(content):
        place = "/".join(str(part) for part in error.absolute_path) or "the top"
        raise ContentError(f"{name}.yaml at {place}: {error.message}")


@functools.cache
def read(version: str, name: str) -> dict[str, Any]:
    """Return the file `name` of the edition `version`, checked against its schema.

    Raises `ContentError` for an unknown edition and for content that breaks the schema.
    The result is shared: treat it as read-only.
    """
    if version not in versions():
        raise ContentError(f"There is no edition {version!r}; there are: {', '.join(versions())}.")
    content = parse_yaml((EDITIONS / version / f"{name}.yaml").read_text(encoding="utf-8"))
    validate(name, content)
    checked: dict[str, Any] = content
    return checked
