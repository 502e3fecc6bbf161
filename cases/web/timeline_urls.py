"""Addresses of the timeline."""

from django.urls import path

from cases.web import timeline

urlpatterns = [
    path("cases/<uuid:case_id>/timeline/", timeline.show, name="case_timeline"),
    path("cases/<uuid:case_id>/timeline.svg", timeline.picture, name="case_timeline_picture"),
]
