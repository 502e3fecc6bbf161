"""Addresses of completeness, of the worklist of gaps, and of an institution's data set."""

from django.urls import URLPattern, path

from cases.web import completeness, data_set, gaps

urlpatterns: list[URLPattern] = [
    path("cases/<uuid:case_id>/completeness/", completeness.completeness, name="case_completeness"),
    path("cases/<uuid:case_id>/completeness/<slug:item>/ask/", completeness.ask, name="gap_ask"),
    path(
        "cases/<uuid:case_id>/completeness/<slug:item>/accept/",
        completeness.accept,
        name="gap_accept",
    ),
    path(
        "gap-requests/<uuid:gap_request_id>/withdraw/",
        completeness.withdraw_request,
        name="gap_request_withdraw",
    ),
    path(
        "gap-acceptances/<uuid:gap_acceptance_id>/withdraw/",
        completeness.withdraw_acceptance,
        name="gap_acceptance_withdraw",
    ),
    path("gaps/", gaps.gaps, name="gaps"),
    path("settings/minimum-data-set/", data_set.data_set, name="data_set"),
    path("settings/minimum-data-set/<slug:item>/new/", data_set.new, name="data_set_new"),
    path(
        "settings/minimum-data-set/choices/<uuid:choice_id>/",
        data_set.change,
        name="data_set_change",
    ),
    path(
        "settings/minimum-data-set/choices/<uuid:choice_id>/reset/",
        data_set.reset,
        name="data_set_reset",
    ),
]
