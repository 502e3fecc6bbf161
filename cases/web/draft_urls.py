"""The address at which pages keep what is being typed."""

from django.urls import path

from cases.web import drafts

urlpatterns = [path("drafts/", drafts.drafts, name="form_drafts")]
