"""The main navigation: where a person may go in the current institution."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from tumorboard.accounts.permissions import Permission


class Place(NamedTuple):
    """One entry: its word, its page, who may go there, and which other pages belong to it.

    `key` leads there when it is pressed after g (`static/js/keys.js`).
    """

    label: str
    view: str
    permission: Permission
    prefix: str
    key: str = ""


PLACES = (
    Place("Overview", "overview", Permission.CASE_READ, "", "o"),
    Place("Cases", "case_list", Permission.CASE_READ, "cases/", "c"),
    Place("Queue", "board_queue", Permission.BOARD_READ, "queue/", "q"),
    Place("Boards", "boards", Permission.BOARD_READ, "boards/", "b"),
    Place("Tasks", "tasks", Permission.BOARD_READ, "tasks/", "t"),
    Place("Numbers", "numbers", Permission.NUMBERS_READ, "numbers/", "m"),
    Place("Import", "imports", Permission.CASE_IMPORT, "imports/"),
    Place("Inbox", "inbox", Permission.INTAKE_MANAGE, "inbox/"),
    Place("People", "people", Permission.PEOPLE_MANAGE, "people/"),
    Place("Local policy", "local_policy", Permission.GUIDANCE_MANAGE, "local-policy/"),
    Place(
        "Break-glass",
        "break_glass_reviews",
        Permission.BREAK_GLASS_REVIEW,
        "break-glass/reviews/",
    ),
    Place("Audit", "audit", Permission.AUDIT_READ, "audit/"),
    Place("Erasures", "erasures", Permission.PATIENT_ERASE, "erasures/"),
    Place("Settings", "institution_settings", Permission.INSTITUTION_MANAGE, "settings/"),
)

#: Pages that lie elsewhere in the address but belong to a place.
BELONGS_TO = {
    "patients/": "case_list",
    "studies/": "case_list",
    "rereadings/": "case_list",
    "study-files/": "case_list",
    "lesions/": "case_list",
    "lab-results/": "case_list",
    "specimens/": "case_list",
    "treatments/": "case_list",
    "procedures/": "case_list",
    "devices/": "case_list",
    "allergies/": "case_list",
    "codes/": "imports",
    "gaps/": "board_queue",
    "protocol-audits/": "board_queue",
    "standards/": "boards",
    "acknowledgments/": "case_list",
    "meetings/": "boards",
    "publications/": "boards",
    "board-members/": "boards",
    "calendar/": "boards",
    "agenda/": "boards",
    "editions/": "institution_settings",
    "clients/": "people",
    "roles/": "people",
}


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The places of the current institution that the person may see, the present one marked."""
    institution = getattr(request, "institution", None)
    granted = getattr(request, "permissions", frozenset())
    if institution is None or not granted:
        return {"navigation": _beside_institutions(request)}
    home = f"/i/{institution.slug}/"
    below = request.path.removeprefix(home)
    here = next((view for start, view in BELONGS_TO.items() if below.startswith(start)), None)
    return {
        "home_url": reverse("home"),
        "navigation": [
            {
                "label": place.label,
                "url": reverse(place.view, args=[institution.slug]),
                "current": here == place.view or _is_at(place, below),
                "key": place.key,
                "is_inbox": place.view == "inbox",
            }
            for place in PLACES
            if place.permission in granted
        ]
        + [_library(request)],
    }


def _beside_institutions(request: HttpRequest) -> list[dict[str, Any]]:
    """The way back from the guidance library, which belongs to no institution."""
    library = _library(request)
    return [{"label": "Home", "url": reverse("home")}, library] if library["current"] else []


def _library(request: HttpRequest) -> dict[str, Any]:
    url = reverse("guidance_library")
    return {"label": "Guidance", "url": url, "current": request.path.startswith(url)}


def _is_at(place: Place, below: str) -> bool:
    return below.startswith(place.prefix) if place.prefix else below == ""
