"""Addresses of webhooks."""

from django.urls import path

from cases.web import subscriptions, webhooks

urlpatterns = [
    path("settings/webhooks/", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/new/", webhooks.new, name="webhook_new"),
    path("settings/webhooks/restricted/", webhooks.restricted, name="webhooks_restricted"),
    path("settings/webhooks/<uuid:endpoint_id>/", webhooks.webhook, name="webhook"),
    path("settings/webhooks/<uuid:endpoint_id>/pause/", webhooks.pause, name="webhook_pause"),
    path("settings/webhooks/<uuid:endpoint_id>/resume/", webhooks.resume, name="webhook_resume"),
    path("settings/webhooks/<uuid:endpoint_id>/secret/", webhooks.rotate, name="webhook_secret"),
    path("settings/webhooks/<uuid:endpoint_id>/test/", webhooks.test, name="webhook_test"),
    path("settings/webhooks/<uuid:endpoint_id>/remove/", webhooks.remove, name="webhook_remove"),
    path(
        "settings/webhooks/<uuid:endpoint_id>/replay/",
        webhooks.replay_all,
        name="webhook_replay_all",
    ),
    path(
        "settings/webhooks/<uuid:endpoint_id>/replay/<uuid:delivery_id>/",
        webhooks.replay,
        name="webhook_replay",
    ),
    path(
        "settings/webhooks/<uuid:endpoint_id>/restricted/ask/",
        webhooks.ask_restricted,
        name="webhook_restricted_ask",
    ),
    path(
        "settings/webhooks/<uuid:endpoint_id>/restricted/withdraw/",
        webhooks.withdraw_restricted,
        name="webhook_restricted_withdraw",
    ),
    path(
        "settings/webhooks/<uuid:endpoint_id>/restricted/grant/",
        webhooks.grant_restricted,
        name="webhook_restricted_grant",
    ),
    path(
        "settings/webhooks/<uuid:endpoint_id>/restricted/refuse/",
        webhooks.refuse_restricted,
        name="webhook_restricted_refuse",
    ),
    path(
        "settings/webhooks/subscriptions/<uuid:subscription_id>/",
        subscriptions.subscription,
        name="subscription",
    ),
    path(
        "settings/webhooks/subscriptions/<uuid:subscription_id>/off/",
        subscriptions.switch_off,
        name="subscription_off",
    ),
    path(
        "settings/webhooks/subscriptions/<uuid:subscription_id>/replay/",
        subscriptions.replay_all,
        name="subscription_replay_all",
    ),
    path(
        "settings/webhooks/subscriptions/<uuid:subscription_id>/replay/<uuid:delivery_id>/",
        subscriptions.replay,
        name="subscription_replay",
    ),
]
