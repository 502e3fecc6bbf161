"""A waiver hides what it was written for, and tells when nothing needs it any more."""

import pytest

from tests.judges.finding import Finding, idle, place, unwaived, waivers

LANGUAGE = "'x' is not one of ['text/cql', 'text/fhirpath', 'application/x-fhir-query']"
KNOWN = Finding("json-schema", "PlanDefinition/1", "", "PlanDefinition.action", LANGUAGE)


def test_what_is_waived_is_hidden_and_nothing_else():
    others = [
        KNOWN._replace(judge="medplum"),
        KNOWN._replace(at="Patient.gender"),
        KNOWN._replace(says="'shoes' was unexpected"),
    ]
    assert list(unwaived([KNOWN, *others])) == others


def test_a_waiver_that_nothing_needs_is_told():
    assert [each.judge for each in idle([KNOWN])] == [each.judge for each in waivers()[1:]]


@pytest.mark.parametrize(("path", "said"), [("A.b[0].c[12]", "A.b.c"), ("A", "A")])
def test_places_are_told_without_positions(path, said):
    assert place(path) == said
