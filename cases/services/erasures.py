"""Erasing who a patient is: the key is destroyed, and with it everything that it opens.

Decisions, chains and the audit stay: they name the patient by an id that leads to nobody.
"""

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction

from cases.models import (
    Case,
    Erasure,
    ExportFile,
    FormDraft,
    IdempotencyKey,
    ImportRow,
    InboxMessage,
    InboxProposal,
    Patient,
    PatientToken,
    StudyFile,
    StudyFilePart,
    StudySeries,
)
from cases.models.search_key import search_key
from cases.selectors.inbox_contents import numbers_of, readings_of
from cases.services import bulk_exports
from cases.services.agendas import refuse_elsewhere
from cases.services.cases import lock_all
from cases.services.checks import check, said
from cases.services.errors import Invalid, Refused
from cases.services.fhir_documents import documents_of, forget
from cases.services.identity_traces import WORD, Traces
from cases.services.intake.holding import hold_messages
from cases.services.patient_cases import lock_patient
from cases.services.subscriptions.writing import forget as forget_subscriptions
from tumorboard.accounts.models import User
from tumorboard.audit.record import record
from tumorboard.formats import day

IS_ERASED = "This patient was erased already."
OTHER_NUMBER = "This is not the record number of the patient."
NO_REASON = "Say why the patient is erased."
NAMES_PATIENT = "Say it without the patient's name, record number or date of birth. It is kept."
CAME_BACK = "Erased on {}, and again, since a restored backup had brought the patient back."
#: Rows of imports that are opened at a time.
CHUNK = 1_000


@transaction.atomic
def erase(*, patient: Patient, record_number: str, reason: str, by: User) -> Erasure:
    """Destroy the patient's key and all by which the patient could be found.

    Args:
        record_number: typed again by who erases, so that it is nobody else.
        reason: without anything of the patient; it is kept.

    Raises:
        Refused: the patient was erased, or a case stands undecided on a coming list.
        Invalid: another record number, no reason, or one that says who the patient is.
    """
    patient, cases = _locked(patient)
    if patient.is_erased:
        raise Refused(IS_ERASED)
    errors = {}
    if search_key(record_number) != search_key(patient.record_number):
        errors["record_number"] = [OTHER_NUMBER]
    if not said(reason):
        errors["reason"] = [NO_REASON]
    elif Traces.of(patient).are_told_by(reason):
        errors["reason"] = [NAMES_PATIENT]
    if errors:
        raise Invalid(errors)
    return _erase(patient, cases, reason=said(reason), by=by)


@transaction.atomic
def repeat(*, patient: Patient, erased_at: datetime.datetime, by: User) -> None:
    """Erase again whom a restored backup brought back; nothing where nobody came back.

    Args:
        erased_at: when the patient was erased.
        by: who had erased the patient.

    Raises:
        Refused: a case stands undecided on a coming list.
    """
    patient, cases = _locked(patient)
    if not patient.is_erased:
        _erase(patient, cases, reason=CAME_BACK.format(day(erased_at)), by=by)


def _locked(patient: Patient) -> tuple[Patient, list[Case]]:
    """The patient with every case, which none can join before the end of the transaction.

    Raises:
        Refused: a case stands undecided on a coming list.
    """
    patient = lock_patient(patient)
    cases = list(Case.objects.filter(patient=patient).select_related("patient"))
    lock_all(case.pk for case in cases)
    for case in cases if not patient.is_erased else []:
        refuse_elsewhere(case=case, besides=None)
    return patient, cases


def _erase(patient: Patient, cases: list[Case], *, reason: str, by: User) -> Erasure:
    files = StudyFile.objects.filter(case__in=cases)
    hashes: dict[str, Any] = {
        "wrapped_key": _sha256(patient.wrapped_key),
        "identity": _sha256(_ciphertext(patient)),
        "files": sorted(files.values_list("sha256", flat=True)),
    }
    # Before the key is gone: the history says by which names and numbers the patient was known.
    traces = Traces.of(patient)
    forget_subscriptions(patient)
    counts = {
        "drafts": _delete_drafts(patient, traces),
        "kept_answers": _kept_answers(patient).delete()[0],
        "import_rows": _delete_import_rows(cases, traces),
        "exports": _exports(cases).delete()[0],
        "bulk_exports": bulk_exports.forget(patient, cases),
        "fhir_documents": forget(patient, traces),
        "messages": _delete_messages(patient, traces),
        "file_parts": StudyFilePart.objects.filter(file__in=files).delete()[0],
        "pictures": StudySeries.objects.filter(file__in=files).delete()[0],
        "files": files.delete()[0],
        "tokens": PatientToken.objects.filter(patient=patient).delete()[0],
        "keys_destroyed": Patient.objects.filter(pk=patient.pk).update(
            wrapped_key=None, record_blind=None
        ),
    }
    kept = Erasure.objects.filter(patient=patient).first()
    if kept is not None:
        # The proof of the first time cannot be changed; that there was a second, the audit says.
        record(action="patient.erased_again", subject=patient, by=by)
        return kept
    erasure = Erasure(patient=patient, by=by, reason=reason, counts=counts, hashes=hashes)
    check(erasure)
    erasure.save(force_insert=True)
    record(action="patient.erased", subject=patient, by=by)
    return erasure


