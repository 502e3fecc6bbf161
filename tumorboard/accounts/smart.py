"""What SMART Backend Services are told about this server."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from tumorboard.accounts import scopes
from tumorboard.accounts.keys import ALGORITHMS


def token_address(slug: str) -> str:
    """Where an institution's clients get their tokens; the only `aud` of their assertions.

    From the settings: what a request says about its own host is the client's word.
    """
    return urljoin(settings.SITE_URL, reverse("oauth_token", args=[slug]))


def configuration(slug: str) -> dict[str, Any]:
    """The discovery document: what is done here, and nothing that is not."""
    return {
        "token_endpoint": token_address(slug),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS.values()),
        "scopes_supported": [scope for scope, _ in scopes.choices()],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }
