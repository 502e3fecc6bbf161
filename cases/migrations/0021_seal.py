"""Seal the identifiers that are there, a chunk in a transaction, while the system is in use.

Second of three. It may be stopped and run again: what is sealed is passed over. What is written
in between by processes of the release before, `0022_sealed_only` seals.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import migrations, transaction
from django.utils import timezone

from cases.models import patient_token
from cases.models.search_key import search_key
from tumorboard.tenancy.models import new_id
from tumorboard.vault.cipher import joint_key, new_key, seal, unseal
from tumorboard.vault.keyring import Keyring
from tumorboard.vault.master import master_keys

CHUNK = 200
FIRST = 1

Run = Callable[..., list[tuple]]


def seal_in_chunks(apps: Any, editor: Any) -> None:
    """Every institution, each chunk in a transaction of its own."""
    for institution in _institutions(apps, editor):
        while _chunk(editor, institution):
            pass


def seal_rest(apps: Any, editor: Any) -> None:
    """What is left, in the transaction of the migration that locked the tables."""
    seal_in_chunks(apps, editor)


def _institutions(apps: Any, editor: Any) -> list[UUID]:
    rows = apps.get_model("tenancy", "Institution").objects.using(editor.connection.alias)
    return list(rows.order_by("id").values_list("pk", flat=True))


def _chunk(editor: Any, institution: UUID) -> bool:
    """Seal some rows of every kind; whether there were any."""
    with transaction.atomic(using=editor.connection.alias):

        def run(query: str, parameters: list[Any] | None = None) -> list[tuple]:
            with editor.connection.cursor() as cursor:
                cursor.execute(query, parameters)
                return cursor.fetchall() if cursor.description else []

        run("SELECT set_config('tumorboard.institution', %s, true)", [str(institution)])
        # Sealing is no change that a person made: it leaves no history.
        names = "SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%%'"
        run(f"SELECT set_config('pgtrigger.ignore', coalesce(({names}), '{{}}'), true)")
        ring = _keyring(run, institution)
        # Patients first: what belongs to one is sealed under the key that they get here.
        done = [_patients(run, ring)]
        if not any(done):
            kinds = (_events, _drafts, _rows, _files, _parts, _publications)
            done = [kind(run, ring) for kind in kinds]
        run("SELECT set_config('tumorboard.institution', '', true)")
        run("SELECT set_config('pgtrigger.ignore', '', true)")
    return any(done)


def _keyring(run: Run, institution: UUID) -> Keyring:
    """The institution's first keys, made here where there are none."""
    master = master_keys()[0]
    rows = run("SELECT id, version, wrapped_key, wrapped_index_key FROM vault_institutionkey")
    if not rows:
        key, index_key, pk = new_key(), new_key(), new_id()
        run(
            "INSERT INTO vault_institutionkey (id, institution_id, version, wrapped_key,"
            " wrapped_index_key, made_at) VALUES (%s, %s, %s, %s, %s, %s)",
            [
                pk, institution, FIRST,
                seal(master, key, bound_to=(institution, "institution.key", pk)),
                seal(master, index_key, bound_to=(institution, "institution.index_key", pk)),
                timezone.now(),
            ],
        )  # fmt: skip
        return Keyring(institution, {FIRST: key}, index_key)
    keys = {
        version: unseal(master, bytes(key), bound_to=(institution, "institution.key", pk))
        for pk, version, key, _ in rows
    }
    pk, _, _, index = max(rows, key=lambda row: row[1])
    index_key = unseal(master, bytes(index), bound_to=(institution, "institution.index_key", pk))
    return Keyring(institution, keys, index_key)


def _json(value: Any) -> bytes:
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return said.encode()


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _identity(number: str, family: str, given: str, born: Any) -> bytes:
    return _json(
        {
            "record_number": number,
            "family_name": family,
            "given_name": given,
            "birth_date": born.isoformat() if born else None,
        }
    )


