"""Addresses of the inbox."""

from django.urls import path

from cases.web import inbox

urlpatterns = [
    path("inbox/", inbox.listing, name="inbox"),
    path("inbox/sources/", inbox.all_sources, name="inbox_sources"),
    path("inbox/sources/<uuid:source_id>/", inbox.source, name="inbox_source"),
    path("inbox/<uuid:inbox_id>/", inbox.show, name="inbox_message"),
    path("inbox/<uuid:inbox_id>/accept/", inbox.accept_all, name="inbox_accept_all"),
    path("inbox/<uuid:inbox_id>/refuse/", inbox.refuse, name="inbox_refuse"),
    path("inbox/<uuid:inbox_id>/read-again/", inbox.read_again, name="inbox_read_again"),
    path("inbox/<uuid:inbox_id>/patient/", inbox.set_patient, name="inbox_patient"),
    path("inbox/<uuid:inbox_id>/new-patient/", inbox.new_patient, name="inbox_new_patient"),
    path("inbox/<uuid:inbox_id>/case/", inbox.set_case, name="inbox_case"),
    path("inbox/<uuid:inbox_id>/new-case/", inbox.new_case, name="inbox_new_case"),
    path("inbox/proposals/<uuid:proposal_id>/accept/", inbox.accept, name="inbox_accept"),
    path("inbox/proposals/<uuid:proposal_id>/reject/", inbox.reject, name="inbox_reject"),
]
