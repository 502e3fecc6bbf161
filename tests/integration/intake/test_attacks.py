"""Whatever is sent is refused or kept; nothing else happens."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.intake import acknowledging
from cases.models import Case, InboxMessage, LabResult, Patient
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for
from tumorboard.accounts.models import User
from tumorboard.audit.kinds import Via
from tumorboard.audit.origin import arriving
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
SAMPLES = [
    of.laboratory(),
    of.radiology(),
    of.pathology(),
    of.order(),
    of.message("ADT^A40", of.pid("MRN-9"), f"MRG|{of.NUMBER}^^^NORTH^MR"),
]
SPLICES = st.lists(
    st.tuples(
        st.integers(0, 500),
        st.integers(0, 40),
        st.binary(max_size=8)
        | st.sampled_from(
            [b"|", b"^", b"~", b"\\", b"&", b"\r", b'""', b"\\X00\\", b"\x0b", b"|||"]
        )
        | st.sampled_from(["€".encode(), b"\xff", b"99999999999999999999", b"-1", b"MSH", b"PID|"]),
    ),
    max_size=4,
)


def spliced(raw, splices):
    for start, length, put in splices:
        raw = raw[:start] + put + raw[start + length :]
    return raw


@pytest.fixture
def take(institution, known, case):
    """Takes a message in, as a door does."""

    def one(raw):
        with institution_scope(institution), arriving(Via.API, address=""):
            before = InboxMessage.objects.count()
            taken = acknowledging.take(raw, client=known)
            assert InboxMessage.objects.count() - before <= int(taken.is_accepted)
            return taken

    return one


@QUICK
@given(raw=st.binary(max_size=300) | st.binary(max_size=100).map(lambda rest: b"MSH|^~\\&|" + rest))
def test_any_bytes_are_refused_or_kept(take, raw):
    taken = take(raw)

    assert taken.answer.startswith(b"MSH|^~\\&|TUMORBOARD|")
    assert (b"MSA|AA" in taken.answer) is taken.is_accepted


@QUICK
@given(sample=st.sampled_from(SAMPLES), splices=SPLICES)
def test_any_message_that_was_tampered_with_is_refused_or_kept(take, sample, splices):
    taken = take(spliced(sample.encode(), splices))

    assert (b"MSA|AA" in taken.answer) is taken.is_accepted
    assert b"could not be stored. Send" not in taken.answer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(value, path=()):
    """Where something stands in JSON."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


PLACES = [path for path in places(json.loads(of.bundle())) if path]


@QUICK
@given(path=st.sampled_from(PLACES), value=JSON)
def test_any_bundle_that_was_tampered_with_is_refused_or_kept(
    institution, known, send, path, value
):
    said = json.loads(of.bundle())
    part = said
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value

    answer = send(json.dumps(said), door="fhir")

    assert answer.status_code in (202, 409, 413, 422), answer.content
    assert answer.json()["resourceType"] == "OperationOutcome"


@QUICK
@given(raw=st.binary(max_size=200))
def test_any_bytes_for_a_bundle_are_refused(known, send, raw):
    assert send(raw, door="fhir").status_code == 422


def huge():
    pid = of.pid()
    yield of.message("ADT^A08", pid.replace("Berg", "Berg~" * 20_000))
    yield of.message("ADT^A08", pid.replace("NORTH^MR", "NORTH^MR~x" * 20_000))
    yield of.message("ADT^A08", pid.replace("Berg", "&" * 200_000))
    yield of.message("ADT^A08", pid.replace("Berg", "\\.sp999\\" * 20_000))
    yield of.message("ADT^A08", pid, *["OBX|"] * 19_000)
    yield of.message("ORU^R01", pid, *["OBR|1"] * 15_000)
    yield of.message("ORU^R01", pid, "OBR|1", *[f"OBX|{n}|NM|{n}^x^LAB||1" for n in range(3_000)])
    yield of.message("ADT^A40", pid, *[f"MRG|{n}^^^NORTH^MR" for n in range(3_000)])


@pytest.mark.parametrize("text", list(huge()), ids=range(8))
def test_what_repeats_itself_without_end_is_refused_or_kept(take, text):
    taken = take(text.encode())

    assert b"could not be stored" not in taken.answer


def test_numbers_of_another_institution_match_nobody_here(
    institution, other_institution, known, send, coordinator
):
    """ASVS v5.0.0-8.4.1: what is another institution's is not there."""
    with institution_scope(other_institution):
        theirs = open_for(of.NUMBER, by=User.objects.get(pk=coordinator.pk))
    assert send(of.laboratory()).status_code == 200
    said = json.loads(of.bundle(identifier={"value": "B2"}))
    said["entry"][0]["resource"]["id"] = str(theirs.patient_id)
    said["entry"][1]["resource"]["subject"] = {"reference": f"Patient/{theirs.patient_id}"}
    assert send(json.dumps(said), door="fhir").status_code == 202
    merge = of.message("ADT^A40", of.pid("MRN-9"), f"MRG|{of.NUMBER}^^^NORTH^MR", control_id="A4")
    assert send(merge).status_code == 200

    with institution_scope(institution):
        assert set(InboxMessage.objects.values_list("patient", flat=True)) == {None}
    with institution_scope(other_institution):
        assert not InboxMessage.objects.exists()
        assert not LabResult.objects.exists()
        assert Patient.objects.get().record_number == of.NUMBER
        assert Case.objects.count() == 1
