"""The pages of webhooks: adding, changing, pausing, replaying; who may; what stands on them."""

import html
import re

import pytest
from django.db import IntegrityError
from django.urls import reverse

from cases.models import WebhookDelivery, WebhookEndpoint
from cases.models.event import EventKind
from cases.services.webhooks import endpoints
from tests.factories.boards import make_item
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.integration.webhooks.work import states, tell, work
from tests.receivers import status
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ADDRESS = "/i/north/settings/webhooks/"
TYPED = {"label": "EHR", "address": "https://ehr.example/events", "kinds": ["case.listed"]}


def text(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def browser(client, administrator):
    client.force_login(administrator)
    return client


def seen(page) -> dict[str, str]:
    """The version of the row that a page shows."""
    (version,) = re.findall(r'name="row_version" value="(\d+)"', text(page))
    return {"row_version": version}


def only(institution) -> WebhookEndpoint:
    with institution_scope(institution):
        return WebhookEndpoint.objects.select_related("restricted_granted_by").get()


def sealed(institution) -> dict:
    with institution_scope(institution):
        return WebhookEndpoint.objects.get().secrets


def actions(institution) -> list[str]:
    with institution_scope(institution):
        rows = AuditEntry.objects.filter(action__startswith="webhook.").order_by("at", "id")
        return list(rows.values_list("action", flat=True))


def test_a_webhook_is_added_and_its_secret_shown_once(browser, institution, administrator):
    """ASVS v5.0.0-13.3.1: the secret is sealed at rest, and nobody reads it a second time."""
    bo = add_member(institution, "ADMINISTRATOR", email="bo@north.example", name="Bo")
    assert "No system is told of anything." in text(browser.get(ADDRESS))
    page = text(browser.post(f"{ADDRESS}new/", TYPED))
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", page)
    endpoint = only(institution)
    assert sealed(institution) == {"current": secret}
    assert (endpoint.state, endpoint.kinds) == ("active", ["case.listed"])
    for address in (ADDRESS, f"{ADDRESS}{endpoint.pk}/"):
        again = text(browser.get(address))
        assert "EHR" in again
        assert "whsec_" not in again
    with institution_scope(institution):
        (mail,) = OutboxMessage.objects.filter(topic="mail")
        history = WebhookEndpoint.events.rel.related_model.objects.get()
        assert not hasattr(history, "secrets")
    assert mail.payload["to"] == bo.email
    assert "ehr.example" not in mail.payload["body"]
    assert actions(institution) == ["webhook.added"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"label": ""}, "This field is required."),
        ({"label": "x" * 81}, "at most 80"),
        ({"address": ""}, "This field is required."),
        ({"address": "http://ehr.example/"}, "begins with https://"),
        ({"address": "https://localhost:99999/"}, "begins with https://"),
        ({"address": "https://a:b@ehr.example/"}, "Leave user and password out"),
        ({"address": "https://169.254.169.254/"}, "may not ask this address"),
        ({"kinds": []}, "Choose at least one kind of event."),
        ({"kinds": ["patient.added"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(browser, institution, wrong, reason):
    """ASVS v5.0.0-1.3.6: the address is judged when it is typed."""
    response = browser.post(f"{ADDRESS}new/", {**TYPED, **wrong})
    assert response.status_code == 422
    assert reason in text(response)
    with institution_scope(institution):
        assert not WebhookEndpoint.objects.exists()


def test_changing_keeps_the_secret_and_another_address_is_told(browser, institution):
    browser.post(f"{ADDRESS}new/", TYPED)
    before, endpoint = sealed(institution), only(institution)
    address = f"{ADDRESS}{endpoint.pk}/"
    first = seen(browser.get(address))
    wrong = browser.post(address, {**TYPED, **first, "address": "x"})
    assert wrong.status_code == 422
    browser.post(address, {**TYPED, **first, "kinds": EventKind.values})
    older = browser.post(address, {**TYPED, **first, "kinds": ["decision.signed"]})
    assert older.status_code == 422
    assert "Somebody else changed this" in text(older)
    second = seen(browser.get(address))
    browser.post(address, {**TYPED, **second, "address": "https://ehr.example/other"})
    changed = only(institution)
    assert changed.address == "https://ehr.example/other"
    assert sealed(institution) == before
    assert actions(institution) == ["webhook.added", "webhook.changed", "webhook.changed"]


def test_pausing_resuming_and_removing(browser, institution):
    browser.post(f"{ADDRESS}new/", TYPED)
    address = f"{ADDRESS}{only(institution).pk}/"
    assert "active already" in text(browser.post(f"{address}resume/", follow=True))
    browser.post(f"{address}pause/")
    assert only(institution).state == "paused"
    assert "paused already" in text(browser.post(f"{address}pause/", follow=True))
    browser.post(f"{address}resume/")
    assert only(institution).state == "active"
    browser.post(f"{address}remove/")
    assert sealed(institution) == {}
    for path in ("", "pause/", "remove/", "secret/", "test/"):
        method = browser.post if path else browser.get
        assert method(f"{address}{path}").status_code == 404


def test_a_new_secret_is_shown_once(browser, institution):
    """ASVS v5.0.0-13.3.4."""
    browser.post(f"{ADDRESS}new/", TYPED)
    before = sealed(institution)["current"]
    page = text(browser.post(f"{ADDRESS}{only(institution).pk}/secret/"))
    after = sealed(institution)
    assert after["current"] in page
    assert after["former"] == before
    assert before not in page
    assert "The former secret signs beside it until" in page


def test_a_test_is_sent_and_stands_in_the_list(browser, institution, administrator, receiver):
    endpoint, _ = tell(receiver, institution, administrator)
    address = f"{ADDRESS}{endpoint.pk}/"
    browser.post(f"{address}test/")
    work(institution)
    page = text(browser.get(address))
    assert "webhook.test" in page
    assert "answered 204" in page
    assert receiver.types == ["webhook.test"]


@pytest.fixture
def dead(institution, administrator, coordinator, receiver):
    """An endpoint with two events that were given up."""
    endpoint, _ = tell(receiver, institution, administrator)
    receiver.answer = status(500)
    with institution_scope(institution):
        for _ in range(2):
            make_item(by=coordinator, case=make_case(by=coordinator))
        WebhookDelivery.objects.update(attempts=12)
    work(institution)
    receiver.answer = status(204)
    receiver.got.clear()
    return endpoint


def test_what_was_given_up_is_listed_and_sent_anew(browser, institution, dead, receiver):
    address = f"{ADDRESS}{dead.pk}/"
    page = text(browser.get(address))
    assert "Given up: 2" in page
    assert "The answer is no success (500)" in page
    with institution_scope(institution):
        first = WebhookDelivery.objects.earliest("made_at")
    browser.post(f"{address}replay/{first.pk}/")
    work(institution)
    assert [got.said["id"] for got in receiver.got] == [str(first.event_id)]
    assert "was not given up" in text(browser.post(f"{address}replay/{first.pk}/", follow=True))
    browser.post(f"{address}replay/")
    work(institution)
    assert len(receiver.got) == 2
    assert {state for _, state in states(institution)} == {"delivered"}
    assert "Given up" not in text(browser.get(address))


def test_restricted_cases_need_a_second_person(client, browser, institution, administrator):
    """ASVS v5.0.0-2.3.5: an administrator asks, who reviews broken glass grants."""
    officer = add_member(institution, "PRIVACY_OFFICER", email="pia@north.example", name="Pia")
    browser.post(f"{ADDRESS}new/", TYPED)
    endpoint = only(institution)
    address = f"{ADDRESS}{endpoint.pk}/restricted/"
    browser.post(f"{address}ask/")
    assert "asked that it be told" in text(browser.get(f"{ADDRESS}{endpoint.pk}/"))
    assert browser.get(f"{ADDRESS}restricted/").status_code == 403
    assert browser.post(f"{address}grant/").status_code == 403
    client.force_login(officer)
    assert "Ada Admin" in text(client.get(f"{ADDRESS}restricted/"))
    client.post(f"{address}grant/", {"address": "https://elsewhere.example/"})
    assert not only(institution).sees_restricted
    client.post(f"{address}grant/", {"address": endpoint.address})
    assert only(institution).restricted_granted_by == officer
    assert client.get(f"{ADDRESS}{endpoint.pk}/").status_code == 403
    client.post(f"{address}refuse/")
    assert not only(institution).sees_restricted
    client.force_login(administrator)
    client.post(f"{address}ask/")
    client.post(f"{address}withdraw/")
    assert only(institution).restricted_asked_by_id is None


def test_who_does_not_manage_clients_sees_none_of_it(client, institution, coordinator):
    """ASVS v5.0.0-8.2.1."""
    client.force_login(coordinator)
    for name in ("webhooks", "webhook_new", "webhooks_restricted"):
        assert client.get(reverse(name, args=["north"])).status_code == 403


def test_the_database_refuses_a_grant_by_who_asked(institution, administrator, receiver):
    """ASVS v5.0.0-2.3.5: also where a service forgot."""
    endpoint, _ = tell(receiver, institution, administrator)
    with pytest.raises(IntegrityError), institution_scope(institution):
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            restricted_asked_by=administrator, restricted_granted_by=administrator
        )


def test_an_address_that_the_operator_took_back_is_not_asked(
    institution, administrator, receiver, settings
):
    """ASVS v5.0.0-8.3.2: what the operator lists holds for each attempt."""
    endpoint, _ = tell(receiver, institution, administrator)
    settings.WEBHOOK_NETWORKS = ""
    with institution_scope(institution):
        endpoints.send_test(endpoint=endpoint, by=administrator)
    work(institution)
    assert receiver.got == []
    with institution_scope(institution):
        assert WebhookDelivery.objects.get().fault == "not_allowed"
