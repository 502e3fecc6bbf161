"""The blind index: by what a patient can be found whose name nobody but the application reads."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from cases.models.search_key import search_key
from tumorboard.tenancy.models import TenantForeignKey, TenantModel
from tumorboard.vault.keyring import BLIND_BYTES, keyring

if TYPE_CHECKING:
    from cases.models.patient import Patient

#: How many letters of the beginning of a name or a record number can be searched for. Fewer would
#: put too many people under one token; more would spell names out letter by letter.
SHORTEST, LONGEST = 3, 6

#: What a token is of. The same letters have another token in each.
WORD, NAMES, RECORD, BIRTH_DATE = "word", "names", "record", "birth_date"


class PatientToken(TenantModel):
    """One token of one patient: a keyed hash, equal for equal text of one institution.

    A row each and no array, since equality alone is leakproof, so that PostgreSQL uses the index
    ahead of row-level security.
    """

    patient = TenantForeignKey("cases.Patient", on_delete=models.CASCADE, related_name="tokens")
    token = models.BinaryField(max_length=BLIND_BYTES)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["institution", "token", "patient"], name="patient_token_once"
            ),
        ]


def word_token(word: str) -> bytes:
    """The token of a typed word of at least `SHORTEST` letters, as `search_key` gives it.

    Up to `LONGEST` letters find whatever begins so, more find the whole word.
    """
    return keyring().blind(WORD, word)


def names_token(family_name: str, given_name: str) -> bytes:
    """The token of a whole name, in whichever order its words stand."""
    words = sorted(search_key(f"{family_name} {given_name}").split())
    return keyring().blind(NAMES, " ".join(words))


def record_token(record_number: str) -> bytes:
    """The token of a whole record number, however it is typed."""
    return keyring().blind(RECORD, search_key(record_number))


def birth_date_token(birth_date: Any) -> bytes:
    """The token of a date of birth."""
    return keyring().blind(BIRTH_DATE, birth_date.isoformat())


def record_word(record_number: str) -> str:
    """A record number as one word, as a search compares it."""
    return search_key(record_number).replace(" ", "")


def tokens_of(patient: "Patient") -> set[bytes]:
    """Every token of a patient; none of one who was erased."""
    return set() if patient.is_erased else set(_tokens(patient))


def _tokens(patient: "Patient") -> Iterator[bytes]:
    yield record_token(patient.record_number)
    names = search_key(f"{patient.family_name} {patient.given_name}")
    for word in {*names.split(), record_word(patient.record_number)}:
        longest = min(len(word), LONGEST)
        yield from (word_token(word[:length]) for length in range(SHORTEST, longest + 1))
        if len(word) > LONGEST:
            yield word_token(word)
    if names:
        yield names_token(patient.family_name, patient.given_name)
    if patient.birth_date is not None:
        yield birth_date_token(patient.birth_date)
