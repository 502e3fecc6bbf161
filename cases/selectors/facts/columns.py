"""Which facts stand in columns of the record, and which only the record can say."""

from collections.abc import Mapping
from typing import Any

#: Columns of a result that are facts under their own names.
RESULT_FACTS = (
    "response_basis",
    "new_lesions",
    "size_change",
    "attenuation_or_enhancement_change",
    "new_enhancement_in_treated_lesion",
    "intratumoral_haemorrhage",
    "necrosis_without_shrinkage",
    "complication_type",
    "result_hinges_on_sstr_status",
    "imaging_clinical_discordant",
    "report_complex_or_subtle",
    "extrahepatic_sites_reviewed",
)

#: Facts about the order under review, and the study's column that holds each.
ORDER_FACTS = {
    "ordered_multiphasic": "multiphasic",
    "ordered_covers_pelvis": "covers_pelvis",
    "ordered_dwi": "dwi",
    "ordered_target": "target",
}

#: Facts that only the record, the institution or the day can say; nobody answers them directly.
RECORD_ONLY = frozenset(
    {
        "sex",
        "who_version",
        "tnm_system",
        "studies",
        "ordered_procedure",
        "study_outcome",
        "study_modality",
        "evaluated_on",
        "ruleset_version",
        "fact_provenance",
        "metastatic_site_count",
        "months_since_last_imaging",
        "last_imaging_date",
        # Lists of records: they are entered as lesions and as laboratory results.
        "target_lesions",
        "hormone_lab_results",
        *RESULT_FACTS,
        *ORDER_FACTS,
    }
)

#: Rules beside the interpretive ones whose word stands until the fact is answered for the
#: patient, or answered again.
UNTIL_ANSWERED = frozenset({"result.positive_surveillance", "policy.followup", "policy.study"})


def stands_until_answered(origin: Mapping[str, Any]) -> bool:
    """Whether what the record says of a fact gives way to an answer that comes after it.

    Args:
        origin: as an assessment keeps it; empty where nothing is known.
    """
    return origin.get("rule") in UNTIL_ANSWERED or bool(origin.get("until_answered"))
