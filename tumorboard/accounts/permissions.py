"""Everything that may be done, as one enumeration."""

from enum import StrEnum


class Permission(StrEnum):
    """A right. Every URL, API action and task names the one it needs."""

    CASE_READ = "case.read"
    CASE_WRITE = "case.write"
    RESULT_WRITE = "result.write"
    CASE_IMPORT = "case.import"
    INTAKE_MANAGE = "intake.manage"
    CASE_EXPORT = "case.export"
    CASE_RESTRICT = "case.restrict"
    CASE_BREAK_GLASS = "case.break_glass"
    BREAK_GLASS_REVIEW = "break_glass.review"
    CHECK_ACKNOWLEDGE = "check.acknowledge"
    BOARD_READ = "board.read"
    BOARD_MANAGE = "board.manage"
    AGENDA_WRITE = "agenda.write"
    DECISION_WRITE = "decision.write"
    DECISION_SIGN = "decision.sign"
    OPINION_WRITE = "opinion.write"
    TASK_WRITE = "task.write"
    PROTOCOL_AUDIT = "protocol.audit"
    NUMBERS_READ = "numbers.read"
    TOKEN_USE = "token.use"  # noqa: S105 - the name of a right
    PEOPLE_MANAGE = "people.manage"
    CLIENT_MANAGE = "client.manage"
    EVENT_SUBSCRIBE = "event.subscribe"
    INSTITUTION_MANAGE = "institution.manage"
    GUIDANCE_MANAGE = "guidance.manage"
    TERMINOLOGY_MANAGE = "terminology.manage"
    AUDIT_READ = "audit.read"
    DISCLOSURE_READ = "disclosure.read"
    PATIENT_ERASE = "patient.erase"
