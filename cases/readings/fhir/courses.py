"""What all treatments say, whether they are something done or a medicine that is taken."""

from typing import Any

from cases.readings.answer import Coded
from cases.readings.fhir.datatypes import coded, codes_in
from cases.readings.fhir.part import Part
from cases.readings.fhir.resource import Resource
from cases.readings.notebook import Unreadable
from cases.readings.numbers import kept, number_in, number_of
from cases.readings.profile_codes import is_own

INTENT = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent"
SESSIONS = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-sessions"
#: Treatments that have an activity; the units in which it is given, and their GBq.
RADIONUCLIDE = frozenset({"PRRT", "TARE"})
IN_GBQ = {"GBq": "1", "MBq": "0.001"}
#: Treatments that are over with the day on which they were done.
SURGICAL = frozenset({"surgery_primary", "surgery_liver", "transplant", "debulking"})
#: Statuses by which a treatment is over, and by which it goes on.
OVER = frozenset({"completed", "stopped", "ended"})
GOES_ON = frozenset({"active", "in-progress"})
TARGET_LETTERS, AGENT_LETTERS = 120, 120
LONG = "It has more than {} letters."


def course(resource: Resource, kind: str, *, has_ended: bool) -> dict[str, Any]:
    """Columns of a treatment of this type, beside its days."""
    said: dict[str, Any] = {
        "type": kind,
        "ongoing": _ongoing(resource, kind, has_ended=has_ended),
        "intent": _intent(resource),
        "stop_reason": _stop_reason(resource),
        "line": _number(resource.root.own_extension("treatment-line")),
        "cycles": _cycles(resource.root),
    }
    given = resource.root.own_extension("treatment-activity")
    if given is not None and kind in RADIONUCLIDE:
        said["activity_gbq"] = activity(given.at("valueQuantity"))
    return said


def agent(medication: Coded, part: Part) -> str:
    """The medicine in words; our own name of a kind of treatment is none."""
    words = medication.words
    own = [code.display for code in medication.codes if is_own(code.system) and code.display]
    for kind in own:
        if words == kind or words.startswith(f"{kind}: "):
            words = words[len(kind) :].removeprefix(": ")
            break
    return fitting(words, AGENT_LETTERS, part)


def activity(part: Part) -> Any:
    """An activity in GBq; None where it is none, which is told."""
    unit = part.text("code") or part.text("unit")
    part.at("unit"), part.at("system")
    if unit not in IN_GBQ:
        part.tell("An activity is given in GBq or MBq.")
        return None
    try:
        return kept(number_of(part.at("value").value) * number_in(IN_GBQ[unit]), places=2)
    except Unreadable as reason:
        part.tell(str(reason))
        return None


def fitting(text: str, letters: int, part: Part) -> str:
    """The text where it fits; too long a one is told."""
    if len(text) <= letters:
        return text
    part.tell(LONG.format(letters))
    return ""


def target(root: Part) -> str:
    """What a treatment was aimed at, in words."""
    sites = root.each("bodySite")
    words = ", ".join(words for site in sites if (words := coded(site).words))
    return fitting(words, TARGET_LETTERS, root.at("bodySite"))


def _ongoing(resource: Resource, kind: str, *, has_ended: bool) -> bool | None:
    """Whether it still goes on; None where that is not said, or where its end says so."""
    status = resource.root.text("status")
    if kind in SURGICAL or has_ended:
        return None
    if status in OVER:
        return False
    return True if status in GOES_ON else None


def _intent(resource: Resource) -> str:
    extension = resource.root.extension(INTENT)
    if extension is None:
        return ""
    named = resource.find_or_tell(coded(extension.at("valueCodeableConcept")), "intent")
    return named.last if named is not None else ""


def _stop_reason(resource: Resource) -> str:
    """Why it ended; a Procedure has one reason, a MedicationStatement several."""
    part = resource.root.at("statusReason")
    if not part:
        return ""
    given = codes_in(part.items(), part.path) if isinstance(part.value, list) else coded(part)
    named = resource.find_or_tell(given, "stop-reason")
    return named.last if named is not None else ""


def _cycles(root: Part) -> int | None:
    own = _number(root.own_extension("treatment-cycles"))
    sessions = root.extension(SESSIONS)
    other = _number(sessions)
    return other if own is None else own


def _number(extension: Part | None) -> int | None:
    """A whole number that an extension holds; None where it holds none."""
    if extension is None:
        return None
    given = extension.one_of("valuePositiveInt", "valueUnsignedInt")
    is_number = given is not None and type(given.value) is int
    if given is None or not is_number or not 0 < given.value < 1_000:
        extension.tell("This is not a number from 1 on.")
        return None
    return int(given.value)
