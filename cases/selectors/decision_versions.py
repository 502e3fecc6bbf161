"""The versions of a signed decision, and what changed from one to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.models import AgendaItem, Decision
from cases.selectors.decisions import Accepted, AskedLine, Said, said_by

NOTHING = "nothing"
ACCEPTED = "Accepted by the signer"
TIED = ("text", "detail", "kind")


@dataclass(frozen=True)
class Change:
    """One thing that is another in a version than in the one before."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """One signed version; `replaced_by` is the next one's number, None for the one in force."""

    decision: Decision
    changes: tuple[Change, ...]
    replaced_by: int | None


def versions_of(item: AgendaItem) -> list[Version]:
    """Every signed version of the decision on `item`, the newest first."""
    signed = list(
        Decision.objects.filter(agenda_item=item)
        .select_related("assessment", "signed_by")
        .order_by("version")
    )
    versions = []
    for place, decision in enumerate(signed):
        before = signed[place - 1] if place else None
        after = signed[place + 1] if place + 1 < len(signed) else None
        versions.append(
            Version(
                decision=decision,
                changes=tuple(changes_between(before, decision)) if before else (),
                replaced_by=after.version if after else None,
            )
        )
    return versions[::-1]


def changes_between(before: Decision, after: Decision) -> Iterator[Change]:
    """What of the content changed, field by field, recommendations beside what they replace."""
    old, new = said_by(before), said_by(after)
    was, now = _fields(old, before), _fields(new, after)
    for label in dict.fromkeys([*was, *now]):
        if was.get(label, "") != now.get(label, ""):
            yield Change(label, was.get(label) or NOTHING, now.get(label) or NOTHING)
    yield from _acceptances(old.accepted, new.accepted)
    yield from _recommendations(old.recommendations, new.recommendations)


def _acceptances(old: Sequence[Accepted], new: Sequence[Accepted]) -> Iterator[Change]:
    """What was accepted in one version only, and another reason for what was accepted in both.

    That something lacking has become older meanwhile is no change.
    """
    was, now = _kept(old), _kept(new)
    gone = [text for what, (text, _) in was.items() if what not in now]
    come = [text for what, (text, _) in now.items() if what not in was]
    if gone or come:
        yield Change(ACCEPTED, "; ".join(gone) or NOTHING, "; ".join(come) or NOTHING)
    both = [(was[what][1], now[what][1]) for what in was if what in now]
    for before, after in dict.fromkeys(both):
        if before != after:
            yield Change("Reason for accepting", before, after)


def _kept(accepted: Sequence[Accepted]) -> dict[str, tuple[str, str]]:
    """What was accepted, by what it is: its words and the reason."""
    return {
        what: (text.rstrip("."), one.reason) for one in accepted for what, text in one.texts.items()
    }


def _fields(said: Said, decision: Decision) -> dict[str, str]:
    """What a version says beside its recommendations, by label."""
    return {
        "Question": said.question,
        "Track": said.track,
        "Outcome": said.outcome,
        "Rationale": said.rationale,
        **dict(said.lines),
        "Took part": ", ".join(
            f"{p.name} ({p.specialty})" if p.specialty else p.name for p in said.people
        ),
        "Dissent": "; ".join(f"{p.name}: {p.dissent}" for p in said.dissents),
        "Opinions before": "; ".join(f"{o.name}: {o.text}" for o in said.opinions),
        "Guidance edition": decision.assessment.edition_version,
    }


def _recommendations(old: Sequence[AskedLine], new: Sequence[AskedLine]) -> Iterator[Change]:
    """Changes of recommendations; each new one stands beside the old one that it goes on from."""
    partners = _aligned(old, new)
    for asked in new:
        former = partners.get(asked.number)
        label = f"Recommendation {asked.number}"
        if former is None:
            yield Change(label, NOTHING, asked.words)
        elif former.words != asked.words or former.number != asked.number:
            number = f" (was number {former.number})" if former.number != asked.number else ""
            yield Change(f"{label}{number}", former.words, asked.words)
    kept = {former.number for former in partners.values()}
    for former in old:
        if former.number not in kept:
            yield Change(f"Former recommendation {former.number}", former.words, NOTHING)


def _aligned(old: Sequence[AskedLine], new: Sequence[AskedLine]) -> dict[int, AskedLine]:
    """The old recommendation that each new one goes on from, by the new one's number.

    First what is the same thing in the same words, then the same thing, then the same kind.
    """
    partners: dict[int, AskedLine] = {}
    for tie in (TIED, ("kind", "text"), ("kind",)):
        free = [a for a in old if a.number not in {p.number for p in partners.values()}]
        for asked in new:
            if asked.number in partners:
                continue
            match = next((a for a in free if _key(a, tie) == _key(asked, tie)), None)
            if match is not None:
                partners[asked.number] = match
                free.remove(match)
    return partners


def _key(asked: AskedLine, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(getattr(asked, name) for name in names)
