"""A person under care."""

import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from cases.models.patient_token import PatientToken, record_token, tokens_of
from tumorboard.audit.history import keep_history_of
from tumorboard.tenancy.models import TenantModel
from tumorboard.vault.cipher import new_key
from tumorboard.vault.fields import (
    SELF,
    Part,
    SealedCharField,
    SealedDateField,
    SealedJSONField,
)
from tumorboard.vault.keyring import BLIND_BYTES, Keyring, keyring, version_held

#: What stands for the name of a patient whose key was destroyed.
ERASED = "Erased patient"
#: What a patient's key is bound to.
KEY = "patient.key"
IDENTITY = "identity"


class Sex(models.TextChoices):
    """As recorded by the hospital; empty means unknown."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    UNSPECIFIED = "unspecified", "Unspecified"


class WrappedKeyField(models.BinaryField):
    """A patient's own key, wrapped by the institution's; made when the row is."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The wrapped key; None of a patient who was erased."""
        if add and model_instance.wrapped_key is None:
            model_instance.make_key()
        return model_instance.wrapped_key


class RecordBlindField(models.BinaryField):
    """The record number's token, kept in step with it; what holds that it is there once."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """The token; None of a patient who was erased."""
        if model_instance.is_erased:
            return None
        model_instance.record_blind = record_token(model_instance.record_number)
        return model_instance.record_blind


#: What the rows of history have too, beside the sealed column itself.
READABLE = {
    "record_number": Part("record_number", sealed_in=IDENTITY),
    "family_name": Part("family_name", sealed_in=IDENTITY),
    "given_name": Part("given_name", sealed_in=IDENTITY),
    "birth_date": Part("birth_date", sealed_in=IDENTITY, empty=None, is_date=True),
}


@keep_history_of(IDENTITY, "sex", "created_at", attributes=READABLE)
class Patient(TenantModel):
    """A person under care; name, birth date and sex may be unknown (pseudonymous records).

    What says directly who somebody is stands in one sealed column, under a key of the patient's
    own. Erasure destroys that key: the column and its history stay, and nobody can read them.
    """

    identity = SealedJSONField(purpose="patient.identity", holder=SELF, empty=dict, editable=False)
    record_number = SealedCharField("record number", max_length=60, sealed_in=IDENTITY)
    family_name = SealedCharField("family name", max_length=120, blank=True, sealed_in=IDENTITY)
    given_name = SealedCharField("given name", max_length=120, blank=True, sealed_in=IDENTITY)
    birth_date = SealedDateField("date of birth", null=True, blank=True, sealed_in=IDENTITY)
    sex = models.CharField(max_length=12, choices=Sex.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: The keys of the scope that read the row; None of one that was made here.
    _ring: Keyring | None = None
    #: In no history, or erasure would leave it there.
    wrapped_key = WrappedKeyField(null=True, editable=False)
    record_blind = RecordBlindField(max_length=BLIND_BYTES, null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "record_blind"], name="patient_record_blind_once"
            ),
            models.CheckConstraint(
                condition=models.Q(sex__in=["", *Sex.values]), name="patient_sex_known_value"
            ),
            models.CheckConstraint(
                condition=models.Q(wrapped_key__isnull=True, record_blind__isnull=True)
                | models.Q(wrapped_key__isnull=False, record_blind__isnull=False),
                name="patient_erased_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name if self.is_erased else self.record_number

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> "Patient":
        """A patient read from the database, with the keys of the scope that read it at hand.

        What a page or a document says of a patient may be read after the scope was left.
        """
        patient = super().from_db(*args, **kwargs)
        patient._ring = keyring()
        return patient

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep the blind index in step with what it is made from."""
        super().save(*args, **kwargs)
        wanted = tokens_of(self)
        rows = PatientToken.objects.filter(patient=self)
        there = {bytes(token) for token in rows.values_list("token", flat=True)}
        if there - wanted:
            rows.filter(token__in=there - wanted).delete()
        PatientToken.objects.bulk_create(
            [PatientToken(patient=self, token=token) for token in sorted(wanted - there)]
        )

    def make_key(self) -> None:
        """Give a new patient a key of their own."""
        with version_held() as ring:
            self.wrapped_key = ring.seal(new_key(), purpose=KEY, row=self.pk)

    @property
    def key(self) -> bytes | None:
        """What the patient's identifiers are sealed under; None where it was destroyed.

        Raises:
            DoesNotOpen: the wrapped key is another patient's or was changed.
        """
        if self.wrapped_key is None and self._state.adding:
            self.make_key()
        if self.wrapped_key is None:
            return None
        ring = self._ring or keyring()
        return ring.unseal(bytes(self.wrapped_key), purpose=KEY, row=self.pk)

    @property
    def is_erased(self) -> bool:
        """Whether the patient's key was destroyed."""
        return self.wrapped_key is None and not self._state.adding

    @property
    def name(self) -> str:
        """Family name first, as on lists; the record number where no name is known."""
        if self.is_erased:
            return ERASED
        known = ", ".join(part for part in (self.family_name, self.given_name) if part)
        return known or self.record_number

    def age_on(self, date: datetime.date) -> int | None:
        """Completed years on `date`; None where the birth date is unknown."""
        if self.birth_date is None:
            return None
        had_birthday = (date.month, date.day) >= (self.birth_date.month, self.birth_date.day)
        return date.year - self.birth_date.year - (not had_birthday)
