"""What somebody does who has the database and not the application."""

import datetime
import uuid
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connections, models, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import INSTITUTION_SETTING


def other(row: models.Model, column: str) -> Any:
    """Another value of the type that a column has: of a text with one bit flipped."""
    field = next(f for f in row._meta.concrete_fields if f.attname == column)
    value = getattr(row, column)
    if isinstance(field, models.JSONField):
        return [*(value or ()), "x"]
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.IntegerField):
        return (value or 0) + 7
    if isinstance(field, models.DateTimeField):
        return value + datetime.timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return datetime.date(2027, 3, 1)
    if isinstance(field, models.UUIDField | models.ForeignKey):
        return uuid.uuid4()
    return chr(ord(value[0]) ^ 1) + value[1:] if value else "x"


def as_owner(institution: Institution, statement: str, *values: Any) -> None:
    """Run a statement as the role that owns the tables, in the scope of an institution."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        scope = [INSTITUTION_SETTING, str(institution.pk)]
        cursor.execute("SELECT set_config(%s, %s, true)", scope)
        cursor.execute(statement, values)
        assert cursor.rowcount


def write(model: type[models.Model], column: str, *, pk: UUID, value: Any) -> None:
    """Write one column of one row past every constraint, trigger and policy."""
    kept = Jsonb(value) if isinstance(value, list | dict) else value
    statement = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s").format(
        sql.Identifier(model._meta.db_table), sql.Identifier(column)
    )
    name = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(settings.DATABASE_ADMIN_URL, dbname=name) as database:
        database.execute("SET session_replication_role = replica")
        assert database.execute(statement, [kept, pk]).rowcount == 1
