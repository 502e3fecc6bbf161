"""`manage.py refresh_candidates`."""

from io import StringIO

import pytest
from django.core.management import call_command

from cases.models import Candidacy
from cases.services import candidacies
from tests.factories.boards import make_asking_case
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def test_asks_for_a_walk_in_each_institution(institution, other_institution, coordinator):
    with institution_scope(institution):
        make_asking_case(by=coordinator)
        Candidacy.objects.all().delete()
    out = StringIO()

    call_command("refresh_candidates", stdout=out)

    assert out.getvalue().splitlines() == ["north: asked for", "south: asked for"]
    with institution_scope(institution):
        message = OutboxMessage.objects.get(topic=candidacies.TOPIC)
        candidacies.refresh_next(message.payload)
        assert Candidacy.objects.exists()
