"""What the application's role can find out by SQL of its own, in the scope of one institution.

As if every line of Python had been talked into running it: nothing of another institution.
"""

import re
import uuid

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError

from cases.models import Board, Patient
from cases.services import live
from cases.services.chains import next_place
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member, make_institution
from tumorboard.operations.time_limits import UNATTENDED
from tumorboard.tenancy.catalogue import WITHOUT_INSTITUTION
from tumorboard.tenancy.scope import institution_scope

WORD = "Quagga"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Two institutions with one row of everything; the second one's texts hold a word."""
    with django_db_blocker.unblock(), transaction.atomic():
        north = make_institution(slug="north", name="North Hospital")
        south = make_institution(slug="south", name=f"{WORD} Hospital")
        rows = {}
        for institution, word in ((north, "Own"), (south, WORD)):
            email = f"{word.lower()}@{institution.slug}.example"
            by = add_member(institution, "COORDINATOR", email=email, name=word)
            with institution_scope(institution):
                rows[institution.slug] = one_of_everything(by=by, word=word)
        yield north, south, rows["north"], rows["south"]
        transaction.set_rollback(True)


@pytest.fixture
def north(world):
    """In the scope of the first institution; what is done is undone."""
    with transaction.atomic():
        with institution_scope(world[0]):
            yield world[0]
        transaction.set_rollback(True)


def ask(statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(statement, parameters=None):
    """The database's words for why not, with its detail and hint."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        ask(statement, parameters)
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    diagnosis = cause.diag
    return f"{diagnosis.message_primary} {diagnosis.message_detail} {diagnosis.message_hint}"


def tenant_tables():
    rows = ask(
        "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [name for (name,) in rows if name not in WITHOUT_INSTITUTION]


def rights(table):
    rows = ask(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = current_user AND table_name = %s",
        [table],
    )
    return {name for (name,) in rows}


def test_no_table_shows_or_takes_another_institutions_row(world, north):
    """ASVS v5.0.0-8.4.1, HIPAA 164.312(a)(1): not read, changed, deleted or given away."""
    _, south, _, _ = world
    full = []
    for table in tenant_tables():
        theirs = f'"{table}" WHERE institution_id = %s'
        assert ask(f"SELECT count(*) FROM {theirs}", [south.pk]) == [(0,)], table
        may = rights(table)
        if "UPDATE" in may:
            changed = (
                f'UPDATE "{table}" SET institution_id = institution_id WHERE institution_id = %s'
            )
            assert ask(changed, [south.pk]) == 0, table
        if "DELETE" in may:
            assert ask(f"DELETE FROM {theirs}", [south.pk]) == 0, table
        if ask(f'SELECT count(*) FROM "{table}"') != [(0,)]:
            full.append(table)
            if "UPDATE" in may:
                moved = refused(f'UPDATE "{table}" SET institution_id = %s', [south.pk])
                assert "row-level security" in moved, table
    assert len(full) > 60


def test_no_row_is_made_for_another_institution(world, north):
    """ASVS v5.0.0-8.4.1: no table takes a copy of an own row with the other's institution."""
    _, south, _, _ = world
    tried = 0
    for table in tenant_tables():
        if ask(f'SELECT count(*) FROM "{table}"') == [(0,)]:
            continue
        names = ask(
            "SELECT column_name, is_identity FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
            [table],
        )
        columns = [name for name, is_identity in names if is_identity == "NO"]
        values = ["%s" if name == "institution_id" else f'"{name}"' for name in columns]
        listed = ", ".join(f'"{name}"' for name in columns)
        copied = (
            f'INSERT INTO "{table}" ({listed}) SELECT {", ".join(values)} FROM "{table}" LIMIT 1'
        )
        assert "row-level security" in refused(copied, [south.pk]), table
        tried += 1
    assert tried > 60


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE tumorboard_owner",
        "SET ROLE tumorboard_backup",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY cases_case_institution ON cases_case",
        "CREATE POLICY loose ON cases_case USING (true)",
        "ALTER ROLE current_user BYPASSRLS",
        "GRANT tumorboard_owner TO current_user",
        "CREATE TABLE loose (id int)",
        "CREATE FUNCTION loose() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA loose",
        "CREATE EXTENSION dblink",
        "TRUNCATE cases_case",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY cases_case TO PROGRAM 'cat'",
        "COPY cases_case TO '/tmp/loose'",
        "SELECT * FROM pg_statistic",
        "SELECT * FROM pg_authid",
        "COPY cases_patient FROM STDIN",
    ],
)
def test_the_application_cannot_take_off_what_binds_it(north, statement):
    """ASVS v5.0.0-13.2.2, ASVS v5.0.0-8.4.1: the account has the least rights it needs."""
    words = refused(statement)
    assert re.search(
        "permission denied|must be owner|cannot|only role|not supported|No such role|Only roles"
        "|not permitted|not available|does not exist",
        words,
        re.IGNORECASE,
    ), words
    assert WORD not in words


