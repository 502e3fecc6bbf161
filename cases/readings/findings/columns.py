"""Facts that stand in columns of a specimen, a result or a patient."""

from collections.abc import Mapping

#: Fact -> column of a specimen, and its decimal places where it is a number.
SPECIMEN: Mapping[str, str] = {
    "ki67_percent": "ki67_percent",
    "mitoses_per_10hpf": "mitoses_per_10hpf",
    "differentiation": "differentiation",
    "histology_subtype": "subtype",
    "pathologist_grade": "grade",
    "who_version": "who_version",
    "ihc_chromogranin_a": "chromogranin_a",
    "ihc_synaptophysin": "synaptophysin",
    "hormone_ihc_positive": "hormones",
    "primary_size_mm": "size_mm",
}
#: Column -> decimal places that it holds.
PLACES: Mapping[str, int] = {
    "ki67_percent": 2,
    "mitoses_per_10hpf": 2,
    "size_mm": 1,
    "sstr_suvmax": 1,
}
#: Facts of the primary that other lesions have too.
OF_LESION = frozenset({"primary_size_mm", "adc_mm2_s_e3"})
#: Facts that only a study's result says, and its column.
RESULT: Mapping[str, str] = {
    "study_outcome": "outcome",
    **{
        name: name
        for name in (
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
    },
}
#: Facts that a result may say, and that may be answered without one.
RESULT_OR_FACT = frozenset(
    {
        "sstr_result",
        "krenning_grade",
        "sstr_uptake_homogeneous",
        "sstr_suvmax",
        "fdg_result",
    }
)
#: Values that a fact may have and a result's column may not: there is no result then.
NO_RESULT = frozenset({"not_done", "not_available"})
#: Facts that the rows of the record say, the institution, or the day: no message answers them.
RECORD_ONLY = frozenset(
    {
        "tnm_system",
        "studies",
        "ordered_procedure",
        "ordered_multiphasic",
        "ordered_covers_pelvis",
        "ordered_dwi",
        "ordered_target",
        "study_modality",
        "evaluated_on",
        "ruleset_version",
        "fact_provenance",
        "metastatic_site_count",
        "months_since_last_imaging",
        "last_imaging_date",
        "target_lesions",
        "hormone_lab_results",
    }
)
