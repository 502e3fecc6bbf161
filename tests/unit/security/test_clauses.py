"""Tests name clauses that exist, and enough of them."""

from tests.unit.security.clauses import (
    ASVS_MENTION,
    HIPAA_BESIDE,
    HIPAA_SAFEGUARDS,
    docstrings,
    levels,
    proofs,
    proofs_of,
)
from tests.unit.security.document import asvs_rows, hipaa_rows


def test_at_least_forty_tests_name_the_clause_that_they_prove():
    assert len({proof.test for proof in proofs()}) >= 40


def test_every_clause_that_a_test_names_exists():
    known = {"ASVS": set(levels()), "HIPAA": {*HIPAA_SAFEGUARDS, *HIPAA_BESIDE}}
    assert [proof for proof in proofs() if proof.number not in known[proof.standard]] == []


def test_the_standard_is_named_with_its_version_and_the_whole_number():
    """Else the clause would be missing from the list, and nobody would see that."""
    whole = "ASVS v5.0.0-"
    careless = [
        test
        for test, words in docstrings()
        if any(mention.group() != whole for mention in ASVS_MENTION.finditer(words))
    ]
    assert careless == []


def test_further_numbers_of_a_docstring_count_and_the_version_does_not():
    words = "ASVS v5.0.0-6.2.5 and 6.2.9: any characters; HIPAA 164.312(c)(1) too."
    found = [(proof.standard, proof.number) for proof in proofs_of("x", words)]
    assert found == [("ASVS", "6.2.5"), ("ASVS", "6.2.9"), ("HIPAA", "164.312(c)(1)")]


def test_what_a_test_proves_is_not_said_to_be_open():
    proven = {proof.number for proof in proofs()}
    states = {row.number: row.state for row in [*asvs_rows(), *hipaa_rows()]}
    forgotten = {"open", "does not apply"}
    assert [number for number in sorted(proven) if states.get(number) in forgotten] == []
