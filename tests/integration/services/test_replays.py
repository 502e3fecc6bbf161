"""Every stored assessment can be computed again from what was stored with it."""

import io

import pytest
from django.core.management import CommandError, call_command

from cases.models import Assessment
from cases.services.replays import Verdict, replay
from guidance.editions import adoptions
from tests.factories.cases import STAGING, make_case
from tests.factories.editions import item, loaded, mri_less_appropriate
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(institution, coordinator):
    with institution_scope(institution):
        return make_case(by=coordinator, **STAGING).assessment


def stored_as(assessment: Assessment, **changed) -> Assessment:
    """A further row like `assessment`, with something else in it; rows cannot be changed."""
    kept = {f.name: getattr(assessment, f.name) for f in Assessment._meta.fields if f.name != "id"}
    return Assessment.objects.create(**{**kept, **changed})


def replayed(**options: str) -> str:
    out = io.StringIO()
    call_command("replay", stdout=out, **options)
    return out.getvalue()


def refused(**options: str) -> tuple[str, CommandError]:
    """What a replay that finds fault prints, and how it ends."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("replay", stdout=out, **options)
    return out.getvalue(), caught.value


def test_what_was_stored_is_what_comes_out_again(assessment):
    assert replayed() == (
        "1 same, 0 not what its facts, edition and engine say, "
        "0 answered otherwise by this version of the engine, "
        "0 not readable by this version of the engine, 0 edition not loaded\n"
    )


def test_chunks_lose_nothing(institution, assessment, monkeypatch):
    with institution_scope(institution):
        stored_as(assessment)
    monkeypatch.setattr("cases.management.commands.replay.CHUNK", 1)
    assert replayed().startswith("2 same, 0 ")


def test_it_reads_the_edition_from_the_database(institution, administrator, coordinator):
    """What the software brings has no such edition, and has another dictionary."""

    def without_a_fact(content):
        facts = content["facts"]["facts"]
        facts.remove(item(facts, name="bone_pain"))
        mri_less_appropriate(content)

    edition = loaded("2027.1", without_a_fact)
    with institution_scope(institution):
        adoptions.adopt(edition=edition, by=administrator)
        case = make_case(by=coordinator, **STAGING, bone_pain=True)
        assert case.assessment.answer["top"] == "CT_AP_W"
        assert "bone_pain" not in case.assessment.facts
    assert replayed().startswith("1 same, 0 ")


def test_an_answer_that_was_tampered_with_is_named(institution, assessment):
    with institution_scope(institution):
        other = stored_as(assessment, answer={**assessment.answer, "top": "CT_AP_WO"})
    words, error = refused(institution="north")
    assert f"north {other.id}: not what its facts, edition and engine say" in words
    assert "1 not what its facts" in words
    assert error.returncode == 1


def test_another_engine_that_answers_otherwise_is_told_apart(institution, assessment):
    with institution_scope(institution):
        other = stored_as(
            assessment, engine="0" * 64, answer={**assessment.answer, "top": "CT_AP_WO"}
        )
    words, error = refused()
    assert f"north {other.id}: answered otherwise by this version of the engine" in words
    assert error.returncode == 3
    assert "This version of the engine answers otherwise" in str(error)


def test_another_engine_that_answers_alike_is_no_failure(institution, assessment):
    with institution_scope(institution):
        stored_as(assessment, engine="0" * 64)
    assert replayed().startswith("2 same, 0 ")


@pytest.mark.parametrize(
    ("engine", "verdict"), [(None, Verdict.ALTERED), ("0" * 64, Verdict.UNREADABLE)]
)
def test_facts_that_cannot_be_read(institution, assessment, engine, verdict):
    changed = {"facts": {"shoe_size": 42}, "engine": engine or assessment.engine}
    with institution_scope(institution):
        other = stored_as(assessment, **changed)
        assert replay(other) is verdict
    words, error = refused()
    assert f"north {other.id}: {verdict}" in words
    assert error.returncode == (1 if verdict is Verdict.ALTERED else 3)


@pytest.mark.parametrize("changed", [{"edition_version": "1999.1"}, {"edition_hash": "0" * 64}])
def test_an_edition_that_is_not_there_is_said_so(institution, assessment, changed):
    with institution_scope(institution):
        assert replay(stored_as(assessment, **changed)) is Verdict.NO_EDITION
    words, error = refused()
    assert "1 edition not loaded" in words
    assert error.returncode == 4


def test_the_worst_finding_decides_how_it_ends(institution, assessment):
    with institution_scope(institution):
        stored_as(assessment, edition_version="1999.1")
        stored_as(assessment, answer={**assessment.answer, "top": "CT_AP_WO"})
    assert refused()[1].returncode == 1


def test_an_institution_that_is_not_there(db):
    with pytest.raises(CommandError, match="no institution west"):
        replayed(institution="west")
