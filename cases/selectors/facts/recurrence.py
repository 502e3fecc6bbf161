"""The suspicion that a positive surveillance study raises."""

from collections.abc import Iterator

from cases.models.fact_answer import UNKNOWN
from cases.models.result import Outcome
from cases.selectors.facts.record import Record, in_words, iso
from cases.selectors.known import Known
from cases.selectors.provenance import of_result


def suspected_recurrence(record: Record) -> Iterator[tuple[str, Known]]:
    """A positive surveillance study makes a recurrence suspected from the next study on.

    Specification 5.2, after B-03-POS (001 L48). No later study clears the suspicion: a person
    does, by answering after the positive result was entered. What was done before the resection
    was no surveillance.
    """
    resected = record.answer_to("resection_status")
    status = record.answers.get("recurrence_status")
    if resected != "complete" or (status and status.value not in ("none", UNKNOWN)):
        return
    since = record.answer_to("resection_date") or ""
    for study in reversed(record.imaging.earlier):
        result = record.imaging.results.get(study.id)
        if (
            result is not None
            and result.outcome == Outcome.POSITIVE
            and (iso(study.date) or "") > since
            and (status is None or status.answered_at < result.entered_at)
        ):
            origin = f"From the positive {study.get_modality_display()} of {in_words(study.date)}"
            rule, shown = "result.positive_surveillance", of_result(study, result)
            yield "recurrence_status", Known("suspected", rule, origin, shown)
            return
