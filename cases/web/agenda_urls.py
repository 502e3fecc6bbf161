"""Addresses of the pages on which an agenda is prepared and published."""

from django.urls import URLPattern, path

from cases.web import agendas, postponements, publications

urlpatterns: list[URLPattern] = [
    path("meetings/<uuid:meeting_id>/arrange/", agendas.arrange, name="agenda_arrange"),
    path(
        "meetings/<uuid:meeting_id>/carry-over/",
        postponements.carry_over,
        name="agenda_carry_over",
    ),
    path("meetings/<uuid:meeting_id>/publish/", publications.publish, name="agenda_publish"),
    path("agenda/<uuid:item_id>/postpone/", postponements.postpone, name="agenda_postpone"),
    path(
        "publications/<uuid:publication_id>/", publications.publication, name="agenda_publication"
    ),
    path(
        "publications/<uuid:publication_id>/agenda.pdf",
        publications.publication_pdf,
        name="agenda_publication_pdf",
    ),
]
