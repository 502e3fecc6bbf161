"""ORM and OMI: examinations and treatments that were ordered."""

from cases.readings import naming
from cases.readings.findings import facts
from cases.readings.hl7v2 import examinations as about
from cases.readings.hl7v2.examinations import READ_OF_OBR, READ_OF_ORC
from cases.readings.hl7v2.groups import Group
from cases.readings.notebook import Notebook
from cases.readings.proposals import proposal_of
from cases.readings.reading import Kind, Reading
from cases.readings.studies import examination
from cases.terminology.codes import LocalCodes

CONTROL, TRANSACTION = 1, 9
#: ORC-1 (table 0119) by which something is ordered or its order changes.
ORDERED = frozenset({"NW", "XO", "SN", "PA", "CH", "RO", "SC", "RP", "RU", ""})
NOT_ORDERED = "The order control {} orders nothing: it is told, and nothing is taken back here."
NO_DAY = "The day on which it was ordered is not given."


def read(group: Group, *, subject: str, local: LocalCodes, notebook: Notebook) -> None:
    """Write down the study that is ordered, or the treatment that is proposed."""
    control = group.order.text(CONTROL) if group.order else ""
    path = group.order.path if group.order else "ORC"
    origin = group.request.path if group.request else path
    if control not in ORDERED:
        notebook.tell(f"{path}-{CONTROL}", NOT_ORDERED.format(control))
        return
    for segment, read_of_it in ((group.order, READ_OF_ORC), (group.request, READ_OF_OBR)):
        if segment is not None:
            segment.tell_rest(read_of_it, notebook)
    service = about.service(group)
    ordered = about.day(group.order, TRANSACTION, notebook)
    treatment = naming.find(service, "treatment", local=local)
    if treatment is not None:
        facts.answer(
            "proposed_treatment",
            proposal_of(treatment.last),
            origin=origin,
            path=service.path,
            subject=subject,
            on=ordered,
            notebook=notebook,
        )
        return
    known = examination(service, local=local)
    if not known:
        naming.tell(service, local=local, notebook=notebook)
    elif ordered is None:
        notebook.tell(f"{path}-{TRANSACTION}", NO_DAY)
    else:
        reason = group.request.coded(about.REASON) if group.request else service
        target = naming.find(reason, "fact/ordered_target", local=local)
        values = about.known(
            {
                **known,
                "ordered_on": ordered,
                "target": target.last if target else "",
                **about.numbers(group, notebook),
            }
        )
        notebook.say(Reading(Kind.STUDY, values, origin, subject, on=ordered))
