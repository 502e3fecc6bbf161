"""One page leads to everything that an institution may set."""

import re

import pytest
from django.utils import timezone

from tests.factories.people import add_member
from tests.integration.web.cases.reading import text_of
from tumorboard.accounts import own_roles
from tumorboard.accounts.permissions import Permission
from tumorboard.outbox.models import OutboxMessage

FOR_ALL = ("guidance_settings", "editions", "sign_in_settings", "pacs_settings", "failed_work")
WITH_A_RIGHT = (
    "local_policy", "data_set", "people", "own_roles", "identity_providers", "clients", "webhooks",
    "codes", "hook_clients",
)  # fmt: skip


@pytest.fixture
def admin(client, administrator):
    client.force_login(administrator)
    return client


def addresses(page):
    return set(re.findall(r'href="([^"]+)"', page.content.decode()))


def test_an_administrator_reaches_every_page(admin, url):
    reached = addresses(admin.get(url("institution_settings")))
    for name in FOR_ALL + WITH_A_RIGHT:
        assert url(name) in reached
        assert admin.get(url(name)).status_code == 200


def test_nothing_is_offered_that_a_person_may_not_open(
    client, url, scope, institution, administrator
):
    role = own_roles.make(
        name="Settings alone",
        description="For tests.",
        permissions=[Permission.INSTITUTION_MANAGE.value],
        by=administrator,
    )
    client.force_login(add_member(institution, role.key, email="s@north.example", name="S. Alone"))
    offered = addresses(client.get(url("institution_settings")))
    assert url("guidance_settings") in offered
    assert not {url(name) for name in WITH_A_RIGHT} & offered


def test_others_do_not_see_it(browser, url):
    assert browser.get(url("institution_settings")).status_code == 403


def test_failed_work_is_counted(admin, url, scope):
    assert "Nothing has failed" in text_of(admin.get(url("institution_settings")))
    OutboxMessage.objects.create(
        topic="mail.send",
        payload={},
        state=OutboxMessage.State.FAILED,
        done_at=timezone.now(),
    )
    assert "1 thing could not be done" in text_of(admin.get(url("institution_settings")))
