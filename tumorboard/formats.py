"""How values look on every page: template filters that all templates have."""

import datetime
import re
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guidance.editions import adoptions, shelf

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


@register.filter
def zoned_moment(value: datetime.datetime) -> str:
    """A time as 21 Nov 2026, 14:00 CET: what is signed says in which zone its time is."""
    return f"{moment(value)} {timezone.localtime(value):%Z}"


@register.filter
def moment_in(value: datetime.datetime, zone: str) -> str:
    """A time by the clock of `zone`, as 21 Nov 2026, 14:00.

    Where that is not the clock of the installation, it says so: (Europe/Berlin).
    """
    with timezone.override(zone):
        words = moment(value)
    return words if zone == timezone.get_default_timezone_name() else f"{words} ({zone})"


#: A document of the guidance at the start of a citation: "002 L35, L45".
SOURCE_TAG = re.compile(r"(\d{3})\b.*", re.ASCII)
#: An entry of a register of the guidance, and the page of each register in the library.
REGISTERED = re.compile(r"[AN]-\d{2}", re.ASCII)
REGISTERS = {"A": "decisions", "N": "disagreements"}
MARKERS = ("INT", "BS")
#: What a case's scenario says where it is not one of the edition's.
NO_SCENARIO = {"": "Not assessed", "UNDETERMINED": "Undetermined", "CONFLICT": "Contradiction"}


@register.filter
def cite(source: str, library: str = "") -> SafeString:
    """A citation, each part of it linked to its entry in the guidance library.

    Args:
        library: the address of the library's edition; that of the newest when empty.
    """
    root = library or reverse("guidance_library")
    return format_html_join("; ", "{}", ((_cited(part, root),) for part in source.split("; ")))


def _cited(part: str, root: str) -> str:
    document = SOURCE_TAG.fullmatch(part)
    if document is not None:
        url = f"{root}sources/#source-{document[1]}"
    elif REGISTERED.fullmatch(part):
        url = f"{root}{REGISTERS[part[0]]}/#{part}"
    elif part in MARKERS:
        url = f"{root}sources/#source-{part}"
    else:
        return part
    return format_html('<a href="{}">{}</a>', url, part)


@register.filter
def scenario(code: str, edition_version: str) -> str:
    """A case's scenario in the words of the edition that found it."""
    if code.startswith("NOT_COVERED"):
        return "Not covered"
    if code in NO_SCENARIO:
        return NO_SCENARIO[code]
    found = shelf.edition(edition_version).catalogue.scenarios.get(code)
    return found.name if found else code


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


@register.simple_tag
def newer_editions() -> list[shelf.Shelved]:
    """The editions that are newer than the one the current institution uses, newest first."""
    return adoptions.newer()


@register.filter
def cell(row: Any, column: Any) -> str:
    """What `row` says in a column of a list, which has `words` for it."""
    return str(column.words(row))
