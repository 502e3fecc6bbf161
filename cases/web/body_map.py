"""A simple map of the body with the lesions on it, drawn as SVG beside the same as a list.

A drawing of our own, on a canvas of 320 by 420: not to scale, left and right as on a scan.
"""

from collections import defaultdict
from typing import Any

from cases.models.lesion import Site
from cases.selectors.body_map import Place
from cases.selectors.lesions import LesionRecord

#: Where on the canvas each place lies; a site without places, or a place not stated, by its site.
POINTS: dict[str, tuple[int, int]] = {
    "brain": (160, 34),
    "pituitary": (160, 48),
    "orbit": (146, 52),
    "meninges": (176, 22),
    "thyroid": (160, 84),
    "breast": (206, 138),
    "heart": (174, 142),
    "mediastinal_ln": (160, 118),
    "mediastinal_ln:mediastinum": (160, 118),
    "mediastinal_ln:hilum": (146, 128),
    "lung": (122, 130),
    "lung:right": (122, 130),
    "lung:left": (202, 116),
    "liver": (122, 206),
    "liver:I": (150, 208),
    "liver:II": (176, 190),
    "liver:III": (178, 212),
    "liver:IVa": (152, 188),
    "liver:IVb": (148, 226),
    "liver:V": (124, 230),
    "liver:VI": (98, 228),
    "liver:VII": (98, 194),
    "liver:VIII": (124, 190),
    "spleen": (226, 206),
    "pancreas": (176, 250),
    "pancreas:head": (146, 262),
    "pancreas:uncinate": (150, 276),
    "pancreas:neck": (162, 254),
    "pancreas:body": (182, 248),
    "pancreas:tail": (206, 240),
    "regional_ln": (178, 272),
    "regional_ln:peripancreatic": (178, 272),
    "regional_ln:hepatic_hilum": (146, 244),
    "regional_ln:celiac": (166, 236),
    "regional_ln:splenic_hilum": (212, 222),
    "abdominal_ln": (160, 300),
    "abdominal_ln:retroperitoneal": (160, 300),
    "abdominal_ln:mesenteric": (176, 312),
    "abdominal_ln:pelvic": (146, 356),
    "peritoneum": (118, 312),
    "bone": (160, 332),
    "bone:skull": (178, 40),
    "bone:spine": (160, 332),
    "bone:ribs": (96, 156),
    "bone:pelvis": (122, 352),
    "bone:limbs": (54, 236),
    "other": (206, 340),
}


def body_map(record: LesionRecord) -> list[dict[str, Any]]:
    """The places with lesions, each with its point, its words and the lesions there.

    Numbered from the head down, as the list beside the drawing is.
    """
    there: dict[Place, list[str]] = defaultdict(list)
    for lesion in record.lesions:
        there[Place(lesion.site, lesion.location)].append(lesion.label)
    ordered = sorted(there, key=lambda place: (_point(place)[1], _point(place)[0], place.code))
    return [
        {
            "number": number,
            "x": _point(place)[0],
            "y": _point(place)[1],
            "words": place.words,
            "labels": there[place],
        }
        for number, place in enumerate(ordered, start=1)
    ]


def _point(place: Place) -> tuple[int, int]:
    return POINTS.get(place.code, POINTS.get(place.site, POINTS[Site.OTHER]))
