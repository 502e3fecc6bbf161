"""A person under care."""

import datetime
import unicodedata
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from tumorboard.audit.history import keep_history
from tumorboard.tenancy.models import TenantModel


class Sex(models.TextChoices):
    """As recorded by the hospital; empty means unknown."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    UNSPECIFIED = "unspecified", "Unspecified"


def search_key(text: str) -> str:
    """`text` as it is searched for: no accents, no case, single spaces.

    Prefix search is a range on a column that holds this, since the operators for patterns are not
    leakproof and so cannot use an index ahead of row-level security.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


@keep_history
class Patient(TenantModel):
    """A person under care; name, birth date and sex may be unknown (pseudonymous records)."""

    record_number = models.CharField("record number", max_length=60)
    record_key = models.CharField(max_length=120, editable=False, db_collation="C")
    family_name = models.CharField("family name", max_length=120, blank=True)
    given_name = models.CharField("given name", max_length=120, blank=True)
    name_key = models.CharField(max_length=500, editable=False, db_collation="C")
    birth_date = models.DateField("date of birth", null=True, blank=True)
    sex = models.CharField(max_length=12, choices=Sex.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "record_key"], name="patient_record_once"
            ),
            models.CheckConstraint(
                condition=models.Q(sex__in=["", *Sex.values]), name="patient_sex_known_value"
            ),
            models.CheckConstraint(
                condition=~models.Q(record_number=""), name="patient_has_record_number"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["institution", "name_key"], name="patient_by_name"),
            models.Index(fields=["institution", "birth_date"], name="patient_by_birth_date"),
        ]

    def __str__(self) -> str:
        return self.record_number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search keys in step with what they are made from."""
        self.record_key = search_key(self.record_number)
        self.name_key = search_key(f"{self.family_name} {self.given_name}")
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """Family name first, as on lists; the record number where no name is known."""
        known = ", ".join(part for part in (self.family_name, self.given_name) if part)
        return known or self.record_number

    def age_on(self, date: datetime.date) -> int | None:
        """Completed years on `date`; None where the birth date is unknown."""
        if self.birth_date is None:
            return None
        had_birthday = (date.month, date.day) >= (self.birth_date.month, self.birth_date.day)
        return date.year - self.birth_date.year - (not had_birthday)
