"""Addresses of the boards' own pages, of planning their meetings, and of calendars."""

from django.urls import URLPattern, path

from cases.web import board_members, boards, calendars, meeting_plans

urlpatterns: list[URLPattern] = [
    path("boards/", boards.boards, name="boards"),
    path("boards/<uuid:board_id>/", boards.board, name="board"),
    path("boards/<uuid:board_id>/meetings/new/", meeting_plans.new, name="meeting_new"),
    path("boards/<uuid:board_id>/meetings/series/", meeting_plans.series, name="meeting_series"),
    path("boards/<uuid:board_id>/members/add/", board_members.add, name="board_member_add"),
    path("board-members/<uuid:member_id>/", board_members.change, name="board_member"),
    path(
        "board-members/<uuid:member_id>/remove/",
        board_members.remove,
        name="board_member_remove",
    ),
    path("meetings/<uuid:meeting_id>/move/", meeting_plans.move, name="meeting_move"),
    path("meetings/<uuid:meeting_id>/cancel/", meeting_plans.cancel, name="meeting_cancel"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("calendar/feeds/<uuid:feed_id>/revoke/", calendars.revoke, name="calendar_revoke"),
    path("calendar/<str:secret>.ics", calendars.feed, name="calendar_feed"),
]
