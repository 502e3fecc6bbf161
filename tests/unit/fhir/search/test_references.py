"""References: by id, by type and id, by address."""

import pytest

from cases.fhir.search.references import local, matches_identifier, matches_target, read_target
from cases.fhir.search.tokens import read_token

BASE = "https://x.example/fhir/north"


@pytest.mark.parametrize(
    ("wanted", "said", "is_found"),
    [
        ("7", "Patient/7", True),
        ("Patient/7", "Patient/7", True),
        ("Group/7", "Patient/7", False),
        (f"{BASE}/Patient/7", "Patient/7", True),
        ("Patient/7", f"{BASE}/Patient/7", True),
        ("Patient/7", "Patient/7/_history/2", True),
        # What another server calls so is another one.
        ("Patient/7", "https://y.example/fhir/Patient/7", False),
        ("https://y.example/fhir/Patient/7", "https://y.example/fhir/Patient/7", True),
        ("http://z.example/Plan", "http://z.example/Plan|2", True),
        ("urn:uuid:1", "urn:uuid:1", True),
        ("7", "#7", False),
    ],
)
def test_a_reference_is_compared(wanted, said, is_found):
    target = read_target(wanted, base=BASE)
    assert matches_target({"reference": said}, target, base=BASE) is is_found


def test_a_reference_without_an_address_leads_nowhere():
    assert not matches_target({"display": "7"}, read_target("7", base=BASE), base=BASE)


def test_a_type_that_is_named_counts():
    assert read_target("7", base=BASE, type_wanted="Patient").type == "Patient"
    with pytest.raises(ValueError, match="no Patient"):
        read_target("Group/7", base=BASE, type_wanted="Patient")


@pytest.mark.parametrize("text", ["", "a b", "patient/7", "Patient/", "a\nb:c", "x" * 65])
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(ValueError, match="Give an id"):
        read_target(text, base=BASE)


def test_what_the_other_side_calls_it():
    said = {"identifier": {"system": "urn:oid:1", "value": "9"}}
    assert matches_identifier(said, read_token("urn:oid:1|9"))
    assert not matches_identifier("Patient/9", read_token("9"))


def test_what_is_here():
    assert local("Patient/7", base=BASE) == ("Patient", "7")
    assert local("#contained", base=BASE) is None
    assert local("urn:uuid:7", base=BASE) is None
