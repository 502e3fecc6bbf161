"""By what a list is narrowed: ids, codes and times, never by what a patient is called or has."""

import datetime
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter


class Filter(NamedTuple):
    """One parameter: the lookup it becomes, how it is read, and what OpenAPI says of it.

    `read` raises ValueError, whose text is the reason.
    """

    lookup: str
    read: Callable[[str], Any]
    words: str
    type: Any = str
    codes: tuple[str, ...] = ()

    def described(self, name: str) -> OpenApiParameter:
        """As the API's description names it."""
        return OpenApiParameter(name, self.type, description=self.words, enum=self.codes or None)


def by_id(lookup: str) -> Filter:
    """Rows of one other row."""
    return Filter(lookup, _id, "Only of this one.", UUID)


def by_code(lookup: str, choices: type[models.TextChoices]) -> Filter:
    """Rows with one of a few codes."""
    known = tuple(value for value in choices.values if value)

    def read(given: str) -> str:
        if given not in known:
            message = f"Choose one of {', '.join(known)}."
            raise ValueError(message)
        return given

    return Filter(lookup, read, "Only with this code.", str, known)


def by_time(lookup: str, words: str) -> Filter:
    """Rows before or after a moment."""
    return Filter(lookup, _moment, words, datetime.datetime)


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        message = "This is not an id."
        raise ValueError(message) from None


def _moment(given: str) -> datetime.datetime:
    message = "Give date and time with the zone, such as 2026-11-02T08:00:00Z."
    try:
        moment = parse_datetime(given)
    except ValueError:
        raise ValueError(message) from None
    if moment is None or moment.tzinfo is None:
        raise ValueError(message)
    return moment