def _patients(run: Run, ring: Keyring) -> bool:
    rows = run(
        "SELECT id, record_number, family_name, given_name, birth_date FROM cases_patient "
        "WHERE identity IS NULL ORDER BY id LIMIT %s FOR UPDATE",
        [CHUNK],
    )
    for pk, number, family, given, born in rows:
        key = new_key()
        place = (ring.institution_id, "patient.identity", pk)
        run(
            "UPDATE cases_patient SET identity = %s, wrapped_key = %s, record_blind = %s "
            "WHERE id = %s",
            [
                seal(key, _identity(number, family, given, born), bound_to=place),
                ring.seal(key, purpose="patient.key", row=pk),
                ring.blind(patient_token.RECORD, search_key(number)),
                pk,
            ],
        )
        for token in _tokens(ring, number, family, given, born):
            run(
                "INSERT INTO cases_patienttoken (id, institution_id, patient_id, token) "
                "VALUES (%s, %s, %s, %s)",
                [new_id(), ring.institution_id, pk, token],
            )
    return bool(rows)


def _tokens(ring: Keyring, number: str, family: str, given: str, born: Any) -> set[bytes]:
    """As `cases.models.patient_token` makes them, which needs a scope."""
    names = search_key(f"{family} {given}")
    tokens = {ring.blind("record", search_key(number))}
    for word in {*names.split(), search_key(number).replace(" ", "")}:
        lengths = {*range(3, min(len(word), 6) + 1), *([len(word)] if len(word) > 6 else [])}
        tokens |= {ring.blind("word", word[:length]) for length in lengths}
    if names:
        tokens.add(ring.blind("names", " ".join(sorted(names.split()))))
    if born:
        tokens.add(ring.blind("birth_date", born.isoformat()))
    return tokens


def _key(ring: Keyring, patient: UUID, wrapped: Any) -> bytes:
    """A patient's key; of a patient who is gone one that nobody has afterwards.

    Never called for a patient who is there and has no key yet.
    """
    if wrapped is None:
        return new_key()
    return ring.unseal(bytes(wrapped), purpose="patient.key", row=patient)


def _events(run: Run, ring: Keyring) -> bool:
    rows = run(
        "SELECT e.pgh_id, e.pgh_obj_id, p.wrapped_key, e.record_number, e.family_name,"
        " e.given_name, e.birth_date FROM cases_patientevent e "
        "LEFT JOIN cases_patient p ON p.id = e.pgh_obj_id "
        "WHERE e.identity IS NULL AND (p.id IS NULL OR p.wrapped_key IS NOT NULL) "
        "ORDER BY e.pgh_id LIMIT %s",
        [CHUNK],
    )
    for event, pk, wrapped, *said in rows:
        place = (ring.institution_id, "patient.identity", pk)
        sealed = seal(_key(ring, pk, wrapped), _identity(*said), bound_to=place)
        run("UPDATE cases_patientevent SET identity = %s WHERE pgh_id = %s", [sealed, event])
    return bool(rows)


def _drafts(run: Run, ring: Keyring) -> bool:
    rows = run(
        "SELECT id, fields FROM cases_formdraft WHERE sealed_fields IS NULL LIMIT %s FOR UPDATE",
        [CHUNK],
    )
    for pk, fields in rows:
        sealed = ring.seal(_json(_loaded(fields)), purpose="form_draft.fields", row=pk)
        run("UPDATE cases_formdraft SET sealed_fields = %s WHERE id = %s", [sealed, pk])
    return bool(rows)


def _rows(run: Run, ring: Keyring) -> bool:
    rows = run(
        "SELECT id, cells, errors FROM cases_importrow WHERE sealed_cells IS NULL "
        "LIMIT %s FOR UPDATE",
        [CHUNK],
    )
    for pk, cells, errors in rows:
        run(
            "UPDATE cases_importrow SET sealed_cells = %s, sealed_errors = %s WHERE id = %s",
            [
                ring.seal(_json(_loaded(cells)), purpose="import_row.cells", row=pk),
                ring.seal(_json(_loaded(errors)), purpose="import_row.errors", row=pk),
                pk,
            ],
        )
    return bool(rows)


