"""Every stored assessment can be computed again from what was stored with it."""

import io

import pytest
from django.core.management import CommandError, call_command

from cases.models import Assessment
from cases.services.replays import Verdict, replay
from tests.factories.cases import STAGING, make_case
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


def test_what_was_stored_is_what_comes_out_again(assessment):
    assert "0 different, 0 edition not at hand" in replayed()
    assert replayed().startswith("2 same")


def test_an_answer_that_was_tampered_with_is_named(institution, assessment):
    with institution_scope(institution):
        other = stored_as(assessment, answer={**assessment.answer, "top": "CT_AP_WO"})
    out = io.StringIO()
    with pytest.raises(CommandError, match="Not every assessment"):
        call_command("replay", institution="north", stdout=out)
    assert f"north {other.id}: different" in out.getvalue()


@pytest.mark.parametrize("changed", [{"edition_version": "1999.1"}, {"edition_hash": "0" * 64}])
def test_an_edition_that_is_not_there_is_said_so(institution, assessment, changed):
    with institution_scope(institution):
        assert replay(stored_as(assessment, **changed)) is Verdict.NO_EDITION


def test_an_institution_that_is_not_there(db):
    with pytest.raises(CommandError, match="no institution west"):
        replayed(institution="west")
