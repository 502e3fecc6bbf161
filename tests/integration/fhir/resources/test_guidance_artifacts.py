"""The guidance as it is published: the same for all, by the institution's edition."""

import pytest

from cases.fhir.resources.guidance_artifacts import Guidance, Vocabularies
from guidance.editions import shelf
from tests.unit.fhir.resources.valid import assert_valid


@pytest.fixture(autouse=True)
def scope_of_all(scope):
    """The institution has an edition."""


@pytest.mark.parametrize(
    "source", [Guidance("PlanDefinition"), Guidance("ActivityDefinition"), Vocabularies()]
)
def test_what_is_published_is_valid_and_of_the_edition_in_use(source):
    found = source.newest()

    assert found
    for each in found:
        assert_valid(each)
        assert each["resourceType"] == source.resource_type
    assert len({each["id"] for each in found}) == len(found)
    assert shelf.adopted().version in {each["meta"]["versionId"] for each in found}


def test_a_plan_can_be_read_in_every_edition_and_the_present_one_is_last():
    versions = Guidance("PlanDefinition").versions("SC-01")

    assert [each["meta"]["versionId"] for each in versions][-1] == shelf.adopted().version
    assert {each["meta"]["versionId"] for each in versions} == {
        each.version for each in shelf.versions()
    }
    assert [each["version"] for each in versions] == [
        each["meta"]["versionId"] for each in versions
    ]


def test_what_is_not_there_has_no_versions():
    assert list(Guidance("PlanDefinition").versions("SC-99")) == []


def test_our_own_code_systems_stand_beside_those_of_the_guidance():
    ids = {each["id"] for each in Vocabularies().newest()}

    assert {"procedure", "check", "record.task-state", "record.fact"} <= ids
    (system,) = Vocabularies().versions("record.task-state")
    assert system["meta"] == {"versionId": "1"}
    assert Vocabularies().versions("check")[-1]["version"] == shelf.adopted().version
