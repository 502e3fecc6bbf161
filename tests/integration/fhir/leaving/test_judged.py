"""Whatever leaves is valid: by the JSON Schema of R4, and by Medplum with mCODE's profiles.

`python -m tests.leaving_resources` holds every answer against both, and says what is waived.
"""

import os
from collections import Counter

import pytest

from cases.fhir.registry import OF_ROWS, SOURCES
from cases.fhir.source import Source
from tests.integration.fhir.leaving.walk import everything, found, once, resources
from tests.integration.fhir.leaving.world import filled, suggested
from tests.judges import json_schema, medplum, packages
from tests.judges.finding import idle, unwaived
from tests.leaving_resources import WHOLE
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
LACK = packages.lack()
MCODE = "http://hl7.org/fhir/us/mcode/"


@pytest.fixture
def program(institution, settings):
    settings.RATE_PERSONAL_TOKEN = 1_000_000
    return filled(institution)


def named(answers):
    return {
        (each["resourceType"], each["id"])
        for answer in answers
        for each in resources(answer)
        if "id" in each
    }


def silent(institution, answers):
    """The sources of which nothing is in the answers."""
    there = named(answers)
    with institution_scope(institution):
        return [
            f"{type(source).__name__} {source.resource_type}"
            for source in SOURCES
            if isinstance(source, Source)
            and not any(
                (source.resource_type, source.id_of(row)) in there for row in source.rows()[:200]
            )
        ]


def test_what_is_found_keeps_to_the_json_schema(institution, program):
    answers = once(found(program))
    assert list(unwaived(x for each in answers for x in json_schema.findings(each))) == []
    of_rows = {f"{type(source).__name__} {source.resource_type}" for source in OF_ROWS}
    assert of_rows.isdisjoint(silent(institution, answers))


@pytest.mark.skipif(bool(LACK), reason=f"Medplum is not asked: {LACK}")
def test_what_is_found_keeps_to_medplums_rules_and_to_mcode(program):
    assert list(unwaived(medplum.findings(once(found(program))))) == []


def test_the_judges_find_what_is_wrong():
    wrong = {"resourceType": "Patient", "id": "1", "gender": "x", "shoes": 1}
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": wrong}]}
    found_at = {(each.resource, each.at) for each in json_schema.findings(bundle)}
    assert found_at == {
        ("Bundle/", "Bundle.entry.resource"),
        ("Bundle/", "Bundle.entry.resource.gender"),
    }


def summary(institution, answers, complaints):
    """How much was judged, and what not."""
    inside = [each for answer in answers for each in resources(answer)]
    types = Counter(each["resourceType"] for each in inside)
    profiles = {url for each in inside for url in each.get("meta", {}).get("profile", ())}
    unknown = sorted(url for url in profiles if not url.startswith(MCODE))
    lines = [
        f"{len(answers)} answers with {len(named(answers))} resources of {len(types)} types",
        f"  {', '.join(f'{name} {number}' for name, number in sorted(types.items()))}",
        f"profiles of mCODE: {len(profiles) - len(unknown)}; not held against: {unknown}",
        f"sources without a resource: {silent(institution, answers)}",
    ]
    return "\n".join([*lines, f"{len(complaints)} complaints, all waived ones too"])


if WHOLE in os.environ:

    def test_all_that_leaves(institution, program, capsys):
        answers = once(everything(program))
        offered = suggested(institution)
        assert offered
        answers += offered
        complaints = [x for each in answers for x in json_schema.findings(each)]
        complaints += medplum.findings(answers)
        with capsys.disabled():
            print(f"\n{summary(institution, answers, complaints)}")
        assert list(dict.fromkeys(unwaived(complaints)))[:20] == []
        assert [(each.judge, each.at.pattern, each.because) for each in idle(complaints)] == []
