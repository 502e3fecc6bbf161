"""Addresses of the API, below `/api/v1/`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from cases.api.acknowledgments import CaseAcknowledgments
from cases.api.agenda_items import AgendaItemList, AgendaItemOne
from cases.api.assessments import AssessmentList, AssessmentOne
from cases.api.boards import BoardList, BoardOne, MeetingList, MeetingOne
from cases.api.cases import CaseFacts, CaseList, CaseOne
from cases.api.code_maps import CodeMappingList, CodeMappingOne, CodeSystems, UnmappedCodeList
from cases.api.decisions import (
    DecisionList,
    DecisionOne,
    RecommendationList,
    RecommendationOne,
)
from cases.api.lab_results import LabResultList, LabResultOne
from cases.api.lesions import LesionList, LesionOne
from cases.api.measurements import MeasurementList, MeasurementOne, StudyMeasurements
from cases.api.patients import PatientList, PatientOne, PatientSearch
from cases.api.procedures import ProcedureList, ProcedureOne
from cases.api.results import ResultList, ResultOne
from cases.api.specimens import SpecimenList, SpecimenOne
from cases.api.studies import StudyFileList, StudyFileOne, StudyList, StudyOne
from cases.api.tasks import TaskList, TaskOne
from cases.api.treatments import TreatmentList, TreatmentOne
from tumorboard.accounts.access import public_view

description = public_view("the API's description holds no institution's data")(
    SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])
)

institution_patterns = [
    path("patients/", PatientList.as_view(), name="api_patients"),
    path("patients/search/", PatientSearch.as_view(), name="api_patient_search"),
    path("patients/<uuid:pk>/", PatientOne.as_view(), name="api_patient"),
    path("cases/", CaseList.as_view(), name="api_cases"),
    path("cases/<uuid:pk>/", CaseOne.as_view(), name="api_case"),
    path("cases/<uuid:pk>/facts/", CaseFacts.as_view(), name="api_case_facts"),
    path(
        "cases/<uuid:pk>/acknowledgments/",
        CaseAcknowledgments.as_view(),
        name="api_case_acknowledgments",
    ),
    path("studies/", StudyList.as_view(), name="api_studies"),
    path("studies/<uuid:pk>/", StudyOne.as_view(), name="api_study"),
    path(
        "studies/<uuid:pk>/measurements/",
        StudyMeasurements.as_view(),
        name="api_study_measurements",
    ),
    path("study-files/", StudyFileList.as_view(), name="api_study_files"),
    path("study-files/<uuid:pk>/", StudyFileOne.as_view(), name="api_study_file"),
    path("results/", ResultList.as_view(), name="api_results"),
    path("results/<uuid:pk>/", ResultOne.as_view(), name="api_result"),
    path("lesions/", LesionList.as_view(), name="api_lesions"),
    path("lesions/<uuid:pk>/", LesionOne.as_view(), name="api_lesion"),
    path("measurements/", MeasurementList.as_view(), name="api_measurements"),
    path("measurements/<uuid:pk>/", MeasurementOne.as_view(), name="api_measurement"),
    path("specimens/", SpecimenList.as_view(), name="api_specimens"),
    path("specimens/<uuid:pk>/", SpecimenOne.as_view(), name="api_specimen"),
    path("procedures/", ProcedureList.as_view(), name="api_procedures"),
    path("procedures/<uuid:pk>/", ProcedureOne.as_view(), name="api_procedure"),
    path("treatments/", TreatmentList.as_view(), name="api_treatments"),
    path("treatments/<uuid:pk>/", TreatmentOne.as_view(), name="api_treatment"),
    path("lab-results/", LabResultList.as_view(), name="api_lab_results"),
    path("lab-results/<uuid:pk>/", LabResultOne.as_view(), name="api_lab_result"),
    path("code-systems/", CodeSystems.as_view(), name="api_code_systems"),
    path("code-mappings/", CodeMappingList.as_view(), name="api_code_mappings"),
    path("code-mappings/<uuid:pk>/", CodeMappingOne.as_view(), name="api_code_mapping"),
    path("unmapped-codes/", UnmappedCodeList.as_view(), name="api_unmapped_codes"),
    path("assessments/", AssessmentList.as_view(), name="api_assessments"),
    path("assessments/<uuid:pk>/", AssessmentOne.as_view(), name="api_assessment"),
    path("boards/", BoardList.as_view(), name="api_boards"),
    path("boards/<uuid:pk>/", BoardOne.as_view(), name="api_board"),
    path("meetings/", MeetingList.as_view(), name="api_meetings"),
    path("meetings/<uuid:pk>/", MeetingOne.as_view(), name="api_meeting"),
    path("agenda-items/", AgendaItemList.as_view(), name="api_agenda_items"),
    path("agenda-items/<uuid:pk>/", AgendaItemOne.as_view(), name="api_agenda_item"),
    path("decisions/", DecisionList.as_view(), name="api_decisions"),
    path("decisions/<uuid:pk>/", DecisionOne.as_view(), name="api_decision"),
    path("recommendations/", RecommendationList.as_view(), name="api_recommendations"),
    path("recommendations/<uuid:pk>/", RecommendationOne.as_view(), name="api_recommendation"),
    path("tasks/", TaskList.as_view(), name="api_tasks"),
    path("tasks/<uuid:pk>/", TaskOne.as_view(), name="api_task"),
]

urlpatterns = [
    path("openapi.json", description, name="api_description"),
    path("i/<slug:slug>/", include(institution_patterns)),
]
