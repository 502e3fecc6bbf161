"""From one signed version of a decision to the letter to the referring clinician."""

from cases.documents.build_lines import person
from cases.documents.decision import PresentLine, RecommendationLine
from cases.documents.letter import ChangeLine, LetterDocument, SignedLine
from cases.models import AgendaItem, Assessment, Decision
from cases.models.fact_answer import UNKNOWN
from cases.selectors.decision_versions import Version
from cases.selectors.decisions import Accepted, met_at, said_by, sitting_of
from cases.selectors.guidance_words import Guidance
from cases.selectors.key_numbers import grade_of, stage_of
from cases.selectors.quorum import either
from cases.selectors.words import fact_words
from cases.services.chains import agrees
from guidance.editions import shelf
from tumorboard.formats import moment, zoned_moment

#: Facts of the result that the board had before it, as one line.
RESULT = ("study_outcome", "study_modality")


def letter_document(item: AgendaItem, version: Version) -> LetterDocument:
    """What the letter on one signed version of the decision on `item` says."""
    decision = version.decision
    said, sitting = said_by(decision), sitting_of(item, decision)
    return LetterDocument(
        institution=item.institution.name,
        board=sitting.board,
        meeting=moment(met_at(item, sitting)),
        to=item.case.referred_by,
        **person(item.case.patient),
        question=said.question,
        track=said.track,
        present=tuple(PresentLine(p.name, p.specialty, p.dissent) for p in said.people),
        seen=tuple(_seen(decision.assessment)),
        without=tuple(map(_without, said.accepted)),
        outcome=said.outcome,
        recommendations=tuple(
            RecommendationLine(a.number, a.kind, a.text, a.detail, a.added, a.instead_of)
            for a in said.recommendations
        ),
        rationale=said.rationale,
        lines=tuple(said.lines),
        signature=_signature(decision),
        replaces=_replaces(decision),
        changes=tuple(ChangeLine(c.label, c.before, c.after) for c in version.changes),
        replaced_by=version.replaced_by,
    )


def _seen(assessment: Assessment) -> list[tuple[str, str]]:
    grade, stage, guidance = grade_of(assessment), stage_of(assessment), Guidance(assessment)
    branch = guidance.answer["branch_detail"]
    result = _result(assessment)
    return [
        (grade.label, grade.value),
        (stage.label, stage.value),
        ("Current result", f"{result}. {branch['trigger']}" if branch else result),
        ("Guidance", f"{guidance.scenario} (edition {assessment.edition_version})"),
    ]


def _without(accepted: Accepted) -> str:
    """What the board decided without, and the signer's reason, said once for all of it."""
    match accepted.group:
        case "quorum":
            people = either([_named(text) for text in accepted.texts.values()])
            what = f"with nobody from {people} noted as present"
        case "early":
            what = "before the meeting began"
        case _:
            what = f"without a complete minimum data set ({accepted.names})"
    return f"Decided {what}. The reason given: {accepted.reason}"


def _named(text: str) -> str:
    """The specialty that a decision keeps as lacking, inside a sentence."""
    label = text.partition(":")[0]
    return label[:1].lower() + label[1:]


def _result(assessment: Assessment) -> str:
    """The result in play when the board decided, with how it was made."""
    dictionary = shelf.edition(assessment.edition_version).dictionary
    known = [
        fact_words(dictionary[name], assessment.facts)
        for name in RESULT
        if assessment.facts.get(name, UNKNOWN) != UNKNOWN
    ]
    return ", ".join(known) if known else "none"


def _signature(decision: Decision) -> SignedLine:
    return SignedLine(
        version=decision.version,
        signed_by=decision.signer_name,
        signed_role=decision.signer_role,
        signed_at=zoned_moment(decision.signed_at),
        meaning=decision.meaning,
        content_hash=decision.content_hash,
        agrees=agrees(decision),
    )


def _replaces(decision: Decision) -> str:
    if decision.version == 1:
        return ""
    former = decision.version - 1
    return f"This letter replaces the one on version {former}. Why: {decision.amendment_reason}"
