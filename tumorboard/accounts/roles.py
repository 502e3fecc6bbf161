"""The roles that an institution gives, each a named list of permissions."""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from tumorboard.accounts.permissions import Permission


class RoleDescription(NamedTuple):
    """What a role is called, what its holder does, and what it may do."""

    label: str
    description: str
    permissions: frozenset[Permission]


READ = frozenset({Permission.CASE_READ, Permission.BOARD_READ, Permission.TOKEN_USE})


class Role(Enum):
    """A role; its name is what the database keeps."""

    COORDINATOR = RoleDescription(
        "Coordinator",
        "Enters and imports cases, prepares lists and agendas, records what the board decides.",
        READ
        | {
            Permission.CASE_WRITE,
            Permission.RESULT_WRITE,
            Permission.CHECK_ACKNOWLEDGE,
            Permission.CASE_IMPORT,
            Permission.INTAKE_MANAGE,
            Permission.CASE_EXPORT,
            Permission.CASE_RESTRICT,
            Permission.CASE_BREAK_GLASS,
            Permission.BOARD_MANAGE,
            Permission.AGENDA_WRITE,
            Permission.DECISION_WRITE,
            Permission.OPINION_WRITE,
            Permission.TASK_WRITE,
            Permission.NUMBERS_READ,
            Permission.TERMINOLOGY_MANAGE,
        },
    )
    CLINICIAN = RoleDescription(
        "Clinician",
        "Enters cases and results and puts them on the agenda.",
        READ
        | {
            Permission.CASE_WRITE,
            Permission.CASE_BREAK_GLASS,
            Permission.RESULT_WRITE,
            Permission.CHECK_ACKNOWLEDGE,
            Permission.AGENDA_WRITE,
            Permission.OPINION_WRITE,
            Permission.TASK_WRITE,
        },
    )
    RADIOLOGIST = RoleDescription(
        "Radiologist",
        "Enters studies and their results.",
        READ
        | {
            Permission.CASE_BREAK_GLASS,
            Permission.RESULT_WRITE,
            Permission.CHECK_ACKNOWLEDGE,
            Permission.OPINION_WRITE,
        },
    )
    PATHOLOGIST = RoleDescription(
        "Pathologist",
        "Enters pathology.",
        READ | {Permission.CASE_WRITE, Permission.CHECK_ACKNOWLEDGE, Permission.OPINION_WRITE},
    )
    BOARD_CHAIR = RoleDescription(
        "Board chair",
        "Runs the meeting, signs the board's decisions, sets the local policy beside the guidance.",
        READ
        | {
            Permission.CASE_WRITE,
            Permission.RESULT_WRITE,
            Permission.CHECK_ACKNOWLEDGE,
            Permission.GUIDANCE_MANAGE,
            Permission.CASE_EXPORT,
            Permission.CASE_RESTRICT,
            Permission.CASE_BREAK_GLASS,
            Permission.BOARD_MANAGE,
            Permission.AGENDA_WRITE,
            Permission.DECISION_WRITE,
            Permission.DECISION_SIGN,
            Permission.OPINION_WRITE,
            Permission.TASK_WRITE,
            Permission.PROTOCOL_AUDIT,
            Permission.NUMBERS_READ,
        },
    )
    ADMINISTRATOR = RoleDescription(
        "Institution administrator",
        "Invites people, sets roles, the institution's choices and its local policy, searches the "
        "audit; sees no patient.",
        frozenset(
            {
                Permission.PEOPLE_MANAGE,
                Permission.CLIENT_MANAGE,
                Permission.EVENT_SUBSCRIBE,
                Permission.INSTITUTION_MANAGE,
                Permission.GUIDANCE_MANAGE,
                Permission.TERMINOLOGY_MANAGE,
                Permission.NUMBERS_READ,
                Permission.AUDIT_READ,
            }
        ),
    )
    PRIVACY_OFFICER = RoleDescription(
        "Privacy officer",
        "Looks into who saw and changed what, and tells patients who has seen their data; "
        "judges why restricted records were opened, erases who patients are; reads and writes "
        "no case.",
        frozenset(
            {
                Permission.AUDIT_READ,
                Permission.DISCLOSURE_READ,
                Permission.BREAK_GLASS_REVIEW,
                Permission.PATIENT_ERASE,
            }
        ),
    )

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Name and label of every role, for forms and columns."""
        return [(role.name, role.value.label) for role in cls]


def permissions_of(role_names: Iterable[str]) -> frozenset[Permission]:
    """What the holder of these roles may do, all together."""
    return frozenset().union(*(Role[name].value.permissions for name in role_names))