def test_the_role_belongs_to_nothing_and_no_setting_lifts_the_policies(north):
    """ASVS v5.0.0-13.2.2: no membership in any role; `row_security` off is an error, no way in."""
    assert ask(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = current_user"
    ) == [(False, False, False, False, False)]
    configured = ask("SELECT unnest(rolconfig) FROM pg_roles WHERE rolname = current_user")
    assert {setting.partition("=")[0] for (setting,) in configured} == set(UNATTENDED)
    assert ask(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " WHERE r.rolname = current_user"
    ) == [(0,)]
    ask("SET LOCAL row_security = off")
    assert "row-level security" in refused("SELECT count(*) FROM cases_patient")


def test_nothing_lies_outside_the_schema_that_the_catalogue_walks(north):
    """ASVS v5.0.0-8.4.1: no other schema, foreign table, materialized view or extension."""
    ours = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
    found = ask(
        "SELECT n.nspname, c.relname, c.relkind::text FROM pg_class c"
        f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours} AND n.nspname NOT LIKE"
        " 'pg_t%%' AND (n.nspname <> 'public' OR c.relkind IN ('f', 'm', 'v'))"
    )
    assert found == []
    assert ask("SELECT extname FROM pg_extension") == [("plpgsql",)]
    # Functions run as who calls them; triggers among them too.
    definers = "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    assert ask(f"{definers} WHERE p.prosecdef AND {ours}") == []


@pytest.mark.parametrize("times", [1, 12])
def test_a_prepared_statement_and_its_kept_plan_ask_again_whose_it_is(world, north, times):
    """ASVS v5.0.0-8.4.1: a plan that was made for one institution is good for no other."""
    ask("PREPARE cases AS SELECT id FROM cases_case")
    for _ in range(times):
        mine = ask("EXECUTE cases")
    _, south, _, _ = world
    ask("SELECT set_config('tumorboard.institution', %s, true)", [str(south.pk)])
    theirs = ask("EXECUTE cases")
    ask("SELECT set_config('tumorboard.institution', '', true)")
    nobodys = ask("EXECUTE cases")
    ask("DEALLOCATE cases")
    assert mine
    assert theirs
    assert not set(mine) & set(theirs)
    assert nobodys == []


def test_no_function_of_ones_own_is_shown_what_the_policy_hides(north):
    """ASVS v5.0.0-8.4.1: however cheap it says it is, the policy is asked first."""
    ask(
        "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001"
        " AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'"
    )
    said = []
    connection.connection.add_notice_handler(lambda notice: said.append(notice.message_primary))
    ask("SELECT count(*) FROM cases_case WHERE pg_temp.tell(title)")
    assert said
    assert not [words for words in said if WORD in words]


@pytest.mark.parametrize(
    "condition",
    [
        "1 / (CASE WHEN title LIKE 'Quagga%%' THEN 0 ELSE 1 END) = 1",
        "(CASE WHEN title LIKE 'Quagga%%' THEN title ELSE '1' END)::int = 1"
        " OR title NOT LIKE 'Quagga%%'",
    ],
)
def test_no_error_is_provoked_by_a_hidden_row(north, condition):
    """ASVS v5.0.0-8.4.1, ASVS v5.0.0-16.5.1: an error would say that the row is there."""
    ask(f"SELECT count(*) FROM cases_case WHERE {condition}")


