"""Drafts: the person's own, as typed, no longer than needed."""

from uuid import uuid4

import pytest
from django.utils import timezone

from cases.models import FormDraft
from cases.services import form_drafts
from cases.services.errors import Invalid
from cases.services.form_drafts import KEPT_FOR, DraftKey, key_of, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TYPED = {"title": ["pNET of the tail"], "new_symptoms": ["flushing", "jaundice"], "empty": []}


@pytest.fixture
def key(coordinator) -> DraftKey:
    """The coordinator's draft of a new case."""
    return key_of(token_of(person=coordinator, form="case"))


def test_what_was_kept_last_is_what_is_offered(key):
    form_drafts.keep(key=key, fields={"title": ["first"]})
    form_drafts.keep(key=key, fields=TYPED)

    assert form_drafts.kept(key=key).fields == TYPED
    assert FormDraft.objects.count() == 1


def test_drafts_of_other_people_forms_and_rows_are_others(key, coordinator, chair):
    form_drafts.keep(key=key, fields=TYPED)

    for other in (
        token_of(person=chair, form="case"),
        token_of(person=coordinator, form="patient"),
        token_of(person=coordinator, form="case", about="01940000-0000-7000-8000-000000000000"),
    ):
        assert form_drafts.kept(key=key_of(other)) is None
        form_drafts.discard(key=key_of(other))
    assert form_drafts.kept(key=key) is not None


def test_a_discarded_draft_is_gone(key):
    form_drafts.keep(key=key, fields=TYPED)
    form_drafts.discard(key=key)

    assert form_drafts.kept(key=key) is None


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é", "W10:1a:b"])
def test_a_token_that_we_did_not_make_names_nothing(token):
    assert key_of(token) is None


def test_saving_a_form_clears_the_draft_that_it_names(key, coordinator):
    form_drafts.keep(key=key, fields=TYPED)
    form_drafts.discard_saved({})
    form_drafts.discard_saved({"draft": "made up"})
    assert form_drafts.kept(key=key) is not None

    form_drafts.discard_saved({"draft": token_of(person=coordinator, form="case")})
    assert form_drafts.kept(key=key) is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (None, "not the fields of a form"),
        (["title"], "not the fields of a form"),
        ({"title": "text"}, "not the fields of a form"),
        ({"title": [1]}, "not the fields of a form"),
        ({"title": ["x" * 250_000]}, "at most 250,000 characters"),
        ({"title": ["\x00"]}, "cannot be stored"),
        ({"\x00": []}, "cannot be stored"),
        ({"title": ["\ud800"]}, "cannot be stored"),
    ],
)
def test_what_no_form_posts_is_not_kept(key, fields, reason):
    with pytest.raises(Invalid, match=reason):
        form_drafts.keep(key=key, fields=fields)
    assert not FormDraft.objects.exists()


def test_an_old_draft_is_not_offered(key):
    form_drafts.keep(key=key, fields=TYPED)
    FormDraft.objects.update(saved_at=timezone.now() - KEPT_FOR)

    assert form_drafts.kept(key=key) is None


def test_all_of_one_form_latest_first(key, coordinator, chair):
    abouts = [uuid4() for _ in range(2)]
    for about in abouts:
        form_drafts.keep(key=DraftKey(coordinator.pk, "decision", str(about)), fields=TYPED)
    form_drafts.keep(key=DraftKey(chair.pk, "decision", str(abouts[0])), fields=TYPED)
    form_drafts.keep(key=key, fields=TYPED)

    found = form_drafts.kept_of(person=coordinator.pk, form="decision")

    assert [draft.about for draft in found] == [str(about) for about in reversed(abouts)]
    FormDraft.objects.update(saved_at=timezone.now() - KEPT_FOR)
    assert form_drafts.kept_of(person=coordinator.pk, form="decision") == []


def test_handed_on_it_is_about_something_else(key):
    draft, about = form_drafts.keep(key=key, fields=TYPED), uuid4()
    saved_at = draft.saved_at

    handed = form_drafts.hand_on(draft=draft, about=about, fields={"title": ["Other"]})

    assert FormDraft.objects.get() == handed
    assert (handed.about, handed.saved_at) == (str(about), saved_at)
    assert handed.fields == {**TYPED, "title": ["Other"]}


def test_handed_on_it_replaces_nothing(key):
    about = uuid4()
    there = form_drafts.keep(key=key._replace(about=str(about)), fields={"title": ["There"]})
    draft = form_drafts.keep(key=key, fields=TYPED)

    assert form_drafts.hand_on(draft=draft, about=about, fields={}) == there
    assert FormDraft.objects.get().fields == {"title": ["There"]}
