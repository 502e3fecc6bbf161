"""Addresses of the audit, of a case's history and of a patient's access report."""

from django.urls import path

from cases.web import access_reports, audit, case_history, reading_watch

urlpatterns = [
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.export, name="audit_export"),
    path("audit/many-readings/", reading_watch.reading_watch, name="reading_watch"),
    path("cases/<uuid:case_id>/history/", case_history.case_history, name="case_history"),
    path(
        "patients/<uuid:patient_id>/access-report/",
        access_reports.access_report,
        name="access_report",
    ),
]
