"""What the database looks like when every tenant table keeps the rules of the house.

`violations()` walks PostgreSQL's catalogue; a test and `manage.py check_isolation` fail on what it
finds.
"""

from collections import defaultdict

from django.db.backends.base.base import BaseDatabaseWrapper

from tumorboard.tenancy.protection import CURRENT, hiding

#: Every table that belongs to no institution, and why.
WITHOUT_INSTITUTION = {
    "tenancy_institution": "the institutions themselves",
    "accounts_user": "a person may belong to several institutions",
    "accounts_ratecount": "counts of requests by a keyed hash, before anybody is known",
    "account_emailaddress": "sign-in happens outside any institution (allauth)",
    "account_emailconfirmation": "sign-in happens outside any institution (allauth)",
    "django_session": "sign-in happens outside any institution",
    "mfa_authenticator": "a person's second factors hold in all their institutions (allauth)",
    "accounts_personsession": "a person's sessions; sign-in happens outside any institution",
    "accounts_signinevent": "a person's sign-ins; only they themselves read them",
    "accounts_throttle": "hashes of what is guessed, and how often; nobody is signed in yet",
    "accounts_cache": "codes that were used and counts of requests; the shared cache",
    "django_migrations": "which migrations have run",
    "django_content_type": "names of models (Django)",
    "auth_permission": "unused; Django's auth application makes it",
    "auth_group": "unused; Django's auth application makes it",
    "auth_group_permissions": "unused; Django's auth application makes it",
    "pghistory_context": "unused; the context of history stands in the event rows",
    "outbox_outboxsignal": "id, institution and due time of a message, without its content",
    "editions_guidanceedition": "guidance content has no patient and is the same for everybody",
}

#: Tables on which the application may only insert and select.
APPEND_ONLY = {
    "audit_auditentry",
    "cases_assessment",
    "cases_decision",
    "cases_recommendation",
    "cases_participant",
    "cases_acknowledgment",
    "cases_agendapublication",
    "cases_postponement",
    "cases_erasure",
    "cases_event",
    "cases_hooktally",
    "editions_guidanceedition",
    "editions_editionadoption",
    "editions_localnote",
    "editions_localstudy",
}

#: Tables whose rows the application never changes, and removes when they are old.
UNCHANGED = {"cases_hookcard", "cases_hookfeedback"}

#: Policies beside the one every tenant table has.
FURTHER_POLICIES = {
    ("accounts_membership", "accounts_membership_own"): "SELECT only: a person's own memberships",
}

#: Tables to which the application adds, and from which it removes only what is older than this.
FORGOTTEN = {"accounts_signinevent": "1 year"}

TABLES = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, r.rolname,
           EXISTS (SELECT 1 FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attname = 'institution_id' AND a.attnotnull)
    FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""
POLICIES = """
    SELECT tablename, policyname, cmd, qual, with_check, permissive FROM pg_policies
    WHERE schemaname = 'public' ORDER BY 1, 2
"""
COLUMNS = """
    SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2
"""
INDEXES = """
    SELECT t.relname, i.relname, a.attname
    FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
    WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisprimary ORDER BY 1, 2
"""
FOREIGN_KEYS = """
    SELECT c.conname, t.relname, p.relname,
           ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, o)
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.o)
    FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace ORDER BY 1
"""
RIGHTS = """
    SELECT table_name, privilege_type FROM information_schema.role_table_grants
    WHERE grantee = %s AND table_schema = 'public'
"""
OPEN_VIEWS = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
      AND NOT coalesce(reloptions, '{}') @> ARRAY['security_invoker=true']
"""
DEFINER_FUNCTIONS = """
    SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
