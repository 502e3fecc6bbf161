"""Who comes in through a door is named: no face works with the system's own eyes."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

#: Where the system works by itself and sees restricted cases too, and why.
SYSTEM = {
    "cases/management/commands/mllp.py": "an operator's command looks a client up; reads no case",
    "tumorboard/outbox/queue.py": "a worker's message",
    "tumorboard/operations/institutions.py": "an operator makes an institution",
    "tumorboard/operations/demo/loading.py": "an operator loads the demo",
    "tumorboard/operations/moving/arriving.py": "an operator's command",
    "tumorboard/operations/moving/leaving.py": "an operator's command",
    "tumorboard/accounts/access_tokens.py": "a sweep of what has expired",
    "tumorboard/accounts/bearer.py": "looks a token up before anybody is known; reads no case",
    "tumorboard/accounts/key_sets.py": "looks a client up before it is known; reads no case",
    "tumorboard/accounts/receivers.py": "ends somebody's tokens everywhere; reads no case",
    "tumorboard/accounts/selectors.py": "reads the names of roles",
    "tumorboard/accounts/sso/arrivals.py": "a sweep of roles that ended; reads no case",
    "tumorboard/accounts/sso/spent.py": "a sweep of what has expired",
    "tumorboard/accounts/views/oauth.py": "a client proves who it is; reads no case",
    "tumorboard/accounts/views/single_sign_on.py": "nobody is signed in yet; reads no case",
    "tumorboard/accounts/views/session.py": "says how long a session lasts; reads no case",
    "guidance/editions/loading.py": "an operator loads editions",
    "cases/services/sweeps.py": "sweeps of every institution",
    "cases/services/form_drafts.py": "a sweep of what has expired",
    "cases/hooks/origins.py": "a browser asks whether it may call; reads no case",
    "cases/hooks/callers.py": "an EHR proves who it is; reads no case",
    "cases/management/commands/export_audit.py": "an operator's command",
    "cases/management/commands/hook_client.py": "an operator registers an EHR",
    "cases/management/commands/refresh_candidates.py": "an operator's command",
    "cases/management/commands/replay.py": "an operator's command",
    "cases/management/commands/rotate_identity_keys.py": "an operator's command",
    "cases/management/commands/verify.py": "a chain is checked whole",
    "cases/management/commands/verify_erasures.py": "an operator's command",
    "cases/web/listening.py": "numbers of revisions for many followers at once; reads no case",
}
#: Where something must be right for the whole institution, and why no case reaches the person.
SEEING_ALL = {
    "cases/services/agendas.py": "places on a list",
    "cases/services/break_glass.py": "a record that is asked for with a reason",
    "cases/services/chains.py": "the next place in a board's chain",
    "cases/services/discussions.py": "one clock for everybody",
    "cases/services/edition_trials.py": "how many cases a worker will look at",
    "cases/services/intake/receiving.py": "a message about a restricted record is kept with it",
    "cases/services/meetings.py": "a meeting that is moved or canceled takes every case along",
    "cases/services/protocol_audits.py": "whether a standard was used before",
    "cases/services/restrictions.py": "who leaves is taken off every list",
    "cases/selectors/break_glass.py": "what a privacy officer judges",
    "cases/web/break_glass.py": "the reviewer's own entry in the audit",
}


def naming(name: str) -> set[str]:
    """Every file of ours that imports `name`."""
    found = set()
    for package in ("cases", "guidance", "tumorboard"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and name in {a.name for a in node.names}:
                    found.add(str(path.relative_to(ROOT)))
    return found


def test_every_door_says_for_whom_it_opens():
    """ASVS v5.0.0-8.3.3: access rests on the rights of who asks, not of what works for them."""
    assert naming("institution_scope") == set(SYSTEM)


def test_what_is_read_for_the_whole_institution_is_on_a_list():
    """ASVS v5.0.0-8.3.3."""
    assert naming("seeing_all") == set(SEEING_ALL)
