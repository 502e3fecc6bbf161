"""An EHR that answers, and an administrator's browser."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.ehrs import StandIn, allowed, registered, standing_in
from tumorboard.accounts.ehr_models import Ehr
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture
def stand_in(settings) -> Iterator[StandIn]:
    with standing_in() as found:
        settings.IDENTITY_PROVIDERS = allowed(found, "north")
        yield found


@pytest.fixture
def ehr(stand_in: StandIn, institution: Institution, administrator: User) -> Ehr:
    with institution_scope(institution):
        return registered(stand_in, by=administrator)


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client
