"""A role that an institution makes for itself of the built-in permissions."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tumorboard.accounts.permissions import Permission
from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantModel

#: With which the key of an own role begins; no name of a built-in role does.
PREFIX = "own:"


@keep_history
class OwnRole(TenantModel):
    """A named list of permissions; memberships hold it by its `key`.

    A retired one is nobody's any more and cannot be given.
    """

    name = models.CharField(max_length=60)
    #: The name as it is compared: no case, single spaces.
    name_key = models.CharField(max_length=120, editable=False)
    description = models.CharField(max_length=200)
    permissions = ArrayField(models.CharField(max_length=40))
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "name_key"],
                condition=models.Q(retired_at=None),
                name="own_role_name_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(permissions=[]), name="own_role_allows_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """What a membership holds."""
        return f"{PREFIX}{self.pk.hex}"

    @property
    def granted(self) -> frozenset[Permission]:
        """What it allows; what this software does not know any more, it does not grant."""
        known = set(Permission)
        return frozenset(Permission(each) for each in self.permissions if each in known)
