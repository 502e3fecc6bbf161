"""Providers of an institution, and somebody who comes by them."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from tests.integration.accounts.sso.oidc_provider import SECRET, OidcProvider, callback, running
from tumorboard.accounts.models import User
from tumorboard.accounts.sso import providers
from tumorboard.accounts.sso.proposals import PROVIDER_TERMS
from tumorboard.accounts.sso.providers import Mapped
from tumorboard.accounts.sso_models import IdentityProvider
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

MAPPING = [Mapped("tumorboard-coordinators", "COORDINATOR"), Mapped("chairs", "BOARD_CHAIR")]


def confirmed(provider: IdentityProvider) -> IdentityProvider:
    """The same provider, whose settings another administrator has looked at."""
    found = IdentityProvider.objects.get(pk=provider.pk)
    other = User.objects.filter(email="other-admin@example.org").first()
    if other is None:
        other = User.objects.create_user(email="other-admin@example.org", name="Otto Other")
    return PROVIDER_TERMS.confirm(found, version=PROVIDER_TERMS.version_of(found), by=other)


def configured(provider: IdentityProvider, *, by: User, domain: str) -> IdentityProvider:
    """The same provider, ready and on."""
    providers.change(
        provider=provider,
        label=provider.label,
        email_domains=[domain],
        groups_claim="groups",
        factor_values=["mfa"],
        mapping=MAPPING,
        by=by,
    )
    confirmed(provider)
    return providers.switch_on(provider=provider, by=by)


@pytest.fixture
def idp(settings) -> Iterator[OidcProvider]:
    """A provider that answers; both institutions may ask it."""
    with running() as found:
        entry = {"hosts": [found.issuer], "secrets": {"tumorboard": SECRET}}
        settings.IDENTITY_PROVIDERS = json.dumps({"north": entry, "south": entry})
        found.claims["amr"] = ["pwd", "mfa"]
        yield found


@pytest.fixture
def provider(idp: OidcProvider, institution: Institution, administrator: User) -> IdentityProvider:
    """It is the institution's."""
    with institution_scope(institution):
        added = providers.add_oidc(
            label="Hospital account",
            issuer=idp.issuer,
            client_id="tumorboard",
            by=administrator,
        )
        return configured(added, by=administrator, domain="north.example")


@pytest.fixture
def come(idp: OidcProvider, provider: IdentityProvider) -> Callable:
    """Signs in by the provider in a browser, and returns the last answer."""

    def come(client: Client, *, next_url: str = "", **changed: str) -> object:
        begun = client.get(
            reverse("provider_sign_in", args=["north", provider.pk]),
            {"next": next_url} if next_url else {},
        )
        assert begun.status_code == 302, begun.content.decode()
        answer = {**idp.authorize(begun.url), **changed}
        path = reverse("oidc_callback", args=["north", provider.pk])
        return client.get(callback(path, {k: v for k, v in answer.items() if v}))

    return come
