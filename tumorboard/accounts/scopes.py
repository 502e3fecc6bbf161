"""What API clients may be granted: SMART v2 scopes, and the permission behind each.

A scope is `system/<Resource>.<letters>`, with the letters c (create), r (read), u (update), d
(delete), s (search) in this order. The one table here says which of them there are.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from tumorboard.accounts.permissions import Permission

LETTERS = "cruds"
#: RFC 6749, appendix A.4: what may stand in a scope parameter at all.
FORM = re.compile(r"\A[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*\Z")
SCOPE = re.compile(r"\Asystem/([A-Z][A-Za-z]*|\*)\.(c?r?u?d?s?)\Z")
READING = {"r": Permission.CASE_READ, "s": Permission.CASE_READ}

#: Kind of resource by the name that FHIR gives it, and one letter of `LETTERS`.
Grant = tuple[str, str]
Grants = frozenset[Grant]
BOARDS = {"r": Permission.BOARD_READ, "s": Permission.BOARD_READ}


class Resource(NamedTuple):
    """What a kind of resource is called here, and what each letter needs."""

    label: str
    permissions: dict[str, Permission]


def _writing(permission: Permission) -> dict[str, Permission]:
    """Adding, changing and taking back, where one right is for all of them."""
    return dict.fromkeys("cud", permission)


RESOURCES = {
    "Patient": Resource(
        "Patients", {**READING, "c": Permission.CASE_WRITE, "u": Permission.CASE_WRITE}
    ),
    "Condition": Resource(
        "Cases and their facts",
        {**READING, "c": Permission.CASE_WRITE, "u": Permission.CASE_WRITE},
    ),
    "ImagingStudy": Resource(
        "Studies", {**READING, "c": Permission.RESULT_WRITE, "u": Permission.RESULT_WRITE}
    ),
    "DiagnosticReport": Resource(
        "Results of studies, and the board's own readings",
        {**READING, "c": Permission.RESULT_WRITE, "u": Permission.RESULT_WRITE},
    ),
    "BodyStructure": Resource(
        "Lesions and measurements", {**READING, **_writing(Permission.RESULT_WRITE)}
    ),
    "Specimen": Resource("Specimens", {**READING, **_writing(Permission.CASE_WRITE)}),
    "Procedure": Resource(
        "Treatments and procedures", {**READING, **_writing(Permission.CASE_WRITE)}
    ),
    "Observation": Resource("Laboratory results", {**READING, **_writing(Permission.CASE_WRITE)}),
    "AllergyIntolerance": Resource("Allergies", {**READING, **_writing(Permission.CASE_WRITE)}),
    "Device": Resource("Implanted devices", {**READING, **_writing(Permission.CASE_WRITE)}),
    "MedicationAdministration": Resource(
        "Doses that were given", {**READING, **_writing(Permission.CASE_WRITE)}
    ),
    "MedicationStatement": Resource(
        "Medicines that are taken", {**READING, **_writing(Permission.CASE_WRITE)}
    ),
    # Messages of any kind: they wait in the inbox until somebody takes them over.
    "MessageHeader": Resource("Messages for the inbox", {"c": Permission.INTAKE_MANAGE}),
    "GuidanceResponse": Resource("Assessments", READING),
    "PlanDefinition": Resource("Scenarios of the guidance", READING),
    "ActivityDefinition": Resource("Studies and treatments of the guidance", READING),
    "CodeSystem": Resource("Codes of our own", READING),
    # A system proposes what a code means; that a person confirms it, the endpoints hold.
    "ConceptMap": Resource(
        "What codes mean", {**READING, **_writing(Permission.TERMINOLOGY_MANAGE)}
    ),
    # To acknowledge a check or to accept a gap is a judgment: a person's, never a system's.
    "DetectedIssue": Resource("Gaps, and acknowledgments of checks", READING),
    "CommunicationRequest": Resource(
        "Requests for what is missing",
        {**READING, "c": Permission.CASE_WRITE, "d": Permission.CASE_WRITE},
    ),
    "CareTeam": Resource(
        "Boards and their members", {**BOARDS, **_writing(Permission.BOARD_MANAGE)}
    ),
    "Library": Resource(
        "Standards of boards",
        dict.fromkeys("crus", Permission.BOARD_MANAGE),
    ),
    "Appointment": Resource(
        "Meetings",
        {**BOARDS, "c": Permission.BOARD_MANAGE, "u": Permission.BOARD_MANAGE},
    ),
    "List": Resource("Agendas", {**BOARDS, **_writing(Permission.AGENDA_WRITE)}),
    "Composition": Resource("Published agendas", {**BOARDS, "c": Permission.AGENDA_WRITE}),
    # To have an opinion is a person's.
    "Communication": Resource("Opinions on cases", BOARDS),
    # To sign is a person's, never a system's.
    "ClinicalImpression": Resource("Decisions", BOARDS),
    "ServiceRequest": Resource("Recommendations", BOARDS),
    "Task": Resource("Follow-up tasks", {**BOARDS, "u": Permission.TASK_WRITE}),
    "Bundle": Resource("Imports of cases", dict.fromkeys("crus", Permission.CASE_IMPORT)),
    "Group": Resource("Exports of cases", dict.fromkeys("crs", Permission.CASE_EXPORT)),
    "CarePlan": Resource("What decisions ask for", BOARDS),
    "Organization": Resource("The institution itself", BOARDS),
    "Practitioner": Resource("Names of members", BOARDS),
    "PractitionerRole": Resource("What members do on boards", BOARDS),
    "Provenance": Resource("Who wrote and signed what", READING),
    "MeasureReport": Resource(
        "What became of cards in EHRs", dict.fromkeys("rs", Permission.NUMBERS_READ)
    ),
    "AuditEvent": Resource("Who saw and changed what", dict.fromkeys("rs", Permission.AUDIT_READ)),
    "Basic": Resource("Topics that can be followed", BOARDS),
    # A client has and sees its own alone; of what it is told it must be able to read the kind, too.
    "Subscription": Resource(
        "Subscriptions of one's own to events", dict.fromkeys(LETTERS, Permission.EVENT_SUBSCRIBE)
    ),
}
EVERYTHING: Grants = frozenset(
    (name, letter) for name, resource in RESOURCES.items() for letter in resource.permissions
)
#: How the groups of letters are called that an administrator chooses from.
CHOICES = {"rs": "read", "c": "add", "u": "change", "d": "take back"}


def granted_by(text: str) -> Grants:
    """What a list of scopes asks for of what there is; `system/*.rs` means every kind.

    What there is not, and what is no `system/` scope, grants nothing.
    """
    found = {
        (name, letter)
        for scope in filter(None, map(SCOPE.match, text.split(" ")))
        for name in (RESOURCES if scope[1] == "*" else [scope[1]])
        for letter in scope[2]
    }
    return EVERYTHING & found


def words(grants: Iterable[Grant]) -> str:
    """The grants as a list of scopes, in one way only."""
    letters: dict[str, set[str]] = {}
    for name, letter in grants:
        letters.setdefault(name, set()).add(letter)
    return " ".join(
        f"system/{name}.{''.join(letter for letter in LETTERS if letter in letters[name])}"
        for name in RESOURCES
        if name in letters
    )


def permissions_of(grants: Grants) -> frozenset[Permission]:
    """What somebody with these grants may do; where, the kinds of resource say."""
    needed = {RESOURCES[name].permissions[letter] for name, letter in grants}
    return frozenset(needed | {Permission.TOKEN_USE})


def choices() -> list[tuple[str, str]]:
    """Every scope that an administrator may give, with what it means."""
    return [
        (f"system/{name}.{group}", f"{resource.label}: {verb}")
        for name, resource in RESOURCES.items()
        for letters, verb in CHOICES.items()
        if (group := "".join(letter for letter in letters if letter in resource.permissions))
    ]
