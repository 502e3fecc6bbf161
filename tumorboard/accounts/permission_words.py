"""Every permission in words, by group: what somebody reads who puts a role together."""

from typing import NamedTuple

from tumorboard.accounts.permissions import Permission


class Words(NamedTuple):
    """What a permission is called, and what its holder may do with it."""

    label: str
    allows: str


GROUPS: dict[str, dict[Permission, Words]] = {
    "Cases": {
        Permission.CASE_READ: Words("Read cases", "See patients, cases, studies and decisions."),
        Permission.CASE_WRITE: Words(
            "Write cases", "Enter and change patients, cases and pathology."
        ),
        Permission.RESULT_WRITE: Words(
            "Enter results", "Enter studies, their files and their results."
        ),
        Permission.CHECK_ACKNOWLEDGE: Words("Acknowledge checks", "Say why a warning is accepted."),
        Permission.CASE_IMPORT: Words("Import cases", "Upload files of cases."),
        Permission.INTAKE_MANAGE: Words(
            "Work on the inbox", "Take what other systems send into the record."
        ),
        Permission.CASE_EXPORT: Words("Export cases", "Download lists of cases."),
        Permission.CASE_RESTRICT: Words(
            "Restrict cases", "Show a record to a list of members only, and lift that."
        ),
        Permission.CASE_BREAK_GLASS: Words(
            "Break the glass", "Open a restricted record for 60 minutes, with a reason."
        ),
    },
    "Boards": {
        Permission.BOARD_READ: Words("See boards", "See boards, agendas, meetings and tasks."),
        Permission.BOARD_MANAGE: Words(
            "Manage boards", "Plan meetings and say who sits on a board."
        ),
        Permission.AGENDA_WRITE: Words(
            "Write agendas", "Put cases on lists, order and publish them."
        ),
        Permission.OPINION_WRITE: Words("Give opinions", "Give an opinion before a meeting."),
        Permission.DECISION_WRITE: Words("Write decisions", "Write what the board decides."),
        Permission.DECISION_SIGN: Words("Sign decisions", "Sign for the board."),
        Permission.TASK_WRITE: Words("Follow tasks up", "Change, close and hand over tasks."),
        Permission.PROTOCOL_AUDIT: Words(
            "Review protocol decisions", "Judge what was settled without discussion."
        ),
        Permission.NUMBERS_READ: Words("See numbers", "See the numbers of boards, without names."),
    },
    "Institution": {
        Permission.PEOPLE_MANAGE: Words("Manage people", "Invite people, make and give roles."),
        Permission.CLIENT_MANAGE: Words("Manage API clients", "Register systems that use the API."),
        Permission.EVENT_SUBSCRIBE: Words(
            "Follow events", "Have systems told of events by FHIR Subscriptions."
        ),
        Permission.TOKEN_USE: Words("Use the API", "Make personal tokens for scripts."),
        Permission.INSTITUTION_MANAGE: Words("Manage settings", "Set the institution's choices."),
        Permission.GUIDANCE_MANAGE: Words(
            "Manage local policy", "Write what holds beside the guidance."
        ),
        Permission.TERMINOLOGY_MANAGE: Words(
            "Manage codes", "Say what the codes of hospital systems mean."
        ),
    },
    "Privacy": {
        Permission.AUDIT_READ: Words("Read the audit", "See who saw and changed what."),
        Permission.DISCLOSURE_READ: Words("Tell patients", "See who has seen one patient's data."),
        Permission.BREAK_GLASS_REVIEW: Words(
            "Review broken glass", "Judge why restricted records were opened, and be told at once."
        ),
        Permission.PATIENT_ERASE: Words(
            "Erase patients", "Destroy for ever what says who a patient was."
        ),
    },
}
WORDS = {permission: words for group in GROUPS.values() for permission, words in group.items()}
