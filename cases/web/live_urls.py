"""Addresses of a running meeting."""

from django.urls import path

from cases.web import live, live_events

urlpatterns = [
    path("meetings/<uuid:meeting_id>/live/", live.live_page, name="live"),
    path("meetings/<uuid:meeting_id>/live/bar/", live.live_bar, name="live_bar"),
    path("meetings/<uuid:meeting_id>/live/state/", live.live_state, name="live_state"),
    path("meetings/<uuid:meeting_id>/live/events/", live_events.live_events, name="live_events"),
    path("meetings/<uuid:meeting_id>/live/run/", live.live_run, name="live_run"),
    path("meetings/<uuid:meeting_id>/live/join/", live.live_join, name="live_join"),
    path("agenda/<uuid:item_id>/case/", live.live_case, name="live_case"),
    path("agenda/<uuid:item_id>/conclusion/", live.live_conclusion, name="live_conclusion"),
]
