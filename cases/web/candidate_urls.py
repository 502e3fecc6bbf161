"""Addresses of the queue, of the standards of boards, and of their audit."""

from django.urls import URLPattern, path

from cases.web import candidates, protocol_audits, standards

urlpatterns: list[URLPattern] = [
    path("queue/", candidates.board_queue, name="board_queue"),
    path("queue/put-on/", candidates.put_on_several, name="queue_put_on"),
    path("boards/<uuid:board_id>/standards/", standards.board_standards, name="board_standards"),
    path("boards/<uuid:board_id>/standards/new/", standards.standard_new, name="standard_new"),
    path("standards/<uuid:standard_id>/", standards.standard_change, name="standard_change"),
    path("standards/<uuid:standard_id>/retire/", standards.standard_retire, name="standard_retire"),
    path("agenda/<uuid:item_id>/track/", standards.item_track, name="agenda_track"),
    path("protocol-audits/", protocol_audits.protocol_audits, name="protocol_audits"),
    path("protocol-audits/<uuid:audit_id>/", protocol_audits.protocol_audit, name="protocol_audit"),
]
