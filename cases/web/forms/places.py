"""The places of the body map as choices of a form."""

from cases.models.lesion import Site
from cases.selectors.body_map import PLACES, Place


def place_choices() -> list[tuple[str, object]]:
    """Every site, with the places inside it as a group."""
    offered: list[tuple[str, object]] = [("", "Choose")]
    for site in Site.values:
        label = str(Site(site).label)
        inside = PLACES.get(site)
        if not inside:
            offered.append((site, label))
            continue
        group = [(site, f"{label}, place not stated")]
        group += [(Place(site, code).code, Place(site, code).words) for code in inside]
        offered.append((label, group))
    return offered
