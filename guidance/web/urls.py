"""Addresses of the guidance library, and of an institution's choices."""

from django.urls import include, path, register_converter

from guidance.web import (
    dictionary,
    exchange,
    intervals,
    library,
    local_notes,
    local_policy,
    local_studies,
    registers,
    rules,
    scenarios,
    search,
    settings,
    trial,
)


class VersionConverter:
    """The version of an edition, such as 2026.1."""

    regex = r"[0-9]{4}\.[0-9]+"

    def to_python(self, value: str) -> str:
        """The version itself."""
        return value

    def to_url(self, value: str) -> str:
        """The version itself."""
        return value


class TopicConverter(VersionConverter):
    """A topic with reference tables of its own."""

    regex = "|".join(rules.TOPICS)


register_converter(VersionConverter, "version")
register_converter(TopicConverter, "topic")

pages = [
    path("", library.library, name="guidance_library"),
    path("try/", trial.trial, name="guidance_try"),
    path("search/", search.search, name="guidance_search"),
    path("scenarios/", scenarios.scenarios, name="guidance_scenarios"),
    path("scenarios/<str:code>/", scenarios.scenario, name="guidance_scenario"),
    path("studies/", rules.studies, name="guidance_studies"),
    path("results/", rules.results, name="guidance_results"),
    path("checks/", rules.checks, name="guidance_checks"),
    path("intervals/", intervals.intervals, name="guidance_intervals"),
    path("eligibility/", rules.eligibility, name="guidance_eligibility"),
    path("disagreements/", registers.disagreements, name="guidance_disagreements"),
    path("decisions/", registers.decisions, name="guidance_decisions"),
    path("uncovered/", registers.uncovered, name="guidance_uncovered"),
    path("facts/", dictionary.facts, name="guidance_facts"),
    path("sources/", library.sources, name="guidance_sources"),
    path("<topic:topic>/", rules.tables, name="guidance_tables"),
    path("fhir/<str:kind>/<str:identity>", exchange.fhir_resource, name="guidance_fhir_resource"),
]

#: Without a version the pages are those of the newest edition.
urlpatterns = [
    path("schema/<str:name>.json", exchange.schema, name="guidance_schema"),
    path("<version:version>/fhir.json", exchange.fhir_bundle, name="guidance_fhir"),
    path("<version:version>/", include(pages)),
    *pages,
]

#: Below `/i/<slug>/`.
institution_patterns = [
    path("settings/guidance/", settings.settings, name="guidance_settings"),
    path("local-policy/", local_policy.local_policy, name="local_policy"),
    path("local-policy/studies/new/", local_studies.new, name="local_study_new"),
    path(
        "local-policy/studies/<uuid:local_study_id>/", local_studies.renew, name="local_study_renew"
    ),
    path(
        "local-policy/studies/<uuid:local_study_id>/withdraw/",
        local_studies.withdraw,
        name="local_study_withdraw",
    ),
    path("local-policy/notes/new/", local_notes.new, name="local_note_new"),
    path("local-policy/notes/<uuid:note_id>/", local_notes.replace, name="local_note_replace"),
    path(
        "local-policy/notes/<uuid:note_id>/withdraw/",
        local_notes.withdraw,
        name="local_note_withdraw",
    ),
]
