"""Where providers send people and what they know us by. Never by the request's Host header."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from tumorboard.accounts.sso_models import IdentityProvider


def redirect_uri(slug: str, provider: IdentityProvider) -> str:
    """OIDC's redirect URI: one of its own for each provider, so that none answers for another."""
    return _absolute(reverse("oidc_callback", args=[slug, provider.pk]))


def assertion_consumer(slug: str) -> str:
    """SAML's assertion consumer service of an institution."""
    return _absolute(reverse("saml_assertion_consumer", args=[slug]))


def entity_id(slug: str) -> str:
    """SAML's name for an institution here, at which its metadata lie."""
    return _absolute(reverse("saml_our_metadata", args=[slug]))


def key_set() -> str:
    """Where providers read the installation's public key."""
    return _absolute(reverse("identity_key_set"))


def _absolute(path: str) -> str:
    return urljoin(settings.SITE_URL, path)
