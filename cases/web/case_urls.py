"""Addresses of the case pages."""

from django.urls import path

from cases.web import (
    acknowledgments,
    background,
    cases,
    explanation,
    facts,
    patients,
    results,
    studies,
    treatments,
)

urlpatterns = [
    path("", cases.overview, name="overview"),
    path("cases/new/", cases.new, name="case_new"),
    path("cases/new/duplicates/", cases.duplicates, name="case_duplicates"),
    path("cases/<uuid:case_id>/", cases.show, name="case"),
    path("cases/<uuid:case_id>/sources/", background.show, name="case_background"),
    path("cases/<uuid:case_id>/why/", explanation.show, name="case_why"),
    path("cases/<uuid:case_id>/edit/", cases.edit, name="case_edit"),
    path("cases/<uuid:case_id>/facts/<str:group>/", facts.group, name="case_facts"),
    path(
        "cases/<uuid:case_id>/checks/<str:code>/",
        acknowledgments.acknowledge,
        name="check_acknowledge",
    ),
    path(
        "acknowledgments/<uuid:acknowledgment_id>/withdraw/",
        acknowledgments.withdraw,
        name="acknowledgment_withdraw",
    ),
    path("cases/<uuid:case_id>/treatments/", treatments.listing, name="treatments"),
    path("cases/<uuid:case_id>/treatments/new/", treatments.new, name="treatment_new"),
    path("treatments/<uuid:treatment_id>/remove/", treatments.remove, name="treatment_remove"),
    path("cases/<uuid:case_id>/studies/new/", studies.new, name="study_new"),
    path("studies/<uuid:study_id>/edit/", studies.edit, name="study_edit"),
    path("studies/<uuid:study_id>/result/", results.enter, name="result_enter"),
    path("studies/<uuid:study_id>/result/questions/", results.questions, name="result_questions"),
    path("patients/<uuid:patient_id>/edit/", patients.edit, name="patient_edit"),
]
