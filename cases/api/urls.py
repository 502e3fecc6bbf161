"""Addresses of the API, below `/api/v1/`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from cases.api import views
from cases.api.acknowledgments import CaseAcknowledgments
from cases.api.code_maps import CodeMappingList, CodeMappingOne, CodeSystems, UnmappedCodeList
from cases.api.lab_results import LabResultList, LabResultOne
from cases.api.treatments import TreatmentList, TreatmentOne
from tumorboard.accounts.access import public_view

description = public_view("the API's description holds no institution's data")(
    SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])
)

institution_patterns = [
    path("patients/", views.PatientList.as_view(), name="api_patients"),
    path("patients/search/", views.PatientSearch.as_view(), name="api_patient_search"),
    path("patients/<uuid:pk>/", views.PatientOne.as_view(), name="api_patient"),
    path("cases/", views.CaseList.as_view(), name="api_cases"),
    path("cases/<uuid:pk>/", views.CaseOne.as_view(), name="api_case"),
    path("cases/<uuid:pk>/facts/", views.CaseFacts.as_view(), name="api_case_facts"),
    path(
        "cases/<uuid:pk>/acknowledgments/",
        CaseAcknowledgments.as_view(),
        name="api_case_acknowledgments",
    ),
    path("studies/", views.StudyList.as_view(), name="api_studies"),
    path("studies/<uuid:pk>/", views.StudyOne.as_view(), name="api_study"),
    path("results/", views.ResultList.as_view(), name="api_results"),
    path("results/<uuid:pk>/", views.ResultOne.as_view(), name="api_result"),
    path("treatments/", TreatmentList.as_view(), name="api_treatments"),
    path("treatments/<uuid:pk>/", TreatmentOne.as_view(), name="api_treatment"),
    path("lab-results/", LabResultList.as_view(), name="api_lab_results"),
    path("lab-results/<uuid:pk>/", LabResultOne.as_view(), name="api_lab_result"),
    path("code-systems/", CodeSystems.as_view(), name="api_code_systems"),
    path("code-mappings/", CodeMappingList.as_view(), name="api_code_mappings"),
    path("code-mappings/<uuid:pk>/", CodeMappingOne.as_view(), name="api_code_mapping"),
    path("unmapped-codes/", UnmappedCodeList.as_view(), name="api_unmapped_codes"),
    path("assessments/", views.AssessmentList.as_view(), name="api_assessments"),
    path("assessments/<uuid:pk>/", views.AssessmentOne.as_view(), name="api_assessment"),
]

urlpatterns = [
    path("openapi.json", description, name="api_description"),
    path("i/<slug:slug>/", include(institution_patterns)),
]
