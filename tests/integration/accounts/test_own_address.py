"""A person's mail address is who they are: nobody takes another one by themselves."""

import pytest
from allauth.account.models import EmailAddress

pytestmark = pytest.mark.django_db

VICTIM = "victim@south.example"


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_remove", "action_send"])
def test_nobody_takes_the_address_of_somebody_else(client, coordinator, action):
    client.force_login(coordinator)
    EmailAddress.objects.create(user=coordinator, email=VICTIM)
    response = client.post("/accounts/email/", {"email": VICTIM, action: ""})
    assert response.status_code == 404
    coordinator.refresh_from_db()
    assert coordinator.email == "cora@north.example"


def test_nobody_adds_an_address(client, coordinator):
    client.force_login(coordinator)
    client.post("/accounts/email/", {"email": VICTIM, "action_add": ""})
    assert not EmailAddress.objects.filter(email=VICTIM).exists()


def test_there_is_no_page_of_addresses(client, coordinator):
    """ASVS v5.0.0-6.3.4: ways of allauth that nobody needs are not there."""
    client.force_login(coordinator)
    assert client.get("/accounts/email/").status_code == 404
