"""Addresses of signing, of the signed record and of amending it."""

from django.urls import URLPattern, path

from cases.web import amendments, decision_record, signing

urlpatterns: list[URLPattern] = [
    path("agenda/<uuid:item_id>/sign/", signing.sign, name="decision_sign"),
    path("agenda/<uuid:item_id>/decision.pdf", decision_record.decision_pdf, name="decision_pdf"),
    path("agenda/<uuid:item_id>/draft.pdf", decision_record.draft_pdf, name="decision_draft_pdf"),
    path(
        "agenda/<uuid:item_id>/versions/<int:number>/",
        decision_record.version,
        name="decision_version",
    ),
    path(
        "agenda/<uuid:item_id>/versions/<int:number>/decision.pdf",
        decision_record.version_pdf,
        name="decision_version_pdf",
    ),
    path("agenda/<uuid:item_id>/amend/", amendments.amend, name="decision_amend"),
    path("agenda/<uuid:item_id>/amend/discard/", amendments.discard, name="amendment_discard"),
]
