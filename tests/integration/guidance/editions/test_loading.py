"""Editions come into the database once and stay as they are."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from guidance.editions import adoptions, loading, shelf
from guidance.editions.models import EditionAdoption, GuidanceEdition
from guidance.engine import content
from guidance.engine.assess import assess
from guidance.engine.content import ContentError
from guidance.engine.edition import content_hash, load_edition
from guidance.engine.facts import parse_facts
from tests.factories.cases import STAGING
from tests.factories.editions import loaded, mri_less_appropriate, revised
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def rows() -> dict[str, str]:
    return dict(GuidanceEdition.objects.values_list("version", "hash"))


def command() -> str:
    out = io.StringIO()
    call_command("load_editions", stdout=out)
    return out.getvalue()


def test_every_database_has_the_editions_on_disk():
    assert rows() == {version: load_edition(version).hash for version in content.versions()}


def test_content_is_kept_as_it_is_and_its_keys_in_their_order():
    row = GuidanceEdition.objects.get(version="2026.1")
    edition = load_edition("2026.1")
    kept = json.loads(row.content)
    assert kept == edition.content
    assert json.dumps(kept) == json.dumps(edition.content)
    assert content_hash(kept) == row.hash == edition.hash
    assert (row.title, row.date.isoformat()) == (edition.title, edition.date)


def test_loading_again_changes_nothing():
    before = list(GuidanceEdition.objects.values_list("id", "loaded_at"))
    assert loading.load("2026.1").version == "2026.1"
    assert command() == "Every edition is loaded already.\n"
    assert list(GuidanceEdition.objects.values_list("id", "loaded_at")) == before


def test_an_edition_that_is_not_on_disk():
    with pytest.raises(ContentError, match="no edition"):
        loading.load("1999.1")


def test_changed_content_needs_a_new_version():
    with pytest.raises(loading.ContentChanged, match=r"2026\.1 has changed.*give it a new version"):
        loading.keep(revised(mri_less_appropriate))
    assert rows() == {"2026.1": load_edition().hash}


def test_the_command_says_what_cannot_be_loaded(monkeypatch):
    monkeypatch.setattr(loading, "load_edition", lambda _: revised(mri_less_appropriate))
    with pytest.raises(CommandError, match="give it a new version"):
        command()


def test_the_command_names_what_is_new(monkeypatch):
    new = revised(lambda found: found["edition"].update(version="2027.1", date="2027-01-01"))
    monkeypatch.setattr(loading, "load_edition", lambda _: new)
    assert command() == "Loaded: 2027.1.\n"
    assert rows()["2027.1"] == new.hash


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE editions_guidanceedition SET content = '{}'",
        "DELETE FROM editions_guidanceedition",
        "UPDATE editions_editionadoption SET reason = 'x'",
        "DELETE FROM editions_editionadoption",
    ],
)
def test_the_application_can_neither_change_nor_delete(change):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


class TestShelf:
    def test_an_edition_from_the_database_answers_as_the_one_on_disk(self):
        facts = parse_facts(STAGING)
        edition = shelf.edition("2026.1")
        assert assess(facts, edition) == assess(facts, load_edition())
        assert shelf.edition("2026.1") is edition

    def test_once_at_hand_it_takes_no_query(self, django_assert_num_queries):
        shelf.edition("2026.1")
        with django_assert_num_queries(0):
            shelf.edition("2026.1")

    def test_an_edition_that_is_not_loaded(self):
        with pytest.raises(shelf.NoEdition, match=r"'1999\.1' is not loaded"):
            shelf.edition("1999.1")

    def test_content_that_was_tampered_with_is_not_used(self):
        edition = revised(lambda found: found["edition"].update(version="2027.1"))
        GuidanceEdition.objects.create(
            version="2027.1",
            hash="0" * 64,
            title="x",
            date=datetime.date(2027, 1, 1),
            content=loading.as_text(edition),
        )
        with pytest.raises(shelf.NoEdition, match="not what its hash says"):
            shelf.edition("2027.1")

    def test_the_newest_is_the_one_with_the_latest_date(self):
        loaded("2027.1")
        loaded("2020.1", date="2020-01-01")
        assert shelf.newest().version == "2027.1"
        assert [each.version for each in shelf.versions()] == ["2027.1", "2026.1", "2020.1"]
        assert shelf.versions()[1].hash == load_edition().hash

    def test_where_none_is_loaded_there_is_no_newest(self, monkeypatch):
        monkeypatch.setattr(GuidanceEdition, "objects", GuidanceEdition.objects.none())
        with pytest.raises(shelf.NoEdition, match="load_editions"):
            shelf.newest()


class TestANewEditionReachesNobodyByItself:
    def test_who_never_chose_stays_with_what_was_newest(self, institution, other_institution):
        loaded("2027.1")
        for each in (institution, other_institution):
            with institution_scope(each):
                assert shelf.adopted().version == "2026.1"
                pinned = adoptions.current()
                assert (pinned.edition.version, pinned.by) == ("2026.1", None)
                assert AuditEntry.objects.filter(action="institution.edition.pinned").count() == 1

    def test_a_second_new_edition_pins_nothing_again(self, institution):
        loaded("2027.1")
        loaded("2027.2", date="2027-06-01")
        with institution_scope(institution):
            assert shelf.adopted().version == "2026.1"
            assert EditionAdoption.objects.count() == 1

    def test_who_chose_keeps_the_choice(self, institution, administrator):
        edition = loaded("2027.1")
        with institution_scope(institution):
            adoptions.adopt(edition=edition, by=administrator)
        loaded("2027.2", date="2027-06-01")
        with institution_scope(institution):
            assert shelf.adopted().version == "2027.1"

    def test_an_older_one_pins_nobody(self, institution):
        loaded("2020.1", date="2020-01-01")
        with institution_scope(institution):
            assert not EditionAdoption.objects.exists()
            assert shelf.adopted().version == "2026.1"
