"""What a search asks for, read from its parameters."""

import pytest

from cases.fhir.outcome import BadRequest
from cases.fhir.search.query import LARGEST, read_query
from cases.r4.issue import Code

BASE = "https://x.example/fhir/north"


def read(resource_type: str, *given: tuple[str, str], **more):
    return read_query(resource_type, given, base=BASE, **more)


def test_a_search_is_read():
    query = read(
        "Observation",
        ("code", "a,b"),
        ("date", "ge2026"),
        ("_sort", "-date,_id"),
        ("_count", "7"),
        ("_include", "Observation:subject:Patient"),
        ("_revinclude:iterate", "Provenance:target"),
        ("_summary", "true"),
        ("_elements", "code, value.unit"),
        ("_format", "json"),
    )
    assert [each.parameter.code for each in query.criteria] == ["code", "date"]
    assert query.criteria[0].given == ("a", "b")
    assert [(part.parameter.code, part.is_descending) for part in query.order] == [
        ("date", True),
        ("_id", False),
    ]
    assert query.count == 7
    assert query.includes == [("Observation", "subject", "Patient", False)]
    assert query.reverse_includes == [("Provenance", "target", "", True)]
    assert query.elements == ("code", "value")
    assert "_format" not in query.names
    assert not query.ignored


def test_what_is_not_known_is_told_or_refused():
    query = read("Patient", ("shoe-size", "44"), ("gender", "female"))
    assert query.names == ["gender"]
    (issue,) = query.ignored
    assert (issue.code, issue.severity, issue.expression) == (
        Code.NOT_SUPPORTED,
        "warning",
        ("http.shoe-size",),
    )
    with pytest.raises(BadRequest) as refused:
        read("Patient", ("shoe-size", "44"), is_strict=True)
    assert refused.value.issues[0].severity == "error"


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "family:exact",
        "identifier",
        "birthdate",
        "birthdate:missing",
        "phone",
        "address-city",
    ],
)
def test_who_somebody_is_never_stands_in_an_address(name):
    """ASVS v5.0.0-14.2.1: sensitive data is sent in bodies, not in addresses."""
    text = "true" if name.endswith("missing") else "2000"
    assert read("Patient", (name, text)).criteria
    with pytest.raises(BadRequest) as refused:
        read("Patient", (name, text), is_address=True)
    assert "POST" in refused.value.issues[0].diagnostics


def test_nor_does_it_at_the_end_of_a_chain_or_as_an_identifier():
    assert read("Observation", ("patient.identifier", "9")).chains
    for name in ("patient.identifier", "subject:Patient.name", "subject:identifier"):
        assert read("Observation", (name, "9"))
        with pytest.raises(BadRequest):
            read("Observation", (name, "9"), is_address=True)


def test_names_of_those_who_are_no_patients_may_stand_there():
    assert read("Practitioner", ("name", "Cora"), is_address=True).criteria


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gender:exact", "female"),
        ("gender:missing", "perhaps"),
        ("birthdate", "yesterday"),
        ("_lastUpdated", "x"),
        ("general-practitioner:Patient", "7"),
        ("_count", "many"),
        ("_count", "-1"),
        ("_count", "²"),
        ("_sort", "shoe-size"),
        ("_summary", "perhaps"),
        ("_total", "all"),
        ("_include", "Patient"),
        ("_include", "Patient:gender"),
        ("_include:exact", "Patient:link"),
        ("_revinclude", "Shoe:size"),
        ("gender", ""),
        ("gender", "fe\x00male"),
        ("gender", "x" * 10_000),
        ("identifier", "|"),
    ],
)
def test_a_value_that_is_none_is_refused(name, text):
    with pytest.raises(BadRequest) as refused:
        read("Patient", (name, text))
    (issue,) = refused.value.issues
    assert issue.expression[0].startswith("http.")


@pytest.mark.parametrize(
    "name",
    [
        "gender.name",
        "link.",
        "a:b:c",
        ":",
        ".",
        "_count:exact",
        "__init__",
        "_chain",
        "link:Shoe.size",
    ],
)
def test_an_odd_name_is_no_parameter(name):
    assert read("Patient", (name, "1")).ignored


def test_too_much_is_refused():
    with pytest.raises(BadRequest):
        read("Patient", *[("gender", "female")] * 100)


def test_a_page_has_an_end():
    assert read("Patient", ("_count", "100000")).count == LARGEST
    assert read("Patient", ("_count", "0")).is_count
    assert read("Patient", ("_summary", "count")).is_count


def test_everything_that_refers_can_be_included():
    (include,) = read("Observation", ("_include", "*")).includes
    assert (include.source, include.code) == ("Observation", "*")
