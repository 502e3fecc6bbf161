"""A decision in words, as its page, its paper and the comparison of its versions say it."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cases.models import AgendaItem, Decision, DecisionDraft, DraftRecommendation, Recommendation
from cases.models.agenda_item import Track
from cases.models.conclusion import Conclusion, Concordance, Outcome
from cases.selectors.recommended import in_words
from tumorboard.formats import day

YES_NO = {True: "Yes", False: "No", None: "Not said"}


@dataclass(frozen=True)
class AskedLine:
    """One recommendation with all that was said of it; what was not said is empty.

    `number` is its position; an alternative names in `instead_of` the one that it may replace.
    """

    number: int
    kind: str
    text: str
    detail: str
    intent: str
    owner: str
    due_on: str
    instead_of: int | None

    @property
    def added(self) -> str:
        """Intent, owner and day in one line."""
        parts = (
            self.intent,
            f"seen to by {self.owner}" if self.owner else "",
            f"due {self.due_on}" if self.due_on else "",
        )
        return ", ".join(part for part in parts if part)

    @property
    def words(self) -> str:
        """Everything in one sentence."""
        text = ": ".join(part for part in (self.text, self.detail) if part)
        instead = f"instead of recommendation {self.instead_of}" if self.instead_of else ""
        parts = (f"{text} ({self.kind.lower()})", self.added, instead)
        return ", ".join(part for part in parts if part)


def asked_lines(
    recommendations: Sequence[Recommendation | DraftRecommendation], *, version: str
) -> list[AskedLine]:
    """Recommendations in order, in the words of the edition that the decision quotes.

    Reads the `owner` of each; fetch it with them.
    """
    words = in_words(recommendations, version=version)
    return [
        AskedLine(
            number=asked.position,
            kind=said.kind,
            text=said.text,
            detail=said.detail,
            intent=asked.get_intent_display(),
            owner=asked.owner.name if asked.owner else "",
            due_on=day(asked.due_on) if asked.due_on else "",
            instead_of=asked.alternative_to,
        )
        for asked, said in zip(recommendations, words, strict=True)
    ]


def asked_of(decision: Decision) -> list[AskedLine]:
    """The recommendations of a signed decision."""
    rows = list(decision.recommendations.select_related("owner"))
    return asked_lines(rows, version=decision.assessment.edition_version)


@dataclass(frozen=True)
class Sitting:
    """Which board took a decision, and when its meeting was."""

    board: str
    starts_at: datetime.datetime


def sitting_of(item: AgendaItem, signed: Decision | None) -> Sitting:
    """Board and meeting as they were signed; as they are now where nothing of them was."""
    if signed is not None and signed.meeting_starts_at is not None:
        return Sitting(signed.board_name, signed.meeting_starts_at)
    return Sitting(item.meeting.board.name, item.meeting.starts_at)


def met_at(item: AgendaItem, sitting: Sitting) -> datetime.datetime:
    """When the meeting began, which may be before its time; as planned where it was not noted."""
    return item.meeting.began_at or sitting.starts_at


@dataclass(frozen=True)
class Person:
    """Somebody who took part; `dissent` is empty where they agreed."""

    name: str
    specialty: str
    dissent: str


@dataclass(frozen=True)
class GivenBefore:
    """An opinion that was given before the decision."""

    name: str
    specialty: str
    text: str
    given_on: str


@dataclass(frozen=True)
class Accepted:
    """What of one group was lacking and the signer accepted, with the one reason given for it.

    `group` is "quorum", "gap" or "early"; `texts` are what was lacking, in words, by what it is.
    """

    group: str
    texts: Mapping[str, str]
    reason: str

    @property
    def names(self) -> str:
        """What was lacking, in one line."""
        return "; ".join(text.rstrip(".") for text in self.texts.values())


@dataclass(frozen=True)
class Said:
    """What a decision says, as page and paper show it.

    `outcome` says that nothing is recommended and why, else it is empty. `lines` are the rest of
    the coded conclusion, as pairs of label and words.
    """

    question: str
    track: str
    outcome: str
    recommendations: Sequence[AskedLine]
    rationale: str
    lines: Sequence[tuple[str, str]]
    people: Sequence[Person]
    opinions: Sequence[GivenBefore]
    accepted: Sequence[Accepted]

    @property
    def dissents(self) -> list[Person]:
        """Those who would have decided otherwise."""
        return [person for person in self.people if person.dissent]


def said_by(decision: Decision) -> Said:
    """What a signed decision says. Reads its assessment; fetch it with the decision."""
    return Said(
        question=decision.question,
        track=track_words(decision.track, decision.standard_name, decision.standard_source),
        outcome=outcome_words(decision),
        recommendations=asked_of(decision),
        rationale=decision.rationale,
        lines=conclusion_lines(decision),
        people=[Person(p.name, p.specialty, p.dissent) for p in decision.participants.all()],
        opinions=opinions_in(decision.opinions),
        accepted=accepted_in(decision.accepted),
    )


def accepted_in(kept: Iterable[Mapping[str, str]]) -> list[Accepted]:
    """What a decision keeps as accepted, each reason once for the group that it was given for."""
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for one in kept:
        group = one["what"].partition(":")[0]
        groups.setdefault((group, one["reason"]), {})[one["what"]] = one["text"]
    return [Accepted(group, texts, reason) for (group, reason), texts in groups.items()]


def opinions_in(kept: Iterable[Mapping[str, str]]) -> list[GivenBefore]:
    """Opinions as a decision keeps them, for a reader."""
    return [
        GivenBefore(
            one["name"],
            one["specialty"],
            one["text"],
            day(datetime.datetime.fromisoformat(one["given_at"])),
        )
        for one in kept
    ]


def outcome_words(conclusion: Conclusion) -> str:
    """That nothing is recommended, and why; empty where something is."""
    if conclusion.outcome == Outcome.RECOMMENDATION:
        return ""
    return _with(
        f"No recommendation: {_inside(conclusion.get_no_recommendation_reason_display())}",
        conclusion.no_recommendation_text,
    )


def concordance_words(conclusion: Conclusion) -> str:
    """How it stands to the guidance, and why it departs from it; empty where nobody said."""
    words = conclusion.get_concordance_display()
    if conclusion.concordance == Concordance.DEVIATES:
        words = f"{words}: {_inside(conclusion.get_deviation_reason_display())}"
        return _with(words, conclusion.deviation_text)
    return words


def conclusion_lines(conclusion: Conclusion) -> list[tuple[str, str]]:
    """The rest of the coded conclusion, as pairs of label and words."""
    lines = [
        ("Guidance", concordance_words(conclusion)),
        ("Confidence", conclusion.get_confidence_display()),
        ("Stage discussed", YES_NO[conclusion.stage_discussed]),
        ("Guideline discussed", YES_NO[conclusion.guideline_discussed]),
        ("Before treatment began", YES_NO[conclusion.is_prospective]),
    ]
    return [(label, words) for label, words in lines if words]


def track_words(track: str, standard_name: str, standard_source: str) -> str:
    """Discussed, or by which standard it was settled and where that is written."""
    if track == Track.DISCUSSION:
        return str(Track.DISCUSSION.label)
    return f"{Track.PROTOCOL.label}: {standard_name} ({standard_source})"


def open_amendment(decision: Decision) -> DecisionDraft | None:
    """The amendment of a signed decision that is being written."""
    drafts = DecisionDraft.objects.filter(agenda_item=decision.agenda_item_id, amends__isnull=False)
    return drafts.select_related("changed_by").first()


def _with(words: str, text: str) -> str:
    return f"{words} ({text})" if text else words


def _inside(label: str) -> str:
    """A label inside a sentence."""
    return label[:1].lower() + label[1:]
