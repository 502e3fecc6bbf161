"""Whether a tumor is functioning, and the functioning subtypes (specification 8.4).

The subtypes are codes; their words belong to the content.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guidance.engine.logic import Truth, conjunction, disjunction

IHC_ONLY = "W-IHC-FUNCTION"
# The source prints the number without a unit.
GASTRIN_ABOVE = 1000


@dataclass(frozen=True, slots=True)
class Subtype:
    """One functioning subtype, 004 Table 2.

    `syndrome` are clinical signs, `laboratory` the tests; both in the order of the table,
    empty where it prints none.
    """

    hormone: str
    syndrome: tuple[str, ...]
    laboratory: tuple[str, ...]
    source: str


SUBTYPES: Mapping[str, Subtype] = {
    "gastrinoma": Subtype(
        "gastrin",
        ("zollinger_ellison", "gastric_ulcers"),
        ("gastrin", "secretin_test"),
        "004 L149-L159, L200-L255",
    ),
    "insulinoma": Subtype(
        "insulin",
        ("hypoglycemia", "whipple_triad"),
        ("insulin", "c_peptide"),
        "004 L143-L149, L211-L257",
    ),
    "glucagonoma": Subtype(
        "glucagon",
        ("diabetes", "necrolytic_migratory_erythema"),
        ("glucagon", "glucose"),
        "004 L172-L173, L212-L257",
    ),
    "vipoma": Subtype(
        "vip",
        ("watery_diarrhea", "hypokalemia", "achlorhydria"),
        ("vip",),
        "004 L221-L261",
    ),
    "somatostatinoma": Subtype(
        "somatostatin",
        ("diabetes", "gallstones", "fat_maldigestion"),
        ("somatostatin",),
        "004 L226-L265",
    ),
    "acthoma": Subtype("acth", ("cushing_syndrome",), (), "004 L230-L248"),
}


@dataclass(frozen=True, slots=True)
class Function:
    """Whether function is shown: true, false, or None with the facts that are missing."""

    functioning: Truth
    missing: tuple[str, ...]
    flags: tuple[str, ...]


def classify_function(
    *,
    clinical_syndrome: bool | None,
    laboratory_support: bool | None,
    hormone_ihc_positive: Sequence[str] | None,
) -> Function:
    """Return whether a tumor is functioning: syndrome and laboratory support (CLS-08).

    Staining for a hormone (fact 16) never counts; where it is positive and function is not
    shown, W-IHC-FUNCTION says so. Source: 003 L35-L37; 004 L56-L58.
    """
    parts = {"clinical_syndrome": clinical_syndrome, "laboratory_support": laboratory_support}
    functioning = conjunction(tuple(parts.values()))
    unknown = tuple(name for name, value in parts.items() if value is None)
    return Function(
        functioning=functioning,
        missing=unknown if functioning is None else (),
        flags=(IHC_ONLY,) if hormone_ihc_positive and functioning is not True else (),
    )


def supports_gastrinoma(*, gastrin: float | None, secretin_test_positive: bool | None) -> Truth:
    """Return whether the laboratory supports a gastrinoma: 004 Table 2 [004 L200-L255].

    Gastrin above 1000, strictly, or a positive secretin test; that one of them is enough is
    [INT]. The table prints no unit; pg/ml is usual [BS], and nothing is converted.
    """
    raised = None if gastrin is None else gastrin > GASTRIN_ABOVE
    return disjunction((raised, secretin_test_positive))
