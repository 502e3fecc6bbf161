"""What every page's template knows about who is looking."""

import math
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from tumorboard.accounts import second_factor
from tumorboard.accounts.permissions import Permission
from tumorboard.tenancy.sight import Opening

#: Key of the session: whether the person has more than one institution. Asking the database on
#: every page would cost a scan of all memberships.
SEVERAL = "several_institutions"


def institution(request: HttpRequest) -> dict[str, Any]:
    """The current institution and, as `may.<NAME>`, the person's permissions in it.

    `openings` are the restricted records that are open to the person, with the time left.
    `institution_switch_url` is there for a person who had several institutions to choose from;
    `no_second_factor` where none is asked for, which is so on a machine for trying out only.
    """
    granted: frozenset[Permission] = getattr(request, "permissions", frozenset())
    session = getattr(request, "session", {})
    return {
        "institution": getattr(request, "institution", None),
        "institution_switch_url": reverse("home") if session.get(SEVERAL) else "",
        "no_second_factor": not second_factor.is_required(),
        "openings": [_opening(each) for each in getattr(request, "openings", ())],
        "may": {permission.name: permission in granted for permission in Permission},
    }


def _opening(opening: Opening) -> dict[str, Any]:
    left = (opening.until - timezone.now()).total_seconds()
    return {
        "id": opening.id,
        "until": opening.until,
        "minutes": max(1, math.ceil(left / 60)),
        "seconds": max(0, math.floor(left)),
    }
