"""Addresses of CDS Hooks, below `/cds-services/<slug>/`; a service's has no slash behind."""

from django.urls import path

from cases.hooks.answering import Answers
from cases.hooks.discovery import discovery
from cases.hooks.feedback import TakesFeedback

institution_patterns = [
    path("", discovery, name="hooks"),
    path("<slug:service_id>", Answers.as_view(), name="hooks_service"),
    path("<slug:service_id>/feedback", TakesFeedback.as_view(), name="hooks_feedback"),
]
