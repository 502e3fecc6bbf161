"""Conditions: the tumor's diagnosis, metastases, syndromes and symptoms."""

from typing import Any

from cases.readings.answer import Coded
from cases.readings.fhir.datatypes import coded, codes_in, day
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import silence
from cases.readings.findings import facts
from cases.readings.findings.staging import read_stage
from cases.readings.naming import OTHER_MEANING, Named
from cases.readings.reading import Kind
from guidance.engine.dictionary import DICTIONARY

MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
ASSERTED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
#: What a code says of the tumor itself, with the facts that follow from it.
TUMORS: dict[str, dict[str, Any]] = {
    "pancreatic_nen": {"primary_site": "pancreas"},
    "pancreatic_nen_benign": {"primary_site": "pancreas"},
    "neuroendocrine_tumor": {},
    "poorly_differentiated_nec": {"differentiation": "poor"},
    "pancreatic_malignancy": {"primary_site": "pancreas"},
    "digestive_neoplasm_uncertain": {},
}
#: What a tumor's morphology may say.
MORPHOLOGIES = ("fact/histology_subtype", "fact/functional_subtype", "condition")
#: How certain a diagnosis is, where that is less than confirmed (fact 6).
BASIS = {
    "unconfirmed": "suspected",
    "provisional": "highly_suspected",
    "differential": "suspected",
}
BACK = frozenset({"recurrence", "relapse"})
REFUTED = "It was found not to be so."
NO_CONDITION = "This condition says nothing by itself that has a place here."
UNSURE = "It is not confirmed, and nothing here can say so of it."
GONE = frozenset({"inactive", "remission", "resolved"})
TITLE_LETTERS = 200
UNTITLED = "Tumor"


def read(resource: Resource) -> None:
    """Write down what a Condition says: a diagnosis, or a fact."""
    root = resource.root
    root.at("category"), root.at("identifier")
    verification = _code(coded(root.at("verificationStatus")))
    if verification == "entered-in-error":
        silence(resource, root.at("verificationStatus"), "It was entered in error.")
        return
    about = coded(root.at("code"))
    morphology = _morphology(resource)
    tumor = resource.find(about, "condition")
    if morphology or (tumor is not None and tumor.last in TUMORS):
        _read_tumor(resource, about, tumor, morphology, verification)
        return
    fact = resource.find_or_tell(about, "fact", "condition")
    if fact is None:
        return
    if fact.kind == "condition":
        resource.notebook.tell_code(fact.code, NO_CONDITION)
        return
    _read_fact(resource, fact, verification)


def _read_tumor(
    resource: Resource,
    about: Coded,
    tumor: Named | None,
    morphology: list[Named],
    verification: str,
) -> None:
    root = resource.root
    if verification == "refuted":
        _refute(resource, tumor)
        return
    said = dict(TUMORS.get(tumor.last, {})) if tumor is not None else {}
    if tumor is None:
        resource.tell_codes(about)
    for named in morphology:
        _add(said, named)
    _add_site(resource, said)
    asserted = root.extension(ASSERTED)
    diagnosed = day(asserted.at("valueDateTime")) if asserted is not None else None
    if diagnosed is not None:
        said["diagnosis_date"] = diagnosed.isoformat()
    if verification in BASIS:
        said["diagnosis_basis"] = BASIS[verification]
    status = _code(coded(root.at("clinicalStatus")))
    if status in GONE:
        root.at("clinicalStatus").tell(f"The disease is said to be {status}.")
    if status in BACK:
        said["recurrence_status"] = "confirmed"
    values = {"title": _title(resource, about), "facts": said}
    resource.say(Kind.DIAGNOSIS, values, on=diagnosed)
    for stage in root.each("stage"):
        stage.at("assessment")
        read_stage(
            coded(stage.at("summary")),
            origin=resource.origin,
            subject=resource.subject,
            notebook=resource.notebook,
        )


def _title(resource: Resource, about: Coded) -> str:
    """The diagnosis in words; where there are none that fit, its code."""
    if len(about.words) > TITLE_LETTERS:
        resource.root.at("code").tell(f"The title has more than {TITLE_LETTERS} letters.")
    elif about.words:
        return about.words
    return next((code.code[:TITLE_LETTERS] for code in about.codes), UNTITLED)


def _refute(resource: Resource, tumor: Named | None) -> None:
    """A pancreatic tumor that was found to be none is an answer; of another one it says less."""
    if tumor is None or not tumor.last.startswith("pancreatic_nen"):
        silence(resource, resource.root.at("verificationStatus"), REFUTED)
        return
    facts.answer(
        "diagnosis_basis",
        "not_pnet",
        origin=resource.origin,
        path=resource.root.at("verificationStatus").path,
        subject=resource.subject,
        notebook=resource.notebook,
    )


def _read_fact(resource: Resource, named: Named, verification: str) -> None:
    """A condition whose code is a value of a fact: a metastasis, a syndrome, a symptom."""
    root = resource.root
    name, _, choice = named.name.partition("/")
    fact = DICTIONARY.get(name)
    if fact is None or not (choice or fact.kind == "bool3"):
        resource.notebook.tell_code(named.code, OTHER_MEANING)
        return
    denied = verification == "refuted"
    if denied and fact.kind != "bool3":
        silence(resource, root.at("verificationStatus"), REFUTED)
        return
    if verification in BASIS:
        silence(resource, root.at("verificationStatus"), UNSURE)
        return
    status = _code(coded(root.at("clinicalStatus")))
    if status in GONE:
        silence(resource, root.at("clinicalStatus"), f"It is said to be {status}.")
        return
    value: Any = [choice] if fact.kind == "list" else choice or not denied
    onset = root.one_of("onsetDateTime", "recordedDate")
    facts.answer(
        name,
        value,
        origin=resource.origin,
        path=named.code.path,
        subject=resource.subject,
        on=day(onset),
        adds=fact.kind == "list",
        notebook=resource.notebook,
    )


def _morphology(resource: Resource) -> list[Named]:
    extension = resource.root.extension(MORPHOLOGY)
    if extension is None:
        return []
    histology = coded(extension.at("valueCodeableConcept"))
    found = [
        named
        for place in MORPHOLOGIES
        if (named := resource.find(histology, place)) is not None
        and (named.kind == "fact" or named.last in TUMORS)
    ]
    if not found:
        resource.tell_codes(histology)
    return found


def _add(said: dict[str, Any], named: Named) -> None:
    if named.kind == "condition":
        for name, value in TUMORS[named.last].items():
            said.setdefault(name, value)
        return
    name, _, choice = named.name.partition("/")
    said[name] = choice


def _add_site(resource: Resource, said: dict[str, Any]) -> None:
    sites = resource.root.each("bodySite")
    if not sites:
        return
    given = codes_in(sites, resource.root.at("bodySite").path)
    named = resource.find_or_tell(given, "fact/primary_site")
    if named is not None:
        said["primary_site"] = named.last


def _code(coded: Coded) -> str:
    return next((code.code for code in coded.codes), "")
