"""Parts of resources."""

from cases.fhir.search.shapes import SUBSETTED, shaped

OBSERVATION = {
    "resourceType": "Observation",
    "id": "1",
    "meta": {"versionId": "2"},
    "text": {"status": "generated"},
    "status": "final",
    "code": {"text": "Size"},
    "_issued": {"extension": []},
    "effectiveDateTime": "2026",
    "note": [{"text": "By hand"}],
}


def test_a_summary_has_what_the_definition_marks():
    part = shaped(OBSERVATION, summary="true")
    assert set(part) == set(OBSERVATION) - {"text", "note"}
    assert part["meta"] == {"versionId": "2", "tag": [SUBSETTED]}
    assert OBSERVATION["meta"] == {"versionId": "2"}


def test_data_is_all_but_the_narrative():
    assert set(shaped(OBSERVATION, summary="data")) == set(OBSERVATION) - {"text"}


def test_the_narrative_comes_with_what_must_be_there():
    part = shaped(OBSERVATION, summary="text")
    assert set(part) == {"resourceType", "id", "meta", "text", "status", "code"}


def test_elements_come_with_what_must_be_there():
    part = shaped(OBSERVATION, elements=("note",))
    assert set(part) == {"resourceType", "id", "meta", "note", "status", "code"}


def test_the_whole_is_not_marked():
    assert shaped(OBSERVATION, summary="false") is OBSERVATION
    assert shaped({"resourceType": "Bundle"}, summary="true") == {"resourceType": "Bundle"}