def faults_of(erasure: Erasure) -> list[str]:
    """What an erasure left behind or what came back since, in words without patient data."""
    patient = erasure.patient
    mine = StudyFile.objects.filter(case__patient=patient)
    found = [
        (patient.wrapped_key is not None, "the patient has a key"),
        (patient.record_blind is not None, "the record number can be found"),
        (PatientToken.objects.filter(patient=patient).exists(), "the blind index has tokens"),
        (mine.exists(), "files are there"),
        (StudyFilePart.objects.filter(file__in=mine).exists(), "contents of files are there"),
        (
            StudySeries.objects.filter(file__in=mine).exclude(preview=b"").exists(),
            "pictures of files are there",
        ),
        (
            FormDraft.objects.filter(about__in=_about(patient)).exists(),
            "drafts of forms about the patient are there",
        ),
        (
            _exports(Case.objects.filter(patient=patient)).exists(),
            "tables of cases with the patient are there",
        ),
        (_kept_answers(patient).exists(), "answers about the patient are kept"),
        (documents_of(patient).exists(), "FHIR resources of the patient are kept"),
        (
            ImportRow.objects.filter(case__patient=patient).exists(),
            "rows of imports that became the patient's cases are there",
        ),
        (
            InboxMessage.objects.filter(patient=patient).exists(),
            "messages of other systems about the patient are there",
        ),
        (
            _sha256(_ciphertext(patient)) != erasure.hashes["identity"],
            "the sealed identity is not the one that was left",
        ),
    ]
    return [words for is_so, words in found if is_so]


def _ciphertext(patient: Patient) -> bytes:
    """The sealed identity as it stands in the database."""
    field: Any = Patient._meta.get_field("identity")
    return bytes(field.pre_save(patient, add=False))


def _sha256(said: Any) -> str:
    return hashlib.sha256(bytes(said)).hexdigest()


def _about(patient: Patient) -> list[str]:
    """The ids of the patient, the cases and every row of these: what forms are about.

    From the history too: of a row that is gone, such as an item that was taken off a list, a
    draft may be there still.
    """
    cases = Case.objects.filter(patient=patient).values("pk")
    ids = [patient.pk, *Case.objects.filter(patient=patient).values_list("pk", flat=True)]
    for model, name, whose in _belonging():
        rows: Any = model._default_manager
        wanted = patient if whose is Patient else cases
        lookup = name if whose is Patient else f"{name}__in"
        key = "pgh_obj_id" if hasattr(model, "pgh_tracked_model") else "pk"
        ids += rows.filter(**{lookup: wanted}).values_list(key, flat=True)
    return [str(pk) for pk in set(ids)]


def _belonging() -> Iterator[tuple[type[models.Model], str, type[models.Model]]]:
    """Every model whose rows belong to a case or a patient, with the reference that says so."""
    for model in apps.get_app_config("cases").get_models():
        if model is PatientToken:
            continue
        for name, whose in (("case", Case), ("patient", Patient)):
            fields = {field.name: field for field in model._meta.concrete_fields}
            if name in fields and fields[name].related_model is whose:
                yield model, name, whose


def _kept_answers(patient: Patient) -> models.QuerySet[IdempotencyKey]:
    """Answers about the patient that were kept for requests that are sent again."""
    mine = models.Q(patient=patient) | models.Q(case__patient=patient)
    return IdempotencyKey.objects.filter(mine)


def _exports(cases: Iterable[Case]) -> models.QuerySet[ExportFile]:
    """Tables of cases in which one of these stands."""
    return ExportFile.objects.filter(cases__overlap=[case.pk for case in cases])


def _delete_drafts(patient: Patient, traces: Traces) -> int:
    """Drafts about the patient, and those of new cases in which the patient was typed."""
    gone = FormDraft.objects.filter(about__in=_about(patient)).delete()[0]
    for draft in FormDraft.objects.all():
        typed = [value for values in draft.fields.values() for value in values]
        if traces.number_in(typed) or (not draft.about and traces.person_in(typed)):
            gone += draft.delete()[0]
    return gone


def _delete_import_rows(cases: list[Case], traces: Traces) -> int:
    """Rows that became the patient's cases, and others that name the patient."""
    gone = ImportRow.objects.filter(case__in=cases).delete()[0]
    named = [
        row.pk
        for row in ImportRow.objects.order_by("pk").iterator(chunk_size=CHUNK)
        if traces.number_in(row.cells) or (row.case_id is None and traces.person_in(row.cells))
    ]
    return gone + ImportRow.objects.filter(pk__in=named).delete()[0]


def _delete_messages(patient: Patient, traces: Traces) -> int:
    """Messages about the patient, and those of nobody yet in which the patient is named."""
    found = set(InboxMessage.objects.filter(patient=patient).values_list("pk", flat=True))
    for message in InboxMessage.objects.filter(patient=None).iterator(chunk_size=CHUNK):
        content = message.content
        numbers = [one.value for one in numbers_of(readings_of(content))]
        raw = content.get("raw", "")
        words = [*numbers, *WORD.findall(raw)]
        if traces.number_in(words) or traces.are_told_by(raw):
            found.add(message.pk)
    # In the order of intake: messages by their ids, then what they propose.
    found = {message.pk for message in hold_messages(found)}
    gone = InboxProposal.objects.filter(message__in=found).delete()[0]
    return gone + InboxMessage.objects.filter(pk__in=found).delete()[0]
