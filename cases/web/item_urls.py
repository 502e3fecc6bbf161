"""Addresses of one agenda item in one screen, and of its letters."""

from django.urls import path

from cases.web import item_screen, letters

urlpatterns = [
    path("agenda/<uuid:item_id>/screen/", item_screen.screen, name="item_screen"),
    path("agenda/<uuid:item_id>/letters/", letters.letters, name="letters"),
    path("agenda/<uuid:item_id>/letter.pdf", letters.letter_pdf, name="letter_pdf"),
    path("agenda/<uuid:item_id>/patient.pdf", letters.patient_pdf, name="patient_pdf"),
]
