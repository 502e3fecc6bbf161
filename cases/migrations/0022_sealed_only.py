"""Nothing but sealed identifiers: what came in between is sealed, the plain columns go.

Last of three. Processes of the release before cannot work from here on.
"""

import importlib

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import cases.models.patient
import tumorboard.vault.fields

sealing = importlib.import_module("cases.migrations.0021_seal")

TABLES = (
    "cases_patient", "cases_patientevent", "cases_formdraft", "cases_importrow", "cases_studyfile",
    "cases_studyfileevent", "cases_studyfilepart", "cases_agendapublication",
)  # fmt: skip
PLAIN = {
    "cases_patient": (
        "record_number", "record_key", "family_name", "given_name", "name_key", "birth_date",
    ),
    "cases_patientevent": (
        "record_number", "record_key", "family_name", "given_name", "name_key", "birth_date",
    ),
    "cases_formdraft": ("fields",),
    "cases_importrow": ("cells", "errors"),
    "cases_studyfile": ("mismatches", "findings"),
    "cases_studyfileevent": ("mismatches", "findings"),
    "cases_studyfilepart": ("content",),
}  # fmt: skip
ALWAYS = {
    "cases_patient": ("identity",),
    "cases_patientevent": ("identity",),
    "cases_formdraft": ("sealed_fields",),
    "cases_importrow": ("sealed_cells",),
    "cases_studyfile": ("sealed_mismatches", "sealed_findings"),
    "cases_studyfileevent": ("sealed_mismatches", "sealed_findings"),
    "cases_studyfilepart": ("sealed_content",),
}


