"""An EHR of the institution, whose person is a coordinator there."""

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.ehrs import StandIn, allowed, registered, standing_in
from tumorboard.accounts.ehr_models import Ehr, EhrLink
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture
def stand_in(settings) -> Iterator[StandIn]:
    """An EHR that answers; both institutions may ask it."""
    with standing_in() as found:
        settings.IDENTITY_PROVIDERS = allowed(found, "north", "south")
        yield found


@pytest.fixture
def ehr(stand_in: StandIn, institution: Institution, administrator: User) -> Ehr:
    """It is the institution's."""
    with institution_scope(institution):
        return registered(stand_in, by=administrator)


@pytest.fixture
def linked(ehr: Ehr, institution: Institution, coordinator: User) -> User:
    """The coordinator, whom it knows."""
    with institution_scope(institution):
        EhrLink.objects.create(ehr=ehr, subject="ehr-248", user=coordinator)
    return coordinator


@pytest.fixture
def launch(stand_in: StandIn, ehr: Ehr) -> Callable[..., HttpResponse]:
    """Opens Tumorboard from the EHR in a browser; what the callback answers."""

    def launch(client: Client, **changed: str) -> HttpResponse:
        begun = client.get(reverse("smart_launch", args=["north"]), stand_in.launch_query())
        assert begun.status_code == 302, begun.content.decode()
        answer = {**stand_in.authorize(begun.url), **changed}
        path = reverse("smart_callback", args=["north", ehr.pk])
        return client.get(path, {name: value for name, value in answer.items() if value})

    return launch
