"""Addresses of the API, below `/api/v1/`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from cases.api.acknowledgments import CaseAcknowledgments
from cases.api.agenda_items import AgendaItemList, AgendaItemOne
from cases.api.agenda_order import MeetingForecast, MeetingOrder
from cases.api.allergies import AllergyList, AllergyOne
from cases.api.assessments import AssessmentList, AssessmentOne
from cases.api.attendances import AttendanceList, AttendanceOne
from cases.api.board_dates import BoardDates
from cases.api.board_members import BoardMemberList, BoardMemberOne
from cases.api.boards import BoardList, BoardOne
from cases.api.candidates import CandidateList
from cases.api.cases import CaseFacts, CaseList, CaseOne
from cases.api.code_map_files import CodeMapFileList, CodeMapFileOne, CodeMappingTable
from cases.api.code_maps import (
    CodeMappingEffects,
    CodeMappingList,
    CodeMappingOne,
    CodeMappingVersions,
    CodeSystems,
    UnmappedCodeList,
)
from cases.api.decisions import (
    DecisionList,
    DecisionOne,
    RecommendationList,
    RecommendationOne,
)
from cases.api.devices import DeviceList, DeviceOne
from cases.api.exports import ExportContent, ExportList, ExportOne
from cases.api.fact_answers import FactAnswerList, FactAnswerOne
from cases.api.gaps import (
    GapAcceptanceList,
    GapAcceptanceOne,
    GapList,
    GapRequestList,
    GapRequestOne,
)
from cases.api.hook_cards import HookCardList, HookNumbers
from cases.api.hook_clients import HookClientList, HookClientOne
from cases.api.imports import ImportList, ImportOne, ImportRows
from cases.api.lab_results import LabResultList, LabResultOne
from cases.api.lesions import LesionList, LesionOne
from cases.api.listings import MeetingCases
from cases.api.measurements import MeasurementList, MeasurementOne, StudyMeasurements
from cases.api.meetings import MeetingList, MeetingOne
from cases.api.opinions import OpinionList, OpinionOne
from cases.api.patients import PatientList, PatientOne, PatientSearch
from cases.api.postponements import MeetingCarryOver, PostponementList, PostponementOne
from cases.api.printed import DecisionFile, DecisionLetter, DecisionPatientPage, PublicationFile
from cases.api.procedures import ProcedureList, ProcedureOne
from cases.api.publications import PublicationList, PublicationOne
from cases.api.rereadings import RereadingList, RereadingOne
from cases.api.results import ResultList, ResultOne
from cases.api.specimens import SpecimenList, SpecimenOne
from cases.api.standards import StandardList, StandardOne
from cases.api.studies import StudyList, StudyOne
from cases.api.study_files import StudyFileContent, StudyFileList, StudyFileOne, StudyFiles
from cases.api.tasks import TaskList, TaskOne
from cases.api.treatments import TreatmentList, TreatmentOne
from tumorboard.accounts.access import public_view

description = public_view("the API's description holds no institution's data")(
    SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny])
)

institution_patterns = [
    path("hook-clients/", HookClientList.as_view(), name="api_hook_clients"),
    path("hook-clients/<uuid:pk>/", HookClientOne.as_view(), name="api_hook_client"),
    path("hook-cards/", HookCardList.as_view(), name="api_hook_cards"),
    path("hook-numbers/", HookNumbers.as_view(), name="api_hook_numbers"),
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
    path("allergies/", AllergyList.as_view(), name="api_allergies"),
    path("allergies/<uuid:pk>/", AllergyOne.as_view(), name="api_allergy"),
    path("devices/", DeviceList.as_view(), name="api_devices"),
    path("devices/<uuid:pk>/", DeviceOne.as_view(), name="api_device"),
    path("fact-answers/", FactAnswerList.as_view(), name="api_fact_answers"),
    path("fact-answers/<uuid:pk>/", FactAnswerOne.as_view(), name="api_fact_answer"),
    path("gaps/", GapList.as_view(), name="api_gaps"),
    path("gap-requests/", GapRequestList.as_view(), name="api_gap_requests"),
    path("gap-requests/<uuid:pk>/", GapRequestOne.as_view(), name="api_gap_request"),
    path("gap-acceptances/", GapAcceptanceList.as_view(), name="api_gap_acceptances"),
    path("gap-acceptances/<uuid:pk>/", GapAcceptanceOne.as_view(), name="api_gap_acceptance"),
    path("studies/", StudyList.as_view(), name="api_studies"),
    path("studies/<uuid:pk>/", StudyOne.as_view(), name="api_study"),
    path(
        "studies/<uuid:pk>/measurements/",
        StudyMeasurements.as_view(),
        name="api_study_measurements",
    ),
    path("study-files/", StudyFileList.as_view(), name="api_study_files"),
    path("study-files/<uuid:pk>/", StudyFileOne.as_view(), name="api_study_file"),
    path("study-files/<uuid:pk>/file/", StudyFileContent.as_view(), name="api_study_file_content"),
    path("studies/<uuid:pk>/files/", StudyFiles.as_view(), name="api_study_files_of"),
    path("results/", ResultList.as_view(), name="api_results"),
    path("results/<uuid:pk>/", ResultOne.as_view(), name="api_result"),
    path("rereadings/", RereadingList.as_view(), name="api_rereadings"),
    path("rereadings/<uuid:pk>/", RereadingOne.as_view(), name="api_rereading"),
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
    path("code-mappings/table/", CodeMappingTable.as_view(), name="api_code_mapping_table"),
    path(
        "code-mappings/<uuid:pk>/versions/",
        CodeMappingVersions.as_view(),
        name="api_code_mapping_versions",
    ),
    path(
        "code-mappings/<uuid:pk>/effects/",
        CodeMappingEffects.as_view(),
        name="api_code_mapping_effects",
    ),
    path("code-map-files/", CodeMapFileList.as_view(), name="api_code_map_files"),
    path("code-map-files/<uuid:pk>/", CodeMapFileOne.as_view(), name="api_code_map_file"),
    path("unmapped-codes/", UnmappedCodeList.as_view(), name="api_unmapped_codes"),
    path("assessments/", AssessmentList.as_view(), name="api_assessments"),
    path("assessments/<uuid:pk>/", AssessmentOne.as_view(), name="api_assessment"),
    path("boards/", BoardList.as_view(), name="api_boards"),
    path("boards/<uuid:pk>/", BoardOne.as_view(), name="api_board"),
    path("boards/<uuid:pk>/dates/", BoardDates.as_view(), name="api_board_dates"),
    path("board-members/", BoardMemberList.as_view(), name="api_board_members"),
    path("board-members/<uuid:pk>/", BoardMemberOne.as_view(), name="api_board_member"),
    path("standards/", StandardList.as_view(), name="api_standards"),
    path("standards/<uuid:pk>/", StandardOne.as_view(), name="api_standard"),
    path("meetings/", MeetingList.as_view(), name="api_meetings"),
    path("meetings/<uuid:pk>/", MeetingOne.as_view(), name="api_meeting"),
    path("meetings/<uuid:pk>/order/", MeetingOrder.as_view(), name="api_meeting_order"),
    path("meetings/<uuid:pk>/forecast/", MeetingForecast.as_view(), name="api_meeting_forecast"),
    path("meetings/<uuid:pk>/cases/", MeetingCases.as_view(), name="api_meeting_cases"),
    path(
        "meetings/<uuid:pk>/carry-over/",
        MeetingCarryOver.as_view(),
        name="api_meeting_carry_over",
    ),
    path("attendances/", AttendanceList.as_view(), name="api_attendances"),
    path("attendances/<uuid:pk>/", AttendanceOne.as_view(), name="api_attendance"),
    path("publications/", PublicationList.as_view(), name="api_publications"),
    path("publications/<uuid:pk>/", PublicationOne.as_view(), name="api_publication"),
    path("publications/<uuid:pk>/file/", PublicationFile.as_view(), name="api_publication_file"),
    path("postponements/", PostponementList.as_view(), name="api_postponements"),
    path("postponements/<uuid:pk>/", PostponementOne.as_view(), name="api_postponement"),
    path("candidates/", CandidateList.as_view(), name="api_candidates"),
    path("agenda-items/", AgendaItemList.as_view(), name="api_agenda_items"),
    path("agenda-items/<uuid:pk>/", AgendaItemOne.as_view(), name="api_agenda_item"),
    path("opinions/", OpinionList.as_view(), name="api_opinions"),
    path("opinions/<uuid:pk>/", OpinionOne.as_view(), name="api_opinion"),
    path("decisions/", DecisionList.as_view(), name="api_decisions"),
    path("decisions/<uuid:pk>/", DecisionOne.as_view(), name="api_decision"),
    path("decisions/<uuid:pk>/file/", DecisionFile.as_view(), name="api_decision_file"),
    path("decisions/<uuid:pk>/letter/", DecisionLetter.as_view(), name="api_decision_letter"),
    path(
        "decisions/<uuid:pk>/patient-letter/",
        DecisionPatientPage.as_view(),
        name="api_decision_patient_letter",
    ),
    path("recommendations/", RecommendationList.as_view(), name="api_recommendations"),
    path("recommendations/<uuid:pk>/", RecommendationOne.as_view(), name="api_recommendation"),
    path("tasks/", TaskList.as_view(), name="api_tasks"),
    path("tasks/<uuid:pk>/", TaskOne.as_view(), name="api_task"),
    path("imports/", ImportList.as_view(), name="api_imports"),
    path("imports/<uuid:pk>/", ImportOne.as_view(), name="api_import"),
    path("imports/<uuid:pk>/rows/", ImportRows.as_view(), name="api_import_rows"),
    path("exports/", ExportList.as_view(), name="api_exports"),
    path("exports/<uuid:pk>/", ExportOne.as_view(), name="api_export"),
    path("exports/<uuid:pk>/file/", ExportContent.as_view(), name="api_export_file"),
]

urlpatterns = [
    path("openapi.json", description, name="api_description"),
    path("i/<slug:slug>/", include(institution_patterns)),
]
