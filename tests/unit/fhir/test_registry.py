"""The sources of resources."""

from cases.fhir.registry import SOURCES
from cases.fhir.source import Source


def test_each_source_has_a_name_of_its_own():
    """An export that runs goes on by them after a deploy."""
    names = [each.name for each in SOURCES if isinstance(each, Source)]
    assert len(set(names)) == len(names)
    assert {"Patient/cases.patient", "Observation/cases.specimen-ki67"} < set(names)
