"""People, what they may do in which institution, how they join, sign in, and their tokens."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from tumorboard.accounts.client_models import (  # noqa: F401 - Django looks for models here
    AccessToken,
    ApiClient,
    RateCount,
    SpentAssertion,
)
from tumorboard.accounts.ehr_models import (  # noqa: F401 - Django looks for models here
    Ehr,
    EhrLink,
)
from tumorboard.accounts.own_role import OwnRole  # noqa: F401 - Django looks for models here
from tumorboard.accounts.sso_models import (  # noqa: F401 - Django looks for models here
    GroupRole,
    IdentityProvider,
    ProviderLink,
    SpentResponse,
)
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantForeignKey, TenantModel, new_id


class UserManager(BaseUserManager["User"]):
    """Makes people."""

    def create_user(self, *, email: str, name: str, password: str | None = None) -> "User":
        """A new person; without a password they cannot sign in yet."""
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. What they may do stands in their memberships."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name, as Django's and allauth's templates ask for it."""
        return self.name


@keep_history
class Membership(TenantModel):
    """One role of one person in one institution; a person may have several."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, db_index=False, related_name="memberships"
    )
    #: The name of a built-in `Role`, or the key of an `OwnRole`.
    role = models.CharField(max_length=40)
    #: Which identity provider gave it, and takes it again; none where a person did.
    provider = TenantForeignKey(IdentityProvider, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution", "user", "role"], name="membership_once"),
        ]


class Invitation(TenantModel):
    """An offer to join with a role; the link's secret is kept only as a hash."""

    email = models.EmailField()
    name = models.CharField(max_length=120)
    #: As a membership holds it.
    role = models.CharField(max_length=40)
    secret_hash = models.CharField(max_length=64)
    #: Nobody, where an operator invited the institution's first administrator.
    invited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "secret_hash"], name="invitation_secret_once"
            ),
        ]


class ApiToken(TenantModel):
    """A person's token for scripts in one institution: shown once, kept as a hash, expiring."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    label = models.CharField(max_length=80)
    secret_hash = models.CharField(max_length=64)
    is_read_only = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    #: To within an hour.
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "secret_hash"], name="api_token_secret_once"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="api_token_expires_later",
            ),
        ]


class SignInPolicy(TenantModel):
    """How one comes in at this institution's door; without a row, the product's choice."""

    #: Whether members come through an identity provider only, but for one who helps if it fails.
    requires_provider = models.BooleanField(default=False, db_default=False)
    emergency_administrator = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    idle_minutes = models.PositiveSmallIntegerField(default=15, db_default=15)
    absolute_hours = models.PositiveSmallIntegerField(default=12, db_default=12)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution"], name="sign_in_policy_once"),
            models.CheckConstraint(
                condition=models.Q(idle_minutes__range=(5, 60)), name="sign_in_policy_idle"
            ),
            models.CheckConstraint(
                condition=models.Q(absolute_hours__range=(1, 24)), name="sign_in_policy_absolute"
            ),
        ]


class PersonSession(models.Model):
    """A browser in which a person is signed in; goes when the session does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=80)
    #: The institution alone that the session reaches, where its identity provider began it.
    bound_to = models.UUIDField(null=True)


class SignInEvent(models.Model):
    """One sign-in or try, or a change of how a person signs in. Append-only for a year."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    kind = models.CharField(max_length=40)
    method = models.CharField(max_length=40, blank=True)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=80)
    #: Hash of the browser's own cookie: tells a device that is known from a new one.
    browser = models.CharField(max_length=64, blank=True)
    #: The institution whose identity provider it was about; sessions of others never show it.
    bound_to = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["user", "-at"], name="sign_in_by_person"),
            models.Index(fields=["at"], name="sign_in_by_time"),
        ]


class Throttle(models.Model):
    """How often something was guessed wrongly, and from when on a guess is read again."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField(db_index=True)
    open_at = models.DateTimeField()
