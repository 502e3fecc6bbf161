"""From one signed version of a decision to the plain page for the patient.

Only what was decided stands on it, in the words of `guidance/content/plain_language.yaml`. Dissent,
confidence, rationale and details that were typed beside a coded recommendation are left to the
doctor's talk with the patient.
"""

from collections.abc import Iterator, Mapping, Sequence

from django.utils import timezone

from cases.documents.letter import PatientDocument, PlainLine, PlainStep
from cases.documents.plain_words import action_words, in_plain_words
from cases.models import AgendaItem, Decision, Recommendation
from cases.models.agenda_item import Track
from cases.models.conclusion import Outcome
from cases.selectors.decision_versions import Version
from cases.selectors.decisions import Sitting, met_at, sitting_of
from guidance.editions import shelf
from guidance.editions.plain_language import Plain, plain_language
from tumorboard.formats import day

NEXT_STEPS = (
    "Your doctor will talk with you about this page.",
    "You can say what you think and what you want. Nothing is done without you.",
)


def patient_document(item: AgendaItem, version: Version) -> PatientDocument:
    """What the page for the patient says of one signed version of the decision on `item`."""
    decision = version.decision
    asked = list(decision.recommendations.all())
    actions = action_words(shelf.edition(decision.assessment.edition_version))
    sitting = sitting_of(item, decision)
    met_on = day(timezone.localdate(met_at(item, sitting)))
    return PatientDocument(
        institution=item.institution.name,
        board=sitting.board,
        patient_name=item.case.patient.name,
        meeting_day=met_on,
        talked=tuple(_talked(item, decision, sitting, met_on)),
        suggestions=tuple(_steps(asked, actions)),
        nothing=_nothing(decision),
        next_steps=NEXT_STEPS,
        questions=tuple(_questions(item, sitting)),
        version=f"Version {decision.version}, {day(timezone.localdate(decision.signed_at))}",
        replaced=_replaced(version),
    )


def _talked(item: AgendaItem, decision: Decision, sitting: Sitting, on: str) -> Iterator[str]:
    words = plain_language().specialties
    if decision.track == Track.PROTOCOL:
        yield "The team has a plan for cases like yours. What is suggested here follows that plan."
        return
    if _is_held(item, decision, sitting):
        yield f"A team of doctors met on {on}. They talked about your case and what is best."
    else:
        yield "A team of doctors takes care of cases like yours. This is what the team suggests."
    codes = dict.fromkeys(p.specialty_code for p in decision.participants.all())
    there = [words[code].name for code in codes if code]
    if there:
        yield f"On the team were {_and(there)}."


def _is_held(item: AgendaItem, decision: Decision, sitting: Sitting) -> bool:
    """Whether the meeting had begun when the decision was signed."""
    return min(met_at(item, sitting), sitting.starts_at) <= decision.signed_at


def _steps(asked: Sequence[Recommendation], actions: Mapping[str, Plain]) -> Iterator[PlainStep]:
    """The steps in the order of the record; what may replace another stands with it."""
    chosen_with: dict[int, int] = {}
    steps: dict[int, list[Recommendation]] = {}
    for one in asked:
        first = chosen_with.get(one.alternative_to or 0, one.position)
        chosen_with[one.position] = first
        steps.setdefault(first, []).append(one)
    for number, choices in enumerate(steps.values(), start=1):
        yield _step(number, choices, actions)


def _step(
    number: int, choices: Sequence[Recommendation], actions: Mapping[str, Plain]
) -> PlainStep:
    """One step; what is true of every choice of it is said once, after them."""
    plain = [in_plain_words(one, actions) for one in choices]
    said = [(*each.more, *_when(one)) for one, each in zip(choices, plain, strict=True)]
    common = [sentence for sentence in said[0] if all(sentence in more for more in said)]
    return PlainStep(
        number=number,
        choices=tuple(
            PlainLine(
                each.name,
                each.typed,
                " ".join(filter(None, (each.what, *(s for s in more if s not in common)))),
            )
            for each, more in zip(plain, said, strict=True)
        ),
        more=" ".join(common),
    )


def _when(asked: Recommendation) -> Iterator[str]:
    if asked.due_on:
        yield f"The team plans to have this done by about {day(asked.due_on)}."


def _nothing(decision: Decision) -> str:
    if decision.outcome == Outcome.RECOMMENDATION:
        return ""
    why = plain_language().no_recommendation[decision.no_recommendation_reason].name
    return f"The team does not suggest anything new yet. {why}"


def _questions(item: AgendaItem, sitting: Sitting) -> Iterator[str]:
    doctor = item.case.referred_by
    yield (
        f"Ask {doctor}, or any doctor who takes care of you."
        if doctor
        else ("Ask the doctor who takes care of you.")
    )
    yield f"You can also ask at {item.institution.name}."
    yield f"The team is called {sitting.board}."
    yield "If you feel worse, or if something new happens, do not wait. Call your doctor."


def _replaced(version: Version) -> str:
    if version.replaced_by:
        return "This page is out of date. There is a newer one. Ask your doctor for it."
    if version.decision.version > 1:
        return "This page takes the place of an earlier one."
    return ""


def _and(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