def _files(run: Run, ring: Keyring) -> bool:
    found = False
    for table, key, about in (
        ("cases_studyfile", "id", "id"),
        ("cases_studyfileevent", "pgh_id", "pgh_obj_id"),
    ):
        rows = run(
            f"SELECT f.{key}, f.{about}, f.mismatches, f.findings, c.patient_id, p.wrapped_key "  # noqa: S608
            f"FROM {table} f LEFT JOIN cases_case c ON c.id = f.case_id "
            "LEFT JOIN cases_patient p ON p.id = c.patient_id "
            "WHERE f.sealed_findings IS NULL AND (p.id IS NULL OR p.wrapped_key IS NOT NULL) "
            "LIMIT %s",
            [CHUNK],
        )
        for pk, row, mismatches, findings, patient, wrapped in rows:
            own = _key(ring, patient, wrapped)
            sealed = [
                seal(own, _json(_loaded(said)), bound_to=(ring.institution_id, purpose, row))
                for purpose, said in (
                    ("study_file.mismatches", mismatches),
                    ("study_file.findings", findings),
                )
            ]
            run(
                f"UPDATE {table} SET sealed_mismatches = %s, sealed_findings = %s "  # noqa: S608
                f"WHERE {key} = %s",
                [*sealed, pk],
            )
        found = found or bool(rows)
    return found


def _parts(run: Run, ring: Keyring) -> bool:
    """A few at a time: each is up to a megabyte."""
    rows = run(
        "SELECT s.id, s.file_id, s.number, s.content, c.patient_id, p.wrapped_key "
        "FROM cases_studyfilepart s JOIN cases_studyfile f ON f.id = s.file_id "
        "JOIN cases_case c ON c.id = f.case_id JOIN cases_patient p ON p.id = c.patient_id "
        "WHERE s.sealed_content IS NULL AND p.wrapped_key IS NOT NULL LIMIT 20"
    )
    for pk, file, number, content, patient, wrapped in rows:
        place = (ring.institution_id, "study_file.part", f"{file}/{number}")
        sealed = seal(_key(ring, patient, wrapped), bytes(content), bound_to=place)
        run("UPDATE cases_studyfilepart SET sealed_content = %s WHERE id = %s", [sealed, pk])
    return bool(rows)


def _publications(run: Run, ring: Keyring) -> bool:
    """Those whose lines still say a name."""
    rows = run(
        "SELECT id, lines, pdf FROM cases_agendapublication "
        "WHERE lines::text LIKE '%%\"record_number\"%%' LIMIT 20"
    )
    sealed_any = False
    for pk, lines, pdf in rows:
        patients = _patients_of(run, _loaded(lines))
        if not all(wrapped for _, wrapped in patients.values()):
            # Of a patient who came in this moment: the next turn finds them sealed.
            continue
        keys = {patient: _key(ring, patient, wrapped) for patient, wrapped in patients.values()}
        sealed = list(_sealed_lines(ring, pk, _loaded(lines), patients, keys))
        place = (ring.institution_id, "agenda_publication", f"{pk}/pdf")
        joint = joint_key([keys[patient] for patient in sorted(keys)])
        run(
            "UPDATE cases_agendapublication SET lines = %s, pdf = %s WHERE id = %s",
            [json.dumps(sealed), seal(joint, bytes(pdf), bound_to=place), pk],
        )
        sealed_any = True
    return sealed_any


def _patients_of(run: Run, lines: Any) -> dict[str, tuple[UUID, Any]]:
    """The patient and the wrapped key by the case of each line."""
    rows = run(
        "SELECT c.id, p.id, p.wrapped_key FROM cases_case c JOIN cases_patient p "
        "ON p.id = c.patient_id WHERE c.id = ANY(%s::uuid[])",
        [[line["case"] for line in lines]],
    )
    return {str(case): (patient, wrapped) for case, patient, wrapped in rows}


def _sealed_lines(
    ring: Keyring,
    publication: UUID,
    lines: Any,
    patients: dict[str, tuple[UUID, Any]],
    keys: dict[UUID, bytes],
) -> Iterator[dict[str, Any]]:
    for line in lines:
        said = json.dumps([line.pop("name"), line.pop("record_number")]).encode()
        place = (ring.institution_id, "agenda_publication", f"{publication}/{line['case']}")
        closed = seal(keys[patients[line["case"]][0]], said, bound_to=place)
        yield {**line, "sealed": base64.b64encode(closed).decode()}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0020_sealed_columns")]

    operations = [migrations.RunPython(seal_in_chunks, migrations.RunPython.noop)]
