"""Places on the body map, by the site of a lesion."""

from collections.abc import Mapping
from typing import NamedTuple

from cases.models.lesion import Site

#: Where a site has places, what each is called. Liver segments are those of Couinaud.
PLACES: Mapping[str, Mapping[str, str]] = {
    Site.LIVER: {
        **{number: f"Segment {number}" for number in ("I", "II", "III", "IVa", "IVb")},
        **{number: f"Segment {number}" for number in ("V", "VI", "VII", "VIII")},
    },
    Site.PANCREAS: {
        "head": "Head",
        "uncinate": "Uncinate process",
        "neck": "Neck",
        "body": "Body",
        "tail": "Tail",
    },
    Site.REGIONAL_LN: {
        "peripancreatic": "Peripancreatic",
        "hepatic_hilum": "Hepatic hilum",
        "celiac": "Celiac",
        "splenic_hilum": "Splenic hilum",
    },
    Site.ABDOMINAL_LN: {
        "retroperitoneal": "Retroperitoneal",
        "mesenteric": "Mesenteric",
        "pelvic": "Pelvic",
    },
    Site.MEDIASTINAL_LN: {"mediastinum": "Mediastinum", "hilum": "Lung hilum"},
    Site.BONE: {
        "skull": "Skull",
        "spine": "Spine",
        "ribs": "Ribs and sternum",
        "pelvis": "Pelvis",
        "limbs": "Limbs",
    },
    Site.LUNG: {"right": "Right", "left": "Left"},
}


class Place(NamedTuple):
    """A site with a place inside it; `location` is empty where the place is not known."""

    site: str
    location: str

    @property
    def code(self) -> str:
        """Both in one word, as forms carry it."""
        return f"{self.site}:{self.location}" if self.location else self.site

    @property
    def words(self) -> str:
        """Both for a reader, such as "Liver, segment VI"."""
        site = str(Site(self.site).label)
        name = PLACES.get(self.site, {}).get(self.location, self.location)
        if not name:
            return site
        return f"{site}, {name if self.site == Site.LIVER else name[0].lower() + name[1:]}"


def places() -> list[Place]:
    """Every site, each followed by the places inside it."""
    return [
        Place(site, location) for site in Site.values for location in ("", *PLACES.get(site, {}))
    ]


def place_of(code: str) -> Place:
    """The place that a form's code means."""
    site, _, location = code.partition(":")
    return Place(site, location)


def is_place(place: Place) -> bool:
    """Whether the body map has this place."""
    return not place.location or place.location in PLACES.get(place.site, {})