"""


def violations(connection: BaseDatabaseWrapper, *, application_role: str) -> list[str]:
    """Every way in which the database breaks the rules, each in one sentence.

    Args:
        connection: a connection that may read the catalogue; any role may.
        application_role: the role that serves requests.
    """

    def rows(query: str, *parameters: str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall()

    tables = rows(TABLES)
    tenant = {name for name, *_ in tables} - set(WITHOUT_INSTITUTION)
    return [
        *_tables(tables, tenant, application_role),
        *_policies(rows(POLICIES), tenant),
        *_sights(rows(POLICIES), rows(COLUMNS), tenant),
        *_forgetting(rows(POLICIES), tables),
        *_indexes(rows(INDEXES), tenant),
        *_foreign_keys(rows(FOREIGN_KEYS), tenant),
        *_rights(rows(RIGHTS, application_role)),
        *(f"view {name} runs with its owner's rights" for (name,) in rows(OPEN_VIEWS)),
        *(f"function {name} runs with its owner's rights" for (name,) in rows(DEFINER_FUNCTIONS)),
    ]


def is_history(table: str) -> bool:
    """Whether a table holds the history of another one."""
    return table.endswith("event") and table not in FORGOTTEN


def _tables(tables: list[tuple], tenant: set[str], application_role: str) -> list[str]:
    found = []
    for name, enabled, forced, owner, has_institution in tables:
        if owner == application_role:
            found.append(f"table {name} is owned by the application role")
        if name not in tenant:
            continue
        if not has_institution:
            found.append(f"table {name} has no institution, and no reason on the list")
        if not (enabled and forced):
            found.append(f"table {name} does not force row-level security")
    known = {name for name, *_ in tables}
    gone = sorted(WITHOUT_INSTITUTION.keys() - known)
    found += [f"the list names {name}, which is not there" for name in gone]
    return found


def _policies(policies: list[tuple], tenant: set[str]) -> list[str]:
    found = []
    guarded = set()
    expected = _normal(f"institution_id = {CURRENT}")
    for table, name, command, using, check, permissive in policies:
        if table in FORGOTTEN or permissive == "RESTRICTIVE":
            continue
        if (table, name) in FURTHER_POLICIES:
            if command != "SELECT":
                found.append(f"policy {name} of {table} allows more than reading")
        elif command == "ALL" and _normal(using) == expected and _normal(check) == expected:
            guarded.add(table)
        else:
            found.append(f"policy {name} of {table} is not the policy of the house")
    found += [f"table {table} has no policy" for table in sorted(tenant - guarded)]
    return found


def _sights(policies: list[tuple], columns: list[tuple], tenant: set[str]) -> list[str]:
    """A restrictive policy only takes away, so that a strange one hides and opens nothing."""
    of_table = defaultdict(list)
    for table, column in columns:
        of_table[table].append(column)
    there = {
        (table, command, _normal(using), _normal(check))
        for table, _, command, using, check, permissive in policies
        if permissive == "RESTRICTIVE"
    }
    return [
        f"table {table} does not hide restricted cases"
        for table in sorted(tenant)
        if (rule := _normal(hiding(table, of_table[table])))
        and (table, "ALL", rule, rule) not in there
    ]


def _forgetting(policies: list[tuple], tables: list[tuple]) -> list[str]:
    forced = {name for name, _, is_forced, *_ in tables if is_forced}
    found = []
    for table, age in FORGOTTEN.items():
        actual = {(row[2], _normal(row[3]), _normal(row[4])) for row in policies if row[0] == table}
        expected = {
            ("SELECT", "true", ""),
            ("INSERT", "", "true"),
            ("DELETE", _normal(f"at < now() - '{age}'::interval"), ""),
        }
        if actual != expected or table not in forced:
            found.append(f"table {table} lets go of more than what is older than {age}")
    return found


def _normal(expression: str | None) -> str:
    """An expression as PostgreSQL prints it and as we write it, made equal."""
    text = "".join((expression or "").split()).replace("::text", "")
    return text.replace("(", "").replace(")", "")


def _indexes(indexes: list[tuple], tenant: set[str]) -> list[str]:
    return [
        f"index {index} of {table} begins with {column}"
        for table, index, column in indexes
        if table in tenant and column != "institution_id"
    ]


def _foreign_keys(keys: list[tuple], tenant: set[str]) -> list[str]:
    return [
        f"reference {name} from {table} to {parent} is not composite"
        for name, table, parent, columns in keys
        if table in tenant and parent in tenant and columns[0] != "institution_id"
    ]


def _rights(rights: list[tuple]) -> list[str]:
    return [
        f"the application role may {right} {table}"
        for table, right in rights
        if right not in {"SELECT", "INSERT", "UPDATE", "DELETE"}
        or (right in {"UPDATE", "DELETE"} and (table in APPEND_ONLY or is_history(table)))
        or (right == "UPDATE" and table in (FORGOTTEN.keys() | UNCHANGED))
    ]
