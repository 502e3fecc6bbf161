"""What a signature covers: every column of what was signed, by the scheme it was signed with."""

import datetime
import hashlib
import json

import pytest

from cases.models import Assessment, Decision, Participant, Recommendation
from cases.services import decisions
from cases.services.content_hash import (
    ASSESSMENT_COLUMNS,
    DECISION_COLUMNS,
    PARTICIPANT_COLUMNS,
    RECOMMENDATION_COLUMNS,
    SCHEME_2_COLUMNS,
    assessment_hash,
    content_hash,
    is_as_seen,
    is_intact,
)
from tests.factories.boards import make_item, sign
from tests.integration.services.tampering import other

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

#: The hash itself, and the place in the chain that `services.chains` ties to it.
BESIDE_THE_HASH = {"content_hash", "chain_position", "previous_hash", "chain_hash"}
#: What says of a row only whose it is: it is read by the decision that it belongs to.
BELONGING = {"id", "institution_id", "decision_id"}


@pytest.fixture
def signed(coordinator, chair):
    """A signed decision, as the database has it."""
    return Decision.objects.get(pk=sign(make_item(by=coordinator), by=chair).pk)


@pytest.mark.parametrize(
    ("model", "covered", "beside"),
    [
        (Decision, DECISION_COLUMNS, BESIDE_THE_HASH),
        (Recommendation, RECOMMENDATION_COLUMNS, BELONGING),
        (Participant, PARTICIPANT_COLUMNS, BELONGING),
        (Assessment, ASSESSMENT_COLUMNS, {"id", "institution_id", "case_id", "made_at"}),
    ],
)
def test_no_column_is_forgotten(model, covered, beside):
    columns = {field.attname for field in model._meta.concrete_fields}

    assert len(set(covered)) == len(covered)
    assert set(covered) | beside == columns, "a new column needs a new hash scheme"
    assert not set(covered) & beside


def test_changes_with_every_column(signed):
    asked, present = list(signed.recommendations.all()), list(signed.participants.all())
    rows = [
        *((signed, column) for column in DECISION_COLUMNS if column != "hash_scheme"),
        *((asked[0], column) for column in RECOMMENDATION_COLUMNS),
        *((present[0], column) for column in PARTICIPANT_COLUMNS),
    ]
    hashes = {content_hash(signed, asked, present)}
    for row, column in rows:
        before = getattr(row, column)
        setattr(row, column, other(row, column))
        hashes.add(content_hash(signed, asked, present))
        setattr(row, column, before)

    assert len(hashes) == 1 + len(rows)
    assert signed.content_hash in hashes


def test_the_scheme_itself_is_covered(signed):
    signed.hash_scheme = 1
    assert not is_intact(signed)
    signed.hash_scheme = 99
    assert not is_intact(signed)


def test_counts_what_comes_and_goes(signed):
    asked, present = list(signed.recommendations.all()), list(signed.participants.all())

    assert content_hash(signed, asked[1:], present) != signed.content_hash
    assert content_hash(signed, asked, []) != signed.content_hash


def test_two_of_one_name_in_whatever_order(signed):
    asked = list(signed.recommendations.all())
    twins = [Participant(name="A", specialty="x"), Participant(name="A", specialty="y")]

    assert content_hash(signed, asked, twins) == content_hash(signed, asked, twins[::-1])


def test_tells_when_the_record_is_not_what_was_signed(signed):
    assert is_intact(signed)
    signed.rationale = "Something else"
    assert not is_intact(signed)


@pytest.mark.parametrize("quoted", [None, {"words": [], "states": []}])
def test_what_was_signed_by_the_first_scheme_keeps_its_hash(signed, chair, quoted):
    signed.hash_scheme, signed.quoted = 1, quoted
    asked, present = list(signed.recommendations.all()), list(signed.participants.all())
    content = {
        "institution": str(signed.institution_id),
        "agenda_item": str(signed.agenda_item_id),
        "case": str(signed.case_id),
        "version": 1,
        "assessment": str(signed.assessment_id),
        "question": signed.question,
        "rationale": signed.rationale,
        "recommendations": [[r.position, r.kind, r.code, r.text] for r in asked],
        "participants": [[p.name, p.specialty] for p in present],
        "signed_by": str(chair.pk),
        "signer_name": chair.name,
        "signer_role": "Board chair",
        "signed_at": signed.signed_at.isoformat(),
        "meaning": decisions.MEANING,
        **({"quoted": quoted} if quoted is not None else {}),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    expected = hashlib.sha256(text.encode()).hexdigest()
    assert content_hash(signed, asked, present) == expected


def test_what_was_signed_by_the_second_scheme_keeps_its_hash(signed):
    signed.hash_scheme, signed.assessment_hash, signed.board_name = 2, "", ""
    signed.meeting_starts_at = None
    asked, present = list(signed.recommendations.all()), list(signed.participants.all())
    content = {
        "decision": {name: plain(getattr(signed, name)) for name in SCHEME_2_COLUMNS},
        "recommendations": [
            {name: plain(getattr(row, name)) for name in RECOMMENDATION_COLUMNS} for row in asked
        ],
        "participants": [
            {name: getattr(row, name) for name in PARTICIPANT_COLUMNS} for row in present
        ],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    before = content_hash(signed, asked, present)
    assert before == hashlib.sha256(text.encode()).hexdigest()
    signed.board_name = "A board that was renamed"
    assert content_hash(signed, asked, present) == before
    assert is_as_seen(signed), "nothing was kept by which to tell"


def test_keeps_what_the_board_saw_and_where(signed):
    meeting = signed.agenda_item.meeting

    assert signed.board_name == meeting.board.name
    assert signed.meeting_starts_at == meeting.starts_at
    assert signed.assessment_hash == assessment_hash(signed.assessment)


def test_the_hash_of_an_assessment_changes_with_every_column(signed):
    assessment = signed.assessment
    hashes = {assessment_hash(assessment)}
    for column in ASSESSMENT_COLUMNS:
        before = getattr(assessment, column)
        setattr(assessment, column, other(assessment, column))
        hashes.add(assessment_hash(assessment))
        assert not is_as_seen(signed), column
        setattr(assessment, column, before)

    assert len(hashes) == 1 + len(ASSESSMENT_COLUMNS)
    assert is_as_seen(signed)


def plain(value):
    """A value as the hash reads it."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    return value if value is None or isinstance(value, bool | int | list | dict) else str(value)
