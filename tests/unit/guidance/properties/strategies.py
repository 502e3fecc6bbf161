"""Valid facts for the whole dictionary, drawn from the dictionary itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from guidance.engine.dictionary import DICTIONARY, FactDefinition, FieldDefinition
from tests.unit.guidance.cases import read_data

#: Numbers at which the specification changes its mind; drawn at random they would be rare.
NOTABLE: Mapping[str, tuple[float, ...]] = {
    "age_years": (17, 18),
    "ki67_percent": (0, 2, 2.5, 3, 20, 20.5),
    "mitoses_per_10hpf": (0, 1, 2, 20, 21),
    "months_since_resection": (0, 11.9, 12),
    "months_since_last_imaging": (2, 3, 6, 12, 13),
    "liver_burden_percent": (25, 25.5, 30, 30.5),
    "primary_size_mm": (19, 20),
    "contrast_flow_rate_ml_s": (3, 3.5),
    "krenning_grade": (2, 3),
    "interval_days": (30, 365),
}
DATES = st.dates(date(2024, 1, 1), date(2027, 12, 31)).map(date.isoformat)
TEXTS = st.text("abc ÄÖ\"'\\{}\n", min_size=1).filter(str.strip)
LARGEST = 10_000


def values(definition: FactDefinition | FieldDefinition) -> st.SearchStrategy[Any]:
    """Known values of one fact, or of one field of its records, as JSON has them."""
    low = 0 if definition.low is None else definition.low
    high = LARGEST if definition.high is None else definition.high
    notable = st.sampled_from((*NOTABLE.get(definition.name, ()), high))
    numbers = st.floats(low, high, exclude_min=definition.low_exclusive, allow_nan=False)
    kinds: Mapping[str, Any] = {
        "bool3": st.booleans,
        "enum": lambda: st.sampled_from(definition.allowed),
        "list": lambda: st.lists(st.sampled_from(definition.allowed), unique=True, max_size=4),
        "integer": lambda: st.one_of(notable, st.integers(int(low), int(high))),
        "decimal": lambda: st.one_of(notable, numbers),
        "date": lambda: DATES,
        "string": lambda: TEXTS,
        "strings": lambda: st.lists(TEXTS, max_size=2),
        "map": lambda: st.dictionaries(st.sampled_from(sorted(DICTIONARY)), TEXTS, max_size=2),
        "records": lambda: st.lists(_records(definition), max_size=3),
    }
    return kinds[definition.kind]()


def _records(definition: Any) -> st.SearchStrategy[dict[str, Any]]:
    fields = {field.name: values(field) for field in definition.fields}
    required = {field.name for field in definition.fields if field.required}
    return st.fixed_dictionaries(
        {name: drawn for name, drawn in fields.items() if name in required},
        optional={name: drawn for name, drawn in fields.items() if name not in required},
    )


def examples(definition: FactDefinition | FieldDefinition) -> list[Any]:
    """Every value of a fact that has few; of the others those that rules tell apart."""
    ends = [end for end in (definition.low, definition.high) if end is not None]
    numbers = [*NOTABLE.get(definition.name, ()), *ends]
    if definition.low_exclusive or not numbers:
        numbers = [number for number in numbers if number != definition.low] or [1]
    kinds: Mapping[str, list[Any]] = {
        "bool3": [True, False],
        "enum": list(definition.allowed),
        "list": [[], *([value] for value in definition.allowed)],
        "integer": numbers,
        "decimal": numbers,
        "date": ["2024-06-30", "2031-01-01"],
        "string": ["text"],
        "strings": [["text"]],
        "map": [{"sex": "text"}],
    }
    return kinds[definition.kind] if definition.kind != "records" else _record_examples(definition)


def _record_examples(definition: Any) -> list[Any]:
    fields = {field.name: examples(field) for field in definition.fields}
    required = {field.name: fields[field.name][0] for field in definition.fields if field.required}
    records = [{**required, name: value} for name, found in fields.items() for value in found]
    return [[], *([record] for record in records)]


VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    name: values(definition) for name, definition in DICTIONARY.items()
}
#: Any facts at all, up to the whole dictionary.
ANY_FACTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({}, optional=dict(VALUES))

BASES = read_data("micro_cases")["bases"]
#: Cases on a base of section 14.3 for rules that the worked cases do not come near.
BESIDE = (
    # Reported progression that is held.
    (
        "F",
        {
            "treatments": ["everolimus"],
            "study_outcome": "progression",
            "size_change": "increase",
            "attenuation_or_enhancement_change": "decrease",
            "intratumoral_haemorrhage": True,
            "new_lesions": False,
            "new_enhancement_in_treated_lesion": False,
            "bilioenteric_anastomosis_or_biliary_device": True,
        },
    ),
    # Treatments that carry cautions (6.2).
    (
        "F",
        {
            "proposed_treatment": "TACE",
            "tace_vehicle": "drug_eluting_beads",
            "tace_drug": "streptozocin",
            "liver_burden_percent": 35,
            "portal_vein_thrombosis": True,
        },
    ),
    # Growth between two studies (9.2).
    (
        "F",
        {
            "recist_sum_mm_t0": 100,
            "recist_sum_mm_t1": 118,
            "interval_days": 365,
            "tgr_percent_per_month": 5,
            "treatment_between_measurements": True,
        },
    ),
    # A schedule that is judged, and windows that differ (7.2, 7.3).
    (
        "R",
        {
            "ki67_percent": 1,
            "stage_class": "early",
            "months_since_resection": 6,
            "followup_policy": "FU-01",
            "months_since_last_imaging": 13,
            "study_outcome": "negative",
        },
    ),
    # Positive staging with the scintigraphy done.
    (
        "S",
        {
            "study_outcome": "positive",
            "study_modality": "PET_SSTR",
            "sstr_imaging_done": True,
            "sstr_result": "negative",
            "sstr_tracer": "In111_pentetreotide",
            "primary_size_mm": 15,
        },
    ),
    # An order for a study of a suspected primary.
    (
        "S",
        {
            "clinical_question": "primary_detection",
            "ordered_procedure": "MRI_AP_WWO",
            "ordered_phases": ["portal_venous"],
            "ordered_dwi": False,
        },
    ),
)
#: The worked cases of the specification: they reach every scenario and branch.
WORKED: tuple[dict[str, Any], ...] = tuple(
    {
        name: value
        for name, value in {**read_data("d0"), **BASES.get(base, {}), **facts}.items()
        if value != "unknown"
    }
    for base, facts in [
        *(("", entry["facts"]) for entry in read_data("vignettes")),
        *(
            (entry["base"], entry["facts"])
            for kind in ("routes", "orders")
            for entry in read_data("micro_cases")[kind]
        ),
        *BESIDE,
    ]
)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Facts near a worked case: some are forgotten, some others are known."""
    facts = dict(draw(st.sampled_from(WORKED)))
    for name in draw(st.lists(st.sampled_from(sorted(facts)), max_size=4, unique=True)):
        del facts[name]
    for name in draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=6, unique=True)):
        facts[name] = draw(VALUES[name])
    return facts


#: Mostly near a worked case, sometimes anything.
FACTS = st.one_of(cases(), cases(), ANY_FACTS)
