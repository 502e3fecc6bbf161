"""The institution, and what every row that belongs to one has in common."""

import uuid
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django_scopes import ScopedManager
from uuid6 import uuid7

from tumorboard.tenancy.scope import current_institution_id

SLUG = RegexValidator(
    r"\A[a-z][a-z0-9-]{1,48}[a-z0-9]\Z",
    "Use 3 to 50 small letters, digits and hyphens, beginning with a letter.",
)


def new_id() -> uuid.UUID:
    """A version 7 UUID: made here and not by the database, and ordered by time."""
    return uuid.UUID(bytes=uuid7().bytes)


class Institution(models.Model):
    """A tenant: a hospital or network that owns its patients, people and meetings."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=50, unique=True, validators=[SLUG])
    name = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TenantForeignKey(models.ForeignKey):
    """A reference to another row of the same institution.

    The database constraint is on `(institution_id, <field>_id)` and made by `ProtectTenantTables`,
    since a plain foreign key bypasses row-level security when it is checked.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_index"] = False
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class TenantModel(models.Model):
    """A row of one institution.

    Every concrete subclass needs a `ProtectTenantTables` in the migration that makes its table;
    the catalogue test fails without it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        default=current_institution_id,
        db_index=False,
        editable=False,
        related_name="+",
    )

    objects = ScopedManager(institution="institution")

    class Meta:
        abstract = True
