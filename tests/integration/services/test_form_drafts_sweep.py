"""The sweep of drafts, which walks through all institutions and so starts outside of any."""

import datetime

import pytest
from django.conf import settings
from django.utils import timezone

from cases import jobs
from cases.models import FormDraft
from cases.services import form_drafts
from cases.services.form_drafts import KEPT_FOR, DraftKey
from tests.factories.people import add_member
from tumorboard.celery import app
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_drafts_nobody_came_back_for_are_deleted_everywhere(institution, other_institution):
    for place in (institution, other_institution):
        person = add_member(place, "CLINICIAN", email=f"{place.slug}@x.example", name="Somebody")
        with institution_scope(place):
            for form in ("old", "new"):
                form_drafts.keep(key=DraftKey(person.pk, form), fields={"a": ["b"]})
            old = timezone.now() - KEPT_FOR - datetime.timedelta(minutes=1)
            FormDraft.objects.filter(form="old").update(saved_at=old)

    form_drafts.sweep()

    for place in (institution, other_institution):
        with institution_scope(place):
            assert [draft.form for draft in FormDraft.objects.all()] == ["new"]


def test_workers_know_the_sweep_that_is_planned():
    assert jobs.form_drafts is form_drafts
    planned = settings.CELERY_BEAT_SCHEDULE["form_drafts.sweep"]
    assert planned["task"] in app.tasks
