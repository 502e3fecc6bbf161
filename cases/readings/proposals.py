"""Treatments that are meant and not known to have been given."""

from collections.abc import Mapping

#: Treatments as the fact on what is proposed calls them, where it has another name.
NAMES: Mapping[str, str] = {"surgery_liver": "liver_surgery"}


def proposal_of(treatment: str) -> str:
    """A type of treatment as a value of the fact `proposed_treatment`."""
    return NAMES.get(treatment, treatment)
