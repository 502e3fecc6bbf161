"""The definitions that the checks stand on."""

from cases.r4.structures import RESOURCE, definitions


def test_every_element_has_a_type_that_is_known():
    known = definitions()
    assert known.version == "4.0.1"
    assert len(known.resources) == 144
    assert set(known.structures["Meta"].elements) == {
        *("id", "extension", "versionId", "lastUpdated", "source", "profile", "security", "tag"),
    }
    named = {
        element.type for each in known.structures.values() for element in each.elements.values()
    }
    complex_types = {name for name in named if name[0].isupper()} - {RESOURCE}
    assert complex_types <= set(known.structures)


def test_every_binding_has_codes():
    known = definitions()
    bound = {
        element.codes
        for each in known.structures.values()
        for element in each.elements.values()
        if element.codes
    }
    assert len(bound) > 200
    for value_set in bound:
        assert any(known.codes[value_set].values()), value_set