def altered(table: str) -> str:
    gone = [f"DROP COLUMN {column}" for column in PLAIN[table]]
    full = [f"ALTER COLUMN {column} SET NOT NULL" for column in ALWAYS[table]]
    return f"ALTER TABLE {table} {', '.join([*gone, *full])}"


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_seal")]

    operations = [
        migrations.RunSQL(f"LOCK TABLE {', '.join(TABLES)}", migrations.RunSQL.noop),
        migrations.RunPython(sealing.seal_rest, migrations.RunPython.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name="patient",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="patient",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="patient",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="studyfile",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="studyfile",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="studyfile",
            name="delete_delete",
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([altered(table) for table in PLAIN])],
            state_operations=[
                migrations.RemoveConstraint(
                    model_name="patient",
                    name="patient_record_once",
                ),
                migrations.RemoveConstraint(
                    model_name="patient",
                    name="patient_has_record_number",
                ),
                migrations.RemoveIndex(
                    model_name="patient",
                    name="patient_by_name",
                ),
                migrations.RemoveIndex(
                    model_name="patient",
                    name="patient_by_birth_date",
                ),
                migrations.RemoveField(
                    model_name="patient",
                    name="name_key",
                ),
                migrations.RemoveField(
                    model_name="patient",
                    name="record_key",
                ),
                migrations.RemoveField(
                    model_name="patientevent",
                    name="birth_date",
                ),
                migrations.RemoveField(
                    model_name="patientevent",
                    name="family_name",
                ),
                migrations.RemoveField(
                    model_name="patientevent",
                    name="given_name",
                ),
                migrations.RemoveField(
                    model_name="patientevent",
                    name="name_key",
                ),
                migrations.RemoveField(
                    model_name="patientevent",
                    name="record_key",
                ),
                migrations.RemoveField(
                    model_name="patientevent",
                    name="record_number",
                ),
                migrations.RemoveField(
                    model_name="studyfilepart",
                    name="content",
                ),
                migrations.AddField(
                    model_name="patient",
                    name="identity",
                    field=tumorboard.vault.fields.SealedJSONField(
                        default=dict, empty=dict, holder="self", purpose="patient.identity"
                    ),
                ),
                migrations.AddField(
                    model_name="patient",
                    name="record_blind",
                    field=cases.models.patient.RecordBlindField(max_length=16, null=True),
                ),
                migrations.AddField(
                    model_name="patient",
                    name="wrapped_key",
                    field=cases.models.patient.WrappedKeyField(null=True),
                ),
                migrations.AddField(
                    model_name="patientevent",
                    name="identity",
                    field=tumorboard.vault.fields.SealedJSONField(
                        default=dict, empty=dict, holder="self", purpose="patient.identity"
                    ),
                ),
                migrations.AddField(
                    model_name="studyfilepart",
                    name="sealed_content",
                    field=models.BinaryField(),
                ),
                migrations.AlterField(
                    model_name="formdraft",
                    name="fields",
                    field=tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_fields",
                        default=dict,
                        empty=dict,
                        holder="",
                        purpose="form_draft.fields",
                    ),
                ),
                migrations.AlterField(
                    model_name="importrow",
                    name="cells",
                    field=tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_cells",
                        default=list,
                        empty=list,
                        holder="",
                        purpose="import_row.cells",
                    ),
                ),
                migrations.AlterField(
                    model_name="importrow",
                    name="errors",
                    field=tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_errors",
                        default=None,
                        empty=list,
                        holder="",
                        null=True,
                        purpose="import_row.errors",
                    ),
                ),
                migrations.AlterField(
                    model_name="patient",
                    name="birth_date",
                    field=tumorboard.vault.fields.SealedDateField(
                        blank=True, null=True, sealed_in="identity", verbose_name="date of birth"
                    ),
                ),
                migrations.AlterField(
                    model_name="patient",
                    name="family_name",
                    field=tumorboard.vault.fields.SealedCharField(
                        blank=True, max_length=120, sealed_in="identity", verbose_name="family name"
                    ),
                ),
                migrations.AlterField(
                    model_name="patient",
                    name="given_name",
                    field=tumorboard.vault.fields.SealedCharField(
                        blank=True, max_length=120, sealed_in="identity", verbose_name="given name"
                    ),
                ),
                migrations.AlterField(
                    model_name="patient",
                    name="record_number",
                    field=tumorboard.vault.fields.SealedCharField(
                        max_length=60, sealed_in="identity", verbose_name="record number"
                    ),
                ),
                migrations.AlterField(
                    model_name="studyfile",
                    name="findings",
                    field=tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_findings",
                        default=dict,
                        empty=dict,
                        holder="case.patient",
                        purpose="study_file.findings",
                    ),
                ),
                migrations.AlterField(
                    model_name="studyfile",
                    name="mismatches",
                    field=tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_mismatches",
                        default=list,
                        empty=list,
                        holder="case.patient",
                        purpose="study_file.mismatches",
                    ),
                ),
                migrations.AlterField(
                    model_name="studyfileevent",
                    name="findings",
                    field=tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_findings",
                        default=dict,
                        empty=dict,
                        holder="case.patient",
                        purpose="study_file.findings",
                    ),
                ),
                migrations.AlterField(
                    model_name="studyfileevent",
                    name="mismatches",
                    field=tumorboard.vault.fields.SealedJSONField(
                        db_column="sealed_mismatches",
                        default=list,
                        empty=list,
                        holder="case.patient",
                        purpose="study_file.mismatches",
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_patientevent" ("created_at", "id", "identity", "institution_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sex") VALUES (NEW."created_at", NEW."id", NEW."identity", NEW."institution_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."sex"); RETURN NULL;',
                    hash="f5ca30452033308629e695e4ed0ae94ee2748b72",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_27919",
                    table="cases_patient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."identity" IS DISTINCT FROM (NEW."identity") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."sex" IS DISTINCT FROM (NEW."sex"))',
                    func='INSERT INTO "cases_patientevent" ("created_at", "id", "identity", "institution_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sex") VALUES (NEW."created_at", NEW."id", NEW."identity", NEW."institution_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."sex"); RETURN NULL;',
                    hash="57101e1b78fb3033b4630961107bcdbd34f47dbc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b6a7b",
                    table="cases_patient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_patientevent" ("created_at", "id", "identity", "institution_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sex") VALUES (OLD."created_at", OLD."id", OLD."identity", OLD."institution_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."sex"); RETURN NULL;',
                    hash="2af9b7c30ddf6325d77ccb5e8844443e9d69a828",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a1e45",
                    table="cases_patient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studyfile",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_studyfileevent" ("case_id", "confirmed_at", "confirmed_by_id", "id", "institution_id", "kind", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sealed_findings", "sealed_mismatches", "sha256", "size", "state", "study_id", "uploaded_at", "uploaded_by_id", "virus", "virus_check", "virus_checked_at") VALUES (NEW."case_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."id", NEW."institution_id", NEW."kind", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."sealed_findings", NEW."sealed_mismatches", NEW."sha256", NEW."size", NEW."state", NEW."study_id", NEW."uploaded_at", NEW."uploaded_by_id", NEW."virus", NEW."virus_check", NEW."virus_checked_at"); RETURN NULL;',
                    hash="7581aff3acdcdf07198d6378f770bc80583e4ff3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3419f",
                    table="cases_studyfile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studyfile",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "cases_studyfileevent" ("case_id", "confirmed_at", "confirmed_by_id", "id", "institution_id", "kind", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sealed_findings", "sealed_mismatches", "sha256", "size", "state", "study_id", "uploaded_at", "uploaded_by_id", "virus", "virus_check", "virus_checked_at") VALUES (NEW."case_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."id", NEW."institution_id", NEW."kind", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."sealed_findings", NEW."sealed_mismatches", NEW."sha256", NEW."size", NEW."state", NEW."study_id", NEW."uploaded_at", NEW."uploaded_by_id", NEW."virus", NEW."virus_check", NEW."virus_checked_at"); RETURN NULL;',
                    hash="d2f83897f30df607eb65f0c03651e72572c19dcc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_19edf",
                    table="cases_studyfile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studyfile",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "cases_studyfileevent" ("case_id", "confirmed_at", "confirmed_by_id", "id", "institution_id", "kind", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sealed_findings", "sealed_mismatches", "sha256", "size", "state", "study_id", "uploaded_at", "uploaded_by_id", "virus", "virus_check", "virus_checked_at") VALUES (OLD."case_id", OLD."confirmed_at", OLD."confirmed_by_id", OLD."id", OLD."institution_id", OLD."kind", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."sealed_findings", OLD."sealed_mismatches", OLD."sha256", OLD."size", OLD."state", OLD."study_id", OLD."uploaded_at", OLD."uploaded_by_id", OLD."virus", OLD."virus_check", OLD."virus_checked_at"); RETURN NULL;',
                    hash="b27ffcfc1ee6adc9bba9aa1668b3809b90cf2668",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_1f73d",
                    table="cases_studyfile",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.UniqueConstraint(
                fields=("institution", "record_blind"), name="patient_record_blind_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("record_blind__isnull", True), ("wrapped_key__isnull", True)),
                    models.Q(("record_blind__isnull", False), ("wrapped_key__isnull", False)),
                    _connector="OR",
                ),
                name="patient_erased_whole",
            ),
        ),
    ]
