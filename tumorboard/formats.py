"""How values look on every page: template filters that all templates have."""

import datetime
import re

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guidance.engine.edition import load_edition

register = template.Library()


@register.filter
def day(value: datetime.date | None) -> str:
    """A date as 21 Nov 2026, of a time the day by the clock of the installation.

    "unknown" where there is none.
    """
    if value is None:
        return "unknown"
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value)
    return f"{value.day} {value:%b %Y}"


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """A time as 21 Nov 2026, 14:00, by the clock of the installation; "unknown" where none."""
    if value is None:
        return "unknown"
    local = timezone.localtime(value)
    return f"{day(local)}, {local:%H:%M}"


#: A document of the guidance at the start of a citation: "002 L35, L45".
SOURCE_TAG = re.compile(r"(\d{3})\b.*", re.ASCII)
#: What a case's scenario says where it is not one of the edition's.
NO_SCENARIO = {"": "Not assessed", "UNDETERMINED": "Undetermined", "CONFLICT": "Contradiction"}


@register.filter
def cite(source: str) -> SafeString:
    """A citation, each document in it linked to its entry in the guidance library."""
    return format_html_join("; ", "{}", ((_cited(part),) for part in source.split("; ")))


def _cited(part: str) -> str:
    document = SOURCE_TAG.fullmatch(part)
    if document is None:
        return part
    url = f"{reverse('guidance_library')}#source-{document[1]}"
    return format_html('<a href="{}">{}</a>', url, part)


@register.filter
def scenario(code: str) -> str:
    """A case's scenario in words."""
    if code.startswith("NOT_COVERED"):
        return "Not covered"
    found = load_edition().catalogue.scenarios.get(code)
    return found.name if found else NO_SCENARIO.get(code, code)


@register.filter
def radiation_symbol(level: str) -> str:
    """The symbol of a radiation level like "☢☢☢, 1-10 mSv"; empty where none is stated."""
    symbol, comma, _ = level.partition(", ")
    return symbol if comma else ""


@register.filter
def radiation_range(level: str) -> str:
    """The range of a radiation level; where none is stated, the words that say so."""
    symbol, comma, range_words = level.partition(", ")
    return range_words if comma else symbol
