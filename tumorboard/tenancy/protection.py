"""Migration operations that put a tenant table under the rules of the house.

`ProtectTenantTables` stands last in the migration that makes the tables.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from tumorboard.tenancy.models import TenantForeignKey
from tumorboard.tenancy.scope import HIDDEN_PARTS_SETTING, HIDDEN_SETTING, INSTITUTION_SETTING

#: The only form of the policy. After a commit the setting is an empty string, not NULL, and a
#: bare cast of that would raise.
CURRENT = f"NULLIF(current_setting('{INSTITUTION_SETTING}', true), '')::uuid"

#: Columns that say to whom a row belongs; names only, since what stands higher in the house is
#: not known here.
BELONGING = ("case_id", "patient_id")
#: Where a table has none of these: columns that lead to a row that does.
LEADING = (
    "study_id",
    "agenda_item_id",
    "item_id",
    "decision_id",
    "draft_id",
    "file_id",
)
#: The tables that the columns of `BELONGING` lead to: the row itself is hidden.
THEMSELVES = {"cases_case": "id", "cases_patient": "id", "cases_patientevent": "pgh_obj_id"}


FindModel = Callable[[str], type[models.Model]]


def application_role() -> str:
    """The role that serves requests: the user of the `default` database."""
    return str(settings.DATABASES["default"]["USER"])


class DatabaseOnly(Operation):
    """An operation that changes the database and nothing in Django's view of the models.

    There is nothing to undo: what it made goes with the table or the column it was made for.
    """

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing changes in Django's view of the models."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Run the statements."""
        for statement in self.statements(lambda name: to_state.apps.get_model(app_label, name)):
            schema_editor.execute(statement)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Nothing to undo."""

    def statements(self, model: FindModel) -> list[str]:
        """The statements in order; `model` finds a model of the migration's application."""
        raise NotImplementedError


class ProtectTenantTables(DatabaseOnly):
    """Row-level security, the key others refer to, composite references and their indexes.

    Args:
        tables: names of the models whose tables were just made.
        append_only: names of those that the application may only insert into and select from.
        history: names of models that hold the history of another one: append-only, and without
            references, since history outlives what it refers to.
    """

    def __init__(
        self,
        tables: Sequence[str] = (),
        append_only: Sequence[str] = (),
        history: Sequence[str] = (),
    ) -> None:
        self.tables = tables
        self.append_only = append_only
        self.history = history

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django's migration writer needs it."""
        return self.__class__.__qualname__, [self.tables, self.append_only, self.history], {}

    def statements(self, model: FindModel) -> list[str]:
        """The keys of all tables first, since two may refer to each other."""
        plain, fixed, past = (
            [model(name) for name in names]
            for names in (self.tables, self.append_only, self.history)
        )
        return [
            *(statement for table in (*plain, *fixed, *past) for statement in isolation(table)),
            *(statement for table in (*plain, *fixed, *past) for statement in sight(table)),
            *(statement for table in (*plain, *fixed) for statement in references(table)),
            *(history_index(table) for table in past),
            *(append_only(table) for table in (*fixed, *past)),
        ]

    def describe(self) -> str:
        """One line for `migrate --plan`."""
        names = ", ".join((*self.tables, *self.append_only, *self.history))
        return f"Protect the tenant tables of {names}"


class HideRestricted(DatabaseOnly):
    """The policy that hides rows of restricted cases, on tables that were made before it.

    Each takes a short ACCESS EXCLUSIVE lock: nothing is read or rewritten under it.
    """

    def __init__(self, tables: Sequence[str]) -> None:
        self.tables = tables

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django's migration writer needs it."""
        return self.__class__.__qualname__, [self.tables], {}

    def statements(self, model: FindModel) -> list[str]:
        """The policies of all tables."""
        return [statement for name in self.tables for statement in sight(model(name))]

    def describe(self) -> str:
        """One line for `migrate --plan`."""
        return f"Hide restricted rows of {', '.join(self.tables)}"


