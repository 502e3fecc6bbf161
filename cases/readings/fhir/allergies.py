"""AllergyIntolerances: whether iodinated contrast may be given."""

from cases.readings.answer import Coded
from cases.readings.fhir.datatypes import coded, codes_in, day
from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import silence
from cases.readings.findings import facts

FACT = "iodinated_contrast_severe_allergy"
IODINATED = "contrast/iodinated"
NOT_CERTAIN = "It is not confirmed, and nothing here can say so of it."
NO_SEVERITY = "How severe it is is not said."


def read(resource: Resource) -> None:
    """Write down whether there is a severe allergy to iodinated contrast."""
    root = resource.root
    root.at("type"), root.at("category")
    reactions = root.each("reaction")
    substances = codes_in(
        [part for part in (root.at("code"), *(one.at("substance") for one in reactions)) if part],
        root.at("code").path,
    )
    named = resource.find_or_tell(substances, IODINATED, f"fact/{FACT}")
    if named is None:
        return
    verification = _code(coded(root.at("verificationStatus")))
    if verification == "entered-in-error":
        silence(resource, root.at("verificationStatus"), "It was entered in error.")
    elif verification == "unconfirmed":
        silence(resource, root.at("verificationStatus"), NOT_CERTAIN)
    elif _code(coded(root.at("clinicalStatus"))) in ("inactive", "resolved"):
        silence(resource, root.at("clinicalStatus"), "It is said to be over.")
    else:
        _say(resource, _is_severe(root, reactions) if verification != "refuted" else False)


def _say(resource: Resource, is_severe: bool | None) -> None:
    root = resource.root
    if is_severe is None:
        root.tell(NO_SEVERITY)
        return
    facts.answer(
        FACT,
        is_severe,
        origin=resource.origin,
        path=root.path,
        subject=resource.subject,
        on=day(root.at("recordedDate")),
        notebook=resource.notebook,
    )


def _is_severe(root: Part, reactions: list[Part]) -> bool | None:
    """By the worst reaction so far, else by what the next one could be; None where not said."""
    severities = {reaction.text("severity") for reaction in reactions}
    if "severe" in severities or root.text("criticality") == "high":
        return True
    if severities & {"mild", "moderate"} or root.text("criticality") == "low":
        return False
    return None


def _code(given: Coded) -> str:
    return next((code.code for code in given.codes), "")
