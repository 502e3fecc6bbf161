"""Addresses of writing a decision, and of opinions given before the meeting."""

from django.urls import URLPattern, path

from cases.web import autosave, decisions, opinions

urlpatterns: list[URLPattern] = [
    path("agenda/<uuid:item_id>/form/", decisions.decision_form, name="decision_form"),
    path("agenda/<uuid:item_id>/autosave/", autosave.autosave, name="decision_autosave"),
    path("agenda/<uuid:item_id>/opinion/", opinions.opinion, name="opinion"),
]
