"""What a laboratory measures: names, units and how they convert, from `analytes.yaml`."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from guidance.engine import content
from guidance.engine.markers import load_markers

FILE = Path(__file__).with_name("analytes.yaml")
#: An analyte without an entry of its own: its name stands in the note, its unit is free.
OTHER = "other"
MASS, AMOUNT = "mass", "amount"
#: Dimensions that a molar mass joins.
JOINED = {MASS: AMOUNT, "mass_a_day": "amount_a_day"}


@dataclass(frozen=True)
class Unit:
    """A unit: `factor` converts a value into its dimension's first unit."""

    code: str
    dimension: str
    factor: Decimal


@dataclass(frozen=True)
class Likely:
    """Bounds, in `unit`, outside of which a slip of the unit is likelier than the value [INT]."""

    unit: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Analyte:
    """One thing that is measured; `units` by their code, the usual one first.

    `molar_mass` is in g/mol, None where mass and amount do not convert; `apart` says why some
    of the units do not, with its source. `hormone` is what counts for a tumor's function.
    """

    code: str
    name: str
    panel: str
    also: tuple[str, ...]
    units: Mapping[str, Unit]
    molar_mass: Decimal | None
    formula: str
    apart: str
    apart_source: str
    likely: tuple[Likely, ...]
    hormone: bool

    @property
    def usual_unit(self) -> str:
        """The unit that a form starts with; empty where any may be typed."""
        return next(iter(self.units), "")

    def unit_named(self, typed: str) -> str | None:
        """The unit as this product writes it; None where the analyte is not given in it."""
        if not self.units:
            return typed or None
        code = _spellings().get(_key(typed))
        return code if code in self.units else None

    def factor(self, of: str, to: str) -> Decimal | None:
        """What a value in unit `of` is multiplied by to stand in unit `to`.

        None where the two do not convert. Units of an analyte without an entry convert into
        themselves alone.
        """
        if of == to:
            return Decimal(1)
        one, other = self.units.get(of), self.units.get(to)
        if one is None or other is None:
            return None
        if one.dimension == other.dimension:
            return one.factor / other.factor
        if self.molar_mass is None:
            return None
        if JOINED.get(one.dimension) == other.dimension:
            return one.factor / self.molar_mass / other.factor
        if JOINED.get(other.dimension) == one.dimension:
            return one.factor * self.molar_mass / other.factor
        return None

    def conversion_words(self, of: str, to: str) -> str:
        """How `of` converts into `to`, for a reader; empty where nothing has to be converted."""
        factor = self.factor(of, to)
        if factor is None or of == to:
            return ""
        by_mass = self.units[of].dimension != self.units[to].dimension
        why = f", molar mass {self.molar_mass} g/mol" if by_mass else ""
        return f"1 {of} is {plain(factor)} {to}{why}"

    def unlikely(self, value: Decimal, unit: str) -> str:
        """Why a value is more likely a slip of the unit; empty where it is not."""
        for bounds in self.likely:
            factor = self.factor(bounds.unit, unit)
            if factor is None:
                continue
            low, high = bounds.low * factor, bounds.high * factor
            if not low <= value <= high:
                between = f"between {plain(low)} and {plain(high)} {unit}"
                return f"{self.name} is expected {between}. Check the value and its unit."
        return ""


@dataclass(frozen=True)
class TrendRule:
    """The product's rule for a trend [INT], with its words and its source."""

    percent: Decimal
    lowest_months: int
    fresh_weeks: int
    limits_differ_percent: Decimal
    rule: str
    freshness: str
    source: str


@dataclass(frozen=True)
class Catalogue:
    """All analytes by code, the panels they are entered in, and the rule for trends."""

    analytes: Mapping[str, Analyte]
    panels: Mapping[str, str]
    trend: TrendRule

    def in_panel(self, panel: str) -> list[Analyte]:
        """The analytes of one panel, in order."""
        return [analyte for analyte in self.analytes.values() if analyte.panel == panel]

    def named(self, typed: str) -> Analyte | None:
        """The analyte that is called so, in whatever case; None where there is none."""
        return _names().get(_key(typed))


@functools.cache
def catalogue() -> Catalogue:
    """Read the catalogue, once per process."""
    raw = _raw()
    units = {
        code: Unit(code, dimension, Decimal(unit["factor"]))
        for dimension, members in raw["units"].items()
        for code, unit in members.items()
    }
    analytes = {entry["code"]: _analyte(entry, units) for entry in raw["analytes"]}
    trend = raw["trend"]
    return Catalogue(
        analytes=MappingProxyType(analytes),
        panels=MappingProxyType(raw["panels"]),
        trend=TrendRule(
            percent=Decimal(trend["percent"]),
            lowest_months=trend["lowest_months"],
            fresh_weeks=trend["fresh_weeks"],
            limits_differ_percent=Decimal(trend["limits_differ_percent"]),
            rule=trend["rule"],
            freshness=trend["freshness"],
            source=trend["source"],
        ),
    )


def hormone_of(subtype: str) -> Analyte | None:
    """The tumor's own hormone by its functioning subtype, as X-03 of the guidance names it.

    None where the guidance names none: the subtype is unknown or another one.
    """
    hormone = _hormones().get(subtype)
    return catalogue().named(hormone) if hormone else None


def plain(number: Decimal) -> str:
    """A number without an exponent, to at most six significant digits beyond the point."""
    rounded = Decimal(f"{number:.6g}")
    words = f"{rounded:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def _analyte(raw: Mapping[str, Any], units: Mapping[str, Unit]) -> Analyte:
    mass = raw.get("molar_mass")
    return Analyte(
        code=raw["code"],
        name=raw["name"],
        panel=raw["panel"],
        also=tuple(raw.get("also", ())),
        units=MappingProxyType({code: units[code] for code in raw["units"]}),
        molar_mass=None if mass is None else Decimal(mass),
        formula=raw.get("formula", ""),
        apart=raw.get("apart", ""),
        apart_source=raw.get("apart_source", ""),
        likely=tuple(
            Likely(bounds["unit"], Decimal(str(bounds["low"])), Decimal(str(bounds["high"])))
            for bounds in raw.get("likely", ())
        ),
        hormone=raw.get("hormone", False),
    )


@functools.cache
def _raw() -> Any:
    return content.parse_yaml(FILE.read_text(encoding="utf-8"))


@functools.cache
def _spellings() -> Mapping[str, str]:
    """Unit by every spelling."""
    return {
        _key(spelling): code
        for members in _raw()["units"].values()
        for code, unit in members.items()
        for spelling in (code, *unit.get("also", ()))
    }


@functools.cache
def _names() -> Mapping[str, Analyte]:
    return {
        _key(name): analyte
        for analyte in catalogue().analytes.values()
        if analyte.code != OTHER
        for name in (analyte.name, analyte.code.replace("_", " "), *analyte.also)
    }


@functools.cache
def _hormones() -> Mapping[str, str]:
    """The hormone's name by subtype, of the newest edition on disk, as the dictionary is."""
    return load_markers(content.read(content.DEFAULT_VERSION, "checklists")).hormones


def _key(text: str) -> str:
    """A spelling without case, space and typographic digits; both signs for micro are one."""
    joined = "".join(text.casefold().split())
    return joined.translate(_TYPOGRAPHY)


_TYPOGRAPHY = str.maketrans({"\u00b5": "\u03bc", "²": "2", "³": "3", "⁹": "9", "^": "", ",": "."})
