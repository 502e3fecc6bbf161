"""What finds the whole history of a case: rows that are gone are found by nothing else."""

from django.db import migrations

BY_CASE = [
    "factanswer",
    "study",
    "studyfile",
    "result",
    "rereading",
    "lesion",
    "measurement",
    "lesionsheet",
    "labresult",
    "specimen",
    "treatment",
    "procedure",
    "gaprequest",
    "gapacceptance",
    "agendaitem",
    "task",
]
COLUMNS = {
    **dict.fromkeys(BY_CASE, "case_id"),
    "allergy": "patient_id",
    "device": "patient_id",
    "opinion": "item_id",
    "decisiondraft": "agenda_item_id",
}


def made(name: str, column: str) -> migrations.RunSQL:
    table = f"cases_{name}event"
    index = f"{table}_of_ix"
    return migrations.RunSQL(
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} "
        f"ON {table} (institution_id, {column}, pgh_id)",
        f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0014_task_links")]

    operations = [made(name, column) for name, column in COLUMNS.items()]
