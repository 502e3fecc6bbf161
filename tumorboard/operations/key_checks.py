"""Whether the master keys that a process was given open what stands in its database."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.core.checks import CheckMessage, Error

from tumorboard.operations.role_checks import asking
from tumorboard.tenancy.scope import INSTITUTION_SETTING
from tumorboard.vault.cipher import DoesNotOpen
from tumorboard.vault.keyring import WRAPPING, unwrapped
from tumorboard.vault.master import FaultyKeys

ENTER = "SELECT set_config(%s, %s, true)"
INSTITUTIONS = "SELECT id, slug FROM tenancy_institution ORDER BY slug"
KEYS = "SELECT id, wrapped_key FROM vault_institutionkey WHERE institution_id = %s"


def master_keys_open(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The keys of every institution open with IDENTITY_KEYS.

    With other keys every page of a patient fails, and, worse, a new institution's names would be
    sealed under a key that nobody keeps. Asked only where `--database default` is given, and at
    every start.
    """
    if "default" not in (databases or ()):
        return []
    try:
        closed = _closed()
    except (psycopg.Error, FaultyKeys):
        # Other checks say so: `role_is_bound`, `identity_keys_are_whole`.
        return []
    if not closed:
        return []
    message = f"IDENTITY_KEYS does not open the keys of {', '.join(closed)}."
    hint = "Give the key of this database; one that was replaced stays behind the new one."
    return [Error(message, hint=hint, id="operations.E046")]


def _closed() -> list[str]:
    """The institutions of which a key stays closed."""
    found = []
    with asking() as database:
        for key, slug in database.execute(INSTITUTIONS).fetchall():
            database.execute(ENTER, [INSTITUTION_SETTING, str(key)])
            for row, sealed in database.execute(KEYS, [key]).fetchall():
                try:
                    unwrapped(key, row, purpose=WRAPPING, sealed=sealed)
                except DoesNotOpen:
                    found.append(slug)
                    break
    return found
