"""Where a fact is answered: the page and the field behind every open question."""

from collections.abc import Collection

from django.urls import resolve, reverse

from cases.models import Case, Study
from cases.selectors.facts import ORDER_FACTS, RECORD_ONLY, RESULT_FACTS
from cases.web.forms.answers import ANSWERABLE
from guidance.engine.dictionary import DICTIONARY
from tumorboard.accounts.permissions import Permission
from tumorboard.tenancy.scope import current_institution

#: Facts that nobody answers: the day and the edition come from the machine.
NOBODY = frozenset({"evaluated_on", "ruleset_version", "fact_provenance"})
#: Lists of records, and the page of the record where each is entered.
ENTERED_ON = {
    "target_lesions": "lesions",
    "hormone_lab_results": "labs",
    "treatments": "treatments",
}
#: The page of the record behind a rule, by the first part of the rule's name.
PAGES_OF_RULES = {
    "treatments": "treatments",
    "procedures": "treatments",
    "specimen": "pathology",
    "lab": "labs",
    "devices": "feasibility",
    "allergies": "feasibility",
    "lesions": "lesions",
}
SETTINGS = frozenset({"who_version", "tnm_system"})
#: Facts that are read from another fact.
READ_FROM = {"metastatic_site_count": "metastatic_sites"}
#: Facts of the result form, and the field that holds each.
RESULT_FIELDS = {"study_outcome": "outcome", **{name: name for name in RESULT_FACTS}}
#: Facts of the study form, and the field that holds each.
STUDY_FIELDS = {
    **ORDER_FACTS,
    "ordered_procedure": "procedure",
    "study_modality": "modality",
    "studies": "modality",
    "last_imaging_date": "performed_on",
    "months_since_last_imaging": "performed_on",
}


def is_answerable(name: str) -> bool:
    """Whether a person answers the fact directly, on the page of its group."""
    return name not in RECORD_ONLY and DICTIONARY[name].kind in ANSWERABLE


def where_answered(case: Case, fact: str, *, current: Study | None = None) -> str:
    """The address of the field that answers `fact` for `case`; empty where nobody does.

    Args:
        current: the newest study of the case, whose form answers the facts of order and result.
    """
    slug = current_institution().slug
    if fact in NOBODY:
        return ""
    if fact in SETTINGS:
        return reverse("guidance_settings", args=[slug]) + f"#id_{fact}"
    if fact == "sex":
        return reverse("patient_edit", args=[slug, case.patient_id]) + "#id_sex"
    if fact in ENTERED_ON:
        return reverse(ENTERED_ON[fact], args=[slug, case.pk])
    if fact in RESULT_FIELDS and current is not None:
        return reverse("result_enter", args=[slug, current.pk]) + f"#id_{RESULT_FIELDS[fact]}"
    if fact in RESULT_FIELDS or fact in STUDY_FIELDS:
        anchor = f"#id_{STUDY_FIELDS.get(fact, 'modality')}"
        if current is None:
            return reverse("study_new", args=[slug, case.pk]) + anchor
        return reverse("study_edit", args=[slug, current.pk]) + anchor
    name = READ_FROM.get(fact, fact)
    if name not in DICTIONARY:
        return ""  # The edition in use asks what this version of the software no longer does.
    return reverse("case_facts", args=[slug, case.pk, DICTIONARY[name].group]) + f"#fact-{name}"


def where_changed(case: Case, rule: str, *, current: Study | None = None) -> str:
    """The address where the record behind an origin's rule is changed; empty for none."""
    slug = current_institution().slug
    head = rule.partition(".")[0]
    if head == "patient":
        return reverse("patient_edit", args=[slug, case.patient_id])
    if head in PAGES_OF_RULES:
        return reverse(PAGES_OF_RULES[head], args=[slug, case.pk])
    if head == "policy":
        return reverse("guidance_settings", args=[slug])
    if head in ("study", "result") and current is not None:
        page = "study_edit" if head == "study" else "result_enter"
        return reverse(page, args=[slug, current.pk])
    if head in ("studies", "study", "result"):
        return reverse("case", args=[slug, case.pk]) + "#imaging"
    return ""


def if_granted(url: str, granted: Collection[Permission]) -> str:
    """The address, if the permission that its page asks for is among `granted`; else empty."""
    if not url:
        return ""
    page = resolve(url.partition("#")[0]).func
    return url if page.permission in granted else ""  # type: ignore[attr-defined]
