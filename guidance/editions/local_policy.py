"""What an institution's policy says to the facts of its cases."""

from collections.abc import Mapping
from dataclasses import dataclass

from guidance.editions import local_studies, policies
from guidance.editions.models import GuidancePolicy, LocalStudy


@dataclass(frozen=True)
class LocalPolicy:
    """What the institution chose, and what cannot be had there, by the fact that asks for it."""

    choices: GuidancePolicy
    unavailable: Mapping[str, LocalStudy]


def in_force() -> LocalPolicy:
    """The policy of the current institution, in two queries."""
    studies = {study.procedure: study for study in local_studies.unavailable()}
    return LocalPolicy(
        choices=policies.current(),
        unavailable={
            fact: studies[procedure]
            for procedure, fact in local_studies.AVAILABILITY.items()
            if procedure in studies
        },
    )
