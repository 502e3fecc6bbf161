"""Local notes and intervals: added, replaced by new versions, withdrawn, never edited."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone

from guidance.editions import local_notes, shelf
from guidance.editions.local_words import Overtaken
from guidance.editions.models import LocalNote, NoteSubject
from guidance.editions.note_subjects import subjects_of
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LATER = TODAY + datetime.timedelta(days=100)
SAID = {
    "text": "Ask the desk",
    "low_months": None,
    "high_months": None,
    "reason": "Board",
    "review_on": LATER,
}


@pytest.fixture(autouse=True)
def _scope(institution):
    with institution_scope(institution):
        yield


@pytest.fixture
def add(administrator):
    """Adds a note."""

    def call(subject="scenario:SC-01:", **changes):
        return local_notes.add(subject=subject, by=administrator, **{**SAID, **changes})

    return call


@pytest.mark.parametrize(
    ("subject", "columns"),
    [
        ("scenario:SC-06:", ("scenario", "SC-06", "")),
        ("study:SC-03:CT_AP_W", ("study", "SC-03", "CT_AP_W")),
        ("branch::B-05-STAB", ("branch", "", "B-05-STAB")),
        ("check::W-NONCONTRAST", ("check", "", "W-NONCONTRAST")),
        ("interval::FU-05", ("interval", "", "FU-05")),
    ],
)
def test_it_stands_beside_anything_that_an_edition_says(add, administrator, subject, columns):
    note = add(subject, text="  Ask the desk ")

    assert local_notes.standing() == [note]
    assert (note.subject, note.scenario, note.code) == columns
    assert (note.text, note.reason, note.review_on) == ("Ask the desk", "Board", LATER)
    assert (note.version, note.by) == (1, administrator)
    entry = AuditEntry.objects.get(action="institution.note.added")
    assert (entry.person, entry.subject_id) == (administrator, note.id)


def test_every_subject_of_the_edition_takes_a_note(add):
    subjects = subjects_of(shelf.adopted())
    for subject in subjects:
        add(subject)

    assert len(local_notes.standing()) == len(subjects)
    kinds = {subject.kind for subject in subjects.values()}
    assert kinds == set(NoteSubject)
    assert all(subject.name for subject in subjects.values())


def test_a_new_version_replaces_the_old_one(add, chair):
    old = add()
    said = {**SAID, "text": "Ask the ward", "low_months": 6, "high_months": 9}
    new = local_notes.replace(note=old, by=chair, **said)

    assert local_notes.standing() == [new]
    assert (new.series, new.version, new.by) == (old.series, 2, chair)
    assert (new.subject, new.scenario, new.text) == ("scenario", "SC-01", "Ask the ward")
    assert local_notes.history() == [new, old]
    old.refresh_from_db()
    assert old.text == "Ask the desk"
    assert AuditEntry.objects.filter(action="institution.note.replaced").exists()


def test_withdrawn_it_is_kept_with_who_and_why(add, chair):
    note = add(low_months=3, high_months=4)
    last = local_notes.withdraw(note=note, reason="Over", by=chair)

    assert local_notes.standing() == []
    assert local_notes.history() == [last, note]
    assert (last.is_withdrawn, last.reason, last.by, last.review_on) == (True, "Over", chair, None)
    assert (last.text, last.low_months, last.high_months) == ("Ask the desk", 3, 4)
    assert AuditEntry.objects.filter(action="institution.note.withdrawn").exists()


def test_several_stand_in_the_order_in_which_they_were_begun(add, chair):
    first, second = add(), add("scenario:SC-01:", text="Another")
    newer = local_notes.replace(note=first, by=chair, **SAID)

    assert local_notes.standing() == [newer, second]


@pytest.mark.parametrize("action", ["replace", "withdraw"])
def test_what_is_overtaken_or_withdrawn_stays_as_it_is(add, chair, action):
    def act(note):
        if action == "replace":
            return local_notes.replace(note=note, by=chair, **SAID)
        return local_notes.withdraw(note=note, reason="Over", by=chair)

    note = add()
    act(note)
    last = local_notes.history()[0]
    if action == "replace":
        last = local_notes.withdraw(note=last, reason="Over", by=chair)
    for passed in (note, last):
        with pytest.raises(Overtaken):
            act(passed)


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"subject": "scenario:SC-99:"}, "subject", "Choose what"),
        ({"subject": ""}, "subject", "Choose what"),
        ({"text": " "}, "text", "Write a note, or enter an interval."),
        ({"text": "x" * 1_001}, "text", "at most 1000"),
        ({"text": "a\x00"}, "text", "Null"),
        ({"reason": ""}, "reason", "blank"),
        ({"review_on": TODAY}, "review_on", "still to come"),
        ({"low_months": 3}, "high_months", "both ends"),
        ({"high_months": 3}, "low_months", "both ends"),
        ({"low_months": 0, "high_months": 3}, "low_months", "at least 1"),
        ({"low_months": 6, "high_months": 3}, "high_months", "no less"),
        ({"low_months": 6, "high_months": 601}, "high_months", "at most 600"),
        (
            {"subject": "check::W-NEC", "low_months": 1, "high_months": 2},
            "low_months",
            "A check has no interval",
        ),
    ],
)
def test_what_cannot_be_accepted_is_told_by_field(add, given, field, reason):
    with pytest.raises(ValidationError) as caught:
        add(**given)

    (name, reasons), *others = caught.value.message_dict.items()
    assert (name, others) == (field, [])
    assert reason in reasons[0]
    assert not LocalNote.objects.exists()


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(None, None, ""), (1, 1, "1 month"), (6, 6, "6 months"), (6, 12, "6 to 12 months")],
)
def test_an_interval_in_words(low, high, words):
    assert local_notes.interval_words(LocalNote(low_months=low, high_months=high)) == words


@pytest.mark.parametrize(
    "columns",
    [
        {"low_months": 6, "high_months": None},
        {"low_months": None, "high_months": 6},
        {"low_months": 6, "high_months": 5},
        {"subject": "weather"},
        {"text": ""},
        {"review_on": None},
    ],
)
def test_the_database_holds_nothing_else(administrator, columns):
    given = {"subject": "scenario", "series": administrator.pk, "by": administrator, **SAID}
    with pytest.raises(IntegrityError), transaction.atomic():
        LocalNote.objects.create(**{**given, **columns})


@pytest.mark.parametrize(
    "statement", ["UPDATE editions_localnote SET text = 'x'", "DELETE FROM editions_localnote"]
)
def test_what_was_said_cannot_be_changed(add, statement):
    add()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
