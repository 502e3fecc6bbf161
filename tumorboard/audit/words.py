"""Every audited action in plain words: the one table of them.

The words stand after the person's name: "Cora Coordinator: opened the page of the case". A test
holds that whatever the code records has its words here.
"""

from typing import NamedTuple

from tumorboard.audit.kinds import Kind

READ = {
    "acknowledgment.read": "read an acknowledgment of a check",
    "agenda.read": "read the agenda of a meeting",
    "agenda_item.read": "read the case as the board sees it",
    "assessment.read": "read what the guidance says about the case",
    "audit.read": "read the audit",
    "board.read": "read the page of a board",
    "calendar.read": "looked into a calendar of meetings",
    "case.archive.read": "looked for the patient's studies in the picture archive",
    "case.history.read": "read the history of the case",
    "case.read": "read the case",
    "case.study.read": "read a study",
    "case.study_file.read": "read about the file of a study",
    "case.study_series.viewed": "looked at a picture of a study",
    "case.timeline.read": "looked at the timeline of the case",
    "decision.read": "read the board's decision",
    "draft.read": "opened what they had typed and not saved",
    "import.read": "read rows of an import file",
    "institution.edition.trial.read": "read what a new edition would change in which cases",
    "labresult.read": "read a laboratory result",
    "letter.read": "read the letters about the decision",
    "meeting.followed": "followed a meeting",
    "numbers.read": "read the board's numbers",
    "opinion.read": "read opinions on the case",
    "patient.access_report.read": "read who has seen the patient's data",
    "patient.read": "read the patient's details",
    "result.read": "read the result of a study",
    "study.read": "read a study",
    "task.read": "read a follow-up task",
    "treatment.read": "read a treatment",
}
SEARCHED = {
    "acknowledgment.listed": "listed acknowledgments of checks",
    "assessment.listed": "listed assessments",
    "audit.searched": "searched the audit",
    "boards.read": "looked at the boards and their meetings",
    "case.listed": "listed cases",
    "case.searched": "searched the cases",
    "gaps.read": "listed what is missing in cases",
    "labresult.listed": "listed laboratory results",
    "overview.read": "looked at the overview",
    "patient.listed": "listed patients",
    "patient.searched": "searched for a patient",
    "protocol_audits.read": "listed reviews of cases on the protocol track",
    "queue.read": "listed the candidates for the board",
    "result.listed": "listed results of studies",
    "study.listed": "listed studies",
    "tasks.read": "listed follow-up tasks",
    "treatment.listed": "listed treatments",
}
PRINTED = {
    "agenda.printed": "printed the agenda of a meeting",
    "decision.printed": "printed the board's decision",
    "letter.printed": "printed the letter about the decision",
    "patient.access_report.printed": "printed who has seen the patient's data",
    "patient_letter.printed": "printed the page for the patient",
}
EXPORTED = {
    "audit.exported": "exported the audit",
    "case.exported": "exported the case in a table",
    "case.study_file.downloaded": "downloaded the file of a study",
    "import.bad_rows.downloaded": "downloaded rows that could not be imported",
    "institution.exported": "exported the whole institution into a sealed file",
    "numbers.exported": "exported the board's numbers",
}
CREATED = {
    "agenda.case.put_on": "put the case on the agenda of a meeting",
    "agenda.published": "published the agenda of a meeting",
    "board.added": "added a board",
    "board.member.added": "added a member to a board",
    "board.standard.added": "added a protocol of a board",
    "calendar.made": "made a calendar address",
    "case.check.acknowledged": "acknowledged a check of the case",
    "case.gap.accepted": "accepted that something is missing in the case",
    "case.gap.asked": "asked somebody for what is missing in the case",
    "case.lab_results.added": "added laboratory results",
    "case.lesion.added": "added a lesion",
    "case.opened": "opened the case",
    "case.procedure.added": "added a procedure",
    "case.relisted": "put the case on the agenda again after a new result",
    "case.rereading.entered": "entered a second reading of a study",
    "case.result.entered": "entered the result of a study",
    "case.specimen.added": "added a specimen",
    "case.study.added": "added a study",
    "case.study_file.taken_over": "took a study over from the picture archive",
    "case.study_file.uploaded": "uploaded the file of a study",
    "case.treatment.added": "added a treatment",
    "client.key.added": "registered a public key of an API client",
    "client.registered": "registered an API client",
    "decision.amendment.opened": "began to amend the board's decision",
    "decision.signed": "signed the board's decision",
    "import.uploaded": "uploaded an import file",
    "institution.edition.tried": "began to try a new edition of the guidance",
    "institution.imported": "brought the whole institution from another installation",
    "institution.note.added": "added local words to the guidance",
    "meeting.attendance.noted": "noted who is present at a meeting",
    "meeting.planned": "planned a meeting",
    "opinion.given": "gave an opinion on the case",
    "patient.added": "added the patient",
    "patient.allergy.added": "added an allergy",
    "patient.device.added": "added an implanted device",
    "person.invited": "invited a person",
    "person.joined": "joined the institution",
    "person.joined_by_provider": "joined the institution by its identity provider",
    "person.linked": "was linked with the identity provider",
    "person.role.given": "gave a person a role",
    "person.role.given_by_provider": "gave a person the role of their group at the provider",
    "person.signed_in_by_provider": "signed in by the identity provider",
    "provider.added": "added an identity provider",
    "provider.sign_in.refused": "refused a sign-in by the identity provider",
    "sign_in_policy.chosen": "changed how long sessions last",
    "protocol_audit.drawn": "drew a decision on the protocol track for review",
    "task.listed": "put the case of a task on the agenda",
    "task.made": "made a follow-up task",
    "token.issued": "issued a token for scripts",
    "view.saved": "saved a view of the case list",
}
CHANGED = {
    "agenda.arranged": "put an agenda into order",
    "agenda.case.postponed": "postponed the case to another meeting",
    "agenda.minutes.set": "set the minutes for the case",
    "agenda.needed.set": "set who is needed for the case",
    "agenda.question.changed": "changed the question to the board",
    "agenda.track.discussion": "moved the case to discussion",
    "agenda.track.protocol": "moved the case to the protocol track",
    "board.changed": "changed a board",
    "board.member.changed": "changed a member of a board",
    "board.standard.changed": "changed a protocol of a board",
    "board.standard.confirmed_despite_guidance": "confirmed a protocol beside the guidance",
    "board.standard.retired": "retired a protocol of a board",
    "case.assessment.failed": "could not assess the case again",
    "case.changed": "changed the head of the case",
    "case.facts.answered": "answered questions about the case",
    "case.gap.ended": "filled what was missing in the case",
    "case.lab_result.changed": "changed a laboratory result",
    "case.lesion.changed": "changed a lesion",
    "case.measurements.saved": "saved measurements of lesions",
    "case.procedure.changed": "changed a procedure",
    "case.rereading.changed": "changed a second reading of a study",
    "case.result.changed": "changed the result of a study",
    "case.specimen.changed": "changed a specimen",
    "case.study.changed": "changed a study",
    "case.study.identity_confirmed": "confirmed that a study is the patient's",
    "case.study_file.confirmed": "confirmed that a file is the patient's",
    "case.study_file.infected": "brought a file with a virus, which was refused",
    "case.study_file.released": "let a file out of quarantine: no virus was found",
    "case.treatment.changed": "changed a treatment",
    "client.access.set": "changed what an API client may do",
    "client.authenticated": "proved itself and got a short-lived token",
    "decision.draft.saved": "changed the draft of the board's decision",
    "import.checked": "checked an import file",
    "import.done": "finished an import",
    "import.infected": "brought an import file with a virus, which was refused",
    "import.started": "started an import",
    "institution.cases.reassessed": "assessed the cases again",
    "institution.data_set.chosen": "changed the minimum data set",
    "institution.edition.adopted": "adopted an edition of the guidance",
    "institution.edition.pinned": "kept an edition of the guidance",
    "institution.guidance.chosen": "changed the institution's choices in the guidance",
    "institution.note.replaced": "replaced local words of the guidance",
    "institution.pacs.saved": "saved the connection to the picture archive",
    "institution.study.available": "noted that a kind of study is available again",
    "institution.study.unavailable": "noted that a kind of study is not available",
    "meeting.begun": "began a meeting",
    "meeting.cancelled": "canceled a meeting",
    "meeting.ended": "ended a meeting",
    "meeting.item.shown": "brought the case before the board",
    "meeting.moved": "moved a meeting",
    "meeting.paused": "paused a meeting",
    "patient.allergy.changed": "changed an allergy",
    "patient.changed": "changed the patient's details",
    "patient.device.changed": "changed an implanted device",
    "provider.changed": "changed an identity provider",
    "provider.switched_off": "switched an identity provider off",
    "provider.switched_on": "switched an identity provider on",
    "provider.tried": "tried an identity provider out",
    "sign_in_policy.provider_required": "changed whether people must come by an identity provider",
    "protocol_audit.reviewed": "reviewed a decision of the protocol track",
    "task.done": "marked a follow-up task as done",
    "task.followed_record": "matched a follow-up task with the record",
    "task.not_done": "closed a follow-up task as not done",
    "task.ordered": "marked a follow-up task as ordered",
    "task.reassigned": "gave a follow-up task to somebody else",
    "task.reminded": "reminded somebody of follow-up tasks",
    "task.reopened": "opened a follow-up task again",
    "task.replaced": "replaced a follow-up task",
    "task.resulted": "matched a follow-up task with a result",
    "task.unlinked": "took a follow-up task off its study",
}
REMOVED = {
    "agenda.case.taken_off": "took the case off an agenda",
    "board.member.removed": "removed a member of a board",
    "calendar.revoked": "revoked a calendar address",
    "case.acknowledgment.withdrawn": "withdrew an acknowledgment of a check",
    "case.gap.acceptance_withdrawn": "withdrew the acceptance of what is missing",
    "case.gap.request_withdrawn": "withdrew a request for what is missing",
    "case.lab_result.removed": "removed a laboratory result",
    "case.lesion.removed": "removed a lesion",
    "case.procedure.removed": "removed a procedure",
    "case.specimen.removed": "removed a specimen",
    "case.study_file.discarded": "discarded the file of a study",
    "case.treatment.removed": "removed a treatment",
    "client.disabled": "disabled an API client",
    "client.key.removed": "removed a public key of an API client",
    "decision.amendment.discarded": "discarded an amendment of the decision",
    "institution.data_set.reset": "reset the minimum data set",
    "institution.note.withdrawn": "withdrew local words of the guidance",
    "institution.pacs.removed": "removed the connection to the picture archive",
    "meeting.attendance.removed": "removed who was noted as present at a meeting",
    "opinion.withdrawn": "withdrew an opinion on the case",
    "patient.allergy.removed": "removed an allergy",
    "patient.device.removed": "removed an implanted device",
    "person.invitation.withdrawn": "withdrew an invitation",
    "person.signed_out": "ended a person's sessions",
    "person.factors.reset": "reset a person's second factors",
    "person.removed": "removed a person from the institution",
    "person.role.taken": "took a role from a person",
    "person.role.taken_by_provider": "took the role of a group that a person has left",
    "person.unlinked": "unlinked a person from the identity provider",
    "token.revoked": "revoked a token for scripts",
    "view.removed": "removed a view of the case list",
}


class Action(NamedTuple):
    """One kind of entry: its coarse kind, FHIR's letter for it (C, R, U, D, E), its words."""

    kind: Kind
    letter: str
    words: str


ACTIONS = {
    name: Action(kind, letter, words)
    for kind, letter, table in (
        (Kind.READ, "R", READ),
        (Kind.SEARCH, "E", SEARCHED),
        (Kind.PRINT, "R", PRINTED),
        (Kind.EXPORT, "R", EXPORTED),
        (Kind.CHANGE, "C", CREATED),
        (Kind.CHANGE, "U", CHANGED),
        (Kind.CHANGE, "D", REMOVED),
    )
    for name, words in table.items()
}


def action_of(name: str) -> Action:
    """An action; one without words, as an older or newer version recorded it, is a change."""
    return ACTIONS.get(name) or Action(Kind.CHANGE, "U", name.replace(".", " ").replace("_", " "))


def kind_of(name: str) -> Kind:
    """The coarse kind of an action."""
    return action_of(name).kind


def words_of(name: str) -> str:
    """An action in words."""
    return action_of(name).words
