"""Addresses of the board pages."""

from django.urls import URLPattern, path

from cases.web import agendas, decisions, meetings

urlpatterns: list[URLPattern] = [
    path("cases/<uuid:case_id>/put-on/", agendas.put_on, name="agenda_put_on"),
    path("meetings/<uuid:meeting_id>/", meetings.meeting, name="meeting"),
    path("meetings/<uuid:meeting_id>/agenda.pdf", meetings.agenda_pdf, name="agenda_pdf"),
    path("meetings/<uuid:meeting_id>/present/", meetings.note_present, name="attendance_add"),
    path("present/<uuid:attendance_id>/remove/", meetings.note_absent, name="attendance_remove"),
    path("agenda/<uuid:item_id>/", decisions.decision, name="decision"),
    path("agenda/<uuid:item_id>/move/", agendas.move, name="agenda_move"),
    path("agenda/<uuid:item_id>/question/", agendas.question, name="agenda_question"),
    path("agenda/<uuid:item_id>/take-off/", agendas.take_off, name="agenda_take_off"),
]
