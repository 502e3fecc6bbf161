"""Editions made by hand: the newest one on disk with something changed."""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

from guidance.editions.loading import keep
from guidance.engine.edition import Edition, compile_edition, content_hash, load_edition

Revise = Callable[[dict[str, Any]], object]


def revised(revise: Revise) -> Edition:
    """The edition on disk after `revise` changed its content in place, compiled anew."""
    content = copy.deepcopy(dict(load_edition().content))
    revise(content)
    return compile_edition(content)


def with_content(edition: Edition, content: dict[str, Any]) -> Edition:
    """An edition with other content that need not compile, for what reads the content alone."""
    return dataclasses.replace(edition, content=content, hash=content_hash(content))


def item(items: list[dict[str, Any]], **named: Any) -> dict[str, Any]:
    """The item of a list that has these values."""
    return next(each for each in items if all(each[key] == value for key, value in named.items()))


def nothing(content: dict[str, Any]) -> None:
    """Changes nothing."""


def loaded(version: str, revise: Revise = nothing, *, date: str = "2027-03-01") -> Edition:
    """A revised edition that is loaded, by default as the newest."""

    def revise_as_well(content: dict[str, Any]) -> None:
        content["edition"] |= {"version": version, "date": date}
        revise(content)

    edition = revised(revise_as_well)
    keep(edition)
    return edition


def mri_less_appropriate(content: dict[str, Any]) -> None:
    """At staging CT comes first, and MRI is no longer rated as highly."""
    first, second, *others = content["ratings"]["ratings"]["SC-01"]
    first["rating"] = "MBA"
    content["ratings"]["ratings"]["SC-01"] = [second, first, *others]
