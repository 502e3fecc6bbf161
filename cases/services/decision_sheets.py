"""What is about to be signed, as a signer sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils import timezone

from cases.models import (
    AgendaItem,
    Assessment,
    Attendance,
    Decision,
    DecisionDraft,
    DraftRecommendation,
)
from cases.models.agenda_item import Track
from cases.models.conclusion import Asked, Conclusion, Outcome
from cases.models.decision_draft import DraftDissent
from cases.selectors.annotated import AnnotatedAnswer, ShownCheck
from cases.selectors.annotations import Annotations, annotations_of
from cases.selectors.completeness import completeness_on_list
from cases.selectors.opinions import GivenOpinion, opinions_on
from cases.selectors.quorum import missing_specialties
from cases.selectors.task_terms import Terms, terms_of
from cases.services.content_hash import sha256
from cases.services.decision_checks import gaps_of
from cases.services.discussions import is_early
from tumorboard.accounts.models import User
from tumorboard.formats import moment_in

#: The columns that a draft and the decision signed from it have alike.
CONCLUSION = tuple(field.name for field in Conclusion._meta.get_fields())
#: The same of their recommendations.
ASKED = (*(field.name for field in Asked._meta.get_fields()), "owner_id")

#: What stands for the specialty of somebody who was not there and dissents in an opinion.
BY_OPINION = "by opinion"
#: What a signer may accept by name; for each group they say why.
QUORUM = "quorum"
GAP = "gap"
EARLY = "early"
GROUPS = (QUORUM, GAP, EARLY)


@dataclass(frozen=True)
class Lacking:
    """One thing that a decision should have and that the signer may accept to do without.

    `what` is `quorum:<specialty>`, `gap:<item of the data set>` or `early:meeting`.
    """

    group: str
    code: str
    text: str

    @property
    def what(self) -> str:
        """Group and code, as the decision keeps them."""
        return f"{self.group}:{self.code}"


@dataclass(frozen=True)
class TakesPart:
    """One person who takes part in a decision; `dissent` is empty where they agree."""

    name: str
    specialty: str
    specialty_code: str = ""
    dissent: str = ""


@dataclass(frozen=True)
class Sheet:
    """What is about to be signed for one item, as a signer sees it.

    `seen` names this very content: whoever signs gives it back, and it is refused if anything on
    the sheet has changed meanwhile. `gaps` says what is still missing, by field; `lacking` what
    is missing and may be accepted by name. The words of the standard are empty where the case is
    discussed. `terms` are those of the tasks that will follow, one for each recommendation; there
    are none where the sheet is for nobody who signs.
    """

    item: AgendaItem
    draft: DecisionDraft
    recommendations: Sequence[DraftRecommendation]
    dissents: Sequence[DraftDissent]
    present: Sequence[Attendance]
    opinions: Sequence[GivenOpinion]
    annotations: Annotations
    lacking: Sequence[Lacking]
    standard_name: str
    standard_source: str
    gaps: dict[str, list[str]]
    terms: Sequence[Terms] = ()

    @property
    def version(self) -> int:
        """The version of the decision that would be signed, counted from 1."""
        return (self.draft.amends or 0) + 1

    @property
    def seen(self) -> str:
        """SHA-256, in hexadecimal, of what stands on the sheet."""
        return sha256(
            {
                "question": self.item.question,
                "track": self.item.track,
                "standard": [self.standard_name, self.standard_source],
                "version": self.version,
                "rationale": self.draft.rationale,
                "conclusion": _plain(self.draft, CONCLUSION),
                "recommendations": [_plain(r, ASKED) for r in self.recommendations],
                "terms": [[str(t.due_on), str(t.owner.pk)] for t in self.terms],
                "dissents": [[d.name, d.text] for d in self.dissents],
                "present": [[a.name, a.specialty, a.specialty_code] for a in self.present],
                "opinions": opinions_as_json(self.opinions),
                "annotations": self.annotations.as_json(),
                "lacking": [[one.what, one.text] for one in self.lacking],
            }
        )

    @property
    def blocking(self) -> list[ShownCheck]:
        """The critical checks that somebody has to acknowledge first (specification 6)."""
        return _blocking(self.item, self.annotations)

    @property
    def people(self) -> list[TakesPart]:
        """Who is present, and who is not and dissents in an opinion."""
        dissents = {said.name: said.text for said in self.dissents}
        there = [
            TakesPart(a.name, a.specialty, a.specialty_code, dissents.pop(a.name, ""))
            for a in self.present
        ]
        absent = [
            TakesPart(name, BY_OPINION, dissent=text) for name, text in sorted(dissents.items())
        ]
        return there + absent

    def of_group(self, group: str) -> list[Lacking]:
        """What is missing of one group."""
        return [one for one in self.lacking if one.group == group]


def sheet_of(item: AgendaItem, *, signer: User | None = None) -> Sheet | None:
    """What would be signed for `item` now; None where nothing has been written yet.

    Args:
        signer: who is about to sign. With them, the sheet says until when each task will be due
            and whose it will be.
    """
    draft = DecisionDraft.objects.filter(agenda_item=item).first()
    if draft is None:
        return None
    # What is judged is the case as the caller read or locked it.
    draft.agenda_item = item
    recommendations = list(draft.recommendations.select_related("owner"))
    dissents, present = list(draft.dissents.all()), present_for(item)
    assessment = item.case.assessment
    annotations = annotations_of(item.case, assessment) if assessment else Annotations()
    gaps = gaps_of(draft, recommendations, dissents, present)
    gaps |= _gaps_beside(draft, present, _blocking(item, annotations))
    standard_name, standard_source = _standard_of(item, draft)
    return Sheet(
        item=item,
        draft=draft,
        recommendations=recommendations,
        dissents=dissents,
        present=present,
        opinions=opinions_on(item),
        annotations=annotations,
        lacking=[*_quorum(item), *_data_set(item), *_beginning(item)],
        standard_name=standard_name,
        standard_source=standard_source,
        gaps=gaps,
        terms=_terms(item, assessment, recommendations, signer) if signer and assessment else (),
    )


def present_for(item: AgendaItem) -> list[Attendance]:
    """Who takes part in the decision on `item`, by name: nobody where nothing is discussed."""
    if item.track == Track.PROTOCOL:
        return []
    return list(Attendance.objects.filter(meeting_id=item.meeting_id).order_by("name"))


def opinions_as_json(opinions: Sequence[GivenOpinion]) -> list[dict[str, str]]:
    """Opinions as a signed decision keeps them."""
    return [
        {
            "name": given.name,
            "specialty": given.specialty,
            "text": given.opinion.text,
            "given_at": given.opinion.given_at.isoformat(),
        }
        for given in opinions
    ]


def _terms(
    item: AgendaItem,
    assessment: Assessment,
    recommendations: Sequence[DraftRecommendation],
    signer: User,
) -> list[Terms]:
    return terms_of(
        recommendations,
        case=item.case,
        assessment=assessment,
        board=item.meeting.board,
        on=timezone.localdate(),
        signer=signer,
    )


def _standard_of(item: AgendaItem, draft: DecisionDraft) -> tuple[str, str]:
    """Name and source of the standard that settles the case; an amendment keeps those signed."""
    amended = Decision.objects.filter(agenda_item=item, version=draft.amends or 0)
    if signed := amended.values_list("standard_name", "standard_source").first():
        return signed
    standard = item.standard
    return (standard.name, standard.source) if standard else ("", "")


def _gaps_beside(
    draft: DecisionDraft, present: Sequence[Attendance], blocking: Sequence[ShownCheck]
) -> dict[str, list[str]]:
    """What is missing beside the coded part."""
    gaps: dict[str, list[str]] = {}
    # Where nothing is recommended, the coded reason says why.
    if not draft.rationale and draft.outcome == Outcome.RECOMMENDATION:
        gaps["rationale"] = ["Say why the board decided so."]
    if draft.amends is not None and not draft.amendment_reason:
        gaps["amendment_reason"] = ["Say why the decision is amended."]
    if not present and draft.agenda_item.track == Track.DISCUSSION:
        gaps["present"] = ["Note who was present."]
    if blocking:
        gaps["checks"] = [f"Acknowledge {c.code} first: {c.text}" for c in blocking]
    return gaps


def _blocking(item: AgendaItem, annotations: Annotations) -> list[ShownCheck]:
    assessment = item.case.assessment
    return AnnotatedAnswer(assessment.answer, annotations).blocking if assessment else []


def _quorum(item: AgendaItem) -> list[Lacking]:
    """The specialties from which nobody is there; what no board discusses needs none."""
    if item.track == Track.PROTOCOL:
        return []
    return [
        Lacking(QUORUM, str(missing), f"{missing.label}: nobody is noted as present.")
        for missing in missing_specialties(item)
    ]


def _data_set(item: AgendaItem) -> list[Lacking]:
    """The gaps of the minimum data set that nobody has accepted."""
    return [
        Lacking(GAP, gap.code, f"{gap.name}: {f'{gap.age} old' if gap.age else 'missing'}.")
        for gap in completeness_on_list([item])[item.pk].open_gaps
    ]


def _beginning(item: AgendaItem) -> list[Lacking]:
    """That the meeting has not begun, where it is too early for it to begin."""
    meeting = item.meeting
    if item.track == Track.PROTOCOL or meeting.began_at is not None or not is_early(meeting):
        return []
    planned = moment_in(meeting.starts_at, meeting.board.time_zone)
    return [Lacking(EARLY, "meeting", f"The meeting has not begun: it is planned for {planned}.")]


def _plain(row: Model, names: Sequence[str]) -> list[Any]:
    values = (getattr(row, name) for name in names)
    return [v if v is None or isinstance(v, bool | int) else str(v) for v in values]
