"""What is typed into an EHR about us. Never by the request's Host header."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from tumorboard.accounts.ehr_models import Ehr


def launch(slug: str) -> str:
    """Where an EHR sends the browser to open Tumorboard."""
    return urljoin(settings.SITE_URL, reverse("smart_launch", args=[slug]))


def standalone(slug: str) -> str:
    """Where people begin themselves, outside of an EHR's page."""
    return urljoin(settings.SITE_URL, reverse("smart_start", args=[slug]))


def redirect_uri(slug: str, ehr: Ehr) -> str:
    """One of its own for each EHR, so that none answers for another."""
    return urljoin(settings.SITE_URL, reverse("smart_callback", args=[slug, ehr.pk]))
