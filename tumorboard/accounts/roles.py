"""The roles that an institution gives, each a named list of permissions."""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from tumorboard.accounts.permissions import Permission as P


class RoleDescription(NamedTuple):
    """What a role is called, what its holder does, and what it may do."""

    label: str
    description: str
    permissions: frozenset[P]


READ = frozenset({P.CASE_READ, P.BOARD_READ, P.TOKEN_USE})


class Role(Enum):
    """A role; its name is what the database keeps."""

    COORDINATOR = RoleDescription(
        "Coordinator",
        "Enters and imports cases, prepares lists and agendas, records what the board decides.",
        READ
        | {
            P.CASE_WRITE,
            P.RESULT_WRITE,
            P.CASE_IMPORT,
            P.BOARD_MANAGE,
            P.AGENDA_WRITE,
            P.DECISION_WRITE,
        },
    )
    CLINICIAN = RoleDescription(
        "Clinician",
        "Enters cases and results and puts them on the agenda.",
        READ | {P.CASE_WRITE, P.RESULT_WRITE, P.AGENDA_WRITE},
    )
    RADIOLOGIST = RoleDescription(
        "Radiologist",
        "Enters studies and their results.",
        READ | {P.RESULT_WRITE},
    )
    PATHOLOGIST = RoleDescription(
        "Pathologist",
        "Enters pathology.",
        READ | {P.CASE_WRITE},
    )
    BOARD_CHAIR = RoleDescription(
        "Board chair",
        "Runs the meeting and signs the board's decisions.",
        READ
        | {
            P.CASE_WRITE,
            P.RESULT_WRITE,
            P.BOARD_MANAGE,
            P.AGENDA_WRITE,
            P.DECISION_WRITE,
            P.DECISION_SIGN,
        },
    )
    ADMINISTRATOR = RoleDescription(
        "Institution administrator",
        "Invites people, sets roles and the institution's choices; sees no patient.",
        frozenset({P.PEOPLE_MANAGE, P.INSTITUTION_MANAGE}),
    )

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Name and label of every role, for forms and columns."""
        return [(role.name, role.value.label) for role in cls]


def permissions_of(role_names: Iterable[str]) -> frozenset[P]:
    """What the holder of these roles may do, all together."""
    return frozenset().union(*(Role[name].value.permissions for name in role_names))
