"""Our own codes as FHIR has them: each list of choices is a code system with an address.

Concepts that standards have codes for are written by `cases.fhir.resources.codings`; here are the
lists that are ours alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Choices

from cases.fhir.resources.record_codes import RecordCode
from cases.models.acknowledgment import AcknowledgmentReason
from cases.models.agenda_item import ListingReason, Track
from cases.models.board_member import Duty
from cases.models.conclusion import (
    Concordance,
    Confidence,
    DeviationReason,
    Intent,
    NoRecommendation,
    Outcome,
    RecommendationKind,
)
from cases.models.lesion import LesionRole, MeasurementSource, MeasurementState
from cases.models.specialty import Specialty
from cases.models.study import Modality, OrderTarget, Region, Sequence
from cases.models.task import NotDone, TaskState
from cases.models.treatment import Margin, StopReason
from cases.selectors.concepts import KINDS, concepts
from guidance.fhir.publication import base_at

Json = dict[str, Any]
#: Units are written in UCUM, which has an address of its own.
UNITS = "unit"


class Vocabulary(NamedTuple):
    """One list of choices, and what it is about."""

    title: str
    choices: type[Choices]


#: By the end of its address.
VOCABULARIES: Mapping[str, Vocabulary] = {
    "acknowledgment-reason": Vocabulary("Why a case goes on beside a check", AcknowledgmentReason),
    "board-duty": Vocabulary("What somebody does on a board", Duty),
    "concordance": Vocabulary("How a decision stands to the guidance", Concordance),
    "confidence": Vocabulary("How sure a board is", Confidence),
    "deviation-reason": Vocabulary("Why a board departs from the guidance", DeviationReason),
    "listing-reason": Vocabulary("Why a case is on a list", ListingReason),
    "lesion-role": Vocabulary("What a lesion counts as in response reading", LesionRole),
    "margin": Vocabulary("Residual tumor after a resection", Margin),
    "measurement-source": Vocabulary("Where a measurement comes from", MeasurementSource),
    "measurement-state": Vocabulary("What was seen of a lesion on a study", MeasurementState),
    "modality": Vocabulary("Kind of an examination", Modality),
    "no-recommendation-reason": Vocabulary("Why a board recommends nothing", NoRecommendation),
    "not-done-reason": Vocabulary("Why a recommendation was not carried out", NotDone),
    "order-target": Vocabulary("What an examination looks for", OrderTarget),
    "outcome": Vocabulary("Whether a board recommends anything", Outcome),
    "recommendation-intent": Vocabulary("What a recommendation is for", Intent),
    "recommendation-kind": Vocabulary("What kind of thing is recommended", RecommendationKind),
    "record": Vocabulary("What rows say that no other list names", RecordCode),
    "region": Vocabulary("Part of the body that an examination covers", Region),
    "sequence": Vocabulary("Sequence of an MRI", Sequence),
    "specialty": Vocabulary("Specialty on a board", Specialty),
    "stop-reason": Vocabulary("Why a treatment ended", StopReason),
    "task-state": Vocabulary("How far a follow-up task is", TaskState),
    "track": Vocabulary("How an item of an agenda is settled", Track),
}


def address_of(name: str) -> str:
    """The canonical address of one of our code systems; the same for all institutions."""
    return f"{settings.SITE_URL.rstrip('/')}/fhir/CodeSystem/{name}"


def guidance_address(kind: str, name: str) -> str:
    """The canonical address of a part of the guidance, without its version."""
    return f"{base_at(settings.SITE_URL)}/{kind}/{name}"


def choice(name: str, code: str, *, text: str = "") -> Json:
    """A CodeableConcept of one of our lists.

    Args:
        text: what was said in words; the words of the code where nothing was.
    """
    display = str(VOCABULARIES[name].choices(code).label)
    coding = {"system": address_of(name), "code": code, "display": display}
    return {"coding": [coding], "text": text or display}


def code_systems() -> Iterator[Json]:
    """Each list of choices, and each kind of our concepts, as a CodeSystem."""
    for name, vocabulary in VOCABULARIES.items():
        choices = vocabulary.choices.choices
        yield _code_system(
            name, vocabulary.title, {str(code): str(words) for code, words in choices}
        )
    for kind, title in KINDS.items():
        if kind != UNITS:
            begin = f"{kind}/"
            words = {
                key.removeprefix(begin): known.label.removeprefix(f"{title}: ")
                for key, known in concepts().items()
                if key.startswith(begin)
            }
            yield _code_system(kind, title, words)


def _code_system(name: str, title: str, words: Mapping[str, str]) -> Json:
    known = [{"code": code, "display": display} for code, display in words.items() if code]
    parts = name.replace("_", "-").split("-")
    return {
        "resourceType": "CodeSystem",
        # The guidance has code systems of the same short names.
        "id": f"record.{'-'.join(parts)}",
        "url": address_of(name),
        "name": "".join(part.capitalize() for part in parts),
        "title": title,
        "status": "active",
        "experimental": False,
        "caseSensitive": True,
        "content": "complete",
        "count": len(known),
        "concept": known,
    }
