"""All addresses of the site.

What belongs to an institution lies below `/i/<slug>/`, its API below `/api/v1/i/<slug>/`, its FHIR
server below `/fhir/<slug>/`, its services of CDS Hooks below `/cds-services/<slug>/`. EHRs open
it below `/smart/<slug>/`.
"""

from django.urls import include, path

from cases.api.urls import urlpatterns as api
from cases.fhir import urls as fhir
from cases.hooks import urls as hooks
from cases.intake.urls import urlpatterns as intake
from cases.web.agenda_urls import urlpatterns as agendas
from cases.web.audit_urls import urlpatterns as audit
from cases.web.board_plan_urls import urlpatterns as board_plans
from cases.web.board_urls import urlpatterns as boards
from cases.web.candidate_urls import urlpatterns as candidates
from cases.web.case_urls import urlpatterns as cases
from cases.web.code_map_urls import urlpatterns as code_maps
from cases.web.completeness_urls import urlpatterns as completeness
from cases.web.decision_urls import urlpatterns as decisions
from cases.web.draft_urls import urlpatterns as drafts
from cases.web.edition_urls import urlpatterns as editions
from cases.web.erasure_urls import urlpatterns as erasures
from cases.web.history_urls import urlpatterns as history
from cases.web.hook_urls import urlpatterns as hook_pages
from cases.web.import_urls import urlpatterns as imports
from cases.web.inbox_urls import urlpatterns as inbox
from cases.web.item_urls import urlpatterns as items
from cases.web.labs_urls import urlpatterns as labs
from cases.web.launch_urls import launch_patterns
from cases.web.launch_urls import urlpatterns as launched
from cases.web.lesions_urls import urlpatterns as lesions
from cases.web.list_urls import urlpatterns as case_lists
from cases.web.live_urls import urlpatterns as live
from cases.web.numbers_urls import urlpatterns as numbers
from cases.web.pacs_urls import urlpatterns as archives
from cases.web.restriction_urls import urlpatterns as restrictions
from cases.web.signing_urls import urlpatterns as signing
from cases.web.study_urls import urlpatterns as studies
from cases.web.task_urls import urlpatterns as tasks
from cases.web.timeline_urls import urlpatterns as timelines
from cases.web.webhook_urls import urlpatterns as webhooks
from guidance.web.urls import institution_patterns as choices
from guidance.web.urls import urlpatterns as guidance
from tumorboard.accounts.urls import api_patterns as api_clients
from tumorboard.accounts.urls import institution_patterns as people
from tumorboard.accounts.urls import site_patterns as site
from tumorboard.operations.health import health

handler404 = "tumorboard.site_errors.not_found"
handler500 = "tumorboard.site_errors.server_error"

urlpatterns = [
    *site,
    path("healthz", health, name="health"),
    path("accounts/", include("allauth.account.urls")),
    path("guidance/", include(guidance)),
    path("api/v1/", include(api)),
    path("api/v1/i/<slug:slug>/", include(api_clients)),
    path("fhir/<slug:slug>", fhir.base, name="fhir_root"),
    path("fhir/<slug:slug>/", include(fhir.institution_patterns)),
    # Clients put a slash and the service behind the address that they know, so it has none itself.
    path("cds-services/<slug:slug>", hooks.discovery, name="hooks_plain"),
    path("cds-services/<slug:slug>/", include(hooks.institution_patterns)),
    path("intake/<slug:slug>/", include(intake)),
    path("smart/<slug:slug>/", include(launch_patterns)),
    path(
        "i/<slug:slug>/",
        include(
            [
                # First, since two hundred pages ask for them at once and each looks from the top.
                *live,
                *case_lists,
                *cases,
                *drafts,
                *studies,
                *code_maps,
                *completeness,
                *archives,
                *audit,
                *board_plans,
                *boards,
                *candidates,
                *decisions,
                *erasures,
                *agendas,
                *history,
                *hook_pages,
                *imports,
                *inbox,
                *items,
                *labs,
                *launched,
                *lesions,
                *numbers,
                *editions,
                *restrictions,
                *signing,
                *tasks,
                *timelines,
                *webhooks,
                *choices,
                *people,
            ]
        ),
    ),
]
