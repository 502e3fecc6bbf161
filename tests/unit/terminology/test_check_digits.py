"""The check digits of LOINC and SNOMED CT."""

import pytest

from cases.terminology.check_digits import is_loinc, is_sctid


@pytest.mark.parametrize("code", ["21889-1", "29593-1", "718-7", "9811-1", "LA6576-8"])
def test_codes_of_loinc(code):
    assert is_loinc(code)


@pytest.mark.parametrize(
    "code", ["21889-2", "29539-1", "718", "0718-7", "718-", "", "abc-1", "718-7 ", "\uff1718-7"]
)
def test_no_codes_of_loinc(code):
    assert not is_loinc(code)


@pytest.mark.parametrize("code", ["363418001", "10200004", "5811000122108", "74400008"])
def test_concepts_of_snomed_ct(code):
    assert is_sctid(code)


@pytest.mark.parametrize(
    "code",
    [
        "363418010",
        "363418002",
        "363481001",
        "363418",
        "",
        "0363418001",
        "363418001x",
        "1234567890" * 2,
    ],
)
def test_no_concepts_of_snomed_ct(code):
    assert not is_sctid(code)
