"""What every page's template knows about who is looking."""

from typing import Any

from django.http import HttpRequest

from tumorboard.accounts.permissions import Permission


def institution(request: HttpRequest) -> dict[str, Any]:
    """The current institution and, as `may.<NAME>`, the person's permissions in it."""
    granted = getattr(request, "permissions", frozenset())
    return {
        "institution": getattr(request, "institution", None),
        "may": {permission.name: permission in granted for permission in Permission},
    }
