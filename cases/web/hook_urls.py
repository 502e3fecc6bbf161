"""Addresses of the EHRs that ask by CDS Hooks, and of what became of their cards."""

from django.urls import URLPattern, path

from cases.web import hook_clients, hook_numbers

ONE = "settings/ehrs/<uuid:hook_client_id>/"
urlpatterns: list[URLPattern] = [
    path("settings/ehrs/", hook_clients.hook_clients, name="hook_clients"),
    path("settings/ehrs/new/", hook_clients.new, name="hook_client_new"),
    path(ONE, hook_clients.hook_client, name="hook_client"),
    path(f"{ONE}keys/", hook_clients.keys, name="hook_client_keys"),
    path(f"{ONE}off/", hook_clients.switch_off, name="hook_client_off"),
    path(f"{ONE}on/", hook_clients.switch_on, name="hook_client_on"),
    path("numbers/ehr-cards/", hook_numbers.hook_numbers, name="hook_numbers"),
    path("numbers/ehr-cards/list/", hook_numbers.hook_cards, name="hook_cards"),
]
