"""Facts from the day and from the institution's choices."""

from collections.abc import Iterator

from cases.selectors.facts.record import Record
from cases.selectors.known import Known
from tumorboard.formats import day


def choices(record: Record) -> Iterator[tuple[str, Known]]:
    """The day, and the institution's choices."""
    yield "evaluated_on", Known(record.date.isoformat(), "day", "The day of the assessment")
    chosen = record.policy.choices
    for name in ("who_version", "tnm_system"):
        yield name, Known(getattr(chosen, name), "policy", "Chosen by the institution")


def local_policy(record: Record) -> Iterator[tuple[str, Known]]:
    """The follow-up policy, and what cannot be had, as far as nobody answered for the patient.

    An explicit "unknown" is an answer: then the question stays open for this patient.
    """
    followup = record.policy.choices.followup_policy
    if followup and "followup_policy" not in record.answers:
        yield (
            "followup_policy",
            Known(followup, "policy.followup", "Chosen by the institution"),
        )
    for fact, study in record.policy.unavailable.items():
        if fact not in record.answers:
            said = f"{study.by.name} on {day(study.at)}: {study.reason}"
            entered = {"by": str(study.by_id), "at": study.at.isoformat()}
            origin = f"Local policy: not available ({said})"
            yield fact, Known(False, "policy.study", origin, entered)