class ComposeForeignKey(DatabaseOnly):
    """The composite constraint and index of a reference that was added later (`AddField`)."""

    def __init__(self, model_name: str, field_name: str) -> None:
        self.model_name = model_name
        self.field_name = field_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As Django's migration writer needs it."""
        return self.__class__.__qualname__, [self.model_name, self.field_name], {}

    def statements(self, model: FindModel) -> list[str]:
        """Constraint and index."""
        options = model(self.model_name)._meta
        return reference(options.db_table, options.get_field(self.field_name))

    def describe(self) -> str:
        """One line for `migrate --plan`."""
        return f"Compose the reference {self.model_name}.{self.field_name}"


def isolation(model: type[models.Model]) -> list[str]:
    """The table's policy, and the key that composite references point to."""
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None  # noqa: S101 - every concrete model has one
    return [
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_identity" '
        f'UNIQUE (institution_id, "{key.column}")',
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY "{table}_institution" ON "{table}" '
        f"USING (institution_id = {CURRENT}) WITH CHECK (institution_id = {CURRENT})",
    ]


def sight(model: type[models.Model]) -> list[str]:
    """The policy by which rows of cases that are restricted to others are not there.

    Restrictive: it stands beside the institution's. None where no column leads to a case.
    """
    table = model._meta.db_table
    rule = hiding(table, (str(field.column) for field in model._meta.local_concrete_fields))
    if not rule:
        return []
    return [
        f'DROP POLICY IF EXISTS "{table}_sight" ON "{table}"',
        f'CREATE POLICY "{table}_sight" ON "{table}" AS RESTRICTIVE '
        f"USING ({rule}) WITH CHECK ({rule})",
    ]


def hiding(table: str, columns: Iterable[str]) -> str:
    """When a row of a table may be seen; empty where it belongs to no case.

    The setting is read once a query (a scalar subquery) and compared by an operator that is
    leakproof. A row that names nobody belongs to nobody.
    """
    there = set(columns)
    if table in THEMSELVES:
        return _not_in(THEMSELVES[table], HIDDEN_SETTING)
    belonging = [name for name in BELONGING if name in there]
    if belonging:
        return " AND ".join(_not_in(name, HIDDEN_SETTING) for name in belonging)
    leading = [name for name in LEADING if name in there]
    return _not_in(leading[0], HIDDEN_PARTS_SETTING) if leading else ""


def _not_in(column: str, setting: str) -> str:
    # Not set is nothing hidden: so work processes of the release before, while this one migrates.
    # Every scope of ours sets it in the statement that names the institution.
    given = f"COALESCE(NULLIF(current_setting('{setting}', true), ''), '{{}}')"
    array = f"(SELECT {given}::uuid[] AS hidden)"
    return f"({column} IS NULL OR {column} <> ALL ({array}::uuid[]))"


def references(model: type[models.Model]) -> list[str]:
    """Composite foreign keys of all references of a table, each with its index."""
    return [
        statement
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey)
        for statement in reference(model._meta.db_table, field)
    ]


def reference(table: str, field: Any) -> list[str]:
    """Composite foreign key of one reference, and the index that deletes and joins need."""
    parent = field.related_model._meta.db_table
    return [
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{field.column}_fk" '
        f'FOREIGN KEY (institution_id, "{field.column}") '
        f'REFERENCES "{parent}" (institution_id, id) DEFERRABLE INITIALLY DEFERRED',
        f'CREATE INDEX "{table}_{field.column}_ix" ON "{table}" (institution_id, "{field.column}")',
    ]


def history_index(model: type[models.Model]) -> str:
    """What finds the history of one row."""
    table = model._meta.db_table
    return f'CREATE INDEX "{table}_object_ix" ON "{table}" (institution_id, pgh_obj_id, pgh_id)'


def append_only(model: type[models.Model]) -> str:
    """Take from the application role what would change a row."""
    return f'REVOKE UPDATE, DELETE ON "{model._meta.db_table}" FROM "{application_role()}"'