def test_copy_statistics_and_cursors_show_own_rows_alone(north):
    """ASVS v5.0.0-8.4.1."""
    with connection.cursor() as cursor:
        with cursor.cursor.copy("COPY cases_case TO STDOUT") as copied:
            text = b"".join(bytes(block) for block in copied)
    assert b"Own diagnosis" in text
    assert WORD.encode() not in text
    assert ask("SELECT count(*) FROM pg_stats WHERE tablename LIKE 'cases_%%'") == [(0,)]
    ask("DECLARE rows CURSOR FOR SELECT title FROM cases_case")
    assert WORD not in str(ask("FETCH ALL FROM rows"))


def test_what_a_session_could_carry_on_is_not_used():
    """ASVS v5.0.0-8.4.1: no cursor outlives its transaction on a pooled connection."""
    assert settings.DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"]


def test_an_id_that_is_taken_elsewhere_says_no_more_than_that(world, north):
    """ASVS v5.0.0-8.4.1, ASVS v5.0.0-16.5.1: primary keys alone hold over all institutions.

    The id is given by whoever knows it already; no page and no body takes one. The error names
    neither the row nor what stands in it.
    """
    *_, theirs = world
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Patient.objects.create(id=theirs.patient_id, record_number="N-2")
    diagnosis = caught.value.__cause__.diag
    assert WORD.upper() not in str(caught.value)
    assert diagnosis.message_detail is None
    assert diagnosis.constraint_name == "cases_patient_pkey"
    everywhere = ask(
        "SELECT t.relname, a.attname FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]"
        " WHERE x.indisunique AND t.relforcerowsecurity AND t.relname = ANY(%s)"
        " AND a.attname <> 'institution_id'",
        [tenant_tables()],
    )
    assert {column for _, column in everywhere} == {"id", "pgh_id"}


def test_a_reference_to_a_foreign_row_fails_as_one_to_no_row(world, north):
    """ASVS v5.0.0-8.4.1, ASVS v5.0.0-16.5.1: every composite reference, the same words for both."""
    *_, theirs = world
    kinds = {
        "cases_case.patient_id": theirs.patient_id,
        "cases_study.case_id": theirs.case_id,
        "cases_agendaitem.meeting_id": theirs.meeting_id,
        "cases_meeting.board_id": theirs.board_id,
        "cases_attendance.meeting_id": theirs.meeting_id,
        "cases_rereading.study_id": theirs.study_id,
    }
    for place, key in kinds.items():
        table, column = place.split(".")
        words = []
        for given in (key, uuid.UUID(int=key.int ^ 1)):
            statement = (
                f'SET CONSTRAINTS ALL IMMEDIATE; UPDATE "{table}" SET "{column}" = \'{given}\''
            )
            words.append(refused(statement).replace(str(given), "#"))
        assert words[0] == words[1], place
        assert "foreign key" in words[0]
        assert WORD not in words[0]


def test_every_reference_between_tenants_tables_begins_with_the_institution(north):
    """ASVS v5.0.0-8.4.1: on both of its sides, in the same order."""
    loose = ask(
        "SELECT c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
        " JOIN pg_class p ON p.oid = c.confrelid WHERE c.contype = 'f'"
        " AND t.relname = ANY(%s) AND p.relname = ANY(%s)"
        " AND ((SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = c.conkey[1])"
        " <> 'institution_id' OR (SELECT attname FROM pg_attribute WHERE attrelid = p.oid"
        " AND attnum = c.confkey[1]) <> 'institution_id')",
        [tenant_tables(), tenant_tables()],
    )
    assert loose == []


def test_what_is_told_to_all_processes_is_an_id(world, north):
    """ASVS v5.0.0-14.2.4, ASVS v5.0.0-8.4.1: every session of the role may listen to a channel."""
    _, _, ours, _ = world
    told = []

    def watch(execute, sql, params, many, context):
        if "pg_notify" in sql:
            told.append(params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        live.announce(meeting_id=ours.meeting_id)
    assert told == [["tumorboard_meeting", str(ours.meeting_id)]]


def test_no_lock_is_shared_by_two_institutions(world, north):
    """ASVS v5.0.0-15.4.3: a lock's key is made of ids, which no two institutions share.

    So nobody waits for another institution, and cannot see by waiting what it does.
    """
    locked = []

    def watch(execute, sql, params, many, context):
        if "advisory" in sql:
            locked.append(str(params))
        return execute(sql, params, many, context)

    for rows in world[2:]:
        with connection.execute_wrapper(watch):
            next_place(Board(id=rows.board_id))
    first, second = locked
    assert first != second
