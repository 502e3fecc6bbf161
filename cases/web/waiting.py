"""How many messages wait, beside the way to the inbox, on every page of who works on it."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from cases.selectors import inbox
from tumorboard.accounts.permissions import Permission
from tumorboard.tenancy.scope import has_institution


def waiting(request: HttpRequest) -> dict[str, Any]:
    """`waiting_messages`: asked of the database where a page shows it, and once a request."""
    granted = getattr(request, "permissions", frozenset())

    @cache
    def words() -> str:
        # Pages on errors are made outside of the institution's scope.
        if Permission.INTAKE_MANAGE not in granted or not has_institution():
            return ""
        return inbox.waiting_words()

    return {"waiting_messages": words}
