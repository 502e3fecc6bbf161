"""Addresses of the pages of editions, below `/i/<slug>/`."""

from django.urls import URLPattern, path

from cases.web import edition_trials

urlpatterns: list[URLPattern] = [
    path("editions/", edition_trials.editions, name="editions"),
    path("editions/<str:version>/", edition_trials.edition, name="edition"),
    path("editions/<str:version>/trial/", edition_trials.trial, name="edition_trial"),
    path("editions/<str:version>/cases/", edition_trials.changes, name="edition_changes"),
    path("editions/<str:version>/adopt/", edition_trials.adopt, name="edition_adopt"),
]
