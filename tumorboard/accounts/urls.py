"""Addresses of people, sign-in, invitations and tokens."""

from django.urls import include, path

from tumorboard.accounts.views import (
    clients,
    closed,
    ehrs,
    failed_work,
    home,
    identity_providers,
    invitation,
    oauth,
    own_roles,
    people,
    people_tokens,
    security,
    session,
    settings,
    sign_in_settings,
    single_sign_on,
    tokens,
)

#: Without an institution; these stand before allauth's.
site_patterns = [
    path("", home.home, name="home"),
    path("accounts/email/", closed.email, name="account_email"),
    path("accounts/security/", security.security, name="security"),
    path("accounts/security/set-up/", security.set_up, name="factor_set_up"),
    path("accounts/security/codes-kept/", security.codes_kept, name="recovery_codes_kept"),
    path("accounts/security/sessions/", security.signed_in_where, name="signed_in_where"),
    path("accounts/security/sessions/end/", security.end_sessions, name="sessions_end"),
    path("accounts/session/<slug:slug>/", session.session, name="session"),
    path("accounts/single-sign-on/", single_sign_on.find, name="institution_find"),
    path("accounts/single-sign-on/keys/", single_sign_on.key_set, name="identity_key_set"),
    path("accounts/signed-in/", session.signed_in, name="signed_in"),
    path("accounts/2fa/", security.overview, name="mfa_index"),
    path("accounts/2fa/webauthn/", security.overview, name="mfa_list_webauthn"),
    path(
        "accounts/2fa/webauthn/keys/<int:pk>/remove/",
        security.remove_passkey,
        name="mfa_remove_webauthn",
    ),
    path("accounts/2fa/", include("allauth.mfa.urls")),
]

#: Below `/i/<slug>/`.
institution_patterns = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="person_invite"),
    path("people/<uuid:user_id>/roles/", people.roles, name="person_roles"),
    path("people/<uuid:user_id>/remove/", people.remove, name="person_remove"),
    path(
        "people/<uuid:user_id>/second-factors/", people.reset_factors, name="person_reset_factors"
    ),
    path("people/<uuid:user_id>/sign-out/", people.sign_out, name="person_sign_out"),
    path("roles/", own_roles.roles, name="own_roles"),
    path("roles/new/", own_roles.new, name="own_role_new"),
    path("roles/<uuid:role_id>/", own_roles.role, name="own_role"),
    path("roles/<uuid:role_id>/retire/", own_roles.retire, name="own_role_retire"),
    path("settings/", settings.settings, name="institution_settings"),
    path("settings/failed-work/", failed_work.failed_work, name="failed_work"),
    path(
        "settings/failed-work/<uuid:message_id>/",
        failed_work.retry,
        name="failed_work_retry",
    ),
    path("settings/sign-in/", sign_in_settings.sign_in_settings, name="sign_in_settings"),
    path(
        "settings/sign-in/providers/",
        identity_providers.identity_providers,
        name="identity_providers",
    ),
    path(
        "settings/sign-in/providers/required/",
        identity_providers.require_provider,
        name="identity_provider_required",
    ),
    path(
        "settings/sign-in/providers/add/oidc/",
        identity_providers.add_oidc,
        name="identity_provider_add_oidc",
    ),
    path(
        "settings/sign-in/providers/add/saml/",
        identity_providers.add_saml,
        name="identity_provider_add_saml",
    ),
    path(
        "settings/sign-in/providers/<uuid:provider_id>/",
        identity_providers.identity_provider,
        name="identity_provider",
    ),
    path(
        "settings/sign-in/providers/<uuid:provider_id>/metadata/",
        identity_providers.renew,
        name="identity_provider_metadata",
    ),
    path(
        "settings/sign-in/providers/<uuid:provider_id>/confirm/",
        identity_providers.confirm_change,
        name="identity_provider_confirm",
    ),
    path(
        "settings/sign-in/providers/<uuid:provider_id>/switch/",
        identity_providers.switch,
        name="identity_provider_switch",
    ),
    path(
        "settings/sign-in/providers/<uuid:provider_id>/try/",
        identity_providers.try_out,
        name="identity_provider_try",
    ),
    path(
        "settings/sign-in/providers/<uuid:provider_id>/people/<uuid:user_id>/unlink/",
        identity_providers.unlink,
        name="identity_provider_unlink",
    ),
    path("settings/launches/", ehrs.ehrs, name="ehrs"),
    path("settings/launches/add/", ehrs.add, name="ehr_add"),
    path("settings/launches/<uuid:ehr_id>/", ehrs.ehr, name="ehr"),
    path("settings/launches/<uuid:ehr_id>/confirm/", ehrs.confirm_change, name="ehr_confirm"),
    path("settings/launches/<uuid:ehr_id>/switch/", ehrs.switch, name="ehr_switch"),
    path(
        "settings/launches/<uuid:ehr_id>/people/<uuid:user_id>/unlink/",
        ehrs.unlink,
        name="ehr_unlink",
    ),
    path("sign-in/", single_sign_on.institution, name="institution_sign_in"),
    path("sign-in/confirm/", single_sign_on.confirm, name="provider_confirm"),
    path("sign-in/saml/", single_sign_on.saml_consume, name="saml_assertion_consumer"),
    path("sign-in/saml/finish/", single_sign_on.saml_finish, name="saml_finish"),
    path("sign-in/saml/metadata/", single_sign_on.saml_metadata, name="saml_our_metadata"),
    path("sign-in/<uuid:provider_id>/", single_sign_on.begin, name="provider_sign_in"),
    path(
        "sign-in/<uuid:provider_id>/callback/", single_sign_on.oidc_callback, name="oidc_callback"
    ),
    path(
        "people/invitations/<uuid:invitation_id>/withdraw/",
        people.withdraw,
        name="invitation_withdraw",
    ),
    path("invitation/<str:secret>/", invitation.accept, name="invitation_accept"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("clients/", clients.clients, name="clients"),
    path("clients/register/", clients.register, name="client_register"),
    path("clients/tokens/", people_tokens.tokens, name="people_tokens"),
    path(
        "clients/tokens/<uuid:token_id>/revoke/", people_tokens.revoke, name="people_token_revoke"
    ),
    path("clients/<uuid:client_id>/", clients.client, name="client"),
    path("clients/<uuid:client_id>/access/", clients.access, name="client_access"),
    path("clients/<uuid:client_id>/keys/", clients.add_keys, name="client_keys"),
    path("clients/<uuid:client_id>/keys/remove/", clients.remove_key, name="client_key_remove"),
    path("clients/<uuid:client_id>/disable/", clients.disable, name="client_disable"),
]

#: Below `/api/v1/i/<slug>/`; without the slash at the end, as OAuth and SMART name them.
api_patterns = [
    path("oauth/token", oauth.token, name="oauth_token"),
    path(".well-known/smart-configuration", oauth.configuration, name="smart_configuration"),
]
