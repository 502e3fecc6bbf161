"""The database keeps the rules of the house."""

import pytest
from django.apps import apps
from django.db import connection, connections

from cases.models import Study
from tumorboard.tenancy.catalogue import violations
from tumorboard.tenancy.protection import ComposeForeignKey, HideRestricted, ProtectTenantTables

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    return violations(connection, application_role=connection.settings_dict["USER"])


def test_the_schema_breaks_no_rule():
    assert found() == []


def test_the_application_role_owns_nothing_and_bypasses_nothing():
    """ASVS v5.0.0-13.2.2: the role that serves requests has the least rights it can do with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, (SELECT count(*) FROM pg_class c JOIN pg_roles r"
            " ON r.oid = c.relowner WHERE r.rolname = current_user), rolsuper, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("tumorboard_app", 0, False, False)


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY", "table cases_case does not force"),
        ("DROP POLICY cases_case_institution ON cases_case", "table cases_case has no policy"),
        (
            "DROP POLICY cases_studyseries_sight ON cases_studyseries",
            "table cases_studyseries does not hide restricted cases",
        ),
        ("CREATE POLICY loose ON cases_case USING (true)", "policy loose of cases_case is not"),
        ("CREATE INDEX loose ON cases_case (patient_id)", "index loose of cases_case begins with"),
        (
            "ALTER TABLE cases_case ADD CONSTRAINT loose FOREIGN KEY (patient_id)"
            " REFERENCES cases_patient (id)",
            "reference loose from cases_case to cases_patient is not composite",
        ),
        ("CREATE TABLE loose (id int)", "table loose has no institution"),
        ("GRANT UPDATE ON cases_decision TO tumorboard_app", "may UPDATE cases_decision"),
        ("GRANT TRUNCATE ON cases_case TO tumorboard_app", "may TRUNCATE cases_case"),
        ("CREATE VIEW loose AS SELECT * FROM cases_case", "view loose runs with its owner's"),
        (
            "CREATE FUNCTION loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "function loose runs with its owner's",
        ),
        (
            "DROP POLICY accounts_membership_own ON accounts_membership;"
            "CREATE POLICY accounts_membership_own ON accounts_membership USING (true)",
            "allows more than reading",
        ),
        (
            "DROP POLICY accounts_signinevent_forget ON accounts_signinevent;"
            "CREATE POLICY accounts_signinevent_forget ON accounts_signinevent FOR DELETE"
            " USING (true)",
            "table accounts_signinevent lets go of more than what is older than 1 year",
        ),
        (
            "GRANT UPDATE ON accounts_signinevent TO tumorboard_app",
            "may UPDATE accounts_signinevent",
        ),
        ("DROP TABLE auth_group_permissions", "names auth_group_permissions, which is not there"),
    ],
)
def test_a_broken_rule_is_found(statement, expected):
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(statement)
        problems = violations(owner, application_role="tumorboard_app")
    assert any(expected in problem for problem in problems), problems


def test_a_table_that_the_application_owns_is_found():
    problems = violations(connection, application_role="tumorboard_owner")
    assert "table cases_case is owned by the application role" in problems


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_reference_that_is_added_later_is_composed_too():
    """As `ComposeForeignKey` does it after an `AddField`."""
    operation = ComposeForeignKey("studycopy", "case")
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE study_copy (institution_id uuid NOT NULL, case_id uuid)")
        for statement in operation.statements(lambda _name: Study):
            cursor.execute(statement.replace("cases_study", "study_copy"))
        problems = violations(connections["owner"], application_role="tumorboard_app")
    assert [p for p in problems if "study_copy" in p] == [
        "table study_copy does not force row-level security",
        "table study_copy has no policy",
        "table study_copy does not hide restricted cases",
    ]
    assert operation.describe() == "Compose the reference studycopy.case"
    assert operation.deconstruct()[1] == ["studycopy", "case"]


def test_migrations_are_written_again_as_they_stand():
    operation = ProtectTenantTables(tables=["a"], append_only=["b"], history=["c"])
    name, arguments, named = operation.deconstruct()
    assert (name, named) == ("ProtectTenantTables", {})
    assert ProtectTenantTables(*arguments).describe() == operation.describe()
    assert operation.describe() == "Protect the tenant tables of a, b, c"


def test_a_protected_table_gets_policy_keys_and_rights():
    operation = ProtectTenantTables(
        tables=["Study"], append_only=["Decision"], history=["StudyEvent"]
    )
    statements = operation.statements(lambda name: apps.get_model("cases", name))
    text = "\n".join(statements)
    assert text.count("FORCE ROW LEVEL SECURITY") == 3
    assert 'REFERENCES "cases_case" (institution_id, id)' in text
    assert 'REVOKE UPDATE, DELETE ON "cases_decision" FROM "tumorboard_app"' in text
    assert 'REVOKE UPDATE, DELETE ON "cases_studyevent" FROM "tumorboard_app"' in text
    assert 'REVOKE UPDATE, DELETE ON "cases_study" ' not in text
    # History outlives what it refers to.
    assert "cases_studyevent_case_id_fk" not in text


def test_tables_that_belong_to_a_case_hide_restricted_rows():
    operation = HideRestricted(["Study", "Board", "Opinion", "Patient", "AuditEntry"])
    models = {"AuditEntry": "audit"}
    text = "\n".join(
        operation.statements(lambda name: apps.get_model(models.get(name, "cases"), name))
    )
    assert text.count("AS RESTRICTIVE") == 4
    assert "cases_board" not in text
    assert 'ON "cases_study" AS RESTRICTIVE USING ((case_id IS NULL OR case_id <> ALL' in text
    assert "item_id <> ALL" in text
    assert 'ON "cases_patient" AS RESTRICTIVE USING ((id IS NULL OR id <> ALL' in text
    assert operation.describe() == (
        "Hide restricted rows of Study, Board, Opinion, Patient, AuditEntry"
    )
    assert operation.deconstruct() == ("HideRestricted", [operation.tables], {})
