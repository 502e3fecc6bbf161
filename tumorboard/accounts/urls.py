"""Addresses of people, invitations and tokens."""

from django.urls import path

from tumorboard.accounts.views import closed, home, invitation, people, tokens

#: Without an institution; these stand before allauth's.
site_patterns = [
    path("", home.home, name="home"),
    path("accounts/email/", closed.email, name="account_email"),
]

#: Below `/i/<slug>/`.
institution_patterns = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="person_invite"),
    path("people/<uuid:user_id>/roles/", people.roles, name="person_roles"),
    path("people/<uuid:user_id>/remove/", people.remove, name="person_remove"),
    path(
        "people/invitations/<uuid:invitation_id>/withdraw/",
        people.withdraw,
        name="invitation_withdraw",
    ),
    path("invitation/<str:secret>/", invitation.accept, name="invitation_accept"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", tokens.revoke, name="token_revoke"),
]
