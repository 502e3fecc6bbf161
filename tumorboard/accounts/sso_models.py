"""An institution's identity providers, whom they speak of, and what they have said once."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tumorboard.audit.history import keep_history, keep_history_of
from tumorboard.tenancy.models import TenantForeignKey, TenantModel


class ProtocolKind(models.TextChoices):
    """By which protocol a provider is asked."""

    OIDC = "oidc", "OpenID Connect"
    SAML = "saml", "SAML 2.0"


@keep_history_of(
    "kind",
    "label",
    "issuer",
    "client_id",
    "sso_url",
    "certificates",
    "email_domains",
    "groups_claim",
    "factor_values",
    "is_on",
)
class IdentityProvider(TenantModel):
    """Where the people of one institution sign in. Never deleted: who came by it stays known.

    No secret stands here: see `sso.reach`.
    """

    kind = models.CharField(max_length=8, choices=ProtocolKind.choices)
    #: On the button.
    label = models.CharField(max_length=60)
    #: OIDC's issuer, SAML's entity id. It never changes: subjects are only told apart within it.
    issuer = models.CharField(max_length=400)
    client_id = models.CharField(max_length=200, blank=True)
    sso_url = models.CharField(max_length=400, blank=True)
    #: SAML's signing certificates, each as base64 of DER.
    certificates = models.JSONField(default=list)
    #: Domains of mail addresses by which a first sign-in may find or make a person.
    email_domains = models.JSONField(default=list)
    #: The claim or attribute in which the person's groups stand.
    groups_claim = models.CharField(max_length=200, default="groups")
    #: What the provider says when it asked for a second factor; none: it never counts as one.
    factor_values = models.JSONField(default=list)
    is_on = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: What is to hold instead once somebody else has confirmed it, as `sso.proposals.Terms`.
    proposal = models.JSONField(null=True, blank=True)
    #: Who wrote what nobody else has confirmed yet: the proposal, or all of it while it is off.
    unconfirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "issuer", "client_id"], name="identity_provider_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ProtocolKind.values), name="identity_provider_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.label


@keep_history
class GroupRole(TenantModel):
    """Members of a group at the provider have this role here."""

    provider = TenantForeignKey(IdentityProvider, related_name="group_roles")
    group = models.CharField(max_length=200)
    #: As a membership holds it.
    role = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "provider", "group", "role"], name="group_role_once"
            ),
        ]


class ProviderLink(TenantModel):
    """Which person a provider means by a subject. A mail address is never asked again."""

    provider = TenantForeignKey(IdentityProvider, related_name="links")
    #: None for somebody who was unlinked: their next first sign-in finds them here.
    subject = models.CharField(max_length=255, null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    linked_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "provider", "subject"], name="provider_link_subject_once"
            ),
            models.UniqueConstraint(
                fields=["institution", "user"], name="provider_link_person_once"
            ),
        ]


class SpentResponse(TenantModel):
    """A SAML assertion that was taken once, until it would be refused for its age anyway."""

    provider = TenantForeignKey(IdentityProvider, related_name="+")
    assertion_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "provider", "assertion_hash"], name="spent_response_once"
            ),
        ]
