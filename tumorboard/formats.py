"""How values look on every page: template filters that all templates have."""

import datetime

from django import template

register = template.Library()


@register.filter
def day(value: datetime.date | None) -> str:
    """A date as 21 Nov 2026; "unknown" where there is none."""
    if value is None:
        return "unknown"
    return f"{value.day} {value:%b %Y}"
