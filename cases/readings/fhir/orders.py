"""ServiceRequests: examinations and treatments that were ordered."""

from cases.readings.answer import Coded
from cases.readings.fhir.datatypes import coded, codes_in, day
from cases.readings.fhir.imaging import identifiers
from cases.readings.fhir.resource import Resource
from cases.readings.fhir.statuses import is_said, silence
from cases.readings.findings import facts
from cases.readings.proposals import proposal_of
from cases.readings.reading import Kind
from cases.readings.studies import examination

NO_DAY = "The day on which it was ordered is not given."


def read(resource: Resource) -> None:
    """Write down the study that is ordered, or the treatment that is proposed."""
    root = resource.root
    root.at("intent"), root.at("category")
    if not is_said(resource):
        return
    if root.at("doNotPerform").value is True:
        silence(resource, root.at("doNotPerform"), "It asks not to do it.")
        return
    about = coded(root.at("code"))
    treatment = resource.find(about, "treatment")
    if treatment is not None:
        propose(resource, treatment.last)
        return
    known = examination(about, local=resource.local)
    if not known:
        resource.tell_codes(about)
        return
    ordered = day(root.at("authoredOn"))
    if ordered is None:
        root.at("authoredOn").tell(NO_DAY)
        return
    values = {
        **known,
        "ordered_on": ordered,
        "accession_number": identifiers(root).get("accession_number"),
        **_details(resource),
    }
    resource.say(Kind.STUDY, values, on=ordered)


def propose(resource: Resource, treatment: str) -> None:
    """Write down a treatment that is meant and not known to have been given."""
    facts.answer(
        "proposed_treatment",
        proposal_of(treatment),
        origin=resource.origin,
        path=resource.origin,
        subject=resource.subject,
        on=day(resource.root.at("authoredOn")),
        notebook=resource.notebook,
    )


def _details(resource: Resource) -> dict[str, str]:
    """What the order asks for beyond the examination: contrast, tracer, what it looks for."""
    root = resource.root
    details = codes_in(root.each("orderDetail"), root.at("orderDetail").path)
    sites = codes_in(root.each("bodySite"), root.at("bodySite").path)
    reasons = codes_in(root.each("reasonCode"), root.at("reasonCode").path)
    targets = Coded("", (*reasons.codes, *details.codes, *sites.codes))
    found = {}
    for column, place, given in (
        ("contrast", "contrast", details),
        ("tracer", "tracer", details),
        ("target", "fact/ordered_target", targets),
    ):
        named = resource.find(given, place)
        if named is not None:
            found[column] = named.last
    for code in targets.codes:
        one = Coded(code.path, (code,))
        if resource.find(one, "contrast", "tracer", "fact/ordered_target") is None:
            resource.tell_codes(one)
    return found
